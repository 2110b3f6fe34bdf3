"""Logarithms without branches: what compilers can do on many numbers at once.

u = 2**n (1 + f) with 1 + f between sqrt(1/2) and sqrt(2), read from the bits of u; then, with
s = f/(2 + f) and z = s**2, log(u) = n log(2) + f - (f**2/2 - s (f**2/2 + z P(z))): f is exact, and
what is rounded is small beside it.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from symloss.runtime.access import inlined, like
from symloss.runtime.coefficients import (
    COSH_TERMS,
    LOG_2_HIGH,
    LOG_2_LOW,
    LOG_REST_TERMS,
    LOG_TERMS,
)
from symloss.runtime.exponential import DOWN, EXP_SMALL, SHIFT, UP, exp_below, exp_steps, two_to
from symloss.runtime.polynomial import by_type, either, polynomial

LOG_2 = 0.6931471805599453
# Products with this, for float32 and float64, split a number in two halves.
SPLIT = (2.0**12 + 1, 2.0**27 + 1)
# 1 + x is beyond sqrt(2) for x beyond this.
OVER_ROOT = 2**0.5 - 1
# The bits of sqrt(1/2); and of 1 less those: added to u's they carry into the exponent at sqrt(2).
HALF_ROOT_32, HALF_ROOT_64 = np.uint32(0x3F3504F3), np.uint64(0x3FE6A09E667F3BCD)
TO_ONE_32, TO_ONE_64 = np.uint32(0x004AFB0D), np.uint64(0x00095F619980C433)
FRACTION_32, FRACTION_64 = np.uint32(0x007FFFFF), np.uint64(0x000FFFFFFFFFFFFF)
PLACES_32, PLACES_64 = np.uint32(23), np.uint64(52)
# The bits of 2**23 and 2**52, whose last bits count ones; and those numbers plus the bias.
COUNT_32, COUNT_64 = np.uint32(0x4B000000), np.uint64(0x4330000000000000)
BIASED_32, BIASED_64 = np.float32(2**23 + 127), 2.0**52 + 1023
# The exponent of 2**(1-n) is this less that of 2**n.
OPPOSITE_32, OPPOSITE_64 = np.uint32(255), np.uint64(2047)
ONE_32 = np.float32(1)
# Below NORMAL, numbers are subnormal: LIFT is 2**-LIFTED.
NORMAL, LIFT, LIFTED = (2.0**-126, 2.0**-1022), 2.0**60, -60.0


@inlined
def log_parts_32(u: Any) -> Any:
    """Of a normal u > 0: f and n, and 2**(1-n)."""
    moved = np.uint32(np.float32(u).view(np.uint32) + TO_ONE_32)
    exponent = np.uint32(moved >> PLACES_32)
    near_one = np.uint32((moved & FRACTION_32) + HALF_ROOT_32).view(np.float32)
    n = np.uint32(exponent | COUNT_32).view(np.float32) - BIASED_32
    down = np.uint32((OPPOSITE_32 - exponent) << PLACES_32).view(np.float32)
    return near_one - ONE_32, n, down


@inlined
def log_parts_64(u: Any) -> Any:
    """Of a normal u > 0: f and n, and 2**(1-n)."""
    moved = np.float64(u).view(np.uint64) + TO_ONE_64
    exponent = moved >> PLACES_64
    near_one = np.uint64((moved & FRACTION_64) + HALF_ROOT_64).view(np.float64)
    n = np.uint64(exponent | COUNT_64).view(np.float64) - BIASED_64
    down = np.uint64((OPPOSITE_64 - exponent) << PLACES_64).view(np.float64)
    return near_one - 1.0, n, down


log_parts = by_type(log_parts_32, log_parts_64)


@inlined
def log_sum(f: Any, n: Any) -> Any:
    """The logarithm of 2**n (1 + f)."""
    half_square, s = like(f, 0.5) * f * f, f / (like(f, 2) + f)
    z = s * s
    rest = s * (half_square + z * polynomial(z, LOG_TERMS)) + n * either(f, LOG_2_LOW)
    return n * either(f, LOG_2_HIGH) + (f - (half_square - rest))


@inlined
def log_lifted(u: Any, lost: Any) -> Any:
    """log(u + lost) of a finite u > 0, subnormal perhaps, and of what its rounding lost."""
    tiny = u < either(u, NORMAL)
    f, n, down = log_parts(u * like(u, LIFT) if tiny else u)
    return log_sum(f + lost * down * like(u, 0.5), n + like(u, LIFTED) if tiny else n)


@inlined
def log_ends(u: Any, inside: Any) -> Any:
    """The logarithm of u where u is finite and above 0; elsewhere its limit, or NaN."""
    outside = like(u, -math.inf) if u == like(u, 0) else u if u > like(u, 0) else like(u, math.nan)
    return inside if (u > like(u, 0)) & (u < like(u, math.inf)) else outside


@inlined
def log(x: Any) -> Any:
    """Natural logarithm; NaN below 0."""
    tiny = x < either(x, NORMAL)
    f, n, _ = log_parts(x * like(x, LIFT) if tiny else x)
    return log_ends(x, log_sum(f, n + like(x, LIFTED) if tiny else n))


@inlined
def log1p(x: Any) -> Any:
    """log(1 + x): what 1 + x loses in rounding goes into f."""
    u = like(x, 1) + x
    lost = x - (u - like(x, 1))
    f, n, down = log_parts(u)
    return math.copysign(log_ends(u, log_sum(f + lost * down * like(x, 0.5), n)), x)


@inlined
def log1pmx(x: Any) -> Any:
    """log(1 + x) - x: as log1p, but x leaves before anything rounds, and f**2 is exact.

    What is rounded as it leaves is kept (Knuth, 1969): near -0.8, it is larger than the result.
    """
    u = like(x, 1) + x
    lost = x - (u - like(x, 1))
    f, n, down = log_parts(u)
    more = lost * down * like(x, 0.5)
    whole = f + more
    half_square, s = like(x, 0.5) * whole * whole, whole / (like(x, 2) + whole)
    z, head = s * s, upper_half(whole)
    tail = like(x, 0.5) * (whole - head) * (whole + head)
    rest = s * (half_square + z * polynomial(z, LOG_REST_TERMS)) + n * either(x, LOG_2_LOW)
    high = n * either(x, LOG_2_HIGH)
    apart = high - x
    back = apart - high
    lacks = (high - (apart - back)) - (x + back)
    line = (apart + f) + more
    return (
        log_ends(u, (line + (rest - tail + lacks)) - like(x, 0.5) * head * head)
        if u < like(x, math.inf)
        else -x
    )


@inlined
def log1p_unit(x: Any) -> Any:
    """log(1 + x) for x from 0 to 1."""
    over = x > like(x, OVER_ROOT)
    f = like(x, 0.5) * (x - like(x, 1)) if over else x
    return log_sum(f, like(x, 1) if over else like(x, 0))


@inlined
def upper_half(x: Any) -> Any:
    """The number in half as many bits, whose square is exact: Dekker (1971), after Veltkamp."""
    wide = x * either(x, SPLIT)
    return wide - (wide - x)


@inlined
def softplus(x: Any) -> Any:
    """log(1 + exp(x)) = max(x, 0) + log1p(exp(-|x|))."""
    return (like(x, 0) if x < like(x, 0) else x) + log1p_unit(exp_below(-abs(x)))


@inlined
def logcosh(x: Any) -> Any:
    """log(cosh(x)) = log1p(cosh(x) - 1) up to 1; then |x| - log 2 + log1p(exp(-2|x|))."""
    size, square = abs(x), x * x
    near = size < like(x, 1)
    head = upper_half(size)
    tail = like(x, 0.5) * (size - head) * (size + head)
    inner = like(x, 0.5) * head * head + (tail + square * square * polynomial(square, COSH_TERMS))
    rest = log1p_unit(inner if near else exp_below(like(x, -2) * size))
    line = (size - either(x, LOG_2_HIGH)) - either(x, LOG_2_LOW)
    return rest if near else line + rest


@inlined
def log1mexp(x: Any) -> Any:
    """log(1 - exp(-x)) for x > 0: with what u = 1 - exp(-x) loses in rounding; -exp(-x) far out."""
    shifted, part = exp_steps(-x, either(x, SHIFT))
    far = -x < either(x, EXP_SMALL)
    scale = two_to(shifted + (either(x, UP) if far else like(x, 0)))
    rest, whole = scale * part, like(x, 1) - scale
    u = whole - rest
    lost = ((like(x, 1) - whole) - scale) + ((whole - u) - rest)
    inside = -(scale + rest) * either(x, DOWN) if far else log_lifted(u, lost)
    return (
        inside if x > like(x, 0) else like(x, -math.inf) if x == like(x, 0) else like(x, math.nan)
    )
