"""Formulas that findings hold as text, read by their syntax trees: nothing is executed."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Mapping
from typing import Any

import sympy
from sympy import Expr, Rational

from symloss.language import BY_NODE, FUNCTIONS
from symloss.program import Program
from symloss.spec import dimension_symbol

LONGEST = 2000
_OPERATIONS: dict[type, Callable[[Any, Any], Any]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul,
    ast.Div: operator.truediv, ast.Pow: operator.pow,
}  # fmt: skip
_FUNCTIONS: dict[str, Callable[..., Any]] = {
    **{name: row.build for name, row in FUNCTIONS.items()},
    "sqrt": sympy.sqrt, "LambertW": sympy.LambertW,
}  # fmt: skip
_REDUCTIONS = {name: name for name in ("sum", "max", "min", "prod", "logsumexp")}
_CONSTANTS: dict[str, Expr] = {"oo": sympy.oo, "pi": sympy.pi, "E": sympy.E}


def names_of(program: Program) -> dict[str, Expr]:
    """What a formula about a program may name: its arguments and core dimensions."""
    sizes = {s: dimension_symbol(s) for e in program.inputs for s in e.shape if isinstance(s, str)}
    scalars = {e.name: e.symbol for e in program.arguments if not getattr(e, "shape", ())}
    return {**sizes, **scalars}


def read(text: str, names: Mapping[str, Expr]) -> Expr:
    """The expression that a text spells in these names.

    Raises:
        ValueError: it spells none.
    """
    if len(text) > LONGEST:
        raise ValueError("a formula that is too long")
    try:
        return sympy.sympify(_read(ast.parse(text.strip(), mode="eval").body, names))
    except (SyntaxError, KeyError, TypeError, RecursionError) as error:
        raise ValueError(f"no formula: {text}") from error


def _read(node: ast.expr, names: Mapping[str, Expr]) -> Any:
    if isinstance(node, ast.Name):
        return names[node.id] if node.id in names else _CONSTANTS[node.id]
    if isinstance(node, ast.Constant) and type(node.value) in (int, float):
        return Rational(str(node.value))
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return -_read(node.operand, names)
    if isinstance(node, ast.BinOp):
        left, right = _read(node.left, names), _read(node.right, names)
        if isinstance(node.op, ast.Pow) and right.is_number and not abs(right) <= 64:
            raise KeyError("**")
        return _OPERATIONS[type(node.op)](left, right)
    if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name):
        places = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        return names[node.value.id][tuple(_read(place, names) for place in places)]
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and not node.keywords:
        make = _FUNCTIONS.get(node.func.id) or sympy.Function(_REDUCTIONS[node.func.id])
        return make(*(_read(part, names) for part in node.args))
    raise KeyError(type(node).__name__)


def plain(formula: Expr) -> Expr:
    """Without the language's functions that have a definition."""

    def own(node: Any) -> bool:
        row = BY_NODE.get(type(node))
        return row is not None and (row.definition is not None or row.name in _ALSO)

    def meaning(node: Any) -> Expr:
        row = BY_NODE[type(node)]
        make: Any = row.definition or _ALSO[row.name]
        return make(*node.args)

    return formula.replace(own, meaning)


_ALSO: dict[str, Any] = {"log1p": lambda x: sympy.log(1 + x), "expm1": lambda x: sympy.exp(x) - 1}
