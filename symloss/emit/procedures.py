"""A procedure as the data of its template."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from symloss.emit.calling import Signature
from symloss.emit.constants import constants
from symloss.emit.items import core, phased
from symloss.emit.lanes import has_lanes, lanes
from symloss.emit.lines import lines
from symloss.emit.names import safe
from symloss.emit.rows import planned, rows
from symloss.lower import Block, Kernel, Procedure
from symloss.spec import Spec


def contexts(
    spec: Spec, kernel: Kernel, procedure: Procedure
) -> Iterator[tuple[str, dict[str, Any]]]:
    """The templates of a procedure and the data they typeset."""
    signature = Signature(spec, kernel, procedure)
    template, data = _context(signature)
    yield template, data
    if has_lanes(signature):
        yield "numba/lanes.jinja", data | lanes(signature)


def lane_names(spec: Spec, kernel: Kernel) -> list[str]:
    """The procedures that there are for items abreast, too."""
    return [
        procedure.name
        for procedure in kernel.procedures
        if has_lanes(Signature(spec, kernel, procedure))
    ]


def _context(signature: Signature) -> tuple[str, dict[str, Any]]:
    procedure, kernel = signature.procedure, signature.kernel
    data = {
        "name": procedure.name,
        "arguments": signature.arguments,
        "gives_loss": procedure.gives_loss,
        "derivatives": signature.derivatives,
    }
    if procedure.within:
        return "numba/within.jinja", data | {"within": procedure.within}
    if kernel.is_scalar:
        return "numba/scalar.jinja", data | _scalar(signature)
    if len(procedure.phases) == 1 and isinstance(procedure.phases[0], Block):
        plan = planned(signature)
        if plan:
            return "numba/rows.jinja", data | rows(signature, plan)
        return "numba/core.jinja", data | core(signature)
    return "numba/phased.jinja", data | phased(signature)


def _scalar(signature: Signature) -> dict[str, Any]:
    (block,) = signature.procedure.phases
    assert isinstance(block, Block)
    parameters = {entry.name for entry in signature.spec.parameters}
    body = lines(block.statements, signature.printer({}))
    taken = {
        name: f"at({signature.given(name)}, n)" if name in parameters else f"in_{safe(name)}[n]"
        for name in signature.operands
        if name in block.reads
    }
    return {
        "items": [f"{safe(name)} = {text}" for name, text in taken.items()],
        "body": body,
        "constants": constants(body, gives_loss=signature.procedure.gives_loss),
    }
