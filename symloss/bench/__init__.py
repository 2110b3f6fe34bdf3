"""Races against other packages: interleaved, in one process, after the results were compared.

In: a `Case` and `Settings`. Out: from `races` a `Race` for each shape, type and function, with the
targets for losses of its kind; from `sweeps` a `Sweep` for each axis that may grow; from
`standings` the worst errors of everybody at the same points, and from `errors_along` curves.
Guarantees: every contender computes the same means and gradients from the same inputs into fresh
arrays; what disagrees is not timed; growing arrays stay within half of the memory that is free.
Raises: SymlossError where the loss itself cannot be had.
"""

from symloss.bench.accuracy import OURS, Search, Standing, errors_along, first_input, standings
from symloss.bench.engines import ENGINES
from symloss.bench.host import machine, versions
from symloss.bench.kinds import Kind, kind_of
from symloss.bench.measure import SMALL, Race, Settings, races
from symloss.bench.scaling import Slope, Sweep, sweeps
from symloss.bench.targets import DISPATCH, SMALL_CALL, TARGETS, TRIAD, Goal

__all__ = [
    "DISPATCH",
    "ENGINES",
    "OURS",
    "SMALL",
    "SMALL_CALL",
    "TARGETS",
    "TRIAD",
    "Goal",
    "Kind",
    "Race",
    "Search",
    "Settings",
    "Slope",
    "Standing",
    "Sweep",
    "errors_along",
    "first_input",
    "kind_of",
    "machine",
    "races",
    "standings",
    "sweeps",
    "versions",
]
