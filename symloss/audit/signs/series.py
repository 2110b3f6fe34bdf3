"""Powers, exponentials and logarithms of sums of terms, and functions of what tends to a number."""

from __future__ import annotations

from collections.abc import Callable

import sympy
from flint import arb
from sympy import Expr

from symloss.audit.signs.terms import (
    ONE,
    QUICK,
    STARTS,
    Effort,
    NoTail,
    Term,
    added,
    again,
    hull,
    leading,
    number,
    scaled,
    sign_of_number,
    small,
    times,
)


def power(base: list[Term], exponent: Expr, start: Expr, effort: Effort) -> list[Term]:
    """A sum to a power: its leading term to the power, and 1 + d to it by Taylor's theorem."""
    if exponent.is_Integer and 0 < exponent <= 8:
        result = [Term(sympy.S.One)]
        for _ in range(int(exponent)):
            result = times(result, base)
        return result
    first, others = leading(base, start, effort)
    positive = sign_of_number(first.coefficient) > 0
    if not exponent.is_Integer and not (positive and first.unit > 0):
        raise NoTail
    unit = ONE if first.exact else _ball_power(first.unit, exponent)
    head = Term(first.coefficient**exponent, first.power * exponent,
                _whole(first.logs * exponent), first.exponent * exponent, unit)  # fmt: skip
    if not others:
        return [head]
    bound = _below_one(others, start, effort)
    if len(others) > effort.few:
        slope = _ball_power(hull(1 - bound, 1 + bound), exponent - 1)
        return times([head], [Term(sympy.S.One), *scaled(others, exponent, slope)])
    slope = _ball_power(hull(1 - bound, 1 + bound), exponent - 2)
    square = scaled(times(others, others), exponent * (exponent - 1) / 2, slope)
    return times([head], added([Term(sympy.S.One), *scaled(others, exponent), *square]))


def _whole(value: Expr) -> int:
    if not sympy.sympify(value).is_Integer:
        raise NoTail
    return int(value)


def _ball_power(base: arb, exponent: Expr) -> arb:
    if exponent.is_Integer:
        return base ** int(exponent)
    return (base.log() * number(exponent)).exp()


def _below_one(terms: list[Term], start: Expr, effort: Effort) -> arb:
    bound = small(terms, start, effort)
    if not bound < 1:
        raise NoTail
    return bound


def parted(terms: list[Term]) -> tuple[list[Term], Expr, list[Term]]:
    """What may grow, the constant, and what seems to vanish."""
    growing, vanishing, constant = [], [], sympy.S.Zero
    for term in terms:
        if term.exact and term.kind == (0, 0, 0):
            constant += term.coefficient
        elif vanishes(term):
            vanishing.append(term)
        else:
            growing.append(term)
    return growing, constant, vanishing


def vanishes(term: Term) -> bool:
    """Whether the term tends to 0: its exponent, its power or its logarithm says so."""
    if term.exponent == 0:
        power = sign_of_number(term.power)
        return power < 0 or (power == 0 and term.logs < 0)
    start = STARTS[2]
    first, _ = leading(again(term.exponent, start, QUICK), start, QUICK)
    grows = first.exponent != 0 or sign_of_number(first.power) > 0 or first.logs > 0
    return first.exact and grows and sign_of_number(first.coefficient) < 0


def exponential(terms: list[Term], start: Expr, effort: Effort) -> list[Term]:
    """Exp of a sum: what grows joins the exponent, what vanishes goes by Taylor's theorem."""
    growing, constant, vanishing = parted(terms)
    power, exponent = sympy.S.Zero, sympy.S.Zero
    for term in growing:
        if not term.exact:
            raise NoTail
        if term.kind == (0, 1, 0):
            power += term.coefficient
        else:
            exponent += term.expression()
    head = [Term(sympy.exp(constant), power, 0, sympy.expand(exponent))]
    if not vanishing:
        return head
    bound = small(vanishing, start, effort)
    slope = hull((-bound).exp(), bound.exp())
    if len(vanishing) > effort.few:
        return times(head, [Term(sympy.S.One), *scaled(vanishing, sympy.S.One, slope)])
    square = scaled(times(vanishing, vanishing), sympy.S.Half, slope)
    return times(head, added([Term(sympy.S.One), *vanishing, *square]))


def logarithm(terms: list[Term], start: Expr, effort: Effort) -> list[Term]:
    """Log of a sum: that of its leading term, and log(1 + d) by Taylor's theorem."""
    first, others = leading(terms, start, effort)
    if not first.unit > 0 or sign_of_number(first.coefficient) <= 0 or first.logs:
        raise NoTail
    head = again(first.exponent, start, effort)
    head += [] if first.exact else [Term(sympy.S.One, unit=first.unit.log())]
    head += [Term(sympy.log(first.coefficient)), Term(first.power, sympy.S.Zero, 1)]
    if others:
        bound = _below_one(others, start, effort)
        if len(others) > effort.few:
            head += scaled(others, sympy.S.One, hull(1 / (1 + bound), 1 / (1 - bound)))
        else:
            slope = hull(1 / (1 + bound) ** 2, 1 / (1 - bound) ** 2)
            head += [*others, *scaled(times(others, others), -sympy.S.Half, slope)]
    return added(head)


def about(
    terms: list[Term],
    start: Expr,
    effort: Effort,
    value: Callable[[Expr], Expr],
    slope: Callable[[arb], arb],
) -> list[Term]:
    """A function of a constant and something small: the mean value theorem."""
    growing, constant, vanishing = parted(terms)
    if growing:
        raise NoTail
    bound = small(vanishing, start, effort)
    middle = number(constant)
    inside = slope(hull(middle - bound, middle + bound))
    if not inside.is_finite():
        raise NoTail
    return added([Term(value(constant)), *scaled(vanishing, sympy.S.One, inside)])


def way_of_growth(terms: list[Term], start: Expr, effort: Effort) -> int:
    """1 or -1 if the sum runs to an infinity, else 0."""
    growing, _, _ = parted(terms)
    if not growing:
        return 0
    first, _ = leading(terms, start, effort)
    if not falls_back(first, start, effort):
        raise NoTail
    return sign_of_number(first.coefficient)


def falls_back(term: Term, start: Expr, effort: Effort) -> bool:
    """Whether one over the term falls."""
    small([Term(sympy.S.One).over(term)], start, effort)
    return True
