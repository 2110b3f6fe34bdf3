"""Exact places at which a formula in one symbol is 0, where they can be named."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

import sympy
from flint import arb
from sympy import Expr, Symbol

from symloss.audit.signs import balls, worker

SECONDS = 1.0
MOST_OPERATIONS = 150
_NUMBERS = tuple(sympy.Rational(n, d) for n, d in (
    (0, 1), (1, 1), (-1, 1), (1, 2), (-1, 2), (2, 1), (-2, 1), (1, 4), (3, 2), (3, 1), (1, 3),
    (2, 3),
))  # fmt: skip


def named(formula: Expr, symbol: Symbol, low: Expr, high: Expr) -> Iterator[Expr]:
    """Zeros between two numbers as formulas, simple numbers first; there may be others."""
    return (place for place in all_named(formula, symbol) if inside(place, low, high))


@lru_cache(maxsize=1024)
def all_named(formula: Expr, symbol: Symbol) -> tuple[Expr, ...]:
    """Zeros as formulas, simple numbers first; there may be others."""
    simple = [*_NUMBERS]
    simple += _eighths(formula, symbol)
    found = [place for place in simple if is_zero(formula, symbol, place)]
    return tuple(dict.fromkeys([*found, *solved(formula, symbol)]))


def _eighths(formula: Expr, symbol: Symbol) -> list[Expr]:
    """Places at which a wave of the formula is at an eighth of its first turns, quarters first."""
    waves = formula.atoms(sympy.sin, sympy.cos, sympy.tan)
    phases = sorted({wave.args[0] for wave in waves}, key=str)
    found = []
    for steps in (range(-8, 9), [*range(-15, 0, 2), *range(1, 16, 2)]):
        eighths = sympy.pi / (2 if isinstance(steps, range) else 4)
        for phase in phases:
            rate = sympy.diff(phase, symbol)
            start = sympy.expand(phase - rate * symbol)
            if rate.is_Rational and rate and not start.has(symbol):
                found += [(n * eighths - start) / rate for n in steps]
    return found


@lru_cache(maxsize=256)
def solved(formula: Expr, symbol: Symbol) -> tuple[Expr, ...]:
    """Zeros of the numerator's factors that SymPy solves."""
    found: dict[Expr, None] = {}
    try:
        with worker.step(SECONDS):
            for factor in _factors(formula):
                if factor.has(symbol):
                    found |= dict.fromkeys(_of_factor(factor, symbol))
    except (worker.StepEnded, NotImplementedError, ValueError, TypeError):
        pass
    return tuple(found)


def is_zero(formula: Expr, symbol: Symbol, place: Expr) -> bool:
    """Whether the formula is shown to be 0 at a place."""
    sign = balls.sign(formula, {symbol: place}) if place.is_Rational else None
    if sign is not None:
        return sign == 0
    try:
        there = formula.subs(symbol, place)
        if there.has(sympy.nan, sympy.zoo, sympy.oo):
            return False
        ball = balls.value(there, {}, 256)
        if ball is None or not ball.contains(0):
            return False
        return sympy.simplify(there) == 0
    except (TypeError, ValueError, NotImplementedError, RecursionError):
        return False


def _factors(formula: Expr) -> tuple[Expr, ...]:
    for node in (sympy.tanh, sympy.sinh, sympy.cosh):
        if formula.has(node):
            formula = formula.rewrite(sympy.exp)
    numerator = sympy.fraction(sympy.together(formula))[0]
    if sympy.count_ops(numerator) > MOST_OPERATIONS:
        return ()
    return sympy.Mul.make_args(sympy.factor(numerator))


def _of_factor(factor: Expr, symbol: Symbol) -> list[Expr]:
    if factor.is_Pow and factor.exp.is_Rational and factor.exp > 0:
        return _of_factor(factor.base, symbol)
    if isinstance(factor, sympy.exp):
        return []
    if factor.is_polynomial(symbol):
        return _of_polynomial(sympy.Poly(factor, symbol))
    unit = _exponential_unit(factor, symbol)
    if unit is not None:
        return [sympy.log(root) / unit[1] for root in _of_polynomial(unit[0]) if _positive(root)]
    solved = sympy.solveset(factor, symbol, sympy.S.Reals)
    return list(solved) if isinstance(solved, sympy.FiniteSet) else []


def _positive(root: Expr) -> bool:
    ball = balls.value(root, {})
    return ball is not None and bool(ball > 0)


def _of_polynomial(polynomial: sympy.Poly) -> list[Expr]:
    found = sympy.roots(polynomial, cubics=False, quartics=False)
    return [root for root in found if root.is_real]


def _exponential_unit(factor: Expr, symbol: Symbol) -> tuple[sympy.Poly, Expr] | None:
    """The factor as a polynomial in exp(rate * symbol), with the rate."""
    factor = sympy.expand(factor)
    powers = {node.args[0] for node in factor.atoms(sympy.exp)}
    rates = [sympy.expand(power) / symbol for power in powers]
    if not rates or any(sympy.simplify(rate).has(symbol) for rate in rates):
        return None
    rates = [sympy.simplify(rate) for rate in rates]
    if not all(rate.is_Rational for rate in rates):
        return None
    unit = sympy.gcd_list([abs(rate) for rate in rates])
    t = sympy.Dummy("t")
    swap = {sympy.exp(power): t ** (rate / unit) for power, rate in zip(powers, rates, strict=True)}
    numerator = sympy.fraction(sympy.together(factor.xreplace(swap)))[0]
    if numerator.has(symbol) or not numerator.is_polynomial(t):
        return None
    return sympy.Poly(numerator, t), unit


def inside(place: Expr, low: Expr, high: Expr) -> bool:
    """Whether a number surely lies between two others."""
    ball = balls.value(place, {}, 2048)
    if ball is None:
        return False
    return bool(ball > _end(low)) and bool(ball < _end(high))


def _end(value: Expr) -> arb:
    if value in (sympy.oo, -sympy.oo):
        return arb("inf") if value == sympy.oo else arb("-inf")
    found = balls.value(value, {}, 2048)
    return arb("nan") if found is None else found
