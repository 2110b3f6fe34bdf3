"""Waves, arcs, error and gamma functions of sums of terms, by expansions with remainders."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sympy
from flint import arb
from sympy import Expr, Rational

from symloss.audit.signs import balls
from symloss.audit.signs.series import about, exponential, logarithm, parted, power, way_of_growth
from symloss.audit.signs.terms import (
    ONE,
    Effort,
    NoTail,
    Term,
    added,
    hull,
    number,
    scaled,
    sign_of_number,
    small,
    times,
    upto,
)
from symloss.language import FUNCTIONS


def _wave(kind: type) -> Callable[[list[Term], Expr, Effort], list[Term]]:
    def compute(terms: list[Term], start: Expr, effort: Effort) -> list[Term]:
        growing, constant, vanishing = parted(terms)
        if growing or not all(term.exact for term in vanishing):
            return [Term(sympy.S.One, unit=hull(arb(-1), arb(1)))]
        bound = small(vanishing, start, effort)
        sine = scaled(vanishing, sympy.S.One, hull(1 - bound**2 / 6, ONE))
        cosine = [Term(sympy.S.One), *scaled(times(vanishing, vanishing), -sympy.S.Half,
                                             hull(1 - bound**2 / 12, ONE))]  # fmt: skip
        s, c = sympy.sin(constant), sympy.cos(constant)
        weights = (c, s) if kind is sympy.sin else (-s, c)
        kept = [scaled(part, w) for part, w in zip((sine, cosine), weights, strict=True)
                if sign_of_number(w) != 0]  # fmt: skip
        return added(term for part in kept for term in part)

    return compute


def _atan(terms: list[Term], start: Expr, effort: Effort) -> list[Term]:
    way = way_of_growth(terms, start, effort)
    if way == 0:
        return about(terms, start, effort, sympy.atan, lambda u: 1 / (1 + u * u))
    inverse = power(terms, sympy.S.NegativeOne, start, effort)
    bound = small(inverse, start, effort)
    small_part = scaled(inverse, sympy.S.NegativeOne, hull(1 / (1 + bound**2), ONE))
    return added([Term(way * sympy.pi / 2), *small_part])


def _erfc(terms: list[Term], start: Expr, effort: Effort) -> list[Term]:
    way = way_of_growth(terms, start, effort)
    if way == 0:
        root = number(sympy.sqrt(sympy.pi))
        return about(
            terms, start, effort, FUNCTIONS["erfc"].build, lambda u: -2 * (-u * u).exp() / root
        )
    if way < 0:
        beyond = _erfc(scaled(terms, sympy.S.NegativeOne), start, effort)
        return added([Term(sympy.Integer(2)), *scaled(beyond, sympy.S.NegativeOne)])
    square = times(terms, terms)
    inverse = power(terms, sympy.S.NegativeOne, start, effort)
    below = times(inverse, inverse)
    bound = small(below, start, effort)
    head = times(exponential(scaled(square, sympy.S.NegativeOne), start, effort), inverse)
    # sqrt(pi) u exp(u**2) erfc(u) = 1 - 1/(2 u**2) + 3/(4 u**4) - ..., each partial sum a bound:
    # Abramowitz and Stegun 7.1.23.
    rest = scaled(times(below, below), Rational(3, 4), hull(1 - 5 * bound / 2, ONE))
    series = added([Term(sympy.S.One), *scaled(below, -sympy.S.Half), *rest])
    return scaled(times(head, series), 1 / sympy.sqrt(sympy.pi))


def _erf(terms: list[Term], start: Expr, effort: Effort) -> list[Term]:
    if way_of_growth(terms, start, effort):
        beyond = _erfc(terms, start, effort)
        return added([Term(sympy.S.One), *scaled(beyond, sympy.S.NegativeOne)])
    root = number(sympy.sqrt(sympy.pi))
    return about(terms, start, effort, sympy.erf, lambda u: 2 * (-u * u).exp() / root)


def _loggamma(terms: list[Term], start: Expr, effort: Effort) -> list[Term]:
    growing, constant, _ = parted(terms)
    if not growing and constant == 0:
        above = added([Term(sympy.S.One), *terms])
        shifted = about(above, start, effort, FUNCTIONS["loggamma"].build, lambda u: u.digamma())
        return added([*shifted, *scaled(logarithm(terms, start, effort), sympy.S.NegativeOne)])
    if way_of_growth(terms, start, effort) <= 0:
        raise NoTail
    log = logarithm(terms, start, effort)
    inverse = power(terms, sympy.S.NegativeOne, start, effort)
    # Stirling: what is missing lies between 0 and 1/(12 u).
    return added([
        *times(terms, log), *scaled(terms, sympy.S.NegativeOne), *scaled(log, -sympy.S.Half),
        Term(sympy.log(2 * sympy.pi) / 2), *scaled(inverse, Rational(1, 12), upto(ONE)),
    ])  # fmt: skip


def polygamma(order: int, inner: list[Term], start: Expr, effort: Effort) -> list[Term]:
    """The asymptotic series, whose remainder lies between 0 and the first term left out."""
    growing, constant, _ = parted(inner)
    if not growing and constant == 0:
        return _polygamma_at_zero(order, inner, start, effort)
    if way_of_growth(inner, start, effort) <= 0:
        raise NoTail
    inverse = power(inner, sympy.S.NegativeOne, start, effort)
    way = sympy.S.NegativeOne ** (order + 1)
    powers = [power(inverse, sympy.Integer(order + n), start, effort) for n in (1, 2)]
    rest = [*scaled(powers[0], way * sympy.factorial(order) / 2),
            *scaled(powers[1], way * sympy.factorial(order + 1) / 12, upto(ONE))]  # fmt: skip
    if order == 0:
        return added([*logarithm(inner, start, effort), *rest])
    first = power(inverse, sympy.Integer(order), start, effort)
    return added([*scaled(first, way * sympy.factorial(order - 1)), *rest])


def _polygamma_at_zero(order: int, inner: list[Term], start: Expr, effort: Effort) -> list[Term]:
    """polygamma(n, u) = polygamma(n, 1 + u) - (-1)**n n!/u**(n + 1)."""
    above = added([Term(sympy.S.One), *inner])
    shifted = about(above, start, effort, lambda c: FUNCTIONS["polygamma"].build(order, c),
                     lambda u: balls.polygamma(order + 1, u))  # fmt: skip
    pole = power(inner, sympy.Integer(-order - 1), start, effort)
    factor = -(sympy.S.NegativeOne**order) * sympy.factorial(order)
    return added([*shifted, *scaled(pole, factor)])


def _inverse_wave(kind: type, way: int) -> Callable[[list[Term], Expr, Effort], list[Term]]:
    def compute(terms: list[Term], start: Expr, effort: Effort) -> list[Term]:
        def slope(u: arb) -> arb:
            return way / (1 - u * u).sqrt()

        return about(terms, start, effort, kind, slope)

    return compute


RULES: dict[Any, Callable[[list[Term], Expr, Effort], list[Term]]] = {
    sympy.exp: exponential,
    sympy.log: logarithm,
    sympy.sin: _wave(sympy.sin),
    sympy.cos: _wave(sympy.cos),
    sympy.atan: _atan,
    sympy.erf: _erf,
    FUNCTIONS["erfc"].build: _erfc,
    sympy.asin: _inverse_wave(sympy.asin, 1),
    sympy.acos: _inverse_wave(sympy.acos, -1),
    FUNCTIONS["loggamma"].node: _loggamma,
}
