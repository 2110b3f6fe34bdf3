"""The math of a spec: its lines, in order, each built on those above."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import sympy
from sympy import Expr

from symloss.spec import calls, subscripts
from symloss.spec.model import Definition, index_symbol
from symloss.spec.names import SHARES, name_problem
from symloss.spec.parse import Parser
from symloss.spec.refusals import describe_statement
from symloss.spec.scope import Scope
from symloss.spec.source import Passage
from symloss.spec.syntax import Syntax, read_syntax


@dataclass(frozen=True)
class Line:
    """`name[indices] = body`, still as syntax."""

    name: str
    target: ast.expr
    body: ast.expr


def read_definitions(passage: Passage, scope: Scope, find: calls.Find) -> tuple[Definition, ...]:
    """The definitions of a passage; the scope learns their names and the ranges of their indices.

    Raises:
        SpecError: a line is wrong.
    """
    syntax = read_syntax(passage)
    lines = [_line(syntax, statement) for statement in syntax.tree.body]
    _check_names(syntax, lines, scope)
    _resolve_calls(syntax, find, {*scope.names, *(line.name for line in lines)})
    reads = {line.name: _names(line.body) | _names(line.target) for line in lines}
    definitions = []
    for number, line in enumerate(lines):
        later = {
            after.name: syntax.passage.place(syntax.offset(after.target)).line
            for after in lines[number:]
        }
        explain = _explainer(line.name, later, reads)
        definitions.append(_define(Parser(syntax, scope, find, explain), line))
    _check_used(syntax, lines, scope)
    return tuple(definitions)


def _line(syntax: Syntax, statement: ast.stmt) -> Line:
    """A statement as a definition."""
    if not isinstance(statement, ast.Assign):
        problem, remedy = describe_statement(statement)
        syntax.fail(problem, statement, remedy)
    target = statement.targets[0]
    if len(statement.targets) > 1:
        syntax.fail("a line defines one name", statement.targets[1], "write one definition a line")
    named = target.value if isinstance(target, ast.Subscript) else target
    if not isinstance(named, ast.Name):
        remedy = "write name = expression, or name[i, j] = expression"
        syntax.fail("this cannot be defined", target, remedy)
    return Line(named.id, target, statement.value)


def _resolve_calls(syntax: Syntax, find: calls.Find, own: set[str]) -> None:
    """Read the specs that are called, before the walk is deep in an expression."""
    for node in ast.walk(syntax.tree):
        name = (
            node.func.id if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) else ""
        )
        if not name or name in own or name_problem(name, called=True):
            continue  # the language's own words are no names either
        if name not in SHARES or calls.is_spec(find, name):
            calls.resolve(syntax, find, name, node)


def _names(node: ast.AST) -> set[str]:
    return {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}


def _check_names(syntax: Syntax, lines: list[Line], scope: Scope) -> None:
    """Names are new and allowed, and the last is `loss`."""
    seen: set[str] = set()
    for line in lines:
        if "loss" in seen:
            syntax.fail(
                "a definition stands after loss", line.target, "move it above the last line"
            )
        if problem := name_problem(line.name):
            syntax.fail(problem[0], line.target, problem[1])
        if line.name in seen:
            syntax.fail(
                f"{line.name!r} is defined twice", line.target, "give the second another name"
            )
        if line.name in scope.names:
            what = f"{line.name!r} is an input, a parameter or a dimension already"
            syntax.fail(what, line.target, "choose another name for the definition")
        seen.add(line.name)
    if "loss" not in seen:
        syntax.passage.fail("the math does not define loss", 0, "end it with loss = expression")
    if isinstance(lines[-1].target, ast.Subscript):
        remedy = "reduce it: loss = sum(term[i], i)"
        syntax.fail("loss is one number, so it has no indices", lines[-1].target, remedy)


def _explainer(
    current: str, later: Mapping[str, int], reads: Mapping[str, set[str]]
) -> Callable[[str], tuple[str, str] | None]:
    """Why a name that is defined further down has no meaning at a line."""

    def explain(name: str) -> tuple[str, str] | None:
        if name not in later:
            return None
        if name == current:
            return f"{name} is defined by itself", "give the new value another name"
        if chain := _chain(name, current, reads):
            links = " -> ".join([current, *chain])
            return f"cyclic definitions: {links}", "a definition uses only those above it"
        return f"{name} is defined later, on line {later[name]}", "move that line up"

    return explain


def _chain(start: str, goal: str, reads: Mapping[str, set[str]]) -> list[str]:
    """A path of definitions from one to another, or nothing."""
    trail: dict[str, str] = {start: ""}
    waiting = [start]
    while waiting:
        name = waiting.pop(0)
        if name == goal:
            path = [name]
            while trail[path[0]]:
                path.insert(0, trail[path[0]])
            return path
        for read in sorted(reads.get(name, ())):
            if read in reads and read not in trail:
                trail[read] = name
                waiting.append(read)
    return []


def _define(parser: Parser, line: Line) -> Definition:
    """One definition, which the scope then knows."""
    indices = _left_indices(parser, line.target)
    with parser.scope.bind(indices):
        expression = parser.number(line.body).expression
    check_expression(parser, expression, line.body)
    symbols = tuple(index_symbol(name) for name in indices)
    parser.scope.define(line.name, symbols)
    place = parser.syntax.passage.place(parser.syntax.offset(line.target))
    return Definition(line.name, symbols, expression, place)


def _left_indices(parser: Parser, target: ast.expr) -> list[str]:
    if not isinstance(target, ast.Subscript):
        return []
    parts = subscripts.split(target)
    indices = [subscripts.fresh_index(parser, part) for part in parts]
    if len(set(indices)) < len(indices):
        parser.fail("an index stands twice on the left", target, "name each axis differently")
    return indices


def check_expression(parser: Parser, expression: Expr, node: ast.AST) -> None:
    """What can be said only of a whole: every index has a range, and the value is a real number."""
    parser.scope.settle(parser.together)
    for name, introduced in parser.bound.items():
        if index_symbol(name) not in parser.scope.ranges:
            problem = f"the range of {name} is unknown: it stands at no axis"
            remedy = f"an index is a subscript somewhere, x[{name}], or compared with one that is"
            parser.fail(problem, introduced, remedy)
    if expression.has(sympy.I, sympy.zoo, sympy.nan):
        parser.fail("this is not a real number", node, "see that no root or logarithm is negative")


def _check_used(syntax: Syntax, lines: list[Line], scope: Scope) -> None:
    for line in lines[:-1]:
        if line.name not in scope.used:
            syntax.fail(f"{line.name} is defined and never used", line.target, "remove the line")
