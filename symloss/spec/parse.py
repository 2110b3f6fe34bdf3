"""Text becomes SymPy: here, in the modules this one hands parts to, and nowhere else.

A walk over Python's syntax tree that knows a few kinds of nodes and refuses the rest. Nothing is
evaluated by Python, and no text is handed to SymPy: each node is built by its own constructor,
after `constants` has bounded what it costs.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import NoReturn

import sympy
from sympy import Expr, Symbol

from symloss.errors import SpecError
from symloss.language import CONSTANTS, FUNCTIONS, REDUCTIONS, Function
from symloss.spec import calls, forms, literals, subscripts
from symloss.spec.constants import (
    Refused,
    Value,
    check_function,
    check_operation,
    named_constant,
    settle,
)
from symloss.spec.model import index_symbol
from symloss.spec.names import CONDITIONS, FORMS, SHARES, WORDS, name_problem, suggestion
from symloss.spec.refusals import describe
from symloss.spec.scope import Scope, Signature
from symloss.spec.syntax import Syntax

MOST_ARGUMENTS = 32
_SYMBOLS: dict[type[ast.operator], str] = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
    ast.Pow: "**",
}
_BUILD: dict[str, Callable[[Expr, Expr], Expr]] = {
    "+": lambda left, right: left + right,
    "-": lambda left, right: left - right,
    "*": lambda left, right: left * right,
    "/": lambda left, right: left / right,
    "**": lambda left, right: left**right,
}


def no_specs(name: str) -> Signature:
    """Finds nothing: what stands in for a resolver where no spec can be called.

    Raises:
        SpecError: always.
    """
    raise SpecError(f"there is no function named {name!r}", remedy=suggestion(name, WORDS))


def _no_hint(name: str) -> tuple[str, str] | None:  # noqa: ARG001 - the signature of an explainer
    return None


@dataclass
class Parser:
    """Reads the expressions of one passage.

    Attributes:
        syntax: the passage, for the places of errors.
        scope: what its names mean.
        find: the signature of the spec of a name.
        explain: why a name has no meaning yet, if there is more to say than that it is unknown.
        law: whether `limit` is a word here.
        bound: the indices seen, with the node that introduced each.
        together: for each comparison, the indices in it, and the dimensions it selects along.
    """

    syntax: Syntax
    scope: Scope
    find: calls.Find = no_specs
    explain: Callable[[str], tuple[str, str] | None] = _no_hint
    law: bool = False
    bound: dict[str, ast.AST] = field(default_factory=dict)
    together: list[tuple[set[Symbol], set[Expr]]] = field(default_factory=list)

    def fail(self, problem: str, node: ast.AST, remedy: str = "") -> NoReturn:
        """Raise at a node."""
        self.syntax.fail(problem, node, remedy)

    def number(self, node: ast.expr) -> Value:
        """The number that a node stands for."""
        if isinstance(node, ast.Constant):
            return literals.literal(self, node)
        if isinstance(node, ast.Name):
            return self.name(node)
        if isinstance(node, ast.BinOp):
            return self.operation(node)
        if isinstance(node, ast.UnaryOp):
            return self.signed(node)
        if isinstance(node, ast.Subscript):
            return Value(subscripts.element(self, node))
        if isinstance(node, ast.Call):
            return self.application(node)
        return self.fail(*_swap(describe(node), node))

    def build(
        self, node: ast.AST, make: Callable[[], Expr], constant: float | None = None
    ) -> Value:
        """A value built by SymPy; what it cannot build is an error at the node."""
        try:
            return settle(make(), constant)
        except Refused as error:
            self.fail(error.problem, node, error.remedy)
        except (ArithmeticError, AttributeError, RecursionError, TypeError, ValueError) as error:
            self.fail(f"this has no meaning: {error}", node)

    def guard(self, node: ast.AST, check: Callable[[], float | None]) -> float | None:
        """The float that a check finds; what it refuses is an error at the node."""
        try:
            return check()
        except Refused as error:
            self.fail(error.problem, node, error.remedy)

    def name(self, node: ast.Name) -> Value:
        """A name that stands for a number."""
        name, scope = node.id, self.scope
        if name == "oo":
            remedy = "oo may be a branch, as in where(condition, x, -oo), and the point of a limit"
            self.fail("oo is not a number", node, remedy)
        if name in CONSTANTS:
            return named_constant(name)
        if name in scope.active:
            return Value(index_symbol(name))
        if name in scope.scalars:
            scope.used.add(name)
            return Value(scope.scalars[name])
        if name in scope.arrays:
            rank = len(scope.arrays[name].axes)
            problem = (
                f"{name} is an array with {rank} core dimension{'s' * (rank > 1)}, not a number"
            )
            self.fail(problem, node, f"write {subscripts.spelled(name, rank)}")
        return self.unknown(name, node)

    def unknown(self, name: str, node: ast.AST) -> NoReturn:
        """Raise for a name without a meaning."""
        if hint := self.explain(name):
            self.fail(hint[0], node, hint[1])
        if index_symbol(name) in self.scope.ranges:
            problem = f"the index {name} is free: no reduction binds it and it is not on the left"
            self.fail(problem, node, f"write sum(..., {name}), or name[{name}] = ...")
        if name in (*FUNCTIONS, *REDUCTIONS, *FORMS, *SHARES):
            self.fail(f"{name} is a function", node, f"call it: {name}(...)")
        if refused := name_problem(name):
            self.fail(refused[0], node, refused[1])
        known = {*self.scope.names, *self.scope.active, *CONSTANTS}
        self.fail(f"unknown name {name!r}", node, suggestion(name, known))

    def operation(self, node: ast.BinOp) -> Value:
        """`left operator right`."""
        symbol = _SYMBOLS.get(type(node.op))
        if symbol is None:
            self.fail(*_swap(describe(node), node))
        left, right = self.number(node.left), self.number(node.right)
        constant = self.guard(node, lambda: check_operation(symbol, left, right))
        make = _BUILD[symbol]
        return self.build(node, lambda: make(left.expression, right.expression), constant)

    def signed(self, node: ast.UnaryOp) -> Value:
        """`-x` and `+x`."""
        if not isinstance(node.op, (ast.USub, ast.UAdd)):
            self.fail(*_swap(describe(node), node))
        value = self.number(node.operand)
        if isinstance(node.op, ast.UAdd):
            return value
        return Value(-value.expression, None if value.constant is None else -value.constant)

    def application(self, node: ast.Call) -> Value:
        """`name(arguments)`."""
        if not isinstance(node.func, ast.Name):
            self.fail("only functions and specs can be called, by name", node)
        name = node.func.id
        if name in FUNCTIONS:
            return self.function(FUNCTIONS[name], node)
        if name in REDUCTIONS:
            return forms.reduction(self, name, node)
        if name in FORMS:
            return forms.form(self, name, node)
        if name in SHARES and not calls.is_spec(self.find, name):
            return forms.softmax(self, name, node)
        if name in CONDITIONS:
            self.fail("a condition is not a number", node, "choose by it: where(condition, 1, 0)")
        if name in self.scope.names:
            self.fail(f"{name} is not a function", node, f"write {name}*(...) to multiply")
        return Value(calls.call(self, name, node))

    def function(self, row: Function, node: ast.Call) -> Value:
        """A row of the table of functions."""
        least, most = row.arity, MOST_ARGUMENTS if row.variadic else row.arity
        values = [self.number(argument) for argument in self.plain(node, least, most)]
        constant = self.guard(node, lambda: check_function(row, values))
        return self.build(
            node, lambda: row.build(*(value.expression for value in values)), constant
        )

    def plain(self, node: ast.Call, least: int, most: int) -> Sequence[ast.expr]:
        """Positional arguments, as many as wanted."""
        name = getattr(node.func, "id", "")
        for argument in node.args:
            if isinstance(argument, ast.Starred):
                self.fail(*_swap(describe(argument), argument))
        if node.keywords:
            first = node.keywords[0]
            self.fail(f"{name} takes no keyword arguments", first.value, "write the value alone")
        if not least <= len(node.args) <= most:
            wanted = f"{least}" if least == most else f"{least} to {most}"
            problem = f"{name} takes {wanted} argument{'s' * (most > 1)}, not {len(node.args)}"
            self.fail(problem, node)
        return node.args

    def extended(self, node: ast.expr) -> Value:
        """A number, or an infinity that stands alone."""
        sign, inner = 1, node
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, (ast.USub, ast.UAdd)):
            sign, inner = (-1 if isinstance(node.op, ast.USub) else 1), node.operand
        if isinstance(inner, ast.Name) and inner.id == "oo":
            return Value(sign * sympy.oo, sign * float("inf"))
        return self.number(node)


def _swap(description: tuple[str, str], node: ast.AST) -> tuple[str, ast.AST, str]:
    """A refusal as the arguments of `fail`."""
    return description[0], node, description[1]
