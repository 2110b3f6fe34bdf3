"""Formulas in parameters: read from a claim's text, and compared."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Mapping
from typing import Any

import sympy
from sympy import Expr, Rational, Symbol

from symloss.audit.signs import balls, cells, samples
from symloss.audit.signs.zeros import vanishes
from symloss.language import Interval

LONGEST, LARGEST_POWER, POINTS = 1000, 100, 60
_OPERATIONS: dict[type, Callable[[Expr, Expr], Expr]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul,
    ast.Div: operator.truediv, ast.Pow: operator.pow,
}  # fmt: skip
_FUNCTIONS: dict[str, Callable[..., Expr]] = {
    "sqrt": sympy.sqrt, "exp": sympy.exp, "log": sympy.log, "cosh": sympy.cosh,
    "sinh": sympy.sinh, "tanh": sympy.tanh, "Abs": sympy.Abs, "Max": sympy.Max, "Min": sympy.Min,
}  # fmt: skip
_JOINS: dict[type, Any] = {ast.And: sympy.And, ast.Or: sympy.Or}
_RELATIONS: dict[type, Any] = {
    ast.Lt: sympy.Lt, ast.LtE: sympy.Le, ast.Gt: sympy.Gt, ast.GtE: sympy.Ge, ast.Eq: sympy.Eq,
    ast.NotEq: sympy.Ne,
}  # fmt: skip
_CONSTANTS = {"oo": sympy.oo, "pi": sympy.pi, "E": sympy.E}


def read_formula(text: str, names: Mapping[str, Expr]) -> Expr | None:
    """A formula in these names, by its syntax tree; nothing is executed. None if it is none."""
    if len(text) > LONGEST:
        return None
    try:
        found = _read(ast.parse(text.strip(), mode="eval").body, {**_CONSTANTS, **names})
    except (SyntaxError, ValueError, KeyError, TypeError, RecursionError, MemoryError):
        return None
    return None if found.has(sympy.nan, sympy.zoo) else found


def _read(node: ast.expr, names: Mapping[str, Expr]) -> Expr:
    """The expression of a tree.

    Raises:
        KeyError: the tree holds a name, number or operation that formulas do not have.
    """
    if isinstance(node, ast.Name):
        return names[node.id]
    if isinstance(node, ast.Constant) and type(node.value) in (int, float):
        return Rational(str(node.value))
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return -_read(node.operand, names)
    if isinstance(node, ast.BinOp):
        left, right = _read(node.left, names), _read(node.right, names)
        if isinstance(node.op, ast.Pow) and not _is_small(right):
            raise KeyError("**")
        return _OPERATIONS[type(node.op)](left, right)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and not node.keywords:
        return _FUNCTIONS[node.func.id](*(_read(part, names) for part in node.args))
    raise KeyError(type(node).__name__)


def read_condition(text: str, names: Mapping[str, Expr]) -> Any:
    """Inequalities in these names, as findings spell them ("p >= 1 or p == 0"); None if none."""
    if len(text) > LONGEST:
        return None
    try:
        return _condition(ast.parse(text.strip(), mode="eval").body, names)
    except (SyntaxError, ValueError, KeyError, TypeError, RecursionError, MemoryError):
        return None


def _condition(node: ast.expr, names: Mapping[str, Expr]) -> Any:
    """The condition of a tree.

    Raises:
        KeyError: it is none.
    """
    if isinstance(node, ast.BoolOp):
        return _JOINS[type(node.op)](*(_condition(part, names) for part in node.values))
    if not isinstance(node, ast.Compare):
        raise KeyError(type(node).__name__)
    sides = [_read(part, names) for part in (node.left, *node.comparators)]
    tests = zip(node.ops, sides, sides[1:], strict=False)
    return sympy.And(*(_RELATIONS[type(op)](one, other) for op, one, other in tests))


def _is_small(power: Expr) -> bool:
    """Whether a power may be taken: a symbol, or a number that keeps results short."""
    return not power.is_number or bool(abs(power) <= LARGEST_POWER)


def compared(one: Expr, other: Expr, box: Mapping[Symbol, Any]) -> str:
    """How two formulas stand on a box: "=", "<" or ">" where they surely differ, "?" if open.

    "=" is by algebra; a difference is shown in balls at a rational point of the box, and where both
    ways occur it is the first one met.
    """
    if one == other:
        return "="
    if one.is_infinite or other.is_infinite:
        return ">" if sympy.oo == one or other == -sympy.oo else "<"
    gap = cells.plain(one - other)
    if _vanishes(gap, box):
        return "="
    intervals = {s: d for s, d in box.items() if isinstance(d, Interval) and gap.has(s)}
    if set(intervals) != gap.free_symbols:
        return "?"
    for point in samples.points(intervals, POINTS) if intervals else [{}]:
        way = balls.sign(gap, point)
        if way in (1, -1):
            return ">" if way == 1 else "<"
    return "?"


def _vanishes(gap: Expr, box: Mapping[Symbol, Any]) -> bool:
    """Whether algebra shows the difference to be zero, with the signs that the box gives."""
    signs = {
        s: sympy.Dummy(s.name, positive=True)
        for s, d in box.items()
        if isinstance(d, Interval) and d.low >= 0
    }
    return vanishes(gap.xreplace(signs))
