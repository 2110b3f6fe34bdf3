"""A spec as a function in another's math."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import sympy
from sympy import Expr

from symloss.errors import SpecError
from symloss.language import Call, Index
from symloss.spec import subscripts
from symloss.spec.constants import Value
from symloss.spec.model import Input, Parameter
from symloss.spec.names import name_problem, suggestion
from symloss.spec.scope import Array, Signature, axes_of, renamed, selected

if TYPE_CHECKING:
    from symloss.spec.parse import Parser
    from symloss.spec.syntax import Syntax

Find = Callable[[str], Signature]
Sizes = dict[Expr, Expr]
"""The callee's dimensions as the caller's."""


def call(parser: Parser, name: str, node: ast.Call) -> Call:
    """`name(argument, ..., parameter=value)`: inputs first, then parameters."""
    callee = resolve(parser.syntax, parser.find, name, node)
    given = _assign(parser, callee, node)
    sizes: Sizes = {}
    built: dict[str, Expr] = {}
    arrays = [entry for entry in callee.inputs if entry.shape]
    for entry in arrays:  # first, since they tell the sizes
        built[entry.name] = _array(parser, callee, entry, given[entry.name], sizes)
    for entry in arrays:
        _check_places(parser, callee, entry, given[entry.name], sizes)
    for entry in callee.inputs:
        if not entry.shape:
            built[entry.name] = _scalar(parser, callee, entry, given[entry.name], sizes)
    for parameter in callee.parameters:
        built[parameter.name] = _parameter(
            parser, callee, parameter, given.get(parameter.name), node
        )
    return Call(sympy.Symbol(callee.name), *(built[argument] for argument in callee.arguments))


def resolve(syntax: Syntax, find: Find, name: str, node: ast.AST) -> Signature:
    """The signature of a spec; what is wrong with its file as a whole is told at the call."""
    if problem := name_problem(name, called=True):
        syntax.fail(problem[0], node, problem[1])
    try:
        return find(name)
    except SpecError as error:
        if error.place is not None:
            raise
        return syntax.fail(error.problem, node, error.remedy)


def is_spec(find: Find, name: str) -> bool:
    """Whether there is a spec of that name.

    Raises:
        SpecError: there is, and it is wrong.
    """
    try:
        find(name)
    except SpecError as error:
        if error.place is not None:
            raise
        return False
    return True


def _assign(parser: Parser, callee: Signature, node: ast.Call) -> dict[str, ast.expr]:
    """Which expression is meant for which argument."""
    names = list(callee.arguments)
    usage = f"it is {callee.name}({', '.join(names)})"
    if len(node.args) > len(names):
        parser.fail(
            f"{callee.name} takes {len(names)} arguments, not {len(node.args)}", node, usage
        )
    keywords = [keyword for keyword in node.keywords if keyword.arg is None]
    plain = (argument for argument in node.args if isinstance(argument, ast.Starred))
    for starred in (*plain, *(keyword.value for keyword in keywords)):
        parser.fail("a starred argument is not part of the math language", starred, usage)
    given = _named(parser, callee, node, dict(zip(names, node.args, strict=False)))
    for entry in callee.inputs:
        if entry.name not in given:
            parser.fail(f"{callee.name} needs its input {entry.name!r}", node, usage)
    return given


def _named(
    parser: Parser, callee: Signature, node: ast.Call, given: dict[str, ast.expr]
) -> dict[str, ast.expr]:
    """The keyword arguments, added to the positional ones."""
    for keyword in node.keywords:
        name = str(keyword.arg)
        if name not in callee.arguments:
            problem = f"{callee.name} has no argument {name!r}"
            parser.fail(problem, keyword, suggestion(name, callee.arguments))
        if name in given:
            parser.fail(f"{name!r} is given twice", keyword, "give it once")
        given[name] = keyword.value
    return given


def _scalar(parser: Parser, callee: Signature, entry: Input, node: ast.expr, sizes: Sizes) -> Expr:
    if isinstance(entry.domain, Index):
        return subscripts.subscript(parser, node, renamed(selected(entry.domain), sizes))
    value = parser.number(node)
    _check_domain(parser, callee, entry, value, node)
    return value.expression


def _parameter(
    parser: Parser, callee: Signature, parameter: Parameter, node: ast.expr | None, call: ast.Call
) -> Expr:
    if node is not None:
        value = parser.number(node)
        _check_domain(parser, callee, parameter, value, node)
        return value.expression
    if parameter.default is None:
        problem = f"{callee.name} needs its parameter {parameter.name!r}, which has no default"
        parser.fail(problem, call, f"write {callee.name}(..., {parameter.name}=value)")
    return parameter.default


def _check_domain(
    parser: Parser, callee: Signature, entry: Input | Parameter, value: Value, node: ast.expr
) -> None:
    contains = getattr(entry.domain, "contains", None)
    if value.constant is not None and contains and not contains(value.exact):
        problem = f"{entry.name} of {callee.name} is outside its domain, {entry.domain}"
        parser.fail(problem, node, "give a value inside it")


def _array(parser: Parser, callee: Signature, entry: Input, node: ast.expr, sizes: Sizes) -> Expr:
    rank = len(entry.shape)
    name, array, parts = _named_array(parser, callee, entry, node)
    if len(array.axes) - len(parts) != rank:
        left = max(len(array.axes) - rank, 0)
        problem = f"{entry.name} of {callee.name} has {rank} core dimensions"
        problem += f", and this has {max(len(array.axes) - len(parts), 0)}"
        remedy = f"write {subscripts.spelled(name, left) if left else name}"
        parser.fail(
            problem, node, remedy if len(array.axes) >= rank else "give an array of that rank"
        )
    last = array.axes[len(parts) :]
    for wanted, axis in zip(axes_of(entry.shape), last, strict=True):
        known = wanted if wanted.is_Integer else sizes.setdefault(wanted, axis)
        if known != axis:
            problem = (
                f"{entry.name} of {callee.name} has shape {_shape(axes_of(entry.shape), sizes)}"
            )
            parser.fail(f"{problem}, and {name} gives {_shape(last, {})}", node, "match the shapes")
    return subscripts.leading(parser, array, parts) if parts else array.base


def _shape(axes: tuple[Expr, ...], sizes: Mapping[Expr, Expr]) -> str:
    return f"[{', '.join(str(renamed(axis, sizes)) for axis in axes)}]"


def _named_array(
    parser: Parser, callee: Signature, entry: Input, node: ast.expr
) -> tuple[str, Array, list[ast.expr]]:
    """The caller's array, and the subscripts that are given of it."""
    if isinstance(node, ast.Subscript):
        return (*subscripts.array_of(parser, node), subscripts.split(node))
    scope = parser.scope
    if not isinstance(node, ast.Name):
        problem = f"{entry.name} of {callee.name} is an array, and this is an expression"
        parser.fail(
            problem, node, f"define {entry.name}[i] = ... on a line of its own, and give its name"
        )
    if node.id in scope.arrays:
        scope.used.add(node.id)
        return node.id, scope.arrays[node.id], []
    if node.id in scope.scalars or node.id in scope.active:
        problem = f"{entry.name} of {callee.name} is an array, and {node.id} is one number"
        parser.fail(problem, node, "give the name of an array")
    return parser.unknown(node.id, node)


def _check_places(
    parser: Parser, callee: Signature, entry: Input, node: ast.expr, sizes: Sizes
) -> None:
    """An array of places must select along the dimension that the callee means."""
    if not isinstance(entry.domain, Index):
        return
    wanted = renamed(selected(entry.domain), sizes)
    array = _named_array(parser, callee, entry, node)[1]
    if array.selects is None or array.selects != wanted:
        problem = f"{entry.name} of {callee.name} selects places along {wanted}"
        parser.fail(problem, node, f'give an input with the domain "index({wanted})"')
