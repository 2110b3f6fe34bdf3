"""Procedures that work on several items abreast, a lane each."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sympy import Expr

from symloss.emit.calling import Signature
from symloss.emit.constants import constants
from symloss.emit.domains import conditions
from symloss.emit.items import dimensions, needed
from symloss.emit.lines import indented, statement
from symloss.emit.names import safe
from symloss.emit.printer import Printer
from symloss.lower import Accumulate, Block, Lanes, Loop, Run, Statement, Zero, abreast
from symloss.program import Kind

_CALLS: dict[Kind, str] = {"max": "larger", "min": "smaller"}
_SIGNS: dict[Kind, str] = {"sum": "+=", "prod": "*="}
_BETTER: dict[Kind, str] = {"argmax": ">", "argmin": "<="}


def has_lanes(signature: Signature) -> bool:
    """Whether a procedure is such that its items can be computed abreast."""
    procedure = signature.procedure
    return (
        not signature.kernel.is_scalar
        and not procedure.within
        and not procedure.vectors
        and len(procedure.phases) == 1
        and isinstance(procedure.phases[0], Block)
    )


def lanes(signature: Signature) -> dict[str, Any]:
    """The data of a procedure for a block of items abreast."""
    (block,) = signature.procedure.phases
    assert isinstance(block, Block)
    read = needed(signature, block)
    numbers = {name: name in signature.places for name in read if not signature.ranks[name]}
    gives_loss = signature.procedure.gives_loss
    plan = abreast(block, numbers, ["loss"] if gives_loss else [])
    printer = _printer(signature)
    body = _lines(plan.statements, printer)
    takes = [_take(name, signature) for name in read if name in plan.held or signature.ranks[name]]
    takes += [_check(name, signature) for name in signature.places]
    return {
        "sizes": [
            f"{safe(size)} = unsigned({safe(name)}.shape[{axis + 1}])"
            for size, (name, axis) in dimensions(signature, block, ()).items()
        ],
        "tables": [
            *_tables(signature, read),
            *_intermediates(signature),
            *_held(plan, is_place=True),
        ],
        "held": [table["name"] for table in _held(plan, is_place=False)],
        "takes": takes,
        "body": body,
        "constants": constants(body),
    }


def _printer(signature: Signature) -> Printer:
    names = [name for name in signature.operands if signature.ranks[name]]
    arrays = {name: (f"lane_{safe(name)}", "") for name in (*names, *signature.derivatives)}
    return Printer(arrays, conditions(signature.kernel.outside), "lane")


def _take(name: str, signature: Signature) -> str:
    return f"abreast({signature.given(name)}, start, width, lane_{safe(name)})"


def _check(name: str, signature: Signature) -> str:
    size = Printer().size(signature.kernel.places[name])
    return f"keep_within(lane_{safe(name)}, {size}, spoilt)"


def _tables(signature: Signature, read: Iterable[str]) -> list[dict[str, str]]:
    """Room for a block of operands with core dimensions, and of derivatives."""
    outputs = {
        output.name: output.shape for output in signature.procedure.outputs if output.name != "loss"
    }
    shapes = {name: signature.shapes[name] for name in read if signature.ranks[name]} | outputs
    return [
        _table(f"lane_{safe(name)}", shape, name in signature.places)
        for name, shape in shapes.items()
    ]


def _intermediates(signature: Signature) -> list[dict[str, str]]:
    return [
        _table(safe(array.name), array.shape, array.is_integer)
        for array in signature.procedure.arrays
    ]


def _held(plan: Lanes, *, is_place: bool) -> list[dict[str, str]]:
    """Room for what each lane holds: places, or numbers."""
    names = [name for name, is_integer in plan.held.items() if is_integer == is_place]
    return [_table(f"lane_{safe(name)}", (), is_place) for name in names]


def _table(name: str, shape: Iterable[Expr], is_place: bool) -> dict[str, str]:
    sizes = [*map(Printer().place, shape), "LANES"]
    text = sizes[0] if len(sizes) == 1 else f"({', '.join(sizes)})"
    return {"name": name, "shape": text, "type": "unsigned" if is_place else "in_scale.dtype"}


def _lines(statements: Iterable[Statement], printer: Printer) -> list[str]:
    found: list[str] = []
    for entry in statements:
        if isinstance(entry, Loop):
            found.append(f"for {safe(entry.index.name)} in range({printer.size(entry.dimension)}):")
            found += indented(_lines(entry.body, printer))
        elif isinstance(entry, Run):
            found.append("for lane in range(LANES):")
            found += indented(_run(entry, printer))
        elif isinstance(entry, Zero):
            found.append(
                f"{printer.arrays.get(entry.array, (safe(entry.array), ''))[0]}.fill(zero)"
            )
    return found


def _run(run: Run, printer: Printer) -> list[str]:
    return [
        *(f"{safe(name)} = lane_{safe(name)}[lane]" for name in run.loads),
        *(line for entry in run.statements for line in _statement(entry, printer)),
        *(f"lane_{safe(name)}[lane] = {safe(name)}" for name in run.keeps),
    ]


def _statement(entry: Statement, printer: Printer) -> list[str]:
    if not isinstance(entry, Accumulate):
        return statement(entry, printer)
    name, value = safe(entry.name), printer.value(entry.expression)
    if entry.kind in _SIGNS:
        return [f"{name} {_SIGNS[entry.kind]} {value}"]
    if entry.place is None:
        return [f"{name} = {_CALLS[entry.kind]}({value}, {name})"]
    candidate, best, sign = f"{name}_candidate", safe(f"{entry.name}_best"), _BETTER[entry.kind]
    return [
        f"{candidate} = {value}",
        f"is_better = ({candidate} {sign} {best}) | ({candidate} != {candidate})",
        f"{best} = {candidate} if is_better else {best}",
        f"{name} = {printer.place(entry.place)} if is_better else {name}",
    ]
