"""Stable primitives.

Functions whose naive spelling loses digits or overflows, with derivatives closed among themselves.

Each class knows its first derivatives (`fdiff`) and a few exact values; what it *means* in
elementary functions is the `definition` column of the table in `functions.py`, against which a test
checks the derivatives given here.
"""

from __future__ import annotations

from typing import Any

import sympy
from sympy import Expr, Function, Piecewise, S
from sympy.core.function import ArgumentIndexError


class Primitive(Function):
    """A real function of real arguments."""

    is_commutative = True
    is_extended_real = True

    def _latex(self, printer: Any, exp: str | None = None) -> str:
        name = type(self).__name__.replace("_", r"\_")
        power = "" if exp is None else f"^{{{exp}}}"
        arguments = ", ".join(printer._print(argument) for argument in self.args)
        return rf"\operatorname{{{name}}}{power}\left({arguments}\right)"


class Unary(Primitive):
    """A primitive of one argument: `slope` is its derivative."""

    nargs = 1

    def fdiff(self, argindex: int = 1) -> Expr:
        """The derivative by the argument."""
        if argindex != 1:
            raise ArgumentIndexError(self, argindex)
        return self.slope(self.args[0])

    @staticmethod
    def slope(x: Expr) -> Expr:
        """The derivative at x."""
        raise NotImplementedError


class log1p(Unary):
    """log(1 + x)."""

    @classmethod
    def eval(cls, x: Expr) -> Expr | None:
        """Exact value at 0."""
        return S.Zero if x.is_zero else None

    @staticmethod
    def slope(x: Expr) -> Expr:
        """1 / (1 + x)."""
        return 1 / (1 + x)


class expm1(Unary):
    """exp(x) - 1."""

    @classmethod
    def eval(cls, x: Expr) -> Expr | None:
        """Exact value at 0."""
        return S.Zero if x.is_zero else None

    @staticmethod
    def slope(x: Expr) -> Expr:
        """exp(x)."""
        return sympy.exp(x)


class log1pmx(Unary):
    """log(1 + x) - x, of which terms of first order are gone."""

    is_nonpositive = True

    @classmethod
    def eval(cls, x: Expr) -> Expr | None:
        """Exact value at 0."""
        return S.Zero if x.is_zero else None

    @staticmethod
    def slope(x: Expr) -> Expr:
        """-x / (1 + x)."""
        return -x / (1 + x)


class expm1mx(Unary):
    """exp(x) - 1 - x, of which terms of first order are gone."""

    is_nonnegative = True

    @classmethod
    def eval(cls, x: Expr) -> Expr | None:
        """Exact value at 0."""
        return S.Zero if x.is_zero else None

    @staticmethod
    def slope(x: Expr) -> Expr:
        """exp(x) - 1."""
        return expm1(x)


class sigmoid(Unary):
    """1 / (1 + exp(-x)), the logistic function."""

    is_positive = True

    @staticmethod
    def slope(x: Expr) -> Expr:
        """Both factors are small without cancellation: s(x) s(-x)."""
        return sigmoid(x) * sigmoid(-x)


class softplus(Unary):
    """log(1 + exp(x))."""

    is_positive = True

    @staticmethod
    def slope(x: Expr) -> Expr:
        """The logistic function."""
        return sigmoid(x)


class logcosh(Unary):
    """log(cosh(x))."""

    is_nonnegative = True

    @classmethod
    def eval(cls, x: Expr) -> Expr | None:
        """Exact value at 0."""
        return S.Zero if x.is_zero else None

    @staticmethod
    def slope(x: Expr) -> Expr:
        """tanh(x)."""
        return sympy.tanh(x)


class log1mexp(Unary):
    """log(1 - exp(-x)) for x > 0 (Maechler 2012)."""

    @staticmethod
    def slope(x: Expr) -> Expr:
        """1 / (exp(x) - 1)."""
        return 1 / expm1(x)


class sqrt1pm1(Unary):
    """sqrt(1 + x) - 1."""

    @classmethod
    def eval(cls, x: Expr) -> Expr | None:
        """Exact value at 0."""
        return S.Zero if x.is_zero else None

    @staticmethod
    def slope(x: Expr) -> Expr:
        """Half the reciprocal root."""
        return 1 / (2 * sympy.sqrt(1 + x))


class Binary(Primitive):
    """A primitive of two arguments: `slopes` are its partial derivatives."""

    nargs = 2

    def fdiff(self, argindex: int = 1) -> Expr:
        """The partial derivative by one argument."""
        if argindex not in (1, 2):
            raise ArgumentIndexError(self, argindex)
        return self.slopes(*self.args)[argindex - 1]

    @staticmethod
    def slopes(x: Expr, y: Expr) -> tuple[Expr, Expr]:
        """The two partial derivatives at (x, y)."""
        raise NotImplementedError


class logaddexp(Binary):
    """log(exp(x) + exp(y))."""

    @staticmethod
    def slopes(x: Expr, y: Expr) -> tuple[Expr, Expr]:
        """The softmax of the pair."""
        return sigmoid(x - y), sigmoid(y - x)


class xlogy(Binary):
    """x log(y), and 0 where x is 0."""

    @classmethod
    def eval(cls, x: Expr, _y: Expr) -> Expr | None:
        """Exact value at x = 0."""
        return S.Zero if x.is_zero else None

    @staticmethod
    def slopes(x: Expr, y: Expr) -> tuple[Expr, Expr]:
        """The derivative by y is 0 where x is 0, at y = 0 too."""
        return sympy.log(y), Piecewise((S.Zero, sympy.Eq(x, 0)), (x / y, True))


class hypot(Binary):
    """sqrt(x**2 + y**2) without overflow."""

    is_nonnegative = True

    @staticmethod
    def slopes(x: Expr, y: Expr) -> tuple[Expr, Expr]:
        """The unit vector; 0, an element of the subdifferential, at the origin."""
        length = hypot(x, y)
        return tuple(Piecewise((part / length, length > 0), (S.Zero, True)) for part in (x, y))


class polygamma(Binary):
    """The (n + 1)-th derivative of log gamma at x > 0, n = 0, 1, 2, ... a number."""

    @staticmethod
    def slopes(x: Expr, y: Expr) -> tuple[Expr, Expr]:
        """The next polygamma; the order is never differentiated by."""
        return S.Zero, polygamma(x + 1, y)


class loggamma(Unary):
    """The logarithm of the gamma function at x > 0."""

    @staticmethod
    def slope(x: Expr) -> Expr:
        """The digamma function."""
        return polygamma(S.Zero, x)


class erfc(sympy.erfc):
    """1 - erf(x).

    SymPy's own turns erfc(-x) into 2 - erfc(x), of which nothing is left in a tail.
    """

    @classmethod
    def eval(cls, x: Expr) -> Expr | None:
        """Exact value at 0."""
        return S.One if x.is_zero else None

    def _eval_is_positive(self) -> bool:
        return True


class log_ndtr(Unary):
    """The logarithm of the standard normal distribution function, as SciPy calls it."""

    is_nonpositive = True

    @staticmethod
    def slope(x: Expr) -> Expr:
        """The density over the distribution function."""
        return ndtr_hazard(x)


class ndtr_hazard(Unary):
    """The standard normal density over the distribution function: the inverse Mills ratio at -x."""

    is_positive = True

    @staticmethod
    def slope(x: Expr) -> Expr:
        """The density's slope is -x times the density."""
        return -ndtr_hazard(x) * (x + ndtr_hazard(x))


class quotient(Primitive):
    """x/y, divided: SymPy does not take it apart, and emitted code has no 1/y to multiply by.

    It is 1 or -1 for x = y or -y, and no word of specs, which write x/y.
    """

    nargs = 2
