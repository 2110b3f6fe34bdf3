"""Interval arithmetic that keeps track of which ends are reached."""

from __future__ import annotations

from typing import Any

import sympy
from sympy import Expr, S

from symloss.language import Domain, Finite, Interval, Simplex

REALS = Interval(-sympy.oo, sympy.oo, True, True)
AT_LEAST_ZERO = Interval(S.Zero, sympy.oo, False, True)
ABOVE_ZERO = Interval(S.Zero, sympy.oo, True, True)


def of_domain(domain: Domain) -> Interval:
    """The interval that a domain's numbers lie in."""
    if isinstance(domain, Interval):
        return Interval(domain.low, domain.high, domain.low_open, domain.high_open)
    if isinstance(domain, Finite):
        return Interval(min(domain.values), max(domain.values), False, False)
    if isinstance(domain, Simplex):
        return Interval(S.Zero, S.One, False, False)
    return AT_LEAST_ZERO


def point(value: Expr) -> Interval:
    """The interval of one number; irrational numbers get rational bounds around them."""
    if value.is_Rational:
        return Interval(value, value, False, False)
    if not value.is_finite:
        return Interval(-sympy.oo, sympy.oo, False, False)
    near = sympy.Rational(str(value.evalf(30)))
    width = (abs(near) + 1) / 10**20
    return Interval(near - width, near + width, True, True)


def add(one: Interval, other: Interval) -> Interval:
    """All sums."""
    return Interval(
        one.low + other.low,
        one.high + other.high,
        _is_open(one.low, one.low_open, other.low, other.low_open, sticky=False),
        _is_open(one.high, one.high_open, other.high, other.high_open, sticky=False),
    )


def multiply(one: Interval, other: Interval) -> Interval:
    """All products; an end is open where no pair of reached ends makes it."""
    corners = [
        (_times(a, b), _is_open(a, a_open, b, b_open))
        for a, a_open in ((one.low, one.low_open), (one.high, one.high_open))
        for b, b_open in ((other.low, other.low_open), (other.high, other.high_open))
    ]
    low, high = min(c[0] for c in corners), max(c[0] for c in corners)
    return Interval(
        low,
        high,
        all(is_open for value, is_open in corners if value == low),
        all(is_open for value, is_open in corners if value == high),
    )


def meet(one: Interval, other: Interval) -> Interval:
    """What lies in both."""
    low = max(one, other, key=lambda span: (span.low, span.low_open))
    high = min(one, other, key=lambda span: (span.high, not span.high_open))
    return Interval(low.low, high.high, low.low_open, high.high_open)


def negate(one: Interval) -> Interval:
    """All negatives."""
    return Interval(-one.high, -one.low, one.high_open, one.low_open)


def _times(a: Any, b: Any) -> Any:
    return S.Zero if a == 0 or b == 0 else a * b


def _is_open(a: Any, a_open: bool, b: Any, b_open: bool, *, sticky: bool = True) -> bool:
    """Whether an end is out of reach; a reached infinity stays, and so does a factor 0."""
    if (a.is_infinite and not a_open) or (b.is_infinite and not b_open):
        return False
    if not sticky:
        return a_open or b_open
    if a == 0 and not a_open:
        return False
    if b == 0 and not b_open:
        return False
    return a_open or b_open


def repeated(one: Interval) -> Interval:
    """All sums of one or more values."""
    low = one.low if one.low >= 0 else -sympy.oo
    high = one.high if one.high <= 0 else sympy.oo
    return Interval(
        low,
        high,
        bool(low.is_infinite) or one.low_open,
        bool(high.is_infinite) or one.high_open,
    )
