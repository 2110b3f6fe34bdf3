"""A formula in `S` as a sum of terms that encloses it from a start on, and its sign there."""

from __future__ import annotations

import sympy
from sympy import Expr

from symloss.audit.signs import balls
from symloss.audit.signs.series import power
from symloss.audit.signs.special import RULES, polygamma
from symloss.audit.signs.terms import (
    FULL,
    Effort,
    NoTail,
    S,
    Term,
    added,
    leading,
    scaled,
    sign_of_number,
    small,
    times,
)
from symloss.language import FUNCTIONS

_POLYGAMMA = FUNCTIONS["polygamma"].node


def sign_from(formula: Expr, start: Expr, effort: Effort = FULL) -> str:
    """The sign of a formula in `S` for all values from the start on."""
    try:
        terms = expanded(formula, start, effort)
        if not terms:
            return "0"
        first, others = leading(terms, start, effort)
        if not small(others, start, effort) < 1:
            return "?"
    except (NoTail, balls.Undecided, ZeroDivisionError, NotImplementedError, TypeError):
        return "?"
    positive = (sign_of_number(first.coefficient) > 0) == bool(first.unit > 0)
    return "+" if positive else "-"


def expanded(formula: Expr, start: Expr, effort: Effort) -> list[Term]:
    """The formula as a sum of terms, each enclosed from the start on.

    Raises:
        NoTail: it holds a function that has no such sum here.
    """
    if formula == S:
        return [Term(sympy.S.One, sympy.S.One)]
    if not formula.has(S):
        return [] if sign_of_number(formula) == 0 else [Term(formula)]
    if formula.is_Add:
        return added(term for part in formula.args for term in expanded(part, start, effort))
    if formula.is_Mul:
        product = [Term(sympy.S.One)]
        for part in formula.args:
            product = times(product, expanded(part, start, effort))
        return product
    if formula.is_Pow:
        if formula.exp.has(S):
            return expanded(sympy.exp(formula.exp * sympy.log(formula.base)), start, effort)
        return power(expanded(formula.base, start, effort), formula.exp, start, effort)
    return _function(formula, start, effort)


def _function(formula: Expr, start: Expr, effort: Effort) -> list[Term]:
    kind = type(formula)
    if kind in (sympy.tanh, sympy.sinh, sympy.cosh):
        return expanded(formula.rewrite(sympy.exp), start, effort)
    if kind is sympy.tan:
        return expanded(sympy.sin(formula.args[0]) / sympy.cos(formula.args[0]), start, effort)
    if kind in (sympy.asinh, sympy.acosh):
        return _area(formula, start, effort)
    if kind is sympy.atanh:
        u = formula.args[0]
        return expanded((sympy.log(1 + u) - sympy.log(1 - u)) / 2, start, effort)
    if kind is _POLYGAMMA:
        inner = expanded(formula.args[1], start, effort)
        return polygamma(int(formula.args[0]), inner, start, effort)
    if kind not in RULES:
        raise NoTail
    return RULES[kind](expanded(formula.args[0], start, effort), start, effort)


def _area(formula: Expr, start: Expr, effort: Effort) -> list[Term]:
    u = formula.args[0]
    first, _ = leading(expanded(u, start, effort), start, effort)
    if sign_of_number(first.coefficient) < 0:
        return scaled(expanded(formula.func(-u), start, effort), sympy.S.NegativeOne)
    inside = u**2 + (1 if isinstance(formula, sympy.asinh) else -1)
    return expanded(sympy.log(u + sympy.sqrt(sympy.expand(inside))), start, effort)
