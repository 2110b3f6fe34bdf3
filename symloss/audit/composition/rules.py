"""Composition rules: the fact of an expression from the facts of its parts."""

from __future__ import annotations

from dataclasses import replace

import sympy
from sympy import Expr, S

from symloss.audit.composition import ranges
from symloss.audit.composition.atoms import ATOMS, within
from symloss.audit.composition.fact import Fact, closed, constant, least, same_side
from symloss.language import Interval


def negated(fact: Fact) -> Fact:
    """The fact of -u."""
    return closed(Fact(ranges.negate(fact.range), fact.concave, fact.convex, fact.constant))


def total(facts: list[Fact], span: Interval) -> Fact:
    """The fact of a sum whose values lie in `span`.

    Powers of a common degree add up: (sum f**d)**(1/d) is a norm of convex functions f >= 0, and
    (sum g**e)**(1/e) for e <= 1 is a power mean of concave ones.
    """
    roots, means = [f.root for f in facts], [f.mean for f in facts if f.mean is not None]
    mean = same_side(means) if len(means) == len(facts) else None
    return closed(
        Fact(
            span,
            all(f.convex for f in facts),
            all(f.concave for f in facts),
            all(f.constant for f in facts),
            all(f.log_convex for f in facts),
            root=least(roots),
            mean=mean if mean is not None and mean <= 1 else None,
        )
    )


def scaled(factor: Fact, fact: Fact) -> Fact:
    """The fact of c*u for c that does not depend on `wrt`."""
    span = ranges.multiply(factor.range, fact.range)
    if factor.nonnegative:
        strict = factor.positive
        return closed(
            replace(
                fact,
                range=span,
                log_convex=fact.log_convex and strict,
                log_concave=fact.log_concave and strict,
                mean=fact.mean if strict or fact.mean is None or fact.mean >= 0 else None,
            )
        )
    if factor.nonpositive:
        return closed(Fact(span, fact.concave, fact.convex))
    return closed(Fact(span, fact.affine, fact.affine))


def product(facts: list[Fact]) -> Fact:
    """The fact of a product: geometric means, powers over concave powers, logarithms that add."""
    fixed = [f for f in facts if f.constant]
    varying = [f for f in facts if not f.constant]
    weight = constant(_span(fixed))
    if not varying:
        return weight
    fact = varying[0]
    for other in varying[1:]:
        fact = _times(fact, other)
    return scaled(weight, fact) if fixed else fact


def _span(facts: list[Fact]) -> Interval:
    span = ranges.point(S.One)
    for fact in facts:
        span = ranges.multiply(span, fact.range)
    return span


def _times(one: Fact, other: Fact) -> Fact:
    span = ranges.multiply(one.range, other.range)
    signed = one.nonpositive and other.nonpositive
    if signed:
        one, other = negated(one), negated(other)
    means = [mean for mean in (one.mean, other.mean) if mean is not None]
    joint = len(means) == 2 and same_side(means) is not None
    return closed(
        Fact(
            span,
            log_convex=one.log_convex and other.log_convex,
            log_concave=one.log_concave and other.log_concave,
            mean=means[0] + means[1] if joint else None,
            root=_over(one, other) or _over(other, one),
        )
    )


def _over(above: Fact, below: Fact) -> Expr | None:
    """The degree of f**d / g**q, which is d - q: jointly convex from degree 1 on."""
    if above.root is None or below.mean is None or below.mean >= 0:
        return None
    degree = above.root + below.mean
    return degree if degree >= 1 else None


def power(base: Fact, exponent: Fact, number: Expr) -> Fact:
    """The fact of base**exponent for an exponent that does not depend on `wrt`."""
    low, high = exponent.range.low, exponent.range.high
    whole = bool(number.is_Integer)
    if base.constant:
        return constant(_power_range(base, number, exponent.range))
    if number == 1:
        return base
    if whole and number > 0 and not base.nonnegative:
        return _whole_power(base, number)
    if not base.nonnegative or (low < 0 and not base.positive):
        return Fact()
    root = mean = None
    if low > 0 and base.root is not None and base.root * low >= 1:
        root = base.root * low
    if base.mean is not None and low.is_finite and high.is_finite and (low >= 0 or high <= 0):
        steep = high if low >= 0 else low
        mean = base.mean * steep
    rises, falls = low > 0, high < 0
    return closed(
        Fact(
            _power_range(base, number, exponent.range),
            log_convex=(rises and base.log_convex) or (falls and base.log_concave),
            log_concave=(rises and base.log_concave) or (falls and base.log_convex),
            root=root,
            mean=mean,
        )
    )


def _whole_power(base: Fact, number: Expr) -> Fact:
    flipped = negated(base)
    if number % 2:
        if not base.nonpositive:
            return Fact()
        return negated(power(flipped, constant(ranges.point(number)), number))
    size = apply(sympy.Abs, base)
    return closed(
        Fact(ranges.AT_LEAST_ZERO, root=None if size.root is None else size.root * number)
    )


def _power_range(base: Fact, number: Expr, exponent: Interval) -> Interval:
    span = base.range
    if number.is_Integer and number > 0 and base.nonnegative:
        return Interval(span.low**number, span.high**number, span.low_open, span.high_open)
    if number.is_Integer and number < 0 and base.positive:
        top = span.low**number if span.low > 0 else sympy.oo
        bottom = S.Zero if span.high.is_infinite else span.high**number
        return Interval(bottom, top, span.high_open, span.low_open or top == sympy.oo)
    if base.nonnegative and span.high == 1 and exponent.low >= 0:
        is_below = span.high_open and (exponent.low > 0 or exponent.low_open)
        return Interval(S.Zero, S.One, base.positive, bool(is_below))
    if base.positive:
        return ranges.ABOVE_ZERO
    if base.nonnegative or (number.is_Integer and number % 2 == 0):
        return ranges.AT_LEAST_ZERO
    return ranges.REALS


def apply(node: type, fact: Fact) -> Fact:
    """The fact of a function of one argument."""
    atom = ATOMS.get(node)
    if atom is None:
        return constant(ranges.REALS) if fact.constant else Fact()
    span = fact.range
    if not span.low_open and span.low.is_infinite:
        return constant(ranges.REALS) if fact.constant else Fact()
    if fact.constant:
        return constant(_image(node, span))
    rises, falls = within(span, atom.increasing), within(span, atom.decreasing)
    inner_convex = fact.affine or (rises and fact.convex) or (falls and fact.concave)
    inner_concave = fact.affine or (rises and fact.concave) or (falls and fact.convex)
    convex = within(span, atom.convex) and inner_convex
    concave = within(span, atom.concave) and inner_concave
    if node is sympy.log:
        convex = convex or (fact.positive and fact.log_convex)
        concave = concave or (fact.positive and fact.log_concave)
        concave = concave or (fact.mean is not None and fact.mean > 0)
    keeps = node is sympy.Abs and fact.nonnegative
    return closed(
        Fact(
            _image(node, span),
            convex,
            concave,
            log_convex=node is sympy.exp and fact.convex,
            log_concave=(node is sympy.exp and fact.concave)
            or (atom.log_concave and inner_concave),
            root=fact.root if keeps else None,
            mean=fact.mean if keeps else None,
        )
    )


def _image(node: type, span: Interval) -> Interval:
    """The atom's image; ends at 0 (at 1 for a logarithm) are carried through."""
    atom = ATOMS[node]
    image = atom.image
    if node is sympy.Abs:
        top = max(abs(span.low), abs(span.high))
        if span.low >= 0 or span.high <= 0:
            return span if span.low >= 0 else ranges.negate(span)
        return Interval(S.Zero, top, False, bool(top.is_infinite))
    turn = {sympy.log: S.One, sympy.exp: S.Zero}.get(node, S.Zero)
    level = S.One if node is sympy.exp else S.Zero
    if not (atom.fixes_zero or node in (sympy.log, sympy.exp)):
        return image
    if not within(span, atom.increasing):
        return image
    if span.low >= turn:
        strict = span.low > turn or span.low_open
        return Interval(level, image.high, strict, image.high_open)
    if span.high <= turn:
        strict = span.high < turn or span.high_open
        return Interval(image.low, level, image.low_open, strict)
    return image
