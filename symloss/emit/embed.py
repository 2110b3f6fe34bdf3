"""What a module needs of the run-time: names to import, or source to embed."""

from __future__ import annotations

import ast
import builtins
import io
import tokenize
from collections.abc import Iterable, Iterator
from functools import cache
from importlib import resources
from itertools import pairwise

# Decorators that tell Numba how calls of the function that they name compile.
COMPILERS = frozenset({"overload", "type_callable", "lower_builtin"})

# A copied module may meet any Numba, and our own compiler only some.
_STAYS = frozenset({"__init__", "compiler"})
_INSTEAD = {"way": "from typing import Any\n\nWAY: dict[str, Any] = {}\n"}


@cache
def _sources() -> dict[str, str]:
    folder = resources.files("symloss.runtime")
    files = {
        entry.name.removesuffix(".py"): entry.read_text("utf-8")
        for entry in sorted(folder.iterdir(), key=lambda entry: entry.name)
        if entry.name.endswith(".py")
    }
    return {name: text for name, text in (files | _INSTEAD).items() if name not in _STAYS}


_parsed = cache(ast.parse)


def _tree(file: str) -> ast.Module:
    return _parsed(_sources()[file])


def runtime_names() -> set[str]:
    """All names at the top of the run-time's files, and those that they import."""
    return {name for file in _sources() for name in (*_definitions(file), *_imports(file))}


def used_names(code: str) -> list[str]:
    """The run-time's names that emitted code mentions, and those that every module needs."""
    tree = ast.parse(code)
    mentioned = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    defined = {name for file in _sources() for name in _definitions(file)}
    return sorted((mentioned | {"Argument", "Domain", "Loss"}) & defined)


def embedded(names: Iterable[str]) -> str:
    """The run-time's source of these names and all that they rest on, imports first."""
    wanted = _closure(set(names))
    imports = dict.fromkeys(("import math", "import numpy as np"))
    bodies: list[str] = []
    for file in _order():
        for node in _tree(file).body:
            if isinstance(node, (ast.Import, ast.ImportFrom)):
                imports.update(dict.fromkeys(_foreign(node)))
        bodies += [_segment(file, node) for node in _tree(file).body if names_at_top(node) & wanted]
    return "\n".join(sorted(imports, key=_import_order)) + "\n\n\n" + "\n\n\n".join(bodies) + "\n"


def without(code: str, name: str) -> str:
    """A module's code with a name left free for the loss: what had it gets an underscore more.

    A function of Python that the code calls is kept under the longer name.
    """
    tree = ast.parse(code)
    at_top = {found for node in tree.body for found in (*names_at_top(node), *_imported(node))}
    calls = any(isinstance(node, ast.Name) and node.id == name for node in ast.walk(tree))
    builtin = calls and hasattr(builtins, name) and name not in at_top
    if name not in at_top and not builtin:
        return code
    aliases = {(node.lineno, node.col_offset) for node in _aliases(tree)}
    lines = _renamed(code, name, aliases).splitlines(keepends=True)
    if builtin:  # after the last import: one of __future__ must be first
        lines.insert(_last_import(tree), f"\n{name}_ = {name}\n")
    return "".join(lines)


def _last_import(tree: ast.Module) -> int:
    """The line on which the last import of a module ends."""
    imports = [node for node in tree.body if isinstance(node, (ast.Import, ast.ImportFrom))]
    return max((node.end_lineno or 0 for node in imports), default=0)


def _renamed(code: str, name: str, imported: set[tuple[int, int]]) -> str:
    lines = code.splitlines(keepends=True)
    tokens = list(tokenize.generate_tokens(io.StringIO(code).readline))
    for before, token in reversed(list(pairwise(tokens))):
        if token.type == tokenize.NAME and token.string == name and before.string != ".":
            (row, start), (_, stop) = token.start, token.end
            new = f"{name} as {name}_" if token.start in imported else f"{name}_"
            lines[row - 1] = lines[row - 1][:start] + new + lines[row - 1][stop:]
    return "".join(lines)


def _aliases(tree: ast.Module) -> Iterator[ast.alias]:
    """What is imported under its own name."""
    for node in tree.body:
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            yield from (alias for alias in node.names if alias.asname is None)


def _order() -> list[str]:
    """Files so that each comes after those it imports from."""
    done: list[str] = []
    waiting = list(_sources())
    while waiting:
        ready = [file for file in waiting if not (_imported_files(file) - set(done))]
        done += ready
        waiting = [file for file in waiting if file not in ready]
    return done


def _imported_files(file: str) -> set[str]:
    return {
        (node.module or "").rpartition(".")[2]
        for node in _tree(file).body
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("symloss.runtime.")
    }


def definitions_of() -> dict[str, list[ast.stmt]]:
    """The statements at the top of the run-time's files, by file."""
    return {file: _tree(file).body for file in _sources()}


@cache
def _definitions(file: str) -> dict[str, frozenset[str]]:
    """Each top-level name of a file, with the names that its definition mentions."""
    found: dict[str, frozenset[str]] = {}
    for node in _tree(file).body:
        mentions = frozenset(part.id for part in ast.walk(node) if isinstance(part, ast.Name))
        for name in names_at_top(node):
            found[name] = found.get(name, frozenset()) | mentions
    return found


def _imports(file: str) -> Iterator[str]:
    for node in _tree(file).body:
        yield from _imported(node)


def _imported(node: ast.stmt) -> Iterator[str]:
    if isinstance(node, (ast.Import, ast.ImportFrom)):
        yield from (alias.asname or alias.name for alias in node.names)


def _called(call: ast.Call) -> str:
    """The last word of what is called."""
    return getattr(call.func, "attr", getattr(call.func, "id", ""))


def names_at_top(node: ast.stmt) -> set[str]:
    """What a top-level statement defines; how a function compiles belongs to the function."""
    if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
        overloaded = {
            argument.id
            for decorator in node.decorator_list
            if isinstance(decorator, ast.Call) and _called(decorator) in COMPILERS
            for argument in decorator.args
            if isinstance(argument, ast.Name)
        }
        return overloaded or {node.name}
    if isinstance(node, (ast.Assign, ast.AnnAssign)):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        return {
            part.id
            for target in targets
            for part in getattr(target, "elts", [target])
            if isinstance(part, ast.Name)
        }
    return set()


def _closure(names: set[str]) -> set[str]:
    mentions = {name: rest for file in _sources() for name, rest in _definitions(file).items()}
    reached: set[str] = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name in mentions and name not in reached:
            reached.add(name)
            waiting += mentions[name]
    return reached


def _segment(file: str, node: ast.stmt) -> str:
    lines = _sources()[file].splitlines()
    decorators = getattr(node, "decorator_list", [])
    first = min([node.lineno, *(decorator.lineno for decorator in decorators)])
    return "\n".join(lines[first - 1 : node.end_lineno])


def _foreign(node: ast.Import | ast.ImportFrom) -> list[str]:
    """Import statements, one name each, that do not come from this room."""
    if isinstance(node, ast.Import):
        return [
            f"import {alias.name}{f' as {alias.asname}' if alias.asname else ''}"
            for alias in node.names
        ]
    if (node.module or "").startswith("symloss"):
        return []
    return [
        f"from {node.module} import {alias.name}{f' as {alias.asname}' if alias.asname else ''}"
        for alias in node.names
    ]


def _import_order(line: str) -> tuple[bool, bool, str]:
    return "__future__" not in line, "numpy" in line or "numba" in line, line
