"""Floating-point formats in exact arithmetic: ulps of a number, and how far a result is off."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from flint import arb

Bounds = tuple[arb, arb]
"""Where a true result lies: one number twice, or the two one-sided derivatives at a kink."""
TWO = arb(2)
FADED = 6
"""Among subnormal numbers, and below 2**6 of them, digits are gone before the result has them.

There an ulp counts as 2**6 of the smallest numbers.
"""


@dataclass(frozen=True)
class Format:
    """A binary format.

    Attributes:
        dtype: NumPy's name for it.
        digits: bits of the significand after the first.
        lowest: the exponent of the smallest subnormal number.
        highest: the exponent of the power of two at which numbers overflow.
    """

    dtype: np.dtype[Any]
    digits: int
    lowest: int
    highest: int

    def ulp(self, size: arb) -> arb:
        """The distance between neighbours at a result of that size."""
        power = min(exponent(size), self.highest) - self.digits
        return TWO ** max(power, self.lowest + FADED)

    def spacing(self, number: float) -> arb:
        """The distance between neighbours at an input."""
        return TWO ** max(math.frexp(number)[1] - 1 - self.digits, self.lowest)

    def error(self, got: float, truth: Bounds) -> arb:
        """How far a result is from the truth, where both beyond the format are the same."""
        if math.isnan(got):
            return arb("inf")
        low, high = truth
        number = self._held(arb(got))
        low, high = self._held(low), self._held(high)
        if number < low:
            return low - number
        return number - high if number > high else arb(0)

    def _held(self, number: arb) -> arb:
        """The number, or the power of two at which the format overflows."""
        top = TWO**self.highest
        return top if number > top else -top if number < -top else number


FORMATS = {
    "float32": Format(np.dtype("float32"), 23, -149, 128),
    "float64": Format(np.dtype("float64"), 52, -1074, 1024),
}


def exponent(size: arb) -> int:
    """The whole number e with 2**e <= |size| < 2**(e + 1); of 0, one below all formats."""
    mantissa, power = size.mid().man_exp()
    bits = int(abs(mantissa)).bit_length()
    return int(power) + bits - 1 if bits else -(10**6)


def largest(truth: Bounds) -> arb:
    """The larger magnitude."""
    low, high = (abs(side) for side in truth)
    return high if high > low else low
