"""Statements split into runs that vectorise.

Elements at places that differ from item to item are fetched, and added to, in runs of their own:
where such an access may lead is unknown, which would keep the others from being vectorised.
Elements that are read under a condition are read beforehand, as a load that might not happen
would.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import count

from sympy import Expr, Indexed, Integer, Piecewise, S, Symbol

from symloss.lower.model import Accumulate, Assign, Loop, Run, Statement, Store, Zero
from symloss.program import Kind, name_of, operands, references
from symloss.spec import index_symbol, scalar_symbol

Plain = Assign | Store | Accumulate
_STARTS: Mapping[Kind, Expr] = {
    "sum": S.Zero,
    "prod": S.One,
    "max": S.NegativeInfinity,
    "min": S.Infinity,
    "argmax": S.NegativeInfinity,
    "argmin": S.Infinity,
}


class Splitter:
    """Splits sequences of statements into runs.

    `kinds` are the numbers that differ from item to item, and whether they are places; those that
    splitting adds are added to it.
    """

    def __init__(self, kinds: dict[str, bool]) -> None:
        self.kinds = kinds
        self.numbers = count()

    def sequence(self, statements: tuple[Statement, ...]) -> list[Statement]:
        """Runs and loops of runs, in order."""
        pieces = _Pieces()
        for entry in self._hoisted(statements):
            if isinstance(entry, (Assign, Store, Accumulate)):
                self._plain(entry, pieces)
                continue
            if isinstance(entry, Loop):
                for start in _starts(entry):
                    pieces.add(start)
                entry = replace(entry, body=tuple(self.sequence(entry.body)), totals=())
            pieces.close(entry)
        pieces.close()
        return pieces.done

    def _hoisted(self, statements: tuple[Statement, ...]) -> Iterator[Statement]:
        """The statements, with what need not be fetched in every turn of a loop before it."""
        for entry in statements:
            if isinstance(entry, Loop):
                fixed = self._fixed(entry)
                yield from _assigned(fixed)
                entry = _swapped_inside(entry, fixed)
            yield entry

    def _fixed(self, loop: Loop) -> dict[Indexed, Symbol]:
        """Elements that a loop fetches and leaves as they are, with names for them."""
        inside = [loop, *loop.walk()]
        written = {name for entry in inside for name in _written(entry)}
        indices = {entry.index for entry in inside if isinstance(entry, Loop)}
        leaves = dict.fromkeys(
            leaf for entry in inside if isinstance(entry, Plain) for leaf in self._fetches(entry)
        )
        return {
            leaf: self._fresh(leaf)
            for leaf in leaves
            if not (references(leaf) & written or leaf.free_symbols & indices)
        }

    def _plain(self, entry: Plain, pieces: _Pieces) -> None:
        leaves = self._fetches(entry)
        if isinstance(entry, Assign) and leaves == [entry.expression]:
            pieces.fetch(entry)
            return
        entry = _swapped(entry, {leaf: self._fetched(leaf, pieces) for leaf in leaves})
        if isinstance(entry, Store):
            entry = replace(entry, scaled=False)  # the whole table is, in the end
            if any(map(self._varies, entry.subscripts)):
                self._scatter(entry, pieces)
                return
        ahead = [leaf for leaf in _conditional(entry) if name_of(leaf) not in pieces.written]
        pieces.add(_swapped(entry, {leaf: self._read(leaf, pieces) for leaf in ahead}))

    def _fetched(self, leaf: Indexed, pieces: _Pieces) -> Symbol:
        if leaf not in pieces.fetched:
            made = self._fresh(leaf)
            pieces.fetch(*_assigned({leaf: made}))
            pieces.fetched[leaf] = made
        return pieces.fetched[leaf]

    def _read(self, leaf: Indexed, pieces: _Pieces) -> Symbol:
        if leaf not in pieces.read:
            pieces.read[leaf] = self._fresh(leaf)
            pieces.add(*_assigned({leaf: pieces.read[leaf]}))
        return pieces.read[leaf]

    def _scatter(self, entry: Store, pieces: _Pieces) -> None:
        """The value is computed with others, and only then added where it belongs."""
        if entry.expression.args:
            value = self._fresh(entry.expression)
            pieces.add(*_assigned({entry.expression: value}))
            entry = replace(entry, expression=value)
        pieces.close()
        pieces.close(Run((entry,), scattered=True))

    def _fetches(self, entry: Plain) -> list[Indexed]:
        """Elements that a statement reads at places which differ from item to item."""
        return [
            leaf for leaf in _elements(entry.expression) if any(map(self._varies, leaf.indices))
        ]

    def _varies(self, subscript: Expr) -> bool:
        return any(
            isinstance(leaf, Indexed) or leaf.name in self.kinds for leaf in operands(subscript)
        )

    def _fresh(self, expression: Expr) -> Symbol:
        """A name for what is fetched or computed apart."""
        name = next(f"part{n}" for n in self.numbers if f"part{n}" not in self.kinds)
        self.kinds[name] = _is_place(expression)
        return index_symbol(name) if _is_place(expression) else scalar_symbol(name)


@dataclass
class _Pieces:
    """Runs of a sequence: those that are done, and the last, with what it needs fetched first."""

    done: list[Statement] = field(default_factory=list)
    before: list[Plain] = field(default_factory=list)
    current: list[Plain] = field(default_factory=list)
    fetched: dict[Indexed, Symbol] = field(default_factory=dict)
    read: dict[Indexed, Symbol] = field(default_factory=dict)
    written: set[str] = field(default_factory=set)

    def add(self, entry: Plain) -> None:
        """One more statement of the last run."""
        self.current.append(entry)
        self.written |= _written(entry)
        self._forget(_written(entry))

    def fetch(self, entry: Assign) -> None:
        """What the last run needs; it is another run that computes the place."""
        if references(entry.expression) & self.written:
            self.close()
        self.before.append(entry)

    def close(self, entry: Statement | None = None) -> None:
        """End the run; what comes then may change what was fetched."""
        if self.before:
            self.done.append(Run(tuple(self.before), scattered=True))
        if self.current:
            self.done.append(Run(tuple(self.current)))
        self.before, self.current, self.read, self.written = [], [], {}, set()
        if entry is not None:
            self.done.append(entry)
            self._forget({name for part in walk((entry,)) for name in _written(part)})

    def _forget(self, names: set[str]) -> None:
        kept = {leaf: name for leaf, name in self.fetched.items() if not references(leaf) & names}
        self.fetched = kept


def computed(entry: Statement) -> Iterator[tuple[str, bool]]:
    """The numbers that a statement computes, and whether they are places."""
    if isinstance(entry, Assign):
        yield entry.name, entry.is_integer
    elif isinstance(entry, Accumulate):
        yield entry.name, entry.place is not None
        if entry.place is not None:
            yield f"{entry.name}_best", False


def walk(statements: Iterable[Statement]) -> Iterator[Statement]:
    """All statements, at any depth."""
    for entry in statements:
        yield entry
        if isinstance(entry, Loop):
            yield from walk(entry.body)


def _starts(loop: Loop) -> Iterator[Assign]:
    """What a loop's reductions are before it."""
    for name, kind in loop.totals:
        is_place = kind in ("argmax", "argmin")
        if is_place:
            yield Assign(name, Integer(0), is_integer=True)
        yield Assign(f"{name}_best" if is_place else name, _STARTS[kind])


def _written(entry: Statement) -> set[str]:
    """Numbers and arrays that a statement changes."""
    names = {name for name, _ in computed(entry)}
    if isinstance(entry, Run):
        names = names.union(*map(_written, entry.statements))
    return names | ({entry.array} if isinstance(entry, (Store, Zero)) else set())


def _assigned(names: Mapping[Expr, Symbol]) -> list[Assign]:
    return [Assign(symbol.name, leaf, _is_place(leaf)) for leaf, symbol in names.items()]


def _is_place(expression: Expr) -> bool:
    return isinstance(expression, Indexed) and bool(expression.is_integer)


def _elements(expression: Expr) -> list[Indexed]:
    return [leaf for leaf in operands(expression) if isinstance(leaf, Indexed)]


def _conditional(entry: Plain) -> list[Indexed]:
    """Elements under a condition; not those at a given number, which may be beyond the end."""
    found = (leaf for part in entry.expression.atoms(Piecewise) for leaf in _elements(part))
    leaves = sorted(set(found), key=str)
    return [leaf for leaf in leaves if not any(place.is_number for place in leaf.indices)]


def _swapped(entry: Plain, swaps: Mapping[Indexed, Symbol]) -> Plain:
    return replace(entry, expression=entry.expression.xreplace(dict(swaps))) if swaps else entry


def _swapped_inside(loop: Loop, swaps: Mapping[Indexed, Symbol]) -> Loop:
    body: list[Statement] = []
    for entry in loop.body:
        if isinstance(entry, Loop):
            body.append(_swapped_inside(entry, swaps))
        else:
            body.append(_swapped(entry, swaps) if isinstance(entry, Plain) else entry)
    return replace(loop, body=tuple(body)) if swaps else loop
