"""What composition rules know about an expression, as a function of `wrt`."""

from __future__ import annotations

from dataclasses import dataclass, replace

import sympy
from sympy import Expr, S

from symloss.language import Interval

REALS = Interval(-sympy.oo, sympy.oo, True, True)


@dataclass(frozen=True)
class Fact:
    """Curvature, range and the powers under which an expression stays convex or concave.

    Attributes:
        range: an interval that holds all values.
        constant: does not depend on `wrt`.
        log_convex: positive, and its logarithm is convex.
        log_concave: positive, and its logarithm is concave.
        root: a degree d >= 1: the value is f**d with f convex and f >= 0; None: not known.
        mean: a degree e: the value is g**e with g concave and g >= 0 (g > 0 for e < 0); None: not
            known.
    """

    range: Interval = REALS
    convex: bool = False
    concave: bool = False
    constant: bool = False
    log_convex: bool = False
    log_concave: bool = False
    root: Expr | None = None
    mean: Expr | None = None

    @property
    def affine(self) -> bool:
        """Both convex and concave."""
        return self.convex and self.concave

    @property
    def positive(self) -> bool:
        """Whether every value is above 0."""
        return bool(self.range.low > 0) or (self.range.low == 0 and self.range.low_open)

    @property
    def nonnegative(self) -> bool:
        """Whether no value is below 0."""
        return bool(self.range.low >= 0)

    @property
    def nonpositive(self) -> bool:
        """Whether no value is above 0."""
        return bool(self.range.high <= 0)


def closed(fact: Fact) -> Fact:
    """The fact with all that follows from it."""
    if fact.constant:
        fact = replace(fact, convex=True, concave=True)
        if fact.positive:
            fact = replace(fact, log_convex=True, log_concave=True)
    if fact.positive and fact.concave:
        fact = replace(fact, log_concave=True)
    if fact.log_convex or (fact.root is not None and fact.root >= 1):
        fact = replace(fact, convex=True)
    return _with_degrees(fact if fact.mean is None else _of_mean(fact, fact.mean))


def _of_mean(fact: Fact, mean: Expr) -> Fact:
    """What being a power of a concave function implies."""
    if 0 <= mean <= 1:
        fact = replace(fact, concave=True)
    if mean < 0:
        fact = replace(fact, convex=True, log_convex=True)
    if mean > 0 and fact.positive:
        fact = replace(fact, log_concave=True)
    return fact


def _with_degrees(fact: Fact) -> Fact:
    """The degrees that convexity and concavity give."""
    if fact.nonnegative and fact.root is None and fact.convex:
        fact = replace(fact, root=sympy.oo if fact.constant else S.One)
    if fact.nonnegative and fact.mean is None and fact.concave:
        fact = replace(fact, mean=S.Zero if fact.constant else S.One)
    return fact


def least(degrees: list[Expr | None]) -> Expr | None:
    """The smallest degree; None where one is not known."""
    known = [degree for degree in degrees if degree is not None]
    return min(known) if len(known) == len(degrees) else None


def constant(interval: Interval) -> Fact:
    """The fact of a value that does not depend on `wrt`."""
    return closed(Fact(interval, constant=True))


def either(facts: list[Fact]) -> Fact:
    """The fact of a value that is one of several, chosen without regard to `wrt`."""
    roots, means = [f.root for f in facts], [f.mean for f in facts]
    return closed(
        Fact(
            hull([f.range for f in facts]),
            all(f.convex for f in facts),
            all(f.concave for f in facts),
            all(f.constant for f in facts),
            all(f.log_convex for f in facts),
            all(f.log_concave for f in facts),
            least(roots),
            same_side([m for m in means if m is not None]) if None not in means else None,
        )
    )


def same_side(means: list[Expr]) -> Expr | None:
    """A degree that all of several concave degrees may be replaced by."""
    if all(mean >= 0 for mean in means):
        return max(means)
    return min(means) if all(mean <= 0 for mean in means) else None


def hull(parts: list[Interval]) -> Interval:
    """The smallest interval around several."""
    low, high = min(p.low for p in parts), max(p.high for p in parts)
    return Interval(
        low,
        high,
        all(p.low_open for p in parts if p.low == low),
        all(p.high_open for p in parts if p.high == high),
    )
