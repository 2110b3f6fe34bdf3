"""Laws: identities and bounds between a loss and others."""

from __future__ import annotations

import ast
from typing import Literal

from symloss.spec import calls
from symloss.spec.definitions import check_expression
from symloss.spec.model import Relation, scalar_symbol
from symloss.spec.parse import Parser
from symloss.spec.scope import Scope
from symloss.spec.source import Passage
from symloss.spec.syntax import Syntax, read_syntax

_OPERATORS: dict[type[ast.cmpop], Literal["==", "<=", ">="]] = {
    ast.Eq: "==",
    ast.LtE: "<=",
    ast.GtE: ">=",
}
_FORM = 'a law is left == right, left <= right or left >= right: "loss >= 0"'


def _check_limits(syntax: Syntax, side: ast.expr) -> None:
    """A limit is a whole side of a law."""
    for node in ast.walk(side):
        if node is side or not isinstance(node, ast.Call):
            continue
        if isinstance(node.func, ast.Name) and node.func.id == "limit":
            remedy = "let limit(...) be a whole side of the law, of an expression without limits"
            syntax.fail("limit stands inside an expression", node, remedy)


def read_relation(passage: Passage, scope: Scope, find: calls.Find) -> Relation:
    """One law; `loss`, the inputs, the parameters and calls of specs have a meaning in it.

    Raises:
        SpecError: it is no law, or a side of it is wrong.
    """
    syntax = read_syntax(passage)
    statements = syntax.tree.body
    if len(statements) != 1 or not isinstance(statements[0], ast.Expr):
        passage.fail("this is no law", 0, _FORM)
    law = statements[0].value
    if not isinstance(law, ast.Compare) or len(law.ops) != 1 or type(law.ops[0]) not in _OPERATORS:
        passage.fail("this is no law", 0, _FORM)
    scope.scalars["loss"] = scalar_symbol("loss")
    parser = Parser(syntax, scope, find, law=True)
    sides = [law.left, law.comparators[0]]
    for side in sides:
        _check_limits(syntax, side)
    left, right = (parser.number(side).expression for side in sides)
    for expression, side in zip((left, right), sides, strict=True):
        check_expression(parser, expression, side)
    operator = _OPERATORS[type(law.ops[0])]
    return Relation(passage.text.strip(), left, operator, right, passage.place(0))
