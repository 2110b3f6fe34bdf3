"""Races against other packages: interleaved, in one process, after the results were compared.

In: a `Case` and `Settings`. Out: a `Race` for each shape, type and function.
Guarantees: every contender computes the same means and gradients from the same inputs into fresh
arrays; what disagrees is not timed. Raises: SymlossError where the loss itself cannot be had.
"""

from symloss.bench.engines import ENGINES
from symloss.bench.host import machine, versions
from symloss.bench.measure import Race, Settings, races

__all__ = ["ENGINES", "Race", "Settings", "machine", "races", "versions"]
