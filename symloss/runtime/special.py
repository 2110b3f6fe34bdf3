"""Compositions that keep their digits where the naive spelling loses them, and special functions.

Each returns the type of its first argument; the formula's source stands with it.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from symloss.runtime.access import compiled, inlined, like
from symloss.runtime.elementary import larger, sqrt
from symloss.runtime.exponential import exp_below
from symloss.runtime.logarithm import log, log1p_unit
from symloss.runtime.polynomial import either

# For float32 and float64: between these, squares are far from both ends of the format; these powers
# of two take what is not there.
SQUARE_LEAST, SQUARE_MOST = (2.0**-50, 2.0**-500), (2.0**60, 2.0**500)
SQUARE_UP, SQUARE_DOWN = (2.0**100, 2.0**600), (2.0**-80, 2.0**-600)
# Below NORMAL_TAIL, so many terms of the continued fraction are enough for every digit.
NORMAL_TAIL, TAIL_TERMS = -3.0, 80
ROOT_2_PI, ROOT_HALF = 2.5066282746310002, 0.7071067811865476
# B(2k) / (2k)! for k = 1, 2, ...: Abramowitz and Stegun, table 23.2.
BERNOULLI = (
    0.08333333333333333,
    -0.001388888888888889,
    3.306878306878307e-05,
    -8.267195767195768e-07,
    2.08767569878681e-08,
    -5.284190138687493e-10,
    1.3382536530684679e-11,
    -3.3896802963225827e-13,
    8.586062056277845e-15,
    -2.1748686985580618e-16,
    5.50900282836023e-18,
    -1.3954464685812522e-19,
)


@inlined
def sqrt1pm1(x: Any) -> Any:
    """sqrt(1 + x) - 1 = x / (sqrt(1 + x) + 1); from 3 on, nothing cancels.

    What the denominator loses in rounding goes into the quotient.
    """
    root = sqrt(like(x, 1) + x)
    below = root + like(x, 1)
    lost, near = root - (below - like(x, 1)), x / below
    return root - like(x, 1) if x >= like(x, 3) else math.copysign(near - near * lost / below, x)


@inlined
def logaddexp(x: Any, y: Any) -> Any:
    """log(exp(x) + exp(y)) = max + log1p(exp(-|x - y|)); equal infinities have no difference."""
    apart = like(x, 0) if x == y else -abs(x - y)
    return larger(x, y) + log1p_unit(exp_below(apart))


@inlined
def xlogy(x: Any, y: Any) -> Any:
    """X * log(y), and 0 at x = 0 unless y is NaN."""
    product = x * log(y)
    return like(x, 0) if (x == like(x, 0)) & (y == y) else product


@inlined
def hypot(x: Any, y: Any) -> Any:
    """sqrt(x**2 + y**2), of numbers scaled so that squares stay in range."""
    size = larger(abs(x), abs(y))
    large, small = size > either(x, SQUARE_MOST), size < either(x, SQUARE_LEAST)
    down, up = either(x, SQUARE_DOWN), either(x, SQUARE_UP)
    scale = down if large else up if small else like(x, 1)
    back = like(x, 1) / down if large else like(x, 1) / up if small else like(x, 1)
    a, b = x * scale, y * scale
    return sqrt(a * a + b * b) * back


@compiled
def power(x: Any, y: Any) -> Any:
    """X to the y; NaN if either is, even for y = 0 or x = 1."""
    return x**y if (x == x) & (y == y) else x + y


@compiled
def erf(x: Any) -> Any:
    """Error function."""
    return like(x, math.erf(x))


@compiled
def erfc(x: Any) -> Any:
    """Complementary error function."""
    return like(x, math.erfc(x))


@compiled
def log_ndtr(x: Any) -> Any:
    """Logarithm of the normal distribution function."""
    u = float(x)
    if u < NORMAL_TAIL:
        return like(x, -0.5 * u * u - math.log(tail_fraction(-u) * ROOT_2_PI))
    if u > 0.0:
        return like(x, math.log1p(-0.5 * math.erfc(u * ROOT_HALF)))
    return like(x, math.log(0.5 * math.erfc(-u * ROOT_HALF)) if u == u else u)


@compiled
def ndtr_hazard(x: Any) -> Any:
    """The normal density over the distribution function."""
    u = float(x)
    if u < NORMAL_TAIL:
        return like(x, tail_fraction(-u))
    density = math.exp(-0.5 * u * u) / ROOT_2_PI
    return like(x, density / (0.5 * math.erfc(-u * ROOT_HALF)))


@compiled
def tail_fraction(u: float) -> float:
    """The density over the tail beyond u: Abramowitz and Stegun 26.2.14, from the inside out."""
    fraction = u
    for k in range(TAIL_TERMS, 0, -1):
        fraction = u + k / fraction
    return fraction


@compiled
def loggamma(x: Any) -> Any:
    """Logarithm of the absolute value of the gamma function."""
    return like(x, math.lgamma(float(x)))


@compiled
def polygamma(n: Any, x: Any) -> Any:
    """The n-th derivative of digamma at x > 0."""
    order = int(n)
    return like(x, digamma_at(float(x)) if order == 0 else polygamma_at(order, float(x)))


@compiled
def digamma_at(x: float) -> float:
    """Digamma: Abramowitz and Stegun 6.3.18 beyond 10, the recurrence 6.3.5 below."""
    if x < 0.0:
        return math.nan
    steps = math.ceil(10.0 - x) if x < 10.0 else 0
    end = x + steps
    inverse_square = 1.0 / end / end
    total, factorial, scale = 0.0, 1.0, 1.0
    for k in range(len(BERNOULLI)):
        scale *= inverse_square
        total += BERNOULLI[k] * factorial * scale
        factorial *= (2.0 * k + 2.0) * (2.0 * k + 3.0)
    total = np.log(end) - (0.5 / end + total)
    for k in range(steps - 1, -1, -1):
        total -= 1.0 / (x + k)
    return float(total)


@compiled
def polygamma_at(order: int, x: float) -> float:
    """Derivatives of digamma: Abramowitz and Stegun 6.4.11 and 6.4.6.

    With z = x + steps, (-1)**(n+1) times the result is the sum of n! / (x + k)**(n + 1) over the
    steps plus (n-1)! / z**n * (1 + n/(2z) + sum over k of B(2k) binomial(2k+n-1, 2k) / z**(2k)).
    """
    if x < 0.0:
        return math.nan
    start = 10.0 + 2.0 * order
    steps = math.ceil(start - x) if x < start else 0
    end = x + steps
    inverse_square = 1.0 / end / end
    rising, total = 1.0 * order * (order + 1), 0.0
    for k in range(len(BERNOULLI)):
        rising *= inverse_square
        total += BERNOULLI[k] * rising
        rising *= (order + 2.0 * k + 2.0) * (order + 2.0 * k + 3.0)
    total = (1.0 + (0.5 * order / end + total)) / end
    for j in range(1, order):
        total *= j / end
    factorial = math.gamma(order + 1.0)
    for k in range(steps - 1, -1, -1):
        base, product = x + k, x + k
        for _ in range(order):
            product *= base
        total += factorial / product
    return total if order % 2 == 1 else -total
