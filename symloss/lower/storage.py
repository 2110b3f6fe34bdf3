"""Where intermediates live: an array as small as its readers allow, or a local scalar.

An array that is written and read in the same turn of a loop does not need that loop's axis; one
that loses all its axes is a local variable. Rows in which infinity is selected keep one axis.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import chain

from sympy import Expr, Indexed

from symloss.lower.inline import is_masked
from symloss.lower.model import Accumulate, Array, Assign, Loop, Statement, Store, Zero
from symloss.program import name_of, operands, references
from symloss.spec import array_base, index_symbol, scalar_symbol

Path = tuple[Loop, ...]


def place_arrays(
    statements: tuple[Statement, ...], shapes: Mapping[str, tuple[Expr, ...]], kept: frozenset[str]
) -> tuple[tuple[Statement, ...], tuple[Array, ...]]:
    """Shrink the arrays of some statements.

    Args:
        statements: what is computed.
        shapes: full shapes of the arrays that statements write.
        kept: arrays that are read elsewhere, or are results, and stay as they are.

    Returns:
        The statements with shortened subscripts, and the arrays that remain.
    """
    integers = {
        entry.name
        for entry in _walk(statements)
        if isinstance(entry, Accumulate) and entry.place is not None
    }
    dropped = {
        name: 0 if name in kept else _common(name, statements, len(shapes[name])) for name in shapes
    }
    arrays = tuple(
        Array(name, shape[dropped[name] :], name in integers)
        for name, shape in shapes.items()
        if dropped[name] < len(shape) and name not in kept
    )
    rewriter = _Rewriter(dropped)
    return tuple(chain.from_iterable(map(rewriter.statement, statements))), arrays


def _common(name: str, statements: tuple[Statement, ...], rank: int) -> int:
    """The number of leading axes that all writes and reads share as open loops."""
    paths = list(_touches(name, statements, ()))
    shared = rank
    for path, subscripts in paths:
        shared = min(shared, _matching(path, subscripts))
    first = paths[0][0]
    for path, _ in paths:
        shared = min(
            shared, sum(1 for one, other in zip(first, path, strict=False) if one is other)
        )
    scattered = any(
        isinstance(entry, (Zero,)) and entry.array == name for entry in _walk(statements)
    )
    if scattered:
        return 0
    is_row = any(
        isinstance(entry, Store) and entry.array == name and is_masked(entry.expression)
        for entry in _walk(statements)
    )
    return min(shared, rank - 1) if is_row else shared


def _matching(path: Path, subscripts: tuple[Expr, ...]) -> int:
    count = 0
    for loop, subscript in zip(path, subscripts, strict=False):
        if loop.index != subscript:
            break
        count += 1
    return count


def _walk(statements: tuple[Statement, ...]) -> Iterator[Statement]:
    for entry in statements:
        yield entry
        if isinstance(entry, Loop):
            yield from entry.walk()


def _touches(
    name: str, statements: tuple[Statement, ...], path: Path
) -> Iterator[tuple[Path, tuple[Expr, ...]]]:
    for entry in statements:
        if isinstance(entry, Loop):
            yield from _touches(name, entry.body, (*path, entry))
            continue
        if isinstance(entry, Store) and entry.array == name:
            yield path, entry.subscripts
        if isinstance(entry, Accumulate) and entry.name == name:
            yield path[: len(entry.subscripts)], entry.subscripts
        for leaf in _leaves(entry):
            if name_of(leaf) == name:
                yield path, tuple(leaf.indices)


def _leaves(entry: Statement) -> Iterator[Indexed]:
    if isinstance(entry, (Assign, Store, Accumulate)):
        expressions: list[Expr] = [entry.expression]
        if isinstance(entry, Store):
            expressions += entry.subscripts
        for expression in expressions:
            for leaf in operands(expression):
                yield from _elements(leaf)


def _elements(leaf: Expr) -> Iterator[Indexed]:
    if isinstance(leaf, Indexed):
        yield leaf
        for subscript in leaf.indices:
            for part in operands(subscript):
                yield from _elements(part)


class _Rewriter:
    """Drops leading subscripts."""

    def __init__(self, dropped: Mapping[str, int]) -> None:
        self.dropped = defaultdict(int, dropped)

    def statement(self, entry: Statement) -> list[Statement]:
        match entry:
            case Loop():
                return self.loop(entry)
            case Store():
                return [self.store(entry)]
            case Assign():
                return [replace(entry, expression=self.expression(entry.expression))]
            case Accumulate():
                return [self.accumulate(entry)]
        return [entry]

    def loop(self, loop: Loop) -> list[Statement]:
        """The loop, then stores of the reductions that it finished and that live in arrays."""
        body = tuple(chain.from_iterable(map(self.statement, loop.body)))
        finished = {
            entry.name: entry
            for entry in _walk(loop.body)
            if isinstance(entry, Accumulate) and self.kept(entry)
        }
        totals = tuple(
            (_total(name) if name in finished else name, kind) for name, kind in loop.totals
        )
        stores = [self.finish(finished[name]) for name, _ in loop.totals if name in finished]
        return [replace(loop, body=body, totals=totals), *stores]

    def kept(self, entry: Accumulate) -> tuple[Expr, ...]:
        """The subscripts at which a complete reduction is stored; none for a local."""
        return entry.subscripts[self.dropped[entry.name] :]

    def finish(self, entry: Accumulate) -> Store:
        integer = entry.place is not None
        name = _total(entry.name)
        value = index_symbol(name) if integer else scalar_symbol(name)
        return Store(entry.name, self.kept(entry), value, is_integer=integer)

    def accumulate(self, entry: Accumulate) -> Accumulate:
        name = _total(entry.name) if self.kept(entry) else entry.name
        return replace(entry, name=name, expression=self.expression(entry.expression))

    def store(self, entry: Store) -> Statement:
        subscripts = tuple(map(self.expression, entry.subscripts[self.dropped[entry.array] :]))
        value = self.expression(entry.expression)
        if subscripts or not entry.subscripts:
            return replace(entry, subscripts=subscripts, expression=value)
        return Accumulate(entry.array, "sum", value) if entry.add else Assign(entry.array, value)

    def expression(self, expression: Expr) -> Expr:
        swaps: dict[Expr, Expr] = {}
        for leaf in operands(expression):
            if isinstance(leaf, Indexed):
                swaps[leaf] = self.element(leaf)
        return expression.xreplace(swaps)

    def element(self, leaf: Indexed) -> Expr:
        name = name_of(leaf)
        subscripts = tuple(map(self.expression, leaf.indices[self.dropped[name] :]))
        if subscripts:
            return array_base(name, integer=bool(leaf.is_integer))[subscripts]
        return index_symbol(name) if leaf.is_integer else scalar_symbol(name)


def _total(name: str) -> str:
    """The local that collects a reduction on its way to an array."""
    return f"{name}_total"


def reads_of(statements: tuple[Statement, ...]) -> set[str]:
    """Names of everything that some statements read."""
    found: set[str] = set()
    for entry in _walk(statements):
        if isinstance(entry, (Assign, Store, Accumulate)):
            found |= references(entry.expression)
            for subscript in entry.subscripts if isinstance(entry, Store) else ():
                found |= references(subscript)
        elif isinstance(entry, Loop):
            found |= references(entry.dimension)
    return found
