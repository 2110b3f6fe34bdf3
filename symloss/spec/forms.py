"""Words that take more than numbers: reductions, softmaxes, choices, held parts, limits ..."""

from __future__ import annotations

import ast
import itertools
from typing import TYPE_CHECKING

import sympy
from sympy import Expr

from symloss.language import REDUCTIONS, Limit, StopGradient
from symloss.spec import conditions, subscripts
from symloss.spec.constants import Value
from symloss.spec.model import index_symbol
from symloss.spec.names import suggestion

if TYPE_CHECKING:
    from symloss.spec.parse import Parser


def reduction(parser: Parser, name: str, node: ast.Call) -> Value:
    """`sum(body, i, j)` and its kin."""
    body, *rest = parser.plain(node, 1, 9)
    if not rest:
        parser.fail(f"{name} runs over an index", node, f"write {name}(x[i], i)")
    indices = [subscripts.fresh_index(parser, part, name) for part in rest]
    if len(set(indices)) < len(indices):
        parser.fail(f"{name} runs twice over the same index", rest[-1], "name each index once")
    with parser.scope.bind(indices):
        reduced = parser.number(body).expression
    return Value(REDUCTIONS[name](reduced, *map(index_symbol, indices)))


def form(parser: Parser, name: str, node: ast.Call) -> Value:
    """One of the words that are no functions and no reductions."""
    if name == "where":
        return conditions.where(parser, node)
    if name == "Piecewise":
        return conditions.piecewise(parser, node)
    if name == "stop_gradient":
        held = parser.number(parser.plain(node, 1, 1)[0])
        return Value(StopGradient(held.expression))
    if name == "Rational":
        return fraction(parser, node)
    return Value(limit(parser, node))


def softmax(parser: Parser, name: str, node: ast.Call) -> Value:
    """`softmax(body, k)`, the share of place k, written out: `exp(body - logsumexp(body, k_2))`."""
    body, index = parser.plain(node, 2, 2)
    if not isinstance(index, ast.Name) or index.id not in parser.scope.active:
        problem = f"{name} gives the share of one place, along an index that has a meaning here"
        spelled = getattr(index, "id", "k")
        remedy = f"define p[{spelled}] = {name}(x[{spelled}], {spelled}) on a line of its own"
        parser.fail(problem, index, remedy)
    own = parser.number(body).expression
    place, other = index_symbol(index.id), index_symbol(_beside(parser, index.id))
    if place in parser.scope.ranges:
        parser.scope.ranges.setdefault(other, parser.scope.ranges[place])
    else:
        parser.together.append(({place, other}, set()))
    parser.bound.setdefault(other.name, index)
    whole = REDUCTIONS["logsumexp"](own.xreplace({place: other}), other)
    make = (lambda: sympy.exp(own - whole)) if name == "softmax" else (lambda: own - whole)
    return parser.build(node, make)


def _beside(parser: Parser, index: str) -> str:
    """A name for an index over the same places."""
    numbered = (f"{index}_{n}" for n in itertools.count(2))
    known = {*parser.scope.names, *parser.scope.active}
    return next(name for name in numbered if name not in known and not parser.explain(name))


def fraction(parser: Parser, node: ast.Call) -> Value:
    """`Rational(1, 3)`, as SymPy writes it: here `1/3` is the same number."""
    top, *bottom = parser.plain(node, 1, 2)
    quotient = ast.copy_location(ast.BinOp(top, ast.Div(), bottom[0]), node) if bottom else top
    value = parser.number(quotient)
    if not value.expression.is_Rational:
        parser.fail("Rational takes whole numbers", node, "write Rational(1, 3), or 1/3")
    return value


def limit(parser: Parser, node: ast.Call) -> Expr:
    """`limit(expression, parameter, point)`."""
    if not parser.law:
        parser.fail("limit stands in the laws of [[relations]] only", node)
    body, variable, point = parser.plain(node, 3, 3)
    inside = parser.number(body).expression
    real = [name for name, symbol in parser.scope.scalars.items() if not symbol.is_integer]
    real.remove("loss")
    if not isinstance(variable, ast.Name) or variable.id not in real:
        problem = "a limit is taken in a parameter or a real input without shape"
        parser.fail(problem, variable, suggestion(getattr(variable, "id", ""), real))
    towards = parser.number(variable).expression
    goal = parser.extended(point)
    if goal.constant is None:
        parser.fail("the point of a limit is a number, oo or -oo", point)
    return Limit(inside, towards, goal.expression)
