"""What the elementary functions are measured against: balls for points, float64 for all of float32.

The second column is right to a few units in float64's last place, which is 1e-8 of float32's.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import flint
import numpy as np

Ball = Any  # flint.arb
Array = Any  # of float64
# Beyond this, exponentials overflow or are nothing in either format.
FAR = 2000
# Below these, eight terms of a series are all of float64, and of a ball.
SERIES, TINY = 0.01, 1e-9
# Numerators and denominators: of (x - log(1 + x))/x**2, and (exp(x) - 1 - x)/x**2.
LOG_REST = tuple(((-1) ** k, k + 2) for k in range(8))
EXP_REST = tuple((1, math.factorial(k + 2)) for k in range(8))


@dataclass(frozen=True)
class Reference:
    """One row: a function of the run-time and its truth.

    Attributes:
        name: of the function in `symloss.runtime`.
        ball: the function in ball arithmetic, at finite arguments inside the domain.
        wide: the function in NumPy's float64, at all arguments.
        low: where the domain begins; below, results are NaN, and `wide` has the limit at it.
        allowed: errors in units of the last place that the function keeps below.
    """

    name: str
    ball: Callable[[Ball], Ball]
    wide: Callable[[Array], Array]
    low: float = -np.inf
    allowed: float = 2.0


def _near(x: Ball) -> Ball:
    return flint.arb(FAR) if x > FAR else flint.arb(-FAR) if x < -FAR else x


def _softplus(x: Ball) -> Ball:
    return (x if x > 0 else flint.arb(0)) + (-abs(_near(x))).exp().log1p()


def _logcosh(x: Ball) -> Ball:
    if abs(x) < 1:
        return (2 * (x / 2).sinh() ** 2).log1p()
    return abs(x) - flint.arb(2).log() + (-2 * abs(_near(x))).exp().log1p()


def _logcosh_wide(x: Array) -> Array:
    near, size = np.sinh(np.clip(x, -1, 1) / 2), np.abs(x)
    far = size - np.log(2.0) + np.log1p(np.exp(-2 * size))
    return np.where(size < 1, np.log1p(2 * near * near), far)


def _log1mexp(x: Ball) -> Ball:
    return (-(-x).expm1()).log() if x < 1 else (-(-_near(x)).exp()).log1p()


def _log1mexp_wide(x: Array) -> Array:
    return np.where(x < 0.7, np.log(-np.expm1(-x)), np.log1p(-np.exp(-x)))


def _series(terms: Sequence[tuple[int, int]], x: Any) -> Any:
    total = 0 * x
    for upper, lower in reversed(terms):
        total = total * x + (0 * x + upper) / lower
    return total


def _log1pmx(x: Ball) -> Ball:
    if abs(x) < TINY:
        return -x * x * _series(LOG_REST, x)
    return x.log1p() - x


def _expm1mx(x: Ball) -> Ball:
    if abs(x) < TINY:
        return x * x * _series(EXP_REST, x)
    return _near(x).expm1() - x


def _sqrt1pm1_wide(x: Array) -> Array:
    root = np.sqrt(1 + x)
    return np.where(x > 3, root - 1, x / (root + 1))


def _log1pmx_wide(x: Array) -> Array:
    z = np.where(np.abs(x) < SERIES, x, 0)
    near = 0 - z * z * _series(LOG_REST, z)
    return np.where(np.abs(x) < SERIES, near, np.where(x == np.inf, -x, np.log1p(x) - x))


def _expm1mx_wide(x: Array) -> Array:
    z = np.where(np.abs(x) < SERIES, x, 0)
    near = z * z * _series(EXP_REST, z)
    return np.where(np.abs(x) < SERIES, near, np.expm1(x) - np.minimum(x, FAR))


REFERENCES = (
    Reference("exp", lambda x: _near(x).exp(), np.exp),
    Reference("expm1", lambda x: _near(x).expm1(), np.expm1),
    Reference("log", lambda x: x.log(), np.log, low=0),
    Reference("log1p", lambda x: x.log1p(), np.log1p, low=-1),
    Reference("tanh", lambda x: _near(x).tanh(), np.tanh, allowed=3),
    Reference("sigmoid", lambda x: 1 / (1 + (-_near(x)).exp()), lambda x: 1 / (1 + np.exp(-x))),
    Reference("softplus", _softplus, lambda x: np.maximum(x, 0.0) + np.log1p(np.exp(-np.abs(x)))),
    Reference("logcosh", _logcosh, _logcosh_wide),
    Reference("log1mexp", _log1mexp, _log1mexp_wide, low=0),
    Reference("log1pmx", _log1pmx, _log1pmx_wide, low=-1),
    Reference("expm1mx", _expm1mx, _expm1mx_wide),
    Reference("sqrt1pm1", lambda x: x / ((1 + x).sqrt() + 1), _sqrt1pm1_wide, low=-1),
    Reference("sqrt", lambda x: x.sqrt(), np.sqrt, low=0, allowed=0.51),
)
