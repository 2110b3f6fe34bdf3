"""What no turn of a loop changes is computed, or fetched, before the loop.

LLVM would not do it: what the loop stores might lie where it fetches from.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from sympy import Basic, Expr, Indexed, Pow, Symbol, preorder_traversal

from symloss.lower.inline import is_dear
from symloss.lower.model import Accumulate, Assign, Loop, Statement, Store, Zero
from symloss.program import references


def fixed_parts(loop: Loop) -> list[Expr]:
    """The largest parts of a loop's expressions that stay as they are, and are worth a name."""
    inside = list(loop.walk())
    changing = {str(loop.index)} | {name for entry in inside for name in _changed(entry)}
    expressions = (
        entry.expression for entry in inside if isinstance(entry, (Assign, Store, Accumulate))
    )
    return list(dict.fromkeys(part for whole in expressions for part in _fixed(whole, changing)))


def with_names(loop: Loop, names: dict[Expr, Symbol]) -> Loop:
    """The loop with names for what was computed before it."""
    return replace(loop, body=tuple(_named(entry, names) for entry in loop.body))


def _named(entry: Statement, names: dict[Expr, Symbol]) -> Statement:
    if isinstance(entry, Loop):
        return with_names(entry, names)
    if isinstance(entry, (Assign, Store, Accumulate)):
        return replace(entry, expression=entry.expression.xreplace(names))
    return entry


def _changed(entry: Statement) -> Iterator[str]:
    if isinstance(entry, Loop):
        yield str(entry.index)
    elif isinstance(entry, (Assign, Accumulate)):
        yield entry.name
    elif isinstance(entry, (Store, Zero)):
        yield entry.array


def _fixed(part: Basic, changing: set[str]) -> Iterator[Expr]:
    if not part.args:
        return
    if isinstance(part, Expr) and _is_worth(part) and not _names(part) & changing:
        yield part
    elif not isinstance(part, Indexed):
        for argument in part.args:
            yield from _fixed(argument, changing)


def _names(part: Expr) -> set[str]:
    return set(references(part)) | {str(symbol) for symbol in part.free_symbols}


def _is_worth(part: Expr) -> bool:
    """Whether a part has calls or elements; none at computed places, which may lie outside."""
    if isinstance(part, Pow) and part.exp.could_extract_minus_sign():
        return False  # an inverse may overflow where the quotient does not
    elements = part.atoms(Indexed)
    is_safe = all(
        isinstance(place, (Symbol, Indexed)) for leaf in elements for place in leaf.indices
    )
    return is_safe and (bool(elements) or any(map(is_dear, preorder_traversal(part))))
