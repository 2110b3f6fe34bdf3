"""True values and derivatives at a point, narrow enough to count ulps of the tried format.

Derivatives are quotients of differences, at a step below every number that occurs at the point and
in as many bits as leave them narrow: as in `symloss.verify.slopes`, but over the whole range of the
format. Results are intervals: at a kink they hold both one-sided derivatives.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any

import flint
from flint import arb

from symloss.spec import Spec
from symloss.verify.accuracy.format import TWO, Bounds, Format, exponent
from symloss.verify.reference import evaluate

LADDER = (300, 800, 1600, 3200, 6400, 12800)
"""Bits to try, one after the other."""
NARROW = -90
"""The exponent of the relative radius at which a ball counts as a number."""
STEP = -200
"""The exponent of the step of differences, relative to the smallest number at the point."""
SETTLED = arb(2) ** -30
WILD = arb(2) ** 60
Key = tuple[str, tuple[int, ...]]
Move = Mapping[Key, arb]
Label = tuple[Key, int] | None
"""A step of one coordinate to one side."""


class Truth:
    """What the spec's mathematics says at one point."""

    def __init__(self, spec: Spec, tables: Mapping[str, Any], form: Format) -> None:
        """Take a point by its elements, as exact balls."""
        self.spec = spec
        self.tables = tables
        self.form = form
        self.known: dict[tuple[int, Label], arb] = {}
        self.held: dict[int, dict[Any, Any]] = {}

    def value(self) -> Bounds | None:
        """The loss; None where it is not finite."""
        (found,) = self._sharp(lambda bits: (self._base(bits),), LADDER)
        return (found, found) if found.is_finite() else None

    def slope(self, key: Key) -> Bounds | None:
        """The derivative by a coordinate; None where there is none."""
        return self._sided(lambda bits, side: self._slope(key, side, bits))

    def second(self, key: Key, along: Mapping[Key, arb]) -> Bounds | None:
        """The derivative, along a direction, of the derivative by a coordinate."""
        largest = max(map(exponent, along.values()))
        if all(part.is_zero() for part in along.values()):
            return arb(0), arb(0)
        longest = TWO**largest
        found = self._sided(lambda bits, side: self._second(key, along, longest, side, bits))
        if found is None:
            return None
        low, high = found
        gap, size = high - low, abs(low) + abs(high)
        return None if gap > self._step**-1 / WILD and gap * WILD > size else found

    @cached_property
    def _step(self) -> arb:
        sizes = [
            exponent(value)
            for table in self.tables.values()
            for value in table.values()
            if isinstance(value, arb) and not value.is_zero()
        ]
        return TWO ** (STEP + min(0, *sizes, 0))

    def _slope(self, key: Key, side: int, bits: int) -> arb:
        return (self._beside(key, side, bits) - self._base(bits)) / (side * self._step)

    def _second(
        self, key: Key, along: Mapping[Key, arb], longest: arb, side: int, bits: int
    ) -> arb:
        step, stretch = side * self._step, side * self._step / longest
        there = {one: stretch * part for one, part in along.items()}
        both = there | {key: there.get(key, arb(0)) + step}
        corners = self._moved(both, bits) - self._moved(there, bits)
        return (corners - self._beside(key, side, bits) + self._base(bits)) / step / stretch

    def _sided(self, quotient: Callable[[int, int], arb]) -> Bounds | None:
        """The quotients to both sides, or to the only side at which they settle."""
        sides = self._sharp(lambda bits: (quotient(bits, 1), quotient(bits, -1)), LADDER[1:])
        finite = [side for side in sides if side.is_finite()]
        if not finite or (len(finite) == 1 and not self._settles(quotient, finite[0], sides)):
            return None
        first, last = finite[0], finite[-1]
        return (first, last) if first < last else (last, first)

    def _settles(
        self, quotient: Callable[[int, int], arb], found: arb, sides: tuple[arb, ...]
    ) -> bool:
        """Whether a one-sided quotient has a limit: that of x*log(x) at 0 has none."""
        side = 1 if sides[0].is_finite() else -1
        step = self._step
        self.__dict__["_step"] = step / 2**20
        self.known.clear()
        (nearer,) = self._sharp(lambda bits: (quotient(bits, side),), LADDER[1:])
        self.__dict__["_step"] = step
        self.known.clear()
        return bool(abs(nearer - found) <= SETTLED * (abs(found) + TWO**self.form.lowest))

    def _sharp(
        self, compute: Callable[[int], tuple[arb, ...]], ladder: tuple[int, ...]
    ) -> tuple[arb, ...]:
        found: tuple[arb, ...] = ()
        for bits in ladder:
            with flint.ctx.workprec(bits):
                found = compute(bits)
            if all(map(self._is_narrow, found)):
                return found
            if bits > LADDER[2] and not any(ball.is_finite() for ball in found):
                return found
        return tuple(ball if self._is_narrow(ball) else arb("nan") for ball in found)

    def _is_narrow(self, ball: arb) -> bool:
        if not ball.is_finite():
            return False
        radius = exponent(arb(ball.rad()))
        return radius < max(exponent(ball) + NARROW, self.form.lowest - 10)

    def _base(self, bits: int) -> arb:
        if (bits, None) not in self.known:
            self.known[bits, None] = self._moved({}, bits)
        return self.known[bits, None]

    def _beside(self, key: Key, side: int, bits: int) -> arb:
        label = key, side
        if (bits, label) not in self.known:
            self.known[bits, label] = self._moved({key: side * self._step}, bits)
        return self.known[bits, label]

    def _moved(self, move: Move, bits: int) -> arb:
        if move and bits not in self.held:
            self._base(bits)
        tables = dict(self.tables)
        for (name, place), by in move.items():
            if tables[name] is self.tables[name]:
                tables[name] = dict(self.tables[name])
            tables[name][place] = tables[name][place] + by
        held = self.held.setdefault(bits, {})
        return evaluate(self.spec, tables, held=held, precision=bits)
