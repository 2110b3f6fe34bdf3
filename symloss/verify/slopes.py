"""Derivatives of the reference by differences, exact enough that neither truncation nor rounding can hide an error.

With 600 bits and a step of 2**-120 relative to the coordinate, a central quotient truncates at about 2**-240 and rounds at
2**-480 of the value's scale; a second difference rounds at 2**-360. The difference between the one-sided quotients tells kinks
from smooth points: on a smooth one it is of the order of the step.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import flint
from flint import arb

from symloss.spec import Spec
from symloss.verify.reference import evaluate

BITS = 600
STEP_EXPONENT = -120
_SMOOTH = arb(2) ** -60
Move = Mapping[tuple[str, tuple[int, ...]], arb]


@dataclass(frozen=True)
class Slope:
    """A derivative, or the interval between two one-sided ones."""

    low: float
    high: float

    @property
    def is_kink(self) -> bool:
        """Whether the two sides differ."""
        return self.low != self.high


class Differences:
    """Differences of a spec's loss around one point."""

    def __init__(self, spec: Spec, tables: Mapping[str, Any]) -> None:
        self.spec = spec
        self.tables = tables
        self.held: dict[Any, Any] = {}
        with flint.ctx.workprec(BITS):
            self.base = self._at({})

    def slope(self, name: str, place: tuple[int, ...]) -> Slope | None:
        """The derivative by one coordinate; None where neither side is finite."""
        with flint.ctx.workprec(BITS):
            step = self.step(name, place)
            ahead = (self._at({(name, place): step}) - self.base) / step
            behind = (self.base - self._at({(name, place): -step})) / step
            return _between(ahead, behind)

    def second(self, name: str, place: tuple[int, ...], direction: Move) -> float | None:
        """The derivative, along a direction, of the derivative by one coordinate."""
        with flint.ctx.workprec(BITS):
            step = self.step(name, place)
            along = arb(2) ** STEP_EXPONENT
            corners = arb(0)
            for sign in (1, -1):
                for side in (1, -1):
                    move = {key: side * along * part for key, part in direction.items()}
                    key = (name, place)
                    move[key] = move.get(key, arb(0)) + sign * step
                    corners += sign * side * self._at(move)
            result = corners / (4 * step * along)
            return _float(result) if result.is_finite() else None

    def step(self, name: str, place: tuple[int, ...]) -> arb:
        """A power of two, 2**-120 of the coordinate's size."""
        size = max(abs(float(self.tables[name][place])), 2.0**-40)
        return arb(2) ** (STEP_EXPONENT + _exponent(size))

    def _at(self, move: Move) -> arb:
        moved: dict[str, dict[tuple[int, ...], Any]] = {}
        for (name, place), by in move.items():
            table = moved.setdefault(name, dict(self.tables[name]))
            table[place] = table[place] + by
        return evaluate(self.spec, {**self.tables, **moved}, held=self.held, precision=BITS)


def _exponent(size: float) -> int:
    import math

    return math.frexp(size)[1]


def _between(ahead: arb, behind: arb) -> Slope | None:
    sides = [side for side in (ahead, behind) if side.is_finite()]
    if not sides:
        return None
    one, other = sides[0], sides[-1]
    if abs(one - other) < _SMOOTH * (1 + abs(one)):
        middle = _float((one + other) / 2)
        return Slope(middle, middle)
    low, high = sorted((_float(one), _float(other)))
    return Slope(low, high)


def _float(ball: arb) -> float:
    return float(ball.mid())


__all__ = ["BITS", "STEP_EXPONENT", "Callable", "Differences", "Slope"]
