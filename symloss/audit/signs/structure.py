"""Signs that the form of an expression shows, when all of its symbols are positive.

A sign is a pair (low, high) of -1, 0, 1 with None for "not known": (1, 1) is positive, (0, 1) is
not negative. Everything is said of the points at which the expression is defined.
"""

from __future__ import annotations

from functools import lru_cache

import sympy
from sympy import Dummy, Expr

from symloss.audit.signs import balls
from symloss.audit.signs.memory import remembered
from symloss.language import BY_NODE, FUNCTIONS

POSITIVE, NEGATIVE, ZERO, NOT_NEGATIVE, NOT_POSITIVE, ANY = "+", "-", "0", "0+", "0-", "?"
_OPPOSITE = {"+": "-", "-": "+", "0": "0", "0+": "0-", "0-": "0+", "?": "?"}
_SIGN_OF_ARGUMENT = (
    sympy.tanh, sympy.sinh, sympy.atan, sympy.asinh, sympy.erf, sympy.sign, sympy.asin, sympy.atanh,
)  # fmt: skip


@lru_cache(maxsize=20000)
def shown(expression: Expr) -> str:
    """The sign that the form shows."""
    if expression.is_Symbol:
        return POSITIVE if expression.is_positive else ANY
    if not expression.free_symbols:
        return _number(expression)
    if expression.is_Add:
        return _sum(expression)
    if expression.is_Mul:
        result = POSITIVE
        for factor in expression.args:
            result = _times(result, shown(factor))
        return result
    if expression.is_Pow:
        return _power(expression)
    return _function(expression)


def _number(expression: Expr) -> str:
    found = balls.sign(expression, {})
    return ANY if found is None else {1: POSITIVE, -1: NEGATIVE, 0: ZERO}[found]


def _plus(left: str, right: str) -> str:
    if left == ZERO:
        return right
    if right == ZERO:
        return left
    pair = {left, right}
    if pair <= {POSITIVE, NOT_NEGATIVE}:
        return POSITIVE if POSITIVE in pair else NOT_NEGATIVE
    if pair <= {NEGATIVE, NOT_POSITIVE}:
        return NEGATIVE if NEGATIVE in pair else NOT_POSITIVE
    return ANY


def _times(left: str, right: str) -> str:
    if ZERO in (left, right):
        return ZERO
    if ANY in (left, right):
        return ANY
    flipped = left.endswith("-") != right.endswith("-")
    weak = len(left) > 1 or len(right) > 1
    result = NOT_NEGATIVE if weak else POSITIVE
    return _OPPOSITE[result] if flipped else result


def _sum(expression: Expr) -> str:
    result = ZERO
    for term in expression.args:
        result = _plus(result, shown(term))
    if result == ANY and len(expression.args) == 2:
        return _exponential_less_one(expression)
    return result


def _exponential_less_one(expression: Expr) -> str:
    """exp(a) - 1 has the sign of a."""
    number, other = expression.as_coeff_Add()
    if number.is_Rational and number != 0:
        scaled = sympy.expand(other / -number)
        if isinstance(scaled, sympy.exp):
            inner = shown(scaled.args[0])
            return inner if number < 0 else _OPPOSITE[inner]
    return ANY


def _power(expression: Expr) -> str:
    base, exponent = shown(expression.base), expression.exp
    if base == POSITIVE:
        return POSITIVE
    if exponent.is_Integer:
        if exponent % 2 == 0:
            return POSITIVE if base == NEGATIVE or exponent < 0 else NOT_NEGATIVE
        if exponent < 0 and len(base) == 2:
            return POSITIVE if base == NOT_NEGATIVE else NEGATIVE
        return base
    return NOT_NEGATIVE if base in (NOT_NEGATIVE, ZERO) else ANY


def _function(expression: Expr) -> str:
    kind, arguments = type(expression), expression.args
    if kind in (sympy.exp, sympy.cosh, FUNCTIONS["erfc"].build):
        return POSITIVE
    if kind in _SIGN_OF_ARGUMENT:
        return shown(arguments[0])
    if kind is sympy.Abs:
        return POSITIVE if shown(arguments[0]) in (POSITIVE, NEGATIVE) else NOT_NEGATIVE
    if kind is sympy.log:
        return shown(sympy.expand(arguments[0] - 1))
    row = BY_NODE.get(kind)
    if row is not None and row.name == "polygamma" and arguments[0] > 0:
        return POSITIVE if arguments[0] % 2 == 1 else NEGATIVE
    return ANY


@remembered
def tried(expression: Expr) -> str:
    """The sign that the form shows, after bringing it into other forms."""
    found = shown(expression)
    if found != ANY:
        return found
    numerator, denominator = sympy.fraction(sympy.together(expression))
    below = _factored(denominator)
    if below == ANY:
        return ANY
    above = _factored(numerator)
    return _times(above, POSITIVE if below in (POSITIVE, NOT_NEGATIVE) else
                  NEGATIVE if below in (NEGATIVE, NOT_POSITIVE) else ANY)  # fmt: skip


def _factored(expression: Expr) -> str:
    found = shown(expression)
    if found != ANY:
        return found
    result = POSITIVE
    for factor in sympy.Mul.make_args(sympy.factor(expression)):
        result = _times(result, _in_forms(factor))
        if result == ANY:
            return ANY
    return result


def _in_forms(expression: Expr) -> str:
    if expression.is_Pow and expression.exp.is_Integer:
        base = _in_forms(expression.base)
        if expression.exp % 2 == 0:
            return POSITIVE if base in (POSITIVE, NEGATIVE) else NOT_NEGATIVE
        return base
    for form in _forms(expression):
        found = shown(form)
        if found != ANY:
            return found
    return ANY


def _forms(expression: Expr) -> list[Expr]:
    expanded = sympy.expand(expression)
    forms = [expression, expanded]
    forms += _exponentials_as_symbols(expanded)
    if expanded.is_polynomial(*expanded.free_symbols):
        forms += _squares(expanded)
    return forms


def _exponentials_as_symbols(expression: Expr) -> list[Expr]:
    """exp(a) with a > 0 is 1 + a + ... + w with another positive w."""
    powers = {argument.args[0] for argument in expression.atoms(sympy.exp)}
    if not powers:
        return []
    bases = {power.as_coeff_Mul()[1] for power in powers}
    found: list[Expr] = []
    for order in (0, 1, 2, 3):
        replaced = {}
        for base in bases:
            rates = [power.as_coeff_Mul()[0] for power in powers if power.as_coeff_Mul()[1] == base]
            unit = sympy.gcd_list([abs(rate) for rate in rates])
            step = unit * base
            if shown(step) not in (POSITIVE, NEGATIVE):
                return found
            if shown(step) == NEGATIVE:
                step = -step
            series = sum((step**n / sympy.factorial(n) for n in range(order + 1)), sympy.S.Zero)
            growth = series + Dummy(positive=True)
            for rate in rates:
                replaced[sympy.exp(rate * base)] = growth ** sympy.cancel(rate * base / step)
        numerator, denominator = sympy.fraction(sympy.together(expression.xreplace(replaced)))
        if shown(denominator) == POSITIVE:
            found.append(sympy.expand(numerator))
    return found


def _squares(expression: Expr) -> list[Expr]:
    """The square completed in each symbol in which the polynomial has degree two."""
    found = []
    for symbol in sorted(expression.free_symbols, key=str):
        polynomial = sympy.Poly(expression, symbol)
        if polynomial.degree() == 2:
            a, b, c = polynomial.all_coeffs()
            if shown(a) == POSITIVE:
                rest = sympy.factor(c - b**2 / (4 * a))
                found.append(a * Dummy(real=True) ** 2 + sympy.expand(rest))
    return found
