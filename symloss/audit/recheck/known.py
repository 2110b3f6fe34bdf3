"""What the checker knows of a value as a function of `wrt`, and how that adds and multiplies."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import reduce
from typing import Any

import sympy
from sympy import Expr, S

from symloss.language import Finite, Interval, Simplex

_OO = sympy.oo


@dataclass(frozen=True)
class Known:
    """What is known of a value as a function of `wrt`.

    Attributes:
        low: a lower bound, which `above` says is not reached.
        high: an upper bound, which `below` says is not reached.
        convex: whether it is convex.
        concave: whether it is concave.
        fixed: whether it does not depend on `wrt`.
        log_convex: whether it is positive with a convex logarithm.
        norm: a degree d >= 1 such that the value is g**d with g convex and g >= 0; infinite for
            a constant, which is so for every d.
    """

    low: Expr = -_OO
    high: Expr = _OO
    above: bool = True
    below: bool = True
    convex: bool = False
    concave: bool = False
    fixed: bool = False
    log_convex: bool = False
    norm: Expr | None = None

    @property
    def positive(self) -> bool:
        """Whether it is above 0."""
        return bool(self.low > 0) or (self.low == 0 and self.above)


NOTHING = Known()


def settled(known: Known) -> Known:
    """With what follows from it."""
    if known.fixed:
        known = replace(known, convex=True, concave=True, log_convex=known.positive)
    if known.fixed and known.low >= 0:
        return replace(known, norm=_OO)
    if known.log_convex or known.norm is not None:
        known = replace(known, convex=True)
    if known.convex and known.low >= 0 and known.norm is None:
        known = replace(known, norm=S.One)
    return known


def of_domain(domain: Any, *, varies: bool) -> Known:
    """What a domain says of its values."""
    low, high, above, below = -_OO, _OO, True, True
    if isinstance(domain, Interval):
        low, high = domain.low, domain.high
        above, below = domain.low_open, domain.high_open
    elif isinstance(domain, Finite):
        low, high, above, below = min(domain.values), max(domain.values), False, False
    elif isinstance(domain, Simplex):
        low, high, above, below = S.Zero, S.One, False, False
    flat = varies and (isinstance(domain, Simplex) or
                       (isinstance(domain, Interval) and not domain.integer))  # fmt: skip
    return Known(low, high, above, below, flat, flat, fixed=not varies)


def number(node: Expr) -> Known:
    """What is known of a number."""
    if node.is_Rational:
        return Known(node, node, False, False, fixed=True)
    if node.is_finite and node.is_positive:
        return Known(S.Zero, _OO, True, True, fixed=True)
    if node.is_finite and node.is_negative:
        return Known(-_OO, S.Zero, True, True, fixed=True)
    return Known(above=False, below=False, fixed=bool(node.is_finite))


def total(parts: list[Known]) -> Known:
    """A sum of values."""
    return Known(
        sum((p.low for p in parts), S.Zero),
        sum((p.high for p in parts), S.Zero),
        any(p.above for p in parts),
        any(p.below for p in parts),
        all(p.convex for p in parts),
        all(p.concave for p in parts),
        all(p.fixed for p in parts),
        all(p.log_convex for p in parts),
        common([p.norm for p in parts]),
    )


def common(degrees: list[Expr | None]) -> Expr | None:
    """A sum of values of one degree has that degree; of several, it is but convex."""
    if None in degrees:
        return None
    known = {d for d in degrees if d is not None and d != _OO}
    if not known:
        return _OO
    return known.pop() if len(known) == 1 else S.One


def repeated(body: Known) -> Known:
    """A sum of one or more values of one kind."""
    low = body.low if body.low >= 0 else -_OO
    high = body.high if body.high <= 0 else _OO
    return replace(body, low=low, high=high, above=body.above or low == -_OO,
                   below=body.below or high == _OO)  # fmt: skip


def scaled(inner: Known, scale: Known) -> Known:
    """A value times one that is fixed."""
    span = product([inner, scale])
    if scale.low >= 0:
        log_convex = inner.log_convex and scale.positive
        return replace(span, convex=inner.convex, concave=inner.concave, log_convex=log_convex,
                       norm=inner.norm if inner.low >= 0 else None)  # fmt: skip
    if scale.high <= 0:
        return replace(span, convex=inner.concave, concave=inner.convex)
    return replace(span, convex=inner.convex and inner.concave, concave=inner.convex
                   and inner.concave)  # fmt: skip


def product(parts: Sequence[Known]) -> Known:
    """The bounds of a product."""
    return reduce(_times, parts, Known(S.One, S.One, False, False))


def _times(one: Known, other: Known) -> Known:
    """The bounds of a product: those of products of ends; one is reached if both of its ends are.

    A factor 0 that is reached makes 0 whatever the other is, short of a reached infinity.
    """
    ends = [[(k.low, not k.above), (k.high, not k.below)] for k in (one, other)]
    if any(value.is_infinite and reached for side in ends for value, reached in side):
        return Known(above=False, below=False)
    corners = []
    for (a, has_a), (b, has_b) in itertools.product(*ends):
        reached = (has_a and has_b) or (a == 0 and has_a) or (b == 0 and has_b)
        corners.append((S.Zero if 0 in (a, b) else a * b, reached))
    low, high = min(c[0] for c in corners), max(c[0] for c in corners)
    return Known(low, high, (low, True) not in corners, (high, True) not in corners)


def power(base: Known, p: Expr) -> Known:
    """A value to a rational power."""
    span = _of_power(base, p) if p.is_even or base.low >= 0 else Known()
    if p.is_Integer and p.is_even and p > 0 and base.convex and base.concave:
        return replace(span, norm=p)  # |affine|**p
    if p < 0:
        good = base.positive and base.concave
        return replace(span, convex=good, log_convex=good)
    if base.low >= 0 and base.norm is not None and base.norm * p >= 1:
        return replace(span, norm=base.norm * p)
    if base.low >= 0 and 0 < p <= 1 and base.concave:
        return replace(span, concave=True)
    if p.is_even and base.high <= 0 and base.concave:
        return replace(span, convex=True)
    return span


def _of_power(base: Known, p: Expr) -> Known:
    """The bounds of a power that is not negative."""
    if p < 0:
        return Known(S.Zero, _OO, True, True)
    if base.low < 0:
        return Known(S.Zero, _OO, base.positive, True)
    return Known(base.low**p, base.high**p, base.above, base.below)


def constant_power(base: Known, exponent: Known, *, is_even: bool) -> Known:
    """The bounds of a fixed value to a fixed power."""
    positive = base.positive or is_even
    low = S.Zero if positive or base.low >= 0 else -_OO
    if base.low < 0 or base.high > 1 or exponent.low < 0:
        return Known(low, _OO, base.positive, True, fixed=True)
    is_below = exponent.positive and (base.below or base.high < 1)
    return Known(low, S.One, base.positive, bool(is_below), fixed=True)


def either(parts: Sequence[Known]) -> Known:
    """The bounds of one value of several, whichever it is."""
    low, high = min(p.low for p in parts), max(p.high for p in parts)
    return Known(low, high, all(p.above for p in parts if p.low == low),
                 all(p.below for p in parts if p.high == high))  # fmt: skip


def met(one: Known, other: Known) -> Known:
    """The first, with bounds that the second may know better."""
    low = max(one, other, key=lambda k: (k.low, k.above))
    high = min(one, other, key=lambda k: (k.high, not k.below))
    return replace(one, low=low.low, above=low.above, high=high.high, below=high.below)
