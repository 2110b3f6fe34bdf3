"""What code computes, as one number: the same for code that differs in words alone.

Comments, docstrings, annotations, layout, what keeps compiled forms on disk and what decides how
kernels are called do not count; a figure that was measured for some code holds for all of the same
fingerprint.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from hashlib import sha256
from symtable import SymbolTable, symtable

from symloss.emit.embed import definitions_of, names_at_top

WORDLESS = ("cache",)
"""Files of the run-time that say where compiled code is kept, and not what it computes."""
CALLING = ("nogil", "no_cfunc_wrapper", "_nrt")
"""Options of Numba's for locks, wrappers and references to arrays: no number is another by them."""
Definitions = Mapping[str, list[ast.stmt]]


def fingerprint_of_module(source: str) -> str:
    """The fingerprint of a module's kernels and of all that they call."""
    tree = ast.parse(source)
    return _fingerprint(tree, _kernels(tree))


def fingerprint_of_function(name: str) -> str:
    """The fingerprint of a function of the run-time."""
    return _fingerprint(ast.Module([], []), [name])


def _fingerprint(tree: ast.Module, roots: Iterable[str]) -> str:
    own, aliases = _grouped(tree.body), _aliases(tree)
    reached: dict[str, str] = {}
    waiting = list(roots)
    while waiting:
        name = waiting.pop()
        nodes = own.get(name) or _runtime().get(aliases.get(name, name))
        if nodes is None or name in reached or name in _uncounted():
            continue
        reached[name] = "\n".join(map(_bare, nodes))
        waiting += _globals(symtable(reached[name], name, "exec"))
    text = "\n".join(f"{name}: {reached[name]}" for name in sorted(reached))
    return sha256(text.encode()).hexdigest()


def _kernels(tree: ast.Module) -> list[str]:
    """The functions that the module's loss calls."""
    dictionaries = (
        node.value
        for part in tree.body
        if isinstance(part, ast.ClassDef)
        for node in part.body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) in ("kernels", "abreast")
    )
    return [
        value.id
        for found in dictionaries
        if isinstance(found, ast.Dict)
        for value in found.values
        if isinstance(value, ast.Name)
    ]


def _grouped(statements: Iterable[ast.stmt]) -> dict[str, list[ast.stmt]]:
    """Statements by the names that they define."""
    found: dict[str, list[ast.stmt]] = {}
    for node in statements:
        for name in sorted(names_at_top(node)):
            found.setdefault(name, []).append(node)
    return found


def _aliases(tree: ast.Module) -> dict[str, str]:
    """The run-time's names by what the module calls them."""
    imports = (node for node in tree.body if isinstance(node, ast.ImportFrom))
    return {one.asname: one.name for node in imports for one in node.names if one.asname}


@cache
def _runtime() -> Definitions:
    return _grouped(node for body in definitions_of().values() for node in body)


@cache
def _uncounted() -> frozenset[str]:
    bodies = definitions_of()
    return frozenset(_grouped(node for file in WORDLESS for node in bodies[file]))


def _globals(scope: SymbolTable) -> Iterator[str]:
    """The names of a scope, and of those within it, that are no variables of a function's own."""
    outer = scope.get_type() == "module"
    yield from (one.get_name() for one in scope.get_symbols() if outer or one.is_global())
    for inner in scope.get_children():
        yield from _globals(inner)


def _bare(node: ast.stmt) -> str:
    """A statement without docstrings, annotations, and options that change no number."""
    copy = ast.parse(ast.unparse(node))
    for part in ast.walk(copy):
        if isinstance(part, ast.Dict):
            _uncalled(part)
        if isinstance(part, ast.arg):
            part.annotation = None
        if isinstance(part, ast.FunctionDef):
            part.returns = None
        if isinstance(part, ast.FunctionDef) and ast.get_docstring(part) is not None:
            part.body = part.body[1:] or [ast.Pass()]
    return ast.unparse(copy)


def _uncalled(options: ast.Dict) -> None:
    """Drop what decides how a kernel is called."""
    pairs = [
        (key, value)
        for key, value in zip(options.keys, options.values, strict=True)
        if not (isinstance(key, ast.Constant) and key.value in CALLING)
    ]
    options.keys, options.values = [key for key, _ in pairs], [value for _, value in pairs]
