"""Conditions, and the two forms that choose by them."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import TYPE_CHECKING

import sympy
from sympy import Piecewise
from sympy.logic.boolalg import Boolean

from symloss.spec.constants import Value
from symloss.spec.names import CONDITIONS
from symloss.spec.refusals import describe

if TYPE_CHECKING:
    from symloss.spec.parse import Parser

MOST_BRANCHES = 32
_COMPARE: dict[type[ast.cmpop], Callable[..., Boolean]] = {
    ast.Lt: sympy.Lt,
    ast.LtE: sympy.Le,
    ast.Gt: sympy.Gt,
    ast.GtE: sympy.Ge,
    ast.Eq: sympy.Eq,
    ast.NotEq: sympy.Ne,
}
_COMPARED: dict[str, type[ast.cmpop]] = {
    "Lt": ast.Lt,
    "Le": ast.LtE,
    "Gt": ast.Gt,
    "Ge": ast.GtE,
    "Eq": ast.Eq,
    "Ne": ast.NotEq,
}
_JOINED: dict[str, type[ast.boolop]] = {"And": ast.And, "Or": ast.Or}
_JOIN: dict[type[ast.AST], Callable[..., Boolean]] = {
    ast.And: sympy.And,
    ast.Or: sympy.Or,
    ast.BitAnd: sympy.And,
    ast.BitOr: sympy.Or,
}


def condition(parser: Parser, node: ast.expr) -> Boolean:
    """The condition that a node stands for."""
    if isinstance(node, ast.Constant) and isinstance(node.value, bool):
        return sympy.true if node.value else sympy.false
    if isinstance(node, ast.Compare):
        return comparison(parser, node)
    if isinstance(node, ast.BoolOp):
        return join(parser, node, node.op, node.values)
    if isinstance(node, ast.BinOp) and type(node.op) in _JOIN:
        return join(parser, node, node.op, [node.left, node.right])
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, (ast.Not, ast.Invert)):
        return negation(parser, node.operand)
    if isinstance(node, ast.Call) and getattr(node.func, "id", "") in CONDITIONS:
        return called(parser, node)
    problem = "a condition should stand here, not a number"
    return parser.fail(problem, node, "write a comparison: x > 0")


def join(parser: Parser, node: ast.AST, kind: ast.AST, parts: list[ast.expr]) -> Boolean:
    """Conditions joined by `and` or `or`."""
    if len(parts) > MOST_BRANCHES:
        parser.fail(f"more than {MOST_BRANCHES} conditions are joined", node, "name parts of it")
    return _JOIN[type(kind)](*(condition(parser, part) for part in parts))


def negation(parser: Parser, node: ast.expr) -> Boolean:
    """A condition turned round, with its negations carried down to the comparisons."""
    return sympy.to_nnf(sympy.Not(condition(parser, node)), simplify=False)


def called(parser: Parser, node: ast.Call) -> Boolean:
    """`Eq(a, b)`, `And(p, q)`, `Not(p)`: conditions by their names in SymPy."""
    name = getattr(node.func, "id", "")
    if name == "Not":
        return negation(parser, *parser.plain(node, 1, 1))
    if name in _JOINED:
        return join(parser, node, _JOINED[name](), list(parser.plain(node, 1, MOST_BRANCHES)))
    left, right = parser.plain(node, 2, 2)
    same = ast.Compare(left, [_COMPARED[name]()], [right])
    return comparison(parser, ast.copy_location(same, node))


def comparison(parser: Parser, node: ast.Compare) -> Boolean:
    """`a < b`, and `a < b < c`, which holds if both parts do."""
    if len(node.ops) > MOST_BRANCHES:
        parser.fail(f"more than {MOST_BRANCHES} numbers are compared", node, "compare two")
    parts = [node.left, *node.comparators]
    for kind in node.ops:
        if type(kind) not in _COMPARE:
            problem = "'in' and 'is' are not part of the math language"
            parser.fail(problem, node, "compare with < <= > >= == !=")
    values = [compared(parser, part) for part in parts]
    parser.together.append(parser.scope.places(values))
    pairs = zip(node.ops, values, values[1:], strict=False)
    try:
        links = [_COMPARE[type(kind)](left, right) for kind, left, right in pairs]
    except (TypeError, ValueError) as error:
        parser.fail(f"these cannot be compared: {error}", node, "compare real numbers")
    return sympy.And(*links) if len(links) > 1 else links[0]


def compared(parser: Parser, node: ast.expr) -> sympy.Expr:
    """A number in a comparison.

    SymPy would unfold a choice inside a condition, at exponential cost.
    """
    expression = parser.number(node).expression
    if expression.has(Piecewise):
        remedy = "name it on a line of its own, and compare the name"
        parser.fail("a choice stands inside a condition", node, remedy)
    return expression


def where(parser: Parser, node: ast.Call) -> Value:
    """`where(condition, value, other)`."""
    test, chosen, other = parser.plain(node, 3, 3)
    return choose(parser, node, [(chosen, test)], other)


def piecewise(parser: Parser, node: ast.Call) -> Value:
    """`Piecewise((value, condition), ..., (value, True))`."""
    arguments = parser.plain(node, 1, MOST_BRANCHES)
    branches = [branch(parser, argument) for argument in arguments]
    last, test = branches[-1]
    if not (isinstance(test, ast.Constant) and test.value is True):
        problem = "Piecewise has no value where none of its conditions holds"
        parser.fail(problem, arguments[-1], "end it with (value, True)")
    return choose(parser, node, branches[:-1], last)


def branch(parser: Parser, node: ast.expr) -> tuple[ast.expr, ast.expr]:
    """One `(value, condition)`."""
    if isinstance(node, ast.Starred):
        parser.fail(describe(node)[0], node, describe(node)[1])
    if not isinstance(node, ast.Tuple) or len(node.elts) != 2:
        parser.fail("a branch of Piecewise is a pair", node, "write (value, condition)")
    return node.elts[0], node.elts[1]


def choose(
    parser: Parser, node: ast.AST, branches: list[tuple[ast.expr, ast.expr]], other: ast.expr
) -> Value:
    """The first value whose condition holds; branches may be infinite."""
    pairs = [
        (parser.extended(value).expression, condition(parser, test)) for value, test in branches
    ]
    last = parser.extended(other).expression
    return parser.build(node, lambda: Piecewise(*pairs, (last, True)))
