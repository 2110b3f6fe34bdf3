"""Statements of a kernel as lines of Python."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from symloss.emit.names import safe
from symloss.emit.printer import Printer
from symloss.lower import Accumulate, Assign, Loop, Statement, Store, Zero
from symloss.program import Kind

_INDENT = "    "
_START: Mapping[Kind, str] = {
    "sum": "0.0",
    "prod": "one",
    "max": "-infinity",
    "min": "infinity",
    "argmax": "-infinity",
    "argmin": "infinity",
}
_CALLS: Mapping[Kind, str] = {"sum": "plus", "prod": "times", "max": "larger", "min": "smaller"}
_PARTS: Mapping[Kind, tuple[str, str]] = {
    "sum": ("{0}_part = zero", "{0} += {0}_part"),
    "max": ("{0}_part = -infinity", "{0} = larger({0}, {0}_part)"),
    "min": ("{0}_part = infinity", "{0} = smaller({0}, {0}_part)"),
}
"""How a chunk's share begins, and how it is added to the whole."""
_BETTER: Mapping[Kind, str] = {"argmax": ">", "argmin": "<="}
"""Ties break as if earlier elements were larger by a trifle, so that a max and a min agree."""


def lines(statements: tuple[Statement, ...], printer: Printer) -> list[str]:
    """The statements, one per line, loops indented."""
    return [line for entry in statements for line in statement(entry, printer)]


def statement(entry: Statement, printer: Printer) -> list[str]:
    """One statement."""
    match entry:
        case Assign(name, expression, is_integer):
            text = printer.place(expression) if is_integer else printer.value(expression)
            return [f"{safe(name)} = {text}"]
        case Store():
            return [_store(entry, printer)]
        case Accumulate():
            return _accumulate(entry, printer, "")
        case Zero(array):
            spelled, item = printer.arrays.get(array, (safe(array), ""))
            return [f"{spelled}{f'[{item}]' if item else ''}.fill(zero)"]
        case Loop():
            return _chunked(entry, printer) if _can_chunk(entry) else _plain(entry, printer)
    raise TypeError(f"{entry} is for lanes")


def _store(entry: Store, printer: Printer) -> str:
    value = (printer.place if entry.is_integer else printer.value)(entry.expression)
    if entry.scaled:
        value = f"scale * {printer.factor(entry.expression)}"
    target = printer.element(entry.array, entry.subscripts)
    return f"{target} {'+=' if entry.add else '='} {value}"


def _accumulate(entry: Accumulate, printer: Printer, suffix: str) -> list[str]:
    name, value = safe(entry.name) + suffix, printer.value(entry.expression)
    if entry.place is not None:
        return _chosen(name, value, printer.place(entry.place), _BETTER[entry.kind])
    return [f"{name} = {_CALLS[entry.kind]}({name}, {value})"]


def _chosen(name: str, value: str, place: str, better: str) -> list[str]:
    candidate, best = f"{name}_candidate", f"{name}_best"
    return [
        f"{candidate} = {value}",
        f"if {candidate} {better} {best} or {candidate} != {candidate}:",
        f"{_INDENT}{best} = {candidate}",
        f"{_INDENT}{name} = {place}",
    ]


def _starts(loop: Loop) -> Iterator[str]:
    for name, kind in loop.totals:
        if kind in ("argmax", "argmin"):
            yield f"{safe(name)} = unsigned(0)"
        suffix = "_best" if kind in ("argmax", "argmin") else ""
        yield f"{safe(name)}{suffix} = {_START[kind]}"


def _ends(loop: Loop) -> Iterator[str]:
    """Sums are kept in float64 until they are complete."""
    for name, kind in loop.totals:
        if kind == "sum":
            yield f"{safe(name)} = real({safe(name)})"


def _plain(loop: Loop, printer: Printer) -> list[str]:
    header = f"for {safe(loop.index.name)} in range({printer.size(loop.dimension)}):"
    body = lines(loop.body, printer)
    return [*_starts(loop), header, *indented(body), *_ends(loop)]


def _chunked(loop: Loop, printer: Printer) -> list[str]:
    """Sums and extremes in two levels.

    Chunks in the kernel's own type, which LLVM vectorises, their totals in float64.
    """
    index, size = safe(loop.index.name), printer.size(loop.dimension)
    parts = [(safe(name), kind) for name, kind in loop.totals if kind in _PARTS]
    body = [line for entry in loop.body for line in _to_part(entry, loop, printer)]
    chunk = [
        *(_PARTS[kind][0].format(name) for name, kind in parts),
        f"for {index} in range(first, min(first + BLOCK, {size})):",
        *indented(body),
        *(_PARTS[kind][1].format(name) for name, kind in parts),
    ]
    header = f"for first in range(unsigned(0), {size}, BLOCK):"
    return [*_starts(loop), header, *indented(chunk), *_ends(loop)]


def _to_part(entry: Statement, loop: Loop, printer: Printer) -> list[str]:
    """A statement of the loop; the loop's sums and extremes are the chunk's at first."""
    if not isinstance(entry, Accumulate) or entry.kind not in _PARTS:
        return statement(entry, printer)
    is_own = (entry.name, entry.kind) in loop.totals
    return _accumulate(replace(entry, place=None), printer, "_part" if is_own else "")


def _can_chunk(loop: Loop) -> bool:
    """Whether the loop has sums, and no inner loops."""
    has_sums = any(kind == "sum" for _, kind in loop.totals)
    return has_sums and not any(isinstance(entry, (Loop, Zero)) for entry in loop.body)


def indented(block: list[str]) -> list[str]:
    """Lines inside a loop."""
    return [_INDENT + line for line in block]
