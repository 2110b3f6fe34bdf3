"""Common subexpressions of each straight run of statements are computed, or fetched, once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import chain

from sympy import Expr, Indexed, Symbol
from sympy.simplify.cse_main import tree_cse

from symloss.lower.hoist import fixed_parts, with_names
from symloss.lower.model import Accumulate, Assign, Loop, Statement, Store
from symloss.program import name_of, operands
from symloss.spec import array_base, index_symbol, scalar_symbol

Plain = Assign | Store | Accumulate


@dataclass(frozen=True)
class Names:
    """New names: t0, t1, ..., and those of elements; never one that is taken."""

    taken: frozenset[str]
    fresh: Iterator[str]

    def of_element(self, leaf: Indexed) -> str:
        """`x_i` for x[i], if that is free."""
        places = [str(place) for place in leaf.indices if place.is_Symbol]
        name = "_".join((name_of(leaf), *places))
        plain = len(places) == len(leaf.indices)
        return name if plain and name not in self.taken else next(self.fresh)


def new_names(taken: set[str]) -> Names:
    """Names that are not taken."""
    fresh = (name for number in range(10**9) if (name := f"t{number}") not in taken)
    return Names(frozenset(taken), fresh)


def share(statements: tuple[Statement, ...], names: Names) -> tuple[Statement, ...]:
    """The statements with temporaries for what is computed more than once, inside loops too."""
    result: list[Statement] = []
    run: list[Plain] = []
    for entry in statements:
        if isinstance(entry, (Assign, Store, Accumulate)):
            run.append(entry)
            continue
        if isinstance(entry, Loop):
            fixed = {part: _named(part, names) for part in fixed_parts(entry)}
            run += [Assign(name.name, part, _is_place(part)) for part, name in fixed.items()]
            entry = with_names(entry, fixed)
            entry = replace(entry, body=share(entry.body, names))
        result += _shared(run, names)
        run = []
        result.append(entry)
    return (*result, *_shared(run, names))


def _named(part: Expr, names: Names) -> Symbol:
    name = names.of_element(part) if isinstance(part, Indexed) else next(names.fresh)
    return index_symbol(name) if _is_place(part) else scalar_symbol(name)


def _is_place(part: Expr) -> bool:
    return bool(part.is_integer) and part.has(Indexed)


def _shared(run: list[Plain], names: Names) -> list[Statement]:
    if not run:
        return []
    run = _forwarded(run, names)
    atoms: dict[Expr, Symbol] = {}
    expressions = [_masked(entry.expression, atoms) for entry in run]
    pairs, reduced = tree_cse(expressions, map(scalar_symbol, names.fresh), order="canonical")
    back: dict[Symbol, Expr] = {symbol: leaf for leaf, symbol in atoms.items()}
    waiting = dict(pairs)
    for leaf in _repeated([*waiting.values(), *reduced], back, run):
        name = names.of_element(leaf)
        symbol = index_symbol(name) if leaf.is_integer else scalar_symbol(name)
        waiting[symbol] = atoms[leaf]
        reduced = [entry.xreplace({atoms[leaf]: symbol}) for entry in reduced]
        waiting |= {
            key: value.xreplace({atoms[leaf]: symbol})
            for key, value in waiting.items()
            if key != symbol
        }
    result: list[Statement] = []
    for entry, expression in zip(run, reduced, strict=True):
        result += _needed(expression, waiting, back)
        given = expression.xreplace(back)
        if not (isinstance(entry, Assign) and str(given) == entry.name):  # shared by that name
            result.append(replace(entry, expression=given))
    return result


def _forwarded(run: list[Plain], names: Names) -> list[Plain]:
    """The run with what it stores and reads again kept in a local variable."""
    result: list[Plain] = []
    known: dict[Expr, Expr] = {}
    for place, entry in enumerate(run):
        entry = replace(entry, expression=entry.expression.xreplace(known))
        leaf = _stored(entry, run[place + 1 :])
        if leaf is not None:
            known[leaf] = scalar_symbol(names.of_element(leaf))
            result.append(Assign(known[leaf].name, entry.expression))
            entry = replace(entry, expression=known[leaf])
        result.append(entry)
    return result


def _stored(entry: Plain, later: list[Plain]) -> Indexed | None:
    """The element that a statement sets, if it is read later and stays as it is."""
    if not isinstance(entry, Store) or entry.add or entry.scaled or entry.is_integer:
        return None
    if not entry.subscripts or any(
        isinstance(other, Store) and other.array == entry.array for other in later
    ):
        return None
    leaf: Indexed = array_base(entry.array)[entry.subscripts]
    return leaf if any(leaf in operands(other.expression) for other in later) else None


def _repeated(expressions: list[Expr], back: dict[Symbol, Expr], run: list[Plain]) -> list[Indexed]:
    """Elements that are read more than once, of arrays that the run does not write."""
    written = {entry.array for entry in run if isinstance(entry, Store)}
    counts = Counter(chain.from_iterable(map(_occurrences, expressions)))
    return [
        leaf
        for symbol, leaf in back.items()
        if counts[symbol] > 1 and isinstance(leaf, Indexed) and name_of(leaf) not in written
    ]


def _occurrences(expression: Expr) -> Iterator[Expr]:
    if isinstance(expression, Symbol):
        yield expression
    for argument in expression.args:
        yield from _occurrences(argument)


def _masked(expression: Expr, atoms: dict[Expr, Symbol]) -> Expr:
    """Array elements as symbols, so that they are shared whole."""
    for leaf in operands(expression):
        if isinstance(leaf, Indexed) and leaf not in atoms:
            made = f"element_{len(atoms)}"
            atoms[leaf] = index_symbol(made) if leaf.is_integer else scalar_symbol(made)
    return expression.xreplace(dict(atoms))


def _needed(
    expression: Expr, waiting: dict[Symbol, Expr], back: dict[Symbol, Expr]
) -> list[Statement]:
    """Assignments of the temporaries that an expression uses and that are not there yet."""
    result: list[Statement] = []
    for symbol in sorted(expression.free_symbols & set(waiting), key=str):
        value = waiting.pop(symbol, None)
        if value is not None:
            result += _needed(value, waiting, back)
            result.append(Assign(symbol.name, value.xreplace(back), bool(symbol.is_integer)))
    return result
