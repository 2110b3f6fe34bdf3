"""The polynomials and constants that the elementary functions rest on, one row each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import flint

Ball = Any  # flint.arb


@dataclass(frozen=True)
class Polynomial:
    """A polynomial of the run-time, least in the relative error of the function that it serves.

    Attributes:
        name: its name in the run-time.
        meaning: where it stands in the function.
        function: what it approximates.
        weight: how much its absolute error matters, as a fraction of the function's value.
        interval: where; a little wider than what rounding leaves of the range reduction.
        degrees: for float32 and float64.
    """

    name: str
    meaning: str
    function: Callable[[Ball], Ball]
    weight: Callable[[Ball], Ball]
    interval: tuple[float, float]
    degrees: tuple[int, int]


POLYNOMIALS = (
    Polynomial(
        "EXP_TERMS",
        "exp(r) = 1 + r + r**2 P(r), |r| <= log(2)/2; the error is relative to exp(r) - 1",
        lambda r: (r.expm1() - r) / r**2,
        lambda r: r**2 / r.expm1(),
        (-0.3467, 0.3467),
        (4, 9),
    ),
    Polynomial(
        "LOG_TERMS",
        "log(1 + f) = 2s + s z P(z), s = f/(2 + f), z = s**2; 1 + f from sqrt(1/2) to sqrt(2)",
        lambda z: _twice_atanh(z) / z,
        lambda z: z / (2 + _twice_atanh(z)),
        (0.0, 0.02945),
        (2, 6),
    ),
    Polynomial(
        "EXP_REST_TERMS",
        "exp(x) - 1 - x = x**2/2 + x**3 P(x), |x| <= 1",
        lambda x: (x.expm1() - x - x**2 / 2) / x**3,
        lambda x: x**3 / (x.expm1() - x),
        (-1.0, 1.0),
        (6, 12),
    ),
    Polynomial(
        "LOG_REST_TERMS",
        "log(1 + f) - f = s (f**2/2 + z P(z)) - f**2/2, s = f/(2 + f), z = s**2",
        lambda z: _twice_atanh(z) / z,
        lambda z: z / _log_rest(z),
        (0.0, 0.02945),
        (3, 7),
    ),
    Polynomial(
        "COSH_TERMS",
        "cosh(x) - 1 = z/2 + z**2 P(z), z = x**2 <= 1",
        lambda z: (_cosh_less_one(z) - z / 2) / z**2,
        lambda z: z**2 / _cosh_less_one(z),
        (0.0, 1.001),
        (2, 5),
    ),
)


def _twice_atanh(z: Ball) -> Ball:
    """2 atanh(s)/s - 2 of z = s**2."""
    return 2 * z.sqrt().atanh() / z.sqrt() - 2


def _log_rest(z: Ball) -> Ball:
    """How far log(1 + f) is below f, over s of z = s**2, 1 + f = (1 - s)/(1 + s): the smaller."""
    s = z.sqrt()
    return (2 * s.atanh() - 2 * s / (1 + s)) / s


def _cosh_less_one(z: Ball) -> Ball:
    return z.sqrt().cosh() - 1


@dataclass(frozen=True)
class Constant:
    """A number of the run-time, perhaps cut short, so that multiples of it are exact.

    Attributes:
        name: its name in the run-time.
        meaning: what it is.
        exact: its value.
        bits: how many bits of it to keep, for float32 and float64; negative: what comes after as
            many bits; None: all of the format.
    """

    name: str
    meaning: str
    exact: Callable[[], Ball]
    bits: tuple[int, int] | None = None


CONSTANTS = (
    Constant("LOG2_E", "1 / log(2)", lambda: 1 / flint.arb(2).log()),
    Constant(
        "LOG_2_HIGH",
        "log(2), so short that products with exponents are exact",
        lambda: flint.arb(2).log(),
        (15, 41),
    ),
    Constant("LOG_2_LOW", "what LOG_2_HIGH lacks", lambda: flint.arb(2).log(), (-15, -41)),
)
