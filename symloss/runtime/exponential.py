"""Exponentials without branches: what compilers can do on many numbers at once.

x = n log(2) + r with |r| <= log(2)/2; then exp(x) = 2**n (1 + e), e = exp(r) - 1 = r + r**2 P(r).
Adding SHIFT rounds x / log(2) to n and leaves n, plus the exponent's bias, in the last bits of the
sum: shifted up they are 2**n. Results below the normal numbers are scaled twice, and round once.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from symloss.runtime.access import inlined, like
from symloss.runtime.coefficients import EXP_REST_TERMS, EXP_TERMS, LOG2_E, LOG_2_HIGH, LOG_2_LOW
from symloss.runtime.polynomial import by_type, either, polynomial

# Pairs: for float32, for float64.
SHIFT = (1.5 * 2**23 + 127, 1.5 * 2**52 + 1023)
# SHIFT + n for the largest power of two.
SHIFT_MOST = (SHIFT[0] + 127, SHIFT[1] + 1023)
# Above EXP_MOST the exponential is infinite.
EXP_MOST = (89.0, 710.0)
# Below EXP_SMALL a power of two may be subnormal: it is taken 2**UP times as large.
EXP_SMALL = (-80.0, -700.0)
UP, DOWN = (24.0, 53.0), (2.0**-24, 2.0**-53)
SHIFT_UP = (SHIFT[0] + UP[0], SHIFT[1] + UP[1])
# Here, where the exponential is 0, so are the bits of 2**(n + UP): nothing underflows on its way to
# 0, over which processors take a hundred times as long.
EXP_LEAST = (-104.66, -745.82)
# 2**NEGLIGIBLE is nothing beside 1.
NEGLIGIBLE = -80.0


@inlined
def two_to_32(shifted: Any) -> Any:
    """The power of two whose exponent, with its bias, is in the last bits."""
    return np.int32(np.float32(shifted).view(np.int32) << 23).view(np.float32)


@inlined
def two_to_64(shifted: Any) -> Any:
    """The power of two whose exponent, with its bias, is in the last bits."""
    return np.int64(np.float64(shifted).view(np.int64) << 52).view(np.float64)


two_to = by_type(two_to_32, two_to_64)


@inlined
def exp_steps(x: Any, shift: Any) -> Any:
    """The shift + n, and exp(r) - 1."""
    bounded = either(x, EXP_LEAST) if x < either(x, EXP_LEAST) else x
    shifted = bounded * either(x, LOG2_E) + shift
    n = shifted - shift
    most, rest = bounded - n * either(x, LOG_2_HIGH), n * either(x, LOG_2_LOW)
    r = most - rest
    return shifted, most + (r * r * polynomial(r, EXP_TERMS) - rest)


@inlined
def exp_below(x: Any) -> Any:
    """The exponential of x <= 0, whose power of two has room to be taken larger."""
    shifted, part = exp_steps(x, either(x, SHIFT_UP))
    return (like(x, 1) + part) * two_to(shifted) * either(x, DOWN)


@inlined
def exp(x: Any) -> Any:
    """The exponential function."""
    shifted, part = exp_steps(
        either(x, EXP_MOST) if x > either(x, EXP_MOST) else x, either(x, SHIFT)
    )
    small = x < either(x, EXP_SMALL)
    scale = two_to(shifted + (either(x, UP) if small else like(x, -1)))
    return (like(x, 1) + part) * scale * (either(x, DOWN) if small else like(x, 2))


@inlined
def exp_to_one(x: Any) -> Any:
    """The exponential of x <= 0, and 1 of what is above: x = oo, where a row holds infinity."""
    return exp_below(like(x, 0) if x > like(x, 0) else x)


@inlined
def expm1_below(x: Any) -> Any:
    """exp(x) - 1 of x <= 0."""
    shifted, part = exp_steps(x, either(x, SHIFT))
    least = either(x, SHIFT) + like(x, NEGLIGIBLE)
    scale = two_to(least if shifted < least else shifted)
    return scale * part + (scale - like(x, 1))


@inlined
def expm1(x: Any) -> Any:
    """exp(x) - 1; next to overflow, of half the power of two, and doubled."""
    shifted, part = exp_steps(
        either(x, EXP_MOST) if x > either(x, EXP_MOST) else x, either(x, SHIFT)
    )
    least, most = either(x, SHIFT) + like(x, NEGLIGIBLE), either(x, SHIFT_MOST)
    scale = two_to(least if shifted < least else most if shifted > most else shifted)
    result = scale * part + (scale - like(x, 1))
    return math.copysign(result * (like(x, 2) if shifted > most else like(x, 1)), x)


@inlined
def expm1mx(x: Any) -> Any:
    """exp(x) - 1 - x: a polynomial up to 1; beyond, as expm1, and x leaves before it rounds."""
    shifted, part = exp_steps(
        either(x, EXP_MOST) if x > either(x, EXP_MOST) else x, either(x, SHIFT)
    )
    least, most = either(x, SHIFT) + like(x, NEGLIGIBLE), either(x, SHIFT_MOST)
    scale = two_to(least if shifted < least else most if shifted > most else shifted)
    bounded = like(x, 0) if shifted > most else x
    result = scale * part + ((scale - like(x, 1)) - bounded)
    far = result * (like(x, 2) if shifted > most else like(x, 1))
    square = x * x
    near = like(x, 0.5) * square + square * x * polynomial(x, EXP_REST_TERMS)
    return near if abs(x) < like(x, 1) else far


@inlined
def tanh(x: Any) -> Any:
    """Hyperbolic tangent: -e / (2 + e) with e = exp(-2|x|) - 1, and the sign of x."""
    part = expm1_below(like(x, -2) * abs(x))
    return math.copysign(part / (like(x, 2) + part), x)


@inlined
def sigmoid(x: Any) -> Any:
    """1 / (1 + exp(-x)), by the exponential that does not overflow."""
    small = exp_below(-abs(x))
    part = like(x, 1) / (like(x, 1) + small)
    return small - small * (small * part) if x < like(x, 0) else part
