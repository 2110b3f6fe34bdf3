"""Elementary functions of emitted code: the one place where they are chosen.

Each keeps the type of its argument, lets NaN through, and neither overflows nor cancels on the way to a result that is
representable.
"""

from __future__ import annotations

import math
from typing import Any

from numba import njit

from symloss.runtime.access import HELPER, like


@njit(**HELPER)
def exp(x: Any) -> Any:
    """E to the x."""
    return math.exp(x)


@njit(**HELPER)
def expm1(x: Any) -> Any:
    """exp(x) - 1."""
    return math.expm1(x)


@njit(**HELPER)
def log(x: Any) -> Any:
    """Natural logarithm; NaN below zero."""
    return math.log(x)


@njit(**HELPER)
def log1p(x: Any) -> Any:
    """log(1 + x)."""
    return math.log1p(x)


@njit(**HELPER)
def sqrt(x: Any) -> Any:
    """Square root; NaN below zero."""
    return math.sqrt(x)


@njit(**HELPER)
def sin(x: Any) -> Any:
    """Sine."""
    return math.sin(x)


@njit(**HELPER)
def cos(x: Any) -> Any:
    """Cosine."""
    return math.cos(x)


@njit(**HELPER)
def tan(x: Any) -> Any:
    """Tangent."""
    return math.tan(x)


@njit(**HELPER)
def asin(x: Any) -> Any:
    """Inverse sine; NaN outside [-1, 1]."""
    return math.asin(x)


@njit(**HELPER)
def acos(x: Any) -> Any:
    """Inverse cosine; NaN outside [-1, 1]."""
    return math.acos(x)


@njit(**HELPER)
def atan(x: Any) -> Any:
    """Inverse tangent."""
    return math.atan(x)


@njit(**HELPER)
def sinh(x: Any) -> Any:
    """Hyperbolic sine."""
    return math.sinh(x)


@njit(**HELPER)
def cosh(x: Any) -> Any:
    """Hyperbolic cosine."""
    return math.cosh(x)


@njit(**HELPER)
def tanh(x: Any) -> Any:
    """Hyperbolic tangent."""
    return math.tanh(x)


@njit(**HELPER)
def asinh(x: Any) -> Any:
    """Inverse hyperbolic sine."""
    return math.asinh(x)


@njit(**HELPER)
def acosh(x: Any) -> Any:
    """Inverse hyperbolic cosine; NaN below 1."""
    return math.acosh(x)


@njit(**HELPER)
def atanh(x: Any) -> Any:
    """Inverse hyperbolic tangent; NaN outside [-1, 1]."""
    return math.atanh(x)


@njit(**HELPER)
def erf(x: Any) -> Any:
    """Error function."""
    return math.erf(x)


@njit(**HELPER)
def erfc(x: Any) -> Any:
    """Complementary error function."""
    return math.erfc(x)


@njit(**HELPER)
def sign(x: Any) -> Any:
    """-1, 0 or 1; a NaN stays one."""
    return like(x, 1) if x > 0 else (like(x, -1) if x < 0 else x)


@njit(**HELPER)
def larger(x: Any, y: Any) -> Any:
    """The larger; NaN if either is."""
    return x if (x >= y) | (x != x) else y


@njit(**HELPER)
def smaller(x: Any, y: Any) -> Any:
    """The smaller; NaN if either is."""
    return x if (x <= y) | (x != x) else y


@njit(**HELPER)
def square(x: Any) -> Any:
    """x times x."""
    return x * x


@njit(**HELPER)
def power(x: Any, y: Any) -> Any:
    """x to the y, as C's pow."""
    return x**y


@njit(**HELPER)
def finite_or_zero(x: Any) -> Any:
    """x where it is finite, else 0."""
    return x if abs(x) < like(x, math.inf) else like(x, 0)


@njit(**HELPER)
def sigmoid(x: Any) -> Any:
    """1/(1 + exp(-x)), as exp(x)/(1 + exp(x)) below zero, so that the exponential is at most 1."""
    small = math.exp(-abs(x))
    return (like(x, 1) if x >= 0 else small) / (like(x, 1) + small)


@njit(**HELPER)
def softplus(x: Any) -> Any:
    """log(1 + exp(x)) = max(x, 0) + log1p(exp(-|x|))."""
    return larger(x, like(x, 0)) + math.log1p(math.exp(-abs(x)))


@njit(**HELPER)
def logcosh(x: Any) -> Any:
    """log(cosh(x)): log1p(2 sinh(x/2)**2) where that is small, else |x| + log1p(exp(-2|x|)) - log 2."""
    size = abs(x)
    half = math.sinh(like(x, 0.5) * smaller(size, like(x, 2)))
    near = math.log1p(like(x, 2) * half * half)
    far = size + (math.log1p(math.exp(like(x, -2) * size)) - like(x, 0.6931471805599453))
    return near if size < like(x, 1) else far


@njit(**HELPER)
def log1mexp(x: Any) -> Any:
    """log(1 - exp(-x)) for x > 0, by log below log 2 and by log1p above (Maechler, 2012)."""
    if x < like(x, 0.6931471805599453):
        return math.log(-math.expm1(-x))
    return math.log1p(-math.exp(-x))


@njit(**HELPER)
def sqrt1pm1(x: Any) -> Any:
    """sqrt(1 + x) - 1 = x/(sqrt(1 + x) + 1), which does not cancel."""
    root = math.sqrt(like(x, 1) + x)
    return x / (root + like(x, 1)) if x < like(x, math.inf) else x


@njit(**HELPER)
def logaddexp(x: Any, y: Any) -> Any:
    """log(exp(x) + exp(y)) = max + log1p(exp(-|x - y|)); equal infinities are their own limit."""
    gap = like(x, 0) if x == y else abs(x - y)
    return larger(x, y) + math.log1p(math.exp(-gap))


@njit(**HELPER)
def xlogy(x: Any, y: Any) -> Any:
    """x log(y), and 0 where x is 0 unless y is NaN."""
    return like(x, 0) if (x == 0) & (y == y) else x * math.log(y)


@njit(**HELPER)
def hypot(x: Any, y: Any) -> Any:
    """sqrt(x**2 + y**2) without overflow."""
    return math.hypot(x, y)


@njit(**HELPER)
def loggamma(x: Any) -> Any:
    """Logarithm of the gamma function for x > 0."""
    return like(x, math.lgamma(x)) if x > 0 else like(x, math.nan)


@njit(**HELPER)
def polygamma(n: Any, x: Any) -> Any:
    """The n-th derivative of digamma at x > 0.

    Recurrence to x >= 15 + n, then the asymptotic series (Abramowitz and Stegun, 6.4.11 and 6.4.6).
    """
    order = int(n)
    y = float(x)
    if not y > 0.0:
        return like(x, math.nan)
    total = 0.0
    factorial = math.gamma(order + 1.0)
    while y < 15.0 + order:
        total += y ** (-order - 1.0) * (factorial if order > 0 else 1.0)
        y += 1.0
    if order == 0:
        return like(x, _digamma_tail(y) - total)
    series = math.gamma(float(order)) / y**order + 0.5 * factorial / y ** (order + 1.0)
    for k in range(1, 10):
        term = _BERNOULLI[k - 1] * math.gamma(2.0 * k + order) / math.gamma(2.0 * k + 1.0)
        series += term / y ** (2.0 * k + order)
    value = total + series
    return like(x, value if order % 2 == 1 else -value)


_BERNOULLI = (
    1 / 6,
    -1 / 30,
    1 / 42,
    -1 / 30,
    5 / 66,
    -691 / 2730,
    7 / 6,
    -3617 / 510,
    43867 / 798,
)
"""B(2), B(4), ..., B(18)."""


@njit(**HELPER)
def _digamma_tail(y: Any) -> Any:
    """Digamma at y >= 15: log y - 1/(2 y) - sum of B(2k)/(2k y**(2k))."""
    total = math.log(y) - 0.5 / y
    for k in range(1, 10):
        total -= _BERNOULLI[k - 1] / (2.0 * k * y ** (2.0 * k))
    return total
