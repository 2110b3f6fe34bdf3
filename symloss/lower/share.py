"""Common subexpressions of each straight run of statements are computed once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from sympy import Expr, Indexed, Symbol
from sympy.simplify.cse_main import tree_cse

from symloss.lower.model import Accumulate, Assign, Loop, Statement, Store
from symloss.program import operands
from symloss.spec import index_symbol, scalar_symbol

Plain = Assign | Store | Accumulate


def share(statements: tuple[Statement, ...], names: Iterator[str]) -> tuple[Statement, ...]:
    """The statements with temporaries for what is computed more than once, inside loops too."""
    result: list[Statement] = []
    run: list[Plain] = []
    for entry in statements:
        if isinstance(entry, (Assign, Store, Accumulate)):
            run.append(entry)
            continue
        result += _shared(run, names)
        run = []
        if isinstance(entry, Loop):
            entry = Loop(entry.index, entry.dimension, share(entry.body, names), entry.totals)
        result.append(entry)
    return (*result, *_shared(run, names))


def temporary_names(taken: set[str]) -> Iterator[str]:
    """t0, t1, ..., without names that are taken."""
    return (name for number in range(10**9) if (name := f"t{number}") not in taken)


def _shared(run: list[Plain], names: Iterator[str]) -> list[Statement]:
    if not run:
        return []
    atoms: dict[Expr, Symbol] = {}
    expressions = [_masked(entry.expression, atoms) for entry in run]
    pairs, reduced = tree_cse(expressions, _symbols(names), order="canonical")
    back = {symbol: leaf for leaf, symbol in atoms.items()}
    waiting = dict(pairs)
    result: list[Statement] = []
    for entry, expression in zip(run, reduced, strict=True):
        result += _needed(expression, waiting, back)
        result.append(_with(entry, expression.xreplace(back)))
    return result


def _symbols(names: Iterator[str]) -> Iterator[Symbol]:
    return (scalar_symbol(name) for name in names)


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
            result.append(Assign(symbol.name, value.xreplace(back)))
    return result


def _with(entry: Plain, expression: Expr) -> Plain:
    return replace(entry, expression=expression)
