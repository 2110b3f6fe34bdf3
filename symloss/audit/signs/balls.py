"""Values of an expression at exact rational points, enclosed in balls.

Expressions are compiled once into closures over a point. `None` stands for whatever a ball cannot
tell: an argument outside a function's domain, a condition undecided, a value that is not finite.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

import flint
import sympy
from flint import arb, fmpq
from sympy import Expr, Rational, Symbol
from sympy.core.relational import Relational
from sympy.logic.boolalg import BooleanFunction

from symloss.language import BY_NODE, quotient

Point = Mapping[Symbol, Rational]
Closure = Callable[[Mapping[Symbol, arb]], Any]
PRECISIONS = (64, 128, 512)


class Undecided(Exception):  # noqa: N818 - a question, not a mistake
    """A ball lies on both sides of a condition or reaches out of a domain."""


def exact(number: Expr) -> arb:
    """The tightest ball about a rational number; a tight one about another number."""
    if not number.is_Rational:
        found: arb = compiled(number)({})
        return found
    return arb(fmpq(int(number.p), int(number.q)))


def value(expression: Expr, point: Point, bits: int = 128) -> arb | None:
    """A finite ball that holds the expression's value at a rational point."""
    with flint.ctx.workprec(bits):
        balls = {symbol: exact(number) for symbol, number in point.items()}
        try:
            found = compiled(expression)(balls)
        except (Undecided, NotImplementedError, KeyError, ZeroDivisionError):
            return None
    return found if found.is_finite() else None


def sign(expression: Expr, point: Point) -> int | None:
    """The sign of the value where balls tell it (0 only where the ball is exactly 0)."""
    for bits in PRECISIONS:
        ball = value(expression, point, bits)
        if ball is not None:
            if ball > 0:
                return 1
            if ball < 0:
                return -1
            if ball.is_zero():
                return 0
    return None


@lru_cache(maxsize=4096)
def compiled(expression: Expr) -> Closure:
    """The expression as a function of a point's balls."""
    kind = type(expression)
    if expression.is_Symbol:
        return lambda point: point[expression]
    if expression.is_Rational:
        number = fmpq(int(expression.p), int(expression.q))
        return lambda _: arb(number)
    if expression in _CONSTANTS:
        constant = _CONSTANTS[expression]
        return lambda _: constant()
    if isinstance(expression, sympy.Piecewise):
        return _cases(expression)
    if kind in _RULES:
        return _RULES[kind](*[compiled(argument) for argument in expression.args])
    if kind is sympy.Pow:
        return _power(expression)
    if kind is quotient:
        return compiled(expression.args[0] / expression.args[1])
    return _function(expression)


def _cases(expression: sympy.Piecewise) -> Closure:
    branches = [(compiled(value), condition(test)) for value, test in expression.args]

    def choose(point: Mapping[Symbol, arb]) -> Any:
        for branch, test in branches:
            if test(point):
                return branch(point)
        raise Undecided

    return choose


@lru_cache(maxsize=1024)
def condition(test: Any) -> Callable[[Mapping[Symbol, arb]], bool]:
    """A condition as a function of a point's balls; raises Undecided where they cannot tell."""
    if test in (sympy.true, sympy.false):
        return lambda _: bool(test)
    if isinstance(test, sympy.And):
        parts = [condition(part) for part in test.args]
        return lambda point: all(part(point) for part in parts)
    if isinstance(test, sympy.Or):
        parts = [condition(part) for part in test.args]
        return lambda point: any(part(point) for part in parts)
    if isinstance(test, sympy.Not):
        inner = condition(test.args[0])
        return lambda point: not inner(point)
    if isinstance(test, BooleanFunction):  # ITE and its like: SymPy makes them itself
        return condition(test.to_nnf(simplify=False))
    if not isinstance(test, Relational):
        raise NotImplementedError(str(test))
    gap, operator = compiled(test.lhs - test.rhs), test.rel_op
    return lambda point: _holds(gap(point), operator)


def _holds(gap: arb, operator: str) -> bool:
    if gap > 0:
        return operator in (">", ">=", "!=")
    if gap < 0:
        return operator in ("<", "<=", "!=")
    if gap.is_zero():
        return operator in ("==", ">=", "<=")
    raise Undecided


def _power(expression: Expr) -> Closure:
    base, exponent = compiled(expression.base), expression.exp
    if exponent.is_Integer:
        whole = int(exponent)
        return lambda point: _whole_power(base(point), whole)
    power = compiled(exponent)

    def real(point: Mapping[Symbol, arb]) -> arb:
        below, above = base(point), power(point)
        if below.is_zero() and above > 0:
            return arb(0)
        if above.is_zero():
            return arb(1)
        return (above * _positive(below).log()).exp()

    return real


def _whole_power(base: arb, exponent: int) -> arb:
    if exponent < 0 and base.contains(0):
        raise Undecided
    if not base.contains(0):
        return base**exponent
    top = base.abs_upper() ** exponent  # of a ball around 0 python-flint makes no number
    return arb(0).union(top) if exponent % 2 == 0 else (-top).union(top)


def _positive(ball: arb) -> arb:
    if not ball > 0:
        raise Undecided
    return ball


def _function(expression: Expr) -> Closure:
    row = BY_NODE.get(type(expression))
    if row is None:
        raise NotImplementedError(str(expression))
    if row.definition is not None:
        return compiled(row.definition(*expression.args))
    if row.name == "polygamma":
        return _polygamma(int(expression.args[0]), compiled(expression.args[1]))
    inner, name = compiled(expression.args[0]), row.ball
    if row.name in ("log", "loggamma"):
        return lambda point: getattr(_positive(inner(point)), name)()
    return lambda point: getattr(inner(point), name)()


def _polygamma(order: int, inner: Closure) -> Closure:
    return lambda point: polygamma(order, _positive(inner(point)))


def polygamma(order: int, ball: arb) -> arb:
    """The derivative of digamma of this order, by Hurwitz' zeta function."""
    if order == 0:
        return ball.digamma()
    return (-1) ** (order + 1) * arb(order + 1).gamma() * arb(order + 1).zeta(ball)


def _sum(*parts: Closure) -> Closure:
    return lambda point: sum((part(point) for part in parts), start=arb(0))


def _product(*parts: Closure) -> Closure:
    def multiply(point: Mapping[Symbol, arb]) -> arb:
        result = arb(1)
        for part in parts:
            result = result * part(point)
        return result

    return multiply


def _largest(*parts: Closure) -> Closure:
    def compute(point: Mapping[Symbol, arb]) -> arb:
        first, *rest = [part(point) for part in parts]
        for other in rest:
            first = first.max(other)
        return first

    return compute


def _smallest(*parts: Closure) -> Closure:
    def compute(point: Mapping[Symbol, arb]) -> arb:
        first, *rest = [part(point) for part in parts]
        for other in rest:
            first = first.min(other)
        return first

    return compute


def _sign(part: Closure) -> Closure:
    def compute(point: Mapping[Symbol, arb]) -> arb:
        ball = part(point)
        if ball > 0 or ball < 0 or ball.is_zero():
            return arb(1 if ball > 0 else -1 if ball < 0 else 0)
        raise Undecided

    return compute


_RULES: dict[type, Callable[..., Closure]] = {
    sympy.Add: _sum,
    sympy.Mul: _product,
    sympy.Max: _largest,
    sympy.Min: _smallest,
    sympy.sign: _sign,
}
_CONSTANTS: dict[Expr, Callable[[], arb]] = {
    sympy.pi: arb.pi,
    sympy.E: arb.const_e,
    sympy.EulerGamma: arb.const_euler,
}
