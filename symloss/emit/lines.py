"""Statements of a kernel as lines of Python."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from sympy import Expr, Indexed, Symbol

from symloss.emit.names import safe
from symloss.emit.printer import Printer
from symloss.lower import Accumulate, Assign, Loop, Statement, Store, Zero
from symloss.program import Kind, name_of, operands

_INDENT = "    "
_START: Mapping[Kind, str] = {
    "sum": "0.0",
    "prod": "real(1)",
    "max": "real(-math.inf)",
    "min": "real(math.inf)",
}


_BETTER: Mapping[Kind, str] = {"max": ">", "min": "<", "argmax": ">", "argmin": "<="}
"""Ties break as if earlier elements were larger by a trifle, so that a max and a min agree."""


def lines(statements: tuple[Statement, ...], printer: Printer) -> list[str]:
    """The statements, one per line, loops indented."""
    return [line for entry in statements for line in _statement(entry, printer)]


def _statement(entry: Statement, printer: Printer) -> list[str]:
    match entry:
        case Assign(name, expression, is_integer):
            text = printer.place(expression) if is_integer else printer.value(expression)
            return [f"{safe(name)} = {text}"]
        case Store():
            return [_store(entry, printer)]
        case Accumulate():
            return _accumulate(entry, printer)
        case Zero(array):
            return [f"{safe(array)}.fill(real(0))"]
        case Loop():
            return _chunked(entry, printer) if _can_chunk(entry) else _plain(entry, printer)


def _store(entry: Store, printer: Printer) -> str:
    value = (printer.place if entry.is_integer else printer.value)(entry.expression)
    if entry.scaled:
        value = f"scale * {printer.factor(entry.expression)}"
    target = (
        printer.element(entry.array, entry.subscripts)
        if entry.subscripts
        else f"{safe(entry.array)}[0]"
    )
    return f"{target} {'+=' if entry.add else '='} {value}"


def _accumulate(entry: Accumulate, printer: Printer) -> list[str]:
    name, value = safe(entry.name), printer.value(entry.expression)
    if entry.kind == "sum":
        return [f"{name} = plus({name}, {value})"]
    if entry.kind == "prod":
        return [f"{name} = times({name}, {value})"]
    better = _BETTER[entry.kind]
    candidate, best = f"{name}_candidate", name if entry.place is None else f"{name}_best"
    chosen = [] if entry.place is None else [f"{_INDENT}{name} = {printer.place(entry.place)}"]
    return [
        f"{candidate} = {value}",
        f"if {candidate} {better} {best} or {candidate} != {candidate}:",
        f"{_INDENT}{best} = {candidate}",
        *chosen,
    ]


def _starts(loop: Loop) -> Iterator[str]:
    for name, kind in loop.totals:
        if kind in ("argmax", "argmin"):
            yield f"{safe(name)} = 0"
            yield f"{safe(name)}_best = real({'-' if kind == 'argmax' else ''}math.inf)"
        else:
            yield f"{safe(name)} = {_START[kind]}"


def _ends(loop: Loop) -> list[str]:
    """Sums are kept in float64 until they are complete."""
    return [f"{safe(name)} = real({safe(name)})" for name, kind in loop.totals if kind == "sum"]


def _plain(loop: Loop, printer: Printer) -> list[str]:
    header = f"for {safe(loop.index.name)} in range({printer.place(loop.dimension)}):"
    body = lines(loop.body, printer)
    return [*_starts(loop), header, *_indented(body), *_ends(loop)]


def _chunked(loop: Loop, printer: Printer) -> list[str]:
    """A sum in two levels.

    Chunks in the kernel's own type, which LLVM vectorises, their totals in float64.
    """
    index = safe(loop.index.name)
    size = printer.place(loop.dimension)
    rows = _rows(loop)
    names = {key: f"{safe(key[0])}_chunk{number or ''}" for number, key in enumerate(rows)}
    inner = replace(
        printer,
        elements={**printer.elements, **names},
        indices={**printer.indices, loop.index: f"(first + {index})"},
    )
    sums = [safe(name) for name, kind in loop.totals if kind == "sum"]
    body = lines(_to_parts(loop), inner)
    slices = [f"{names[key]} = {_slice(key, printer)}" for key in rows]
    header = f"for {index} in range(min(CHUNK, {size} - first)):"
    chunk = [
        *slices,
        *(f"{name}_part = real(0)" for name in sums),
        header,
        *_indented(body),
        *(f"{name} += {name}_part" for name in sums),
    ]
    outer = f"for first in range(0, {size}, CHUNK):"
    return [*_starts(loop), outer, *_indented(chunk), *_ends(loop)]


def _to_parts(loop: Loop) -> tuple[Statement, ...]:
    """The loop's body with its sums going to the chunk's partial sums."""
    sums = {name for name, kind in loop.totals if kind == "sum"}
    return tuple(
        Accumulate(f"{entry.name}_part", "sum", entry.expression)
        if isinstance(entry, Accumulate) and entry.name in sums
        else entry
        for entry in loop.body
    )


def _rows(loop: Loop) -> list[tuple[str, tuple[Expr, ...]]]:
    """The array rows that the loop runs along: name and subscripts, the loop's index last."""
    found: dict[tuple[str, tuple[Expr, ...]], None] = {}
    for entry in loop.body:
        if isinstance(entry, Store) and loop.index in _symbols(entry.subscripts):
            found[entry.array, entry.subscripts] = None
        for leaf in _elements(entry):
            if loop.index in leaf.free_symbols:
                found[name_of(leaf), tuple(leaf.indices)] = None
    return list(found)


def _slice(row: tuple[str, tuple[Expr, ...]], printer: Printer) -> str:
    name, subscripts = row
    leading = "".join(f"{printer.place(subscript)}, " for subscript in subscripts[:-1])
    return f"{safe(name)}[{leading}first : first + CHUNK]"


def _can_chunk(loop: Loop) -> bool:
    """Whether the loop has sums, no inner loops, and runs along the last axis of its arrays."""
    if not any(kind == "sum" for _, kind in loop.totals):
        return False
    if any(isinstance(entry, (Loop, Zero)) for entry in loop.body):
        return False
    return all(
        subscripts[-1] == loop.index and loop.index not in _symbols(subscripts[:-1])
        for _, subscripts in _rows(loop)
    )


def _elements(entry: Statement) -> Iterator[Indexed]:
    if isinstance(entry, (Assign, Store, Accumulate)):
        for expression in (
            entry.expression,
            *(entry.subscripts if isinstance(entry, Store) else ()),
        ):
            for leaf in operands(expression):
                if isinstance(leaf, Indexed):
                    yield leaf
                    for subscript in leaf.indices:
                        yield from (
                            part for part in operands(subscript) if isinstance(part, Indexed)
                        )


def _symbols(expressions: tuple[Expr, ...]) -> set[Symbol]:
    return set().union(*(expression.free_symbols for expression in expressions))


def _indented(block: list[str]) -> list[str]:
    return [_INDENT + line for line in block]
