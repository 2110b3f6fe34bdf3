"""Several items row by row: loops of each item alone, and calls between them for all at once.

A logarithm of one number takes as long as sixteen of them do in a vector. What an item computes
between its loops waits, therefore, until the loops of a block of items are done, and is then
computed for all of them, a lane for each. Elements of arrays stay with the loops: where an item's
places lead differs from item to item.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from sympy import Expr, Indexed, Piecewise, Pow, preorder_traversal

from symloss.lower.inline import is_dear
from symloss.lower.model import (
    NAN,
    Accumulate,
    Assign,
    Block,
    Loop,
    Row,
    Rows,
    Statement,
    Store,
    Zero,
)
from symloss.lower.runs import computed, walk
from symloss.lower.storage import reads_of
from symloss.program import operands, references
from symloss.spec import index_symbol, scalar_symbol


def in_rows(block: Block, given: Mapping[str, bool], results: Iterable[str]) -> Rows | None:
    """A block's statements in turns of loops and of calls; None if there are no such calls.

    Args:
        block: what is computed of one item.
        given: the items' numbers, and whether they are places.
        results: the numbers that are wanted in the end.
    """
    kinds = dict(given)
    for entry in walk(block.statements):
        kinds |= dict(computed(entry))
    turns = _Turns(kinds)
    for entry in block.statements:
        turns.add(entry)
    if not any(turn.abreast for turn in turns.done):
        return None
    loads = [
        _loads(turn, kinds if turn.abreast else kinds.keys() - given.keys()) for turn in turns.done
    ]
    wanted = set(results).union(*loads)
    return Rows(
        tuple(_row(turn, read, wanted) for turn, read in zip(turns.done, loads, strict=True)),
        {name: turns.kinds[name] for name in sorted(wanted)},
    )


def _row(turn: _Turn, loads: set[str], wanted: set[str]) -> Row:
    inside = list(walk(turn.statements))
    made = {name for entry in inside for name, _ in computed(entry)}
    written = {entry.array for entry in inside if isinstance(entry, (Store, Zero))}
    statements = tuple(turn.statements)
    block = Block(statements, tuple(sorted(reads_of(statements) | written)))
    return Row(block, tuple(sorted(loads)), tuple(sorted(made & wanted)), turn.abreast)


@dataclass
class _Turn:
    """Statements that belong together, and whether they are computed for all lanes at once."""

    statements: list[Statement]
    abreast: bool


class _Turns:
    """Statements of an item, dealt out to turns in their order."""

    def __init__(self, kinds: dict[str, bool]) -> None:
        self.kinds = kinds
        self.done = [_Turn([], abreast=False)]

    def add(self, entry: Statement) -> None:
        """One more statement."""
        leaves = _elements(entry.expression) if isinstance(entry, (Assign, Store)) else []
        if not self._suits(entry, leaves):
            self._append(entry, abreast=False)
            return
        assert isinstance(entry, (Assign, Store))
        names = {leaf: self._fetched(leaf) for leaf in leaves}
        value = entry.expression.xreplace(names)
        if isinstance(entry, Store):
            name = self._fresh(is_place=False)
            self._append(Assign(name, value), abreast=True)
            self._append(replace(entry, expression=scalar_symbol(name)), abreast=False)
        else:
            self._append(replace(entry, expression=value), abreast=True)

    def _suits(self, entry: Statement, leaves: list[Indexed]) -> bool:
        """Whether a statement has calls, or follows some, and reads nothing that stands alone."""
        if not isinstance(entry, (Assign, Store)) or entry.is_integer or _chosen(entry.expression):
            return False
        if _calls(entry.expression):
            return True
        follows = isinstance(entry, Assign) and self.done[-1].abreast
        return follows and all(map(self._is_known, leaves))

    def _is_known(self, leaf: Indexed) -> bool:
        """Whether an element could be read before the last turn."""
        last = {name for part in self.done[-1].statements for name, _ in computed(part)}
        return not references(leaf) & last

    def _append(self, entry: Statement, *, abreast: bool) -> None:
        if self.done[-1].abreast != abreast:
            self.done.append(_Turn([], abreast))
        self.done[-1].statements.append(entry)

    def _fetched(self, leaf: Indexed) -> Expr:
        """A name for an element, fetched in the last turn of loops that it can be fetched in."""
        is_place = bool(leaf.is_integer)
        name = self._fresh(is_place=is_place)
        entry = Assign(name, leaf, is_place)
        if self.done[-1].abreast and self._is_known(leaf):
            self.done[-2].statements.append(entry)
        else:
            self._append(entry, abreast=False)
        return index_symbol(name) if is_place else scalar_symbol(name)

    def _fresh(self, *, is_place: bool) -> str:
        name = next(name for n in range(10**9) if (name := f"part{n}") not in self.kinds)
        self.kinds[name] = is_place
        return name


def _calls(expression: Expr) -> bool:
    """Whether a number has calls that take many operations; a root is one."""
    parts = preorder_traversal(expression)
    return any(is_dear(part) and not isinstance(part, Pow) for part in parts)


def _elements(expression: Expr) -> list[Indexed]:
    return [leaf for leaf in operands(expression) if isinstance(leaf, Indexed)]


def _chosen(expression: Expr) -> bool:
    """Whether elements are read under conditions: elsewhere their places may not be there."""
    choices = (part for part in expression.atoms(Piecewise) if not part.has(NAN))
    return any(_elements(part) for part in choices)


def _loads(turn: _Turn, numbers: Iterable[str]) -> set[str]:
    """Which of these a turn reads before it computes them."""
    known: set[str] = set()
    found: set[str] = set()
    for entry in walk(turn.statements):
        found |= _read(entry).intersection(numbers) - known
        known |= {name for name, _ in computed(entry)}
        known |= {name for name, _ in entry.totals} if isinstance(entry, Loop) else set()
    return found


def _read(entry: Statement) -> set[str]:
    if isinstance(entry, Loop):
        return set(references(entry.dimension))
    if not isinstance(entry, (Assign, Store, Accumulate)):
        return set()
    found = set(references(entry.expression))
    if isinstance(entry, Store):
        found = found.union(*map(references, entry.subscripts))
    return found | ({entry.name} if isinstance(entry, Accumulate) else set())
