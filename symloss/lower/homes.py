"""Intermediates that live in an output's place until the output is computed.

A row of exponentials, say, that a gradient is made from element by element: nothing else has to be
in a cache then, and memory for the output is fetched while there is something to compute.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from sympy import Expr, Symbol

from symloss.lower.model import Accumulate, Array, Assign, Loop, Output, Statement, Store, Zero
from symloss.lower.storage import reads_of
from symloss.program import operands, references
from symloss.spec import array_base


def housed(
    arrays: tuple[Array, ...], statements: tuple[Statement, ...], outputs: Sequence[Output]
) -> tuple[Array, ...]:
    """The arrays, at most one of them in the place of each output."""
    homes: dict[str, str] = {}
    for output in outputs:
        if output.name not in reads_of(statements):
            free = (a for a in arrays if a.shape == output.shape and a.name not in homes)
            found = next((a for a in free if _fits(a, statements, output.name)), None)
            homes |= {found.name: output.name} if found else {}
    return tuple(replace(array, home=homes.get(array.name, "")) for array in arrays)


def _fits(array: Array, statements: tuple[Statement, ...], heir: str) -> bool:
    """Whether what comes after the array is computed of it element by element, and not before."""
    place = next((n for n, part in enumerate(statements) if _touches(part, heir)), None)
    if array.is_integer or array.name == heir or place is None:
        return False
    if any(_touches(part, array.name) for part in statements[place + 1 :]):
        return False
    return _replaces(statements[place], array.name, heir, ())


def _replaces(part: Statement, array: str, heir: str, path: tuple[Symbol, ...]) -> bool:
    """Whether a loop reads each of the array's elements for the last time as it sets the heir's."""
    if not isinstance(part, Loop):
        return False
    path = (*path, part.index)
    busy = [inner for inner in part.body if _touches(inner, array) or _touches(inner, heir)]
    if len(busy) == 1 and isinstance(busy[0], Loop):
        return _replaces(busy[0], array, heir, path)
    *before, last = busy
    if not isinstance(last, Store) or last.array != heir or last.add:
        return False
    if sorted(map(str, path)) != sorted(map(str, last.subscripts)):
        return False
    if any(isinstance(inner, Loop) or _writes(inner, array) for inner in before):
        return False
    leaves = [leaf for inner in busy for leaf in _leaves(inner) if array in references(leaf)]
    return bool(leaves) and all(leaf == array_base(array)[last.subscripts] for leaf in leaves)


def _leaves(part: Statement) -> Iterator[Expr]:
    if isinstance(part, (Assign, Store, Accumulate)):
        yield from operands(part.expression)


def _touches(part: Statement, name: str) -> bool:
    return name in reads_of((part,)) or any(_writes(inner, name) for inner in _all_of((part,)))


def _writes(part: Statement, name: str) -> bool:
    return isinstance(part, (Store, Zero)) and part.array == name


def _all_of(statements: Iterable[Statement]) -> Iterator[Statement]:
    for part in statements:
        yield part
        if isinstance(part, Loop):
            yield from part.walk()
