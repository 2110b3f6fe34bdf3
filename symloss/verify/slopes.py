"""Derivatives of the reference by differences in which no error can hide.

With 600 bits (more where the loss is huge) and a step of 2**-120 relative to the coordinate, a
central quotient truncates at about 2**-240 and rounds at 2**-480 of the value's scale; a second
difference rounds at 2**-360. The difference between the one-sided quotients tells kinks from smooth
points: on a smooth one it is of the order of the step.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import flint
from flint import arb

from symloss.spec import Spec
from symloss.verify.reference import evaluate

BITS = (600, 2400, 9600)
STEP_EXPONENT = -120
_SMOOTH = arb(2) ** -60
_NARROW = arb(2) ** -70
Move = Mapping[tuple[str, tuple[int, ...]], arb]


@dataclass(frozen=True)
class Slope:
    """A derivative, or the interval between two one-sided ones; `error` is what it may be off."""

    low: float
    high: float
    error: float = 0.0

    @property
    def size(self) -> float:
        """The largest magnitude of the interval."""
        return max(abs(self.low), abs(self.high))

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
        self.found: dict[Any, arb] = {}

    def slope(self, name: str, place: tuple[int, ...]) -> Slope | None:
        """The derivative by one coordinate; None where neither side is finite."""
        ahead, behind = _sharp(lambda bits: self._sides(name, place, bits))
        if ahead.is_finite() != behind.is_finite() and not self._settles(name, place):
            return None
        return _between(ahead, behind)

    def second(self, name: str, place: tuple[int, ...], direction: Move) -> float | None:
        """The derivative, along a direction, of the derivative by one coordinate."""
        (result,) = _sharp(lambda bits: (self._mixed(name, place, direction, bits),))
        return float(result.mid()) if result.is_finite() else None

    def _settles(self, name: str, place: tuple[int, ...]) -> bool:
        """Whether the only one-sided quotient there is has a limit: x*log(x) at 0 has none."""
        near = self._only_side(name, place, arb(1))
        nearer = self._only_side(name, place, arb(2) ** -20)
        if near is None or nearer is None:
            return False
        return bool(abs(near - nearer) <= _SMOOTH * (1 + abs(near)))

    def _only_side(self, name: str, place: tuple[int, ...], closer: arb) -> arb | None:
        """The quotient of the side that has one: nearer by, rounding may leave neither."""
        sides = _sharp(lambda bits: self._sides(name, place, bits, closer))
        return next((side for side in sides if side.is_finite()), None)

    def _sides(
        self, name: str, place: tuple[int, ...], bits: int, closer: Any = 1
    ) -> tuple[arb, arb]:
        """The two one-sided quotients."""
        step = self._step(name, place) * closer
        base = self._at({}, bits)
        ahead = (self._at({(name, place): step}, bits) - base) / step
        return ahead, (base - self._at({(name, place): -step}, bits)) / step

    def _mixed(self, name: str, place: tuple[int, ...], direction: Move, bits: int) -> arb:
        """The quotient over a parallelogram's corners along its diagonal, less those beside it.

        Points beside it serve many entries of a Hessian, and slopes; and one that is outside of
        the domain leaves no number, on whichever side it is.
        """
        step = self._step(name, place)
        scale = arb(2) ** STEP_EXPONENT
        if len(direction) == 1:
            ((where, _),) = direction.items()
            scale = self._step(*where)
        across: Move = {(name, place): step}
        along: Move = {key: scale * part for key, part in direction.items()}
        diagonal = {**along, (name, place): along.get((name, place), arb(0)) + step}
        both = self._beside(diagonal, bits) - self._beside(across, bits) - self._beside(along, bits)
        return (both + 2 * self._at({}, bits)) / (2 * step * scale)

    def _beside(self, move: Move, bits: int) -> arb:
        """The losses ahead and behind, together."""
        return self._at(move, bits) + self._at({key: -by for key, by in move.items()}, bits)

    def _step(self, name: str, place: tuple[int, ...]) -> arb:
        """A power of two, 2**-120 of the coordinate's size."""
        size = max(abs(float(self.tables[name][place])), 2.0**-40)
        return arb(2) ** (STEP_EXPONENT + math.frexp(size)[1])

    def _at(self, move: Move, bits: int) -> arb:
        """The loss at a moved point; steps are exact, and tell what has been found before."""
        steps = frozenset((key, by.mid().man_exp()) for key, by in move.items())
        if (bits, steps) not in self.found:
            self.found[bits, steps] = self._moved(move, bits)
        return self.found[bits, steps]

    def _moved(self, move: Move, bits: int) -> arb:
        moved: dict[str, dict[tuple[int, ...], Any]] = {}
        for (name, place), by in move.items():
            table = moved.setdefault(name, dict(self.tables[name]))
            table[place] = table[place] + by
        return evaluate(self.spec, {**self.tables, **moved}, held=self.held, precision=bits)


def _sharp(quotients: Callable[[int], tuple[arb, ...]]) -> tuple[arb, ...]:
    """Quotients at the first precision at which their balls are narrow.

    Rounding is then no matter.
    """
    for bits in BITS:
        with flint.ctx.workprec(bits):
            found = quotients(bits)
            if all(_is_narrow(ball) for ball in found if ball.is_finite()):
                break
    return found


def _is_narrow(ball: arb) -> bool:
    return bool(ball.rad() <= _NARROW * (abs(ball.mid()) + _NARROW))


def _between(ahead: arb, behind: arb) -> Slope | None:
    sides = [side for side in (ahead, behind) if side.is_finite()]
    if not sides:
        return None
    one, other = sides[0], sides[-1]
    error = max(float(one.rad()), float(other.rad()))
    if abs(one - other) < _SMOOTH * (1 + abs(one)):
        middle = float(((one + other) / 2).mid())
        return Slope(middle, middle, error)
    low, high = sorted((float(one.mid()), float(other.mid())))
    return Slope(low, high, error)
