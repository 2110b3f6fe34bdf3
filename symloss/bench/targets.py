"""How much faster emitted code is meant to be, by kind of loss; a missed target is no error."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from symloss.bench.engines import ENGINES
from symloss.bench.kinds import Kind

SMALL_ITEMS = 100
SMALL_CALL = 1.5e-6
"""Seconds that a call on so few items may take beyond one of a compiled function that is empty."""

TRIAD = "triad"
DISPATCH = "dispatch"
Least = tuple[float, float]


def _every(least: float) -> dict[str, Least]:
    return dict.fromkeys(ENGINES, (least, least))


# The time of each over ours, at least, in float32 and float64; on one thread, a million items or
# shapes as large.
TARGETS: Mapping[Kind, Mapping[str, Least]] = {
    Kind.MEMORY: {TRIAD: (0.9, 0.9), **_every(2.0)},
    Kind.FUNCTIONS: {"torch": (4.0, 4.0), "torch.compile": (2.5, 2.5), "jax": (4.5, 3.0)},
    Kind.ROWS: {"torch": (3.3, 3.3), "jax": (1.6, 1.6)},
    Kind.SUMS: _every(1.9),
    Kind.PAIRS: _every(2.2),
}
# NumPy needs two passes for a polynomial, and cannot be twice as slow as one in float64.
NUMPY_OF_POLYNOMIALS = 1.7


@dataclass(frozen=True)
class Goal:
    """What was meant and what came of it.

    Attributes:
        against: a peer or the triad, whose time over ours should be `bound` at least; or
            `dispatch`, an empty call, beyond which ours should take `bound` seconds at most.
        bound: see above.
        reached: the same, measured.
    """

    against: str
    bound: float
    reached: float

    @property
    def met(self) -> bool:
        """Whether the target is met."""
        if self.against == DISPATCH:
            return self.reached <= self.bound
        return self.reached >= self.bound


def goals(kind: Kind, dtype: str, branches: bool, ratios: Mapping[str, float]) -> tuple[Goal, ...]:
    """The targets against those who took part, whose times over ours are `ratios`."""
    found = []
    for name, least in TARGETS[kind].items():
        if name in ratios:
            bound = least[dtype == "float64"]
            if (kind, name, dtype, branches) == (Kind.MEMORY, "numpy", "float64", False):
                bound = NUMPY_OF_POLYNOMIALS
            found.append(Goal(name, bound, ratios[name]))
    return tuple(found)


def small_call_goal(excess: float) -> Goal:
    """The target of a call on few items that takes so much longer than an empty one."""
    return Goal(DISPATCH, SMALL_CALL, excess)
