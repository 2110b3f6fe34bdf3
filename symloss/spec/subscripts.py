"""Array elements and indices: which index stands at which axis."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

import sympy
from sympy import Expr, Indexed

from symloss.spec.model import index_symbol
from symloss.spec.names import name_problem, suggestion

if TYPE_CHECKING:
    from symloss.spec.parse import Parser
    from symloss.spec.scope import Array


def spelled(name: str, rank: int) -> str:
    """An element of an array, as one would write it."""
    return f"{name}[{', '.join('ijklmnpq'[:rank])}]"


def split(node: ast.Subscript) -> list[ast.expr]:
    """The subscripts between the brackets."""
    inside = node.slice
    return list(inside.elts) if isinstance(inside, ast.Tuple) else [inside]


def fresh_index(parser: Parser, node: ast.expr, word: str = "") -> str:
    """The name of an index that a reduction, `word`, or a left-hand side introduces."""
    what = f"{word} runs over an index" if word else "the left side carries indices"
    extreme = word in ("max", "min")
    compare = f"; to compare numbers write {word.capitalize()}(a, b)" if extreme else ""
    if not isinstance(node, ast.Name):
        parser.fail(f"{what}, and this is none", node, f"name an index, such as i{compare}")
    if refused := _index_problem(parser, node.id):
        parser.fail(refused, node, f"choose another name for the index{compare}")
    parser.bound.setdefault(node.id, node)
    return node.id


def _index_problem(parser: Parser, name: str) -> str:
    """Why a name cannot be a new index."""
    if name in parser.scope.names or name in parser.scope.active:
        return f"{name} has a meaning already, so it cannot be an index here"
    if refused := name_problem(name):
        return refused[0]
    return f"{name} is a definition, so it cannot be an index" if parser.explain(name) else ""


def array_of(parser: Parser, node: ast.Subscript) -> tuple[str, Array]:
    """The array before the brackets."""
    if not isinstance(node.value, ast.Name):
        parser.fail("only an array has subscripts", node, "name this part, with its indices")
    name, scope = node.value.id, parser.scope
    if name in scope.arrays:
        scope.used.add(name)
        return name, scope.arrays[name]
    if name in scope.scalars or name in scope.active:
        remedy = f'write {name} alone, or give it a shape, such as shape = ["K"]'
        parser.fail(f"{name} is one number, so it has no subscripts", node, remedy)
    return parser.unknown(name, node.value)


def element(parser: Parser, node: ast.Subscript) -> Indexed:
    """An element of an array, all of its axes given."""
    name, array = array_of(parser, node)
    parts, rank = split(node), len(array.axes)
    if len(parts) != rank:
        problem = (
            f"{name} has {rank} core dimension{'s' * (rank > 1)}, and here {len(parts)} subscripts"
        )
        parser.fail(problem, node, f"write {spelled(name, rank)}")
    return leading(parser, array, parts)


def leading(parser: Parser, array: Array, parts: list[ast.expr]) -> Indexed:
    """An array with its first axes given."""
    pairs = zip(parts, array.axes, strict=False)
    return array.base[tuple(subscript(parser, part, axis) for part, axis in pairs)]


def subscript(parser: Parser, node: ast.expr, axis: Expr) -> Expr:
    """What selects a place along an axis: an index, a number, an input whose values are places."""
    if isinstance(node, ast.Constant):
        return _fixed(parser, node, axis)
    if isinstance(node, ast.Name) and node.id in parser.scope.active:
        return _standing(parser, node, axis)
    if isinstance(node, ast.Name):
        return _selector(parser, node, axis)
    if isinstance(node, ast.Subscript):
        name, array = array_of(parser, node)
        _check_selects(parser, node, name, array.selects, axis)
        return element(parser, node)
    if isinstance(node, ast.UnaryOp):
        parser.fail("a negative subscript is not supported", node, "places count from 0")
    if isinstance(node, ast.Slice):
        parser.fail("a slice is not part of the math language", node, "name an index: x[i]")
    problem = "arithmetic in a subscript is not supported"
    remedy = "a subscript is an index, a whole number, or an index input"
    return parser.fail(problem, node, remedy)


def _fixed(parser: Parser, node: ast.Constant, axis: Expr) -> Expr:
    value = node.value
    if isinstance(value, bool) or not isinstance(value, int):
        parser.fail("a subscript is an index or a whole number", node, "write x[i] or x[0]")
    if value >= 10**9 or (axis.is_Integer and value >= int(axis)):
        size = axis if axis.is_Integer else "axis"
        parser.fail(
            f"place {str(value)[:12]} is beyond the end of the {size}", node, "places count from 0"
        )
    if value and not axis.is_Integer:
        remedy = f"say how long it is, with shape = [{value + 1}] or more"
        parser.fail(f"{axis} may be too short to have a place {value}", node, remedy)
    return sympy.Integer(value)


def _standing(parser: Parser, node: ast.Name, axis: Expr) -> Expr:
    clash = parser.scope.stand(node.id, axis)
    if clash is not None:
        problem = f"index clash: {node.id} ranges over {clash}, and here it stands at {axis}"
        parser.fail(problem, node, f"use another index for {axis}")
    return index_symbol(node.id)


def _selector(parser: Parser, node: ast.Name, axis: Expr) -> Expr:
    name, scope = node.id, parser.scope
    if name not in scope.names:
        _free(parser, name, node)
    scope.used.add(name)
    if name in scope.arrays:
        rank = len(scope.arrays[name].axes)
        parser.fail(f"{name} is an array, not one place", node, f"write {spelled(name, rank)}")
    _check_selects(parser, node, name, scope.selectors.get(name), axis)
    return scope.scalars[name]


def _free(parser: Parser, name: str, node: ast.AST) -> None:
    """Raise for a subscript that is no known name: an index that nothing binds, or a mistake."""
    if name_problem(name) or parser.explain(name):
        parser.unknown(name, node)
    problem = f"the index {name} is free: no reduction binds it and it is not on the left"
    remedy = f"write sum(..., {name}), or name[{name}] = ..."
    close = suggestion(name, parser.scope.names)
    parser.fail(problem, node, f"{close} Or {remedy}" if close.startswith("did") else remedy)


def _check_selects(
    parser: Parser, node: ast.AST, name: str, selects: Expr | None, axis: Expr
) -> None:
    if selects is None:
        problem = f"{name} is no index, so it cannot be a subscript"
        remedy = f'an input selects places if its domain is "index({axis})"'
        parser.fail(problem, node, remedy)
    if selects != axis:
        problem = f"{name} selects places along {selects}, and here it stands at {axis}"
        parser.fail(problem, node, f'give it the domain "index({axis})"')
