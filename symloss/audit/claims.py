"""Claims of a spec against findings: a claim that a finding refutes is a contradiction."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Mapping
from typing import Any

import sympy
from sympy import Expr, Rational

from symloss.audit.findings import Finding
from symloss.spec import Spec

LONGEST, LARGEST_POWER = 1000, 100
_OPERATIONS: dict[type, Callable[[Expr, Expr], Expr]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul,
    ast.Div: operator.truediv, ast.Pow: operator.pow,
}  # fmt: skip
_FUNCTIONS: dict[str, Callable[..., Expr]] = {
    "sqrt": sympy.sqrt, "exp": sympy.exp, "log": sympy.log, "cosh": sympy.cosh,
    "Abs": sympy.Abs, "Max": sympy.Max, "Min": sympy.Min,
}  # fmt: skip
_BOUNDS = {"lipschitz": 1, "gradient_lipschitz": 1, "upper_bound": 1, "lower_bound": -1}


def contradictions(
    spec: Spec, setting: Mapping[str, Rational], found: Mapping[str, Finding]
) -> tuple[str, ...]:
    """A line for each claim that is refuted.

    A constant claimed is a bound: a larger one contradicts it (`lower_bound`: a smaller one).
    `convex = false` and the like say that the loss is not so for all values of its parameters.
    """
    told = (_against(spec, n, c, setting, found[n]) for n, c in spec.claims.items() if n in found)
    return tuple(line for line in told if line)


def _against(
    spec: Spec, name: str, claim: Any, setting: Mapping[str, Rational], one: Finding
) -> str:
    if isinstance(claim, bool):
        wrong = "REFUTED" if claim else "PROVED"
        if one.verdict != wrong:
            return ""
        return f"{name} = {str(claim).lower()} is claimed, but {name} is {wrong}"
    if name == "smoothness":
        wrong_class = one.verdict == "PROVED" and one.value != claim
        return f'smoothness = "{claim}" is claimed, but it is {one.value}' if wrong_class else ""
    if name not in _BOUNDS:
        return ""
    if one.verdict == "REFUTED":
        return f'{name} = "{claim}" is claimed, but there is none'
    if one.verdict == "PROVED" and _exceeds(_BOUNDS[name], claim, setting, one.formula, spec):
        return f'{name} = "{claim}" is claimed, but it is {one.value}'
    return ""


def _exceeds(
    way: int, claim: Any, setting: Mapping[str, Rational], value: Expr, spec: Spec
) -> bool:
    """Whether the value surely lies beyond the bound that is claimed, if that is a formula."""
    names: dict[str, Expr] = {entry.name: entry.symbol for entry in spec.parameters}
    bound = read_formula(str(claim), {**names, **setting})
    return bound is not None and sympy.simplify(way * (value - bound)).is_positive is True


def read_formula(text: str, names: Mapping[str, Expr]) -> Expr | None:
    """A formula in these names, by its syntax tree; nothing is executed. None if it is none."""
    if len(text) > LONGEST:
        return None
    try:
        return _read(ast.parse(text.strip(), mode="eval").body, names)
    except (SyntaxError, ValueError, KeyError, TypeError, RecursionError, MemoryError):
        return None


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
        if isinstance(node.op, ast.Pow) and not (right.is_number and abs(right) <= LARGEST_POWER):
            raise KeyError("**")
        return _OPERATIONS[type(node.op)](left, right)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and not node.keywords:
        return _FUNCTIONS[node.func.id](*(_read(part, names) for part in node.args))
    raise KeyError(type(node).__name__)
