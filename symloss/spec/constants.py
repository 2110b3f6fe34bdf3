"""Guards on constants: they are evaluated in floats, cheaply, before SymPy sees them.

SymPy would compute `9**9**9` exactly, for ever, and answer `log(-1)` with a complex number. Every
constant part of the math must be a finite real number in double range; what is not is refused.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import mpmath
import sympy
from sympy import Expr

from symloss.language import BY_NODE, CONSTANTS, Function

LARGEST_EXPONENT = 1000
MOST_BITS = 8192
MOST_DIGITS = 60
LARGEST_ORDER = 20
"""Of polygamma."""


class Refused(Exception):  # noqa: N818 - it says what happened
    """A constant that is no finite real number, or too expensive; the parser adds the place."""

    def __init__(self, problem: str, remedy: str = "") -> None:
        super().__init__(problem)
        self.problem = problem
        self.remedy = remedy


@dataclass(frozen=True)
class Value:
    """An expression, and its value in floats where it is constant."""

    expression: Expr
    constant: float | None = None

    @property
    def exact(self) -> Expr:
        """The constant as a number for comparisons: exact if rational, a float if not."""
        rational = self.expression.is_Rational
        return self.expression if rational else sympy.Float(self.constant)


def _polygamma(order: float, x: float) -> float:
    psi: Callable[[int, float], Any] = mpmath.psi
    return float(psi(int(order), x))


Operation = Callable[[float, float], float]
_OPERATIONS: dict[str, Operation] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "**": operator.pow,
}
_CONSTANTS = {"pi": math.pi, "E": math.e}
_NUMERIC: dict[str, Callable[..., float]] = {
    "Abs": abs,
    "sign": lambda x: float((x > 0) - (x < 0)),
    "Max": max,
    "Min": min,
    "loggamma": math.lgamma,
    "digamma": lambda x: _polygamma(0, x),
    "trigamma": lambda x: _polygamma(1, x),
    "polygamma": _polygamma,
}


def named_constant(name: str) -> Value:
    """`pi`, `E`, ..."""
    value = _CONSTANTS.get(name)
    return Value(CONSTANTS[name], float(CONSTANTS[name]) if value is None else value)


def settle(expression: Expr, constant: float | None = None) -> Value:
    """The value of a freshly built expression.

    Raises:
        Refused: SymPy found it infinite, undefined or not real; or it has grown too large.
    """
    if expression in (sympy.zoo, sympy.nan, sympy.oo, -sympy.oo) or expression.is_real is False:
        why = "infinite" if expression.is_infinite else "undefined or not real"
        raise Refused(
            f"this is {why} wherever it is evaluated", "see that nothing divides by 0 in it"
        )
    for factor in sympy.Mul.make_args(expression):
        if factor.is_Pow and factor.exp.is_Rational and abs(factor.exp) > LARGEST_EXPONENT:
            raise Refused(f"an exponent beyond {LARGEST_EXPONENT}", "use exp and log")
    return Value(expression, _as_float(expression) if expression.is_Rational else constant)


def _as_float(number: Expr) -> float:
    if max(abs(number.p).bit_length(), number.q.bit_length()) > MOST_BITS:
        raise Refused("a constant has too many digits", "round it")
    try:
        value = float(number)
    except OverflowError:
        raise _outside("constant") from None
    if value == 0 and number != 0:
        raise _outside("constant")
    return value


def _outside(what: str) -> Refused:
    return Refused(f"this {what} is outside the range of a double", "rescale the loss")


def check_operation(symbol: str, left: Value, right: Value) -> float | None:
    """The value of `left symbol right` if both are constant.

    Raises:
        Refused: it has none, or SymPy would take too long to find it.
    """
    if symbol == "/" and right.constant == 0:
        raise Refused("this divides by 0", "remove it, or write where(condition, value, value)")
    if symbol == "**":
        _check_power(left, right)
    if left.constant is None or right.constant is None:
        return None
    try:
        value = _OPERATIONS[symbol](left.constant, right.constant)
    except OverflowError:
        raise _outside("constant") from None
    if isinstance(value, complex):
        raise _not_real(left, right)
    lost = value == 0 and symbol in "**/" and left.constant != 0
    if not math.isfinite(value) or (lost and right.constant != 0):
        raise _outside("constant")
    return value


def _not_real(left: Value, right: Value) -> Refused:
    problem = f"({left.expression})**({right.expression}) is not real"
    return Refused(problem, "a negative number has whole powers only; Abs(x)**p is real")


def _check_power(base: Value, exponent: Value) -> None:
    if exponent.constant is None:
        if base.constant is not None and base.constant < 0:
            raise _not_real(base, exponent)
        return
    if abs(exponent.constant) > LARGEST_EXPONENT:
        raise Refused(f"an exponent beyond {LARGEST_EXPONENT}", "use exp and log")
    if base.constant == 0 and exponent.constant < 0:
        raise Refused("this divides by 0", "0 has no negative power")
    factor = base.expression.as_coeff_Mul()[0]
    if factor.is_Rational:
        bits = max(abs(factor.p).bit_length(), factor.q.bit_length())
        if bits * abs(exponent.constant) > MOST_BITS:
            raise Refused("this power has too many digits", "round its base")


def check_function(row: Function, arguments: Sequence[Value]) -> float | None:
    """The value of a function if all arguments are constant.

    Raises:
        Refused: a constant argument is outside the function's domain, or the value is out of range.
    """
    domains = [*row.domain, *(row.domain[-1] for _ in arguments)]
    for argument, domain in zip(arguments, domains, strict=False):
        if argument.constant is not None and not domain.contains(argument.exact):
            spelled = ", ".join(str(argument.expression) for argument in arguments)
            problem = f"{row.name}({spelled}) is undefined"
            raise Refused(problem, f"{row.name} takes numbers in {domain}")
    if row.name == "polygamma":
        _check_order(arguments[0])
    constants = [argument.constant for argument in arguments if argument.constant is not None]
    if len(constants) < len(arguments):
        return None
    try:
        value = _numeric(row, constants)
    except (ArithmeticError, ValueError):
        raise _outside("value") from None
    if not math.isfinite(value):
        raise _outside("value")
    return value


def _check_order(order: Value) -> None:
    if order.constant is None or order.constant > LARGEST_ORDER:
        problem = f"the order of polygamma is a whole number up to {LARGEST_ORDER}"
        raise Refused(problem, "write polygamma(1, x), for example")


def _numeric(row: Function, arguments: Sequence[float]) -> float:
    known = _NUMERIC.get(row.name) or getattr(math, row.name, None)
    if known is not None:
        return float(known(*arguments))
    assert row.definition is not None, f"{row.name} has no numerical meaning"
    return _evaluate(row.definition(*map(sympy.Float, arguments)))


def _evaluate(expression: Expr) -> float:
    """A definition at floats.

    SymPy has evaluated all but the functions that only the table knows.
    """
    arguments = [_evaluate(argument) for argument in expression.args]
    row = BY_NODE.get(type(expression))
    if row is not None:
        return _numeric(row, arguments)
    return float(expression.func(*map(sympy.Float, arguments)) if arguments else expression)
