"""Ball arithmetic: real numbers with rigorous error bounds, by python-flint's `arb`."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from flint import arb, ctx

Values = dict[str, dict[tuple[int, ...], arb]]
"""Inputs and parameters by name, their elements by subscripts; a scalar's are `()`."""

NAN = arb.nan()
INFINITY = arb.pos_inf()
MINUS_INFINITY = arb.neg_inf()


class Undecided(Exception):  # noqa: N818 - a question, not an error
    """A comparison of overlapping balls: ask again with more bits."""


class Undefined(Exception):  # noqa: N818 - an answer, not an error
    """The mathematics has no value here."""


@contextmanager
def precision(bits: int) -> Iterator[None]:
    """Ball arithmetic with so many bits."""
    before = ctx.prec
    ctx.prec = bits
    try:
        yield
    finally:
        ctx.prec = before


def compare(left: arb, right: arb, *, final: bool) -> int:
    """-1, 0 or 1 as left is less than, equal to or greater than right.

    Balls that overlap count as equal when this is the final attempt.

    Raises:
        Undecided: the balls overlap and more bits may tell.
        Undefined: one of them is not a number.
    """
    if left < right:
        return -1
    if left > right:
        return 1
    if left == right or final:
        return 0
    if left.is_nan() or right.is_nan():
        raise Undefined
    raise Undecided


def total(terms: Sequence[arb]) -> arb:
    """Their sum; 0 for none."""
    result = arb(0)
    for term in terms:
        result += term
    return result


def product(factors: Sequence[arb]) -> arb:
    """Their product; 1 for none."""
    result = arb(1)
    for factor in factors:
        result *= factor
    return result


def mean(terms: Sequence[arb]) -> arb:
    """Their arithmetic mean; not a number for none."""
    return total(terms) / len(terms) if terms else NAN


def largest(terms: Sequence[arb]) -> arb:
    """The largest; not a number for none."""
    if not terms:
        return NAN
    result = terms[0]
    for term in terms[1:]:
        result = result.max(term)
    return result


def smallest(terms: Sequence[arb]) -> arb:
    """The smallest; not a number for none."""
    return -largest([-term for term in terms])


def log_sum_exp(terms: Sequence[arb]) -> arb:
    """The logarithm of the sum of exponentials; minus infinity for none."""
    if any(term.is_nan() or term == INFINITY for term in terms):
        return NAN if any(term.is_nan() for term in terms) else INFINITY
    finite = [term for term in terms if term != MINUS_INFINITY]
    if not finite:
        return MINUS_INFINITY
    peak = largest([arb(term.mid()) for term in finite])
    return peak + total([(term - peak).exp() for term in finite]).log()


def polygamma(order: arb, x: arb) -> arb:
    """The (order + 1)-th derivative of log gamma, by the Hurwitz zeta function (DLMF 25.11.12)."""
    n = int(order.unique_fmpz())
    if n == 0:
        return x.digamma()
    return math.factorial(n) * arb(n + 1).zeta(x) * (-1) ** (n + 1)


def power(base: arb, exponent: arb) -> arb:
    """A real power; 0 to a positive power is 0, whatever the precision."""
    if base.is_zero():
        return arb(0) if exponent > 0 else arb(1) if exponent.is_zero() else NAN
    if exponent.is_integer() and abs(exponent) < 2**30:
        return base ** int(exponent.unique_fmpz())
    return base**exponent


def logarithm(x: arb) -> arb:
    """The natural logarithm; minus infinity at 0, a limit that the mathematics of losses relies on."""
    return MINUS_INFINITY if x.is_zero() else x.log()


def midpoint(x: arb) -> float:
    """The nearest double of the ball's centre."""
    return float(x.mid())


def radius(x: arb) -> float:
    """The ball's radius, rounded up; infinite where there is no number."""
    if not x.is_finite():
        return math.inf
    return float(x.rad()) * (1 + 2**-20)
