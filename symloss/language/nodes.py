"""The expression nodes that SymPy does not have.

Reductions over an index, held constants, calls, limits.

Array elements are SymPy's own `Indexed(IndexedBase(name), subscripts)`, indices are integer
symbols, core dimensions are positive integer symbols.
"""

from __future__ import annotations

from typing import Any, ClassVar

import sympy
from sympy import Expr, Symbol


class Reduction(Expr):
    """`kind(body, index, ...)`: a reduction of a scalar body over one or more bound indices."""

    kind: ClassVar[str]
    is_commutative = True
    is_extended_real = True

    def __new__(cls, body: Any, *indices: Symbol) -> Reduction:
        """Build the node; `body` is an expression and each index an integer symbol."""
        return Expr.__new__(cls, sympy.sympify(body), *indices)

    @property
    def body(self) -> Expr:
        """The reduced expression."""
        return self.args[0]

    @property
    def indices(self) -> tuple[Symbol, ...]:
        """The bound indices."""
        return tuple(self.args[1:])

    @property
    def free_symbols(self) -> set[Symbol]:
        """Symbols of the body, without the bound indices."""
        return set(self.body.free_symbols) - set(self.indices)

    def _sympystr(self, printer: Any) -> str:
        return f"{self.kind}({', '.join(printer._print(part) for part in self.args)})"


class Sum(Reduction):
    """The sum over the indices; 0 over none."""

    kind = "sum"

    def _latex(self, printer: Any) -> str:
        return rf"\sum_{{{_joined(self, printer)}}} {_body(self, printer)}"


class Mean(Reduction):
    """The arithmetic mean over the indices."""

    kind = "mean"

    def _latex(self, printer: Any) -> str:
        return rf"\operatorname{{mean}}_{{{_joined(self, printer)}}} {_body(self, printer)}"


class Maximum(Reduction):
    """The largest value over the indices."""

    kind = "max"

    def _latex(self, printer: Any) -> str:
        return rf"\max_{{{_joined(self, printer)}}} {_body(self, printer)}"


class Minimum(Reduction):
    """The smallest value over the indices."""

    kind = "min"

    def _latex(self, printer: Any) -> str:
        return rf"\min_{{{_joined(self, printer)}}} {_body(self, printer)}"


class Product(Reduction):
    """The product over the indices; 1 over none."""

    kind = "prod"

    def _latex(self, printer: Any) -> str:
        return rf"\prod_{{{_joined(self, printer)}}} {_body(self, printer)}"


class LogSumExp(Reduction):
    """`log(sum(exp(body)))` over the indices, computed without overflow."""

    kind = "logsumexp"

    def _latex(self, printer: Any) -> str:
        body = printer._print(self.body)
        return rf"\log \sum_{{{_joined(self, printer)}}} e^{{{body}}}"


def _joined(node: Reduction, printer: Any) -> str:
    return ",".join(printer._print(index) for index in node.indices)


def _body(node: Reduction, printer: Any) -> str:
    return str(printer.parenthesize(node.body, sympy.printing.precedence.PRECEDENCE["Mul"]))


REDUCTIONS: dict[str, type[Reduction]] = {
    node.kind: node for node in (Sum, Mean, Maximum, Minimum, Product, LogSumExp)
}


class StopGradient(Expr):
    """`stop_gradient(x)`: equals x, and counts as a constant in every derivative."""

    is_commutative = True
    is_extended_real = True

    def __new__(cls, body: Any) -> StopGradient:
        """Build the node around an expression."""
        return Expr.__new__(cls, sympy.sympify(body))

    def _sympystr(self, printer: Any) -> str:
        return f"stop_gradient({printer._print(self.args[0])})"

    def _latex(self, printer: Any) -> str:
        return rf"\operatorname{{stop\_gradient}}\left({printer._print(self.args[0])}\right)"


class Call(Expr):
    """Another spec used as a function: `Call(Symbol(name), argument, ...)`.

    The arguments are the callee's inputs in order, then its parameters in order, defaults filled
    in. An argument for an input without core dimensions is a scalar expression; for one with r core
    dimensions it is an `IndexedBase`, or an `Indexed` that leaves out its last r subscripts.
    """

    is_commutative = True
    is_extended_real = True

    def __new__(cls, name: Symbol, *arguments: Any) -> Call:
        """Build the node; `name` is the callee's spec name as a symbol."""
        return Expr.__new__(cls, name, *map(sympy.sympify, arguments))

    @property
    def callee(self) -> str:
        """The name of the spec that is called."""
        return str(self.args[0].name)

    @property
    def arguments(self) -> tuple[Expr, ...]:
        """Inputs, then parameters."""
        return tuple(self.args[1:])

    @property
    def free_symbols(self) -> set[Symbol]:
        """Symbols of the arguments."""
        return set().union(*(argument.free_symbols for argument in self.arguments))

    def _sympystr(self, printer: Any) -> str:
        return f"{self.callee}({', '.join(printer._print(part) for part in self.arguments)})"

    def _latex(self, printer: Any) -> str:
        name = self.callee.replace("_", r"\_")
        arguments = ", ".join(printer._print(part) for part in self.arguments)
        return rf"\operatorname{{{name}}}\left({arguments}\right)"


class Limit(Expr):
    """`limit(expression, parameter, point)`, in relation laws only."""

    is_commutative = True
    is_extended_real = True

    def __new__(cls, body: Any, variable: Symbol, point: Any) -> Limit:
        """Build the node; `point` is a number or an infinity."""
        return Expr.__new__(cls, sympy.sympify(body), variable, sympy.sympify(point))

    def _sympystr(self, printer: Any) -> str:
        return f"limit({', '.join(printer._print(part) for part in self.args)})"
