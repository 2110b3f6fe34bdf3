"""Taylor coefficients of a formula in one symbol, enclosed in balls, on a box of the line.

`jet(formula, symbol, ball, order)` gives balls that hold f^(k)(x)/k! for every x of the ball, or
None where the formula cannot be shown to be analytic there. No derivative is taken symbolically.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

import flint
import sympy
from flint import arb, arb_series
from sympy import Expr, Symbol

from symloss.audit.signs import balls
from symloss.language import BY_NODE, FUNCTIONS

Series = Callable[[Any], Any]


@contextmanager
def order(terms: int, bits: int) -> Iterator[None]:
    """Series of so many terms, in balls of so many bits."""
    before = flint.ctx.cap
    flint.ctx.cap = terms
    try:
        with flint.ctx.workprec(bits):
            yield
    finally:
        flint.ctx.cap = before


def jet(formula: Expr, symbol: Symbol, ball: arb, terms: int, bits: int = 128) -> list[arb] | None:
    """Balls about the first Taylor coefficients at every point of a ball."""
    with order(terms, bits):
        try:
            found = compiled(formula, symbol)(arb_series([ball, 1]))
        except (balls.Undecided, NotImplementedError, ZeroDivisionError, ValueError):
            return None
        coefficients = [found[n] for n in range(terms)]
    return coefficients if all(one.is_finite() for one in coefficients) else None


@lru_cache(maxsize=20000)
def compiled(formula: Expr, symbol: Symbol) -> Series:
    """The formula as a function of the series that stands for the symbol."""
    if formula == symbol:
        return lambda x: x
    if not formula.has(symbol):
        number = balls.compiled(formula)
        return lambda _: arb_series([number({})])
    if formula.is_Add or formula.is_Mul:
        parts = [compiled(part, symbol) for part in formula.args]
        return _sum(parts) if formula.is_Add else _product(parts)
    if formula.is_Pow:
        return _power(formula, symbol)
    return _function(formula, symbol)


def _sum(parts: list[Series]) -> Series:
    return lambda x: sum((part(x) for part in parts), start=arb_series([0]))


def _product(parts: list[Series]) -> Series:
    def multiply(x: Any) -> Any:
        result = arb_series([1])
        for part in parts:
            result = result * part(x)
        return result

    return multiply


def _power(formula: Expr, symbol: Symbol) -> Series:
    base, exponent = compiled(formula.base, symbol), formula.exp
    if exponent.is_Integer and exponent > 0:
        whole = int(exponent)
        return lambda x: base(x) ** whole
    if exponent.is_Integer:
        whole = -int(exponent)
        return lambda x: 1 / base(x) ** whole
    if exponent.is_Rational and exponent.q == 2:
        half = compiled(formula.base ** sympy.Integer((exponent.p - 1) // 2), symbol)
        return lambda x: _positive(base(x)).sqrt() * half(x)
    power = compiled(exponent, symbol)
    return lambda x: (power(x) * _positive(base(x)).log()).exp()


def _positive(series: Any) -> Any:
    if not series[0] > 0:
        raise balls.Undecided
    return series


def _function(formula: Expr, symbol: Symbol) -> Series:
    kind = type(formula)
    if isinstance(formula, sympy.Abs | sympy.sign):
        raise NotImplementedError(str(kind))
    row = BY_NODE.get(kind)
    if row is not None and row.definition is not None:
        return compiled(row.definition(*formula.args), symbol)
    if row is not None and row.name == "polygamma":
        return _polygamma(int(formula.args[0]), compiled(formula.args[1], symbol))
    if kind not in _SERIES:
        raise NotImplementedError(str(kind))
    inner, function = compiled(formula.args[0], symbol), _SERIES[kind]
    return lambda x: function(inner(x))


def _with_value(series: Any, value: arb) -> Any:
    """The series with a tighter ball for its value."""
    return series - arb_series([series[0]]) + arb_series([value])


def _by_slope(name: str, slope: Series) -> Series:
    """A function from its ball method and its derivative."""

    def compute(u: Any) -> Any:
        value = getattr(u[0], name)()
        return (slope(u) * u.derivative()).integral() + arb_series([value])

    return compute


def _polygamma(number: int, inner: Series) -> Series:
    def compute(x: Any) -> Any:
        u = inner(x)
        start = _positive(u)[0]
        values = [balls.polygamma(number + n, start) / arb(n + 1).gamma()
                  for n in range(flint.ctx.cap)]  # fmt: skip
        return _compose(values, u)

    return compute


def _compose(values: list[arb], u: Any) -> Any:
    """Horner's rule in the part of the series that has no value."""
    step = arb_series([0, *(u[n] for n in range(1, flint.ctx.cap))])
    result = arb_series([values[-1]])
    for value in reversed(values[:-1]):
        result = result * step + arb_series([value])
    return result


def _log(u: Any) -> Any:
    return _positive(u).log()


def _loggamma(u: Any) -> Any:
    _positive(u)
    values = [u[0].lgamma()] + [
        balls.polygamma(n, u[0]) / arb(n + 2).gamma() for n in range(flint.ctx.cap - 1)
    ]
    return _compose(values, u)


def _sinh(u: Any) -> Any:
    return _with_value((u.exp() - (-u).exp()) / 2, u[0].sinh())


def _cosh(u: Any) -> Any:
    return _with_value((u.exp() + (-u).exp()) / 2, u[0].cosh())


def _inside(u: Any) -> Any:
    if not (u[0] > -1 and u[0] < 1):
        raise balls.Undecided
    return u


_SERIES: dict[Any, Series] = {
    sympy.exp: lambda u: u.exp(),
    sympy.log: _log,
    sympy.sin: lambda u: u.sin(),
    sympy.cos: lambda u: u.cos(),
    sympy.tan: _by_slope("tan", lambda u: 1 / u.cos() ** 2),
    sympy.atan: lambda u: u.atan(),
    sympy.asin: lambda u: _by_slope("asin", lambda v: 1 / (1 - v * v).sqrt())(_inside(u)),
    sympy.acos: lambda u: _by_slope("acos", lambda v: -1 / (1 - v * v).sqrt())(_inside(u)),
    sympy.sinh: _sinh,
    sympy.cosh: _cosh,
    sympy.tanh: _by_slope("tanh", lambda u: 1 / _cosh(u) ** 2),
    sympy.asinh: _by_slope("asinh", lambda u: 1 / (1 + u * u).sqrt()),
    sympy.acosh: lambda u: _by_slope("acosh", lambda v: 1 / (v * v - 1).sqrt())(u),
    sympy.atanh: lambda u: _by_slope("atanh", lambda v: 1 / (1 - v * v))(_inside(u)),
    sympy.erf: lambda u: u.erf(),
    FUNCTIONS["erfc"].build: lambda u: _with_value(u.erfc(), u[0].erfc()),
    FUNCTIONS["loggamma"].node: _loggamma,
}
