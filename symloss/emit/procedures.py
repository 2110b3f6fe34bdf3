"""A procedure as the data of its template."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sympy import Expr

from symloss.emit.lines import lines
from symloss.emit.names import safe
from symloss.emit.printer import Printer
from symloss.lower import Array, Assign, Block, Contraction, Kernel, Procedure
from symloss.spec import Input, Spec


@dataclass(frozen=True)
class Signature:
    """What the functions of a loss are called with.

    Inputs, then parameters, then the procedure's vectors.
    """

    spec: Spec
    kernel: Kernel
    procedure: Procedure

    @property
    def operands(self) -> list[str]:
        """Names of inputs, parameters and vectors."""
        return [*self.spec.arguments, *(vector.name for vector in self.procedure.vectors)]

    @property
    def ranks(self) -> Mapping[str, int]:
        """Core rank by operand."""
        shapes = {
            name: entry.shape if isinstance(entry, Input) else ()
            for name, entry in self.spec.arguments.items()
        }
        shapes |= {vector.name: vector.shape for vector in self.procedure.vectors}
        return {name: len(shape) for name, shape in shapes.items()}

    @property
    def derivatives(self) -> list[str]:
        """Names of outputs other than the loss."""
        return [output.name for output in self.procedure.outputs if output.name != "loss"]

    @property
    def arguments(self) -> list[str]:
        """The kernel's arguments, by the run-time's convention."""
        outs = ["out_loss"] if self.procedure.gives_loss else []
        outs += [f"out_{name}" for name in self.derivatives]
        return ["count", "scale", *map(safe, self.operands), "weight", *outs]

    def item(self, name: str) -> str:
        """The n-th item of an operand."""
        return f"item({safe(name)}, n)" if self.ranks[name] else f"at({safe(name)}, n)"


def context(spec: Spec, kernel: Kernel, procedure: Procedure) -> tuple[str, dict[str, Any]]:
    """The template of a procedure and the data it typesets."""
    signature = Signature(spec, kernel, procedure)
    if kernel.is_scalar:
        return "numba/scalar.jinja", _scalar(signature)
    if len(procedure.phases) == 1 and isinstance(procedure.phases[0], Block):
        return "numba/core.jinja", _core(signature)
    return "numba/phased.jinja", _phased(signature)


def _common(signature: Signature) -> dict[str, Any]:
    return {
        "name": signature.procedure.name,
        "arguments": signature.arguments,
        "gives_loss": signature.procedure.gives_loss,
    }


def _scalar(signature: Signature) -> dict[str, Any]:
    (block,) = signature.procedure.phases
    assert isinstance(block, Block)
    reads = [name for name in signature.operands if name in block.reads]
    results = [output.name for output in signature.procedure.outputs]
    return _common(signature) | {
        "reads": [safe(name) for name in reads],
        "item_reads": [signature.item(name) for name in reads],
        "parts": [
            "stop - start",
            "scale",
            *(f"part({argument}, start, stop)" for argument in signature.arguments[2:]),
        ],
        "body": lines(block.statements),
        "results": results,
        "derivatives": [{"array": f"out_{name}", "name": name} for name in signature.derivatives],
    }


def _core(signature: Signature) -> dict[str, Any]:
    (block,) = signature.procedure.phases
    assert isinstance(block, Block)
    body = lines(block.statements)
    reads = _reads(signature, block)
    sizes = _sizes(signature, block.reads)
    needed = [
        name for name in signature.operands if name in {*reads, *(sizes[size][0] for size in sizes)}
    ]
    arrays = signature.procedure.arrays
    outs = signature.derivatives
    return _common(signature) | {
        "item_arguments": [
            "real",
            *map(safe, needed),
            *(safe(array.name) for array in arrays),
            *(["scale", *outs] if outs else []),
        ],
        "call": [
            "real",
            *map(signature.item, needed),
            *(safe(array.name) for array in arrays),
            *(["scale[0] * at(weight, n)", *map(_row(signature), outs)] if outs else []),
        ],
        "sizes": [
            f"{safe(size)} = {safe(name)}.shape[{axis}]" for size, (name, axis) in sizes.items()
        ],
        "batch_sizes": _batch_sizes(signature),
        "checks": _checks(signature),
        "derivatives": [{"array": name} for name in outs],
        "arrays": _arrays(arrays),
        "body": body,
    }


def _phased(signature: Signature) -> dict[str, Any]:
    steps: list[dict[str, Any]] = []
    blocks: list[dict[str, Any]] = []
    for phase in signature.procedure.phases:
        if isinstance(phase, Contraction):
            steps.append(_dot(phase, signature))
            continue
        block = _block(phase, f"part{len(blocks)}", signature)
        blocks.append(block)
        given = f"{', '.join(block['gives'])} = " if block["gives"] else ""
        call = f"{given}_{signature.procedure.name}_{block['name']}"
        steps.append({"call": call, "arguments": block["call"]})
    return _common(signature) | {
        "blocks": blocks,
        "steps": steps,
        "batch_sizes": _batch_sizes(signature),
        "checks": _checks(signature),
        "derivatives": [{"array": f"out_{name}"} for name in signature.derivatives],
        "arrays": _arrays(signature.procedure.arrays),
    }


def _block(block: Block, name: str, signature: Signature) -> dict[str, Any]:
    sizes = _sizes(signature, block.reads)
    reads = {*_reads(signature, block), *(source for source, _ in sizes.values())}
    needed = [operand for operand in signature.operands if operand in reads]
    arrays = [array.name for array in signature.procedure.arrays if array.name in block.reads]
    given = [
        given
        for other in signature.procedure.phases
        if isinstance(other, Block) and other is not block
        for given in other.gives
        if given in block.reads and given not in block.gives
    ]
    outs = [output for output in signature.derivatives if output in block.reads]
    assigned = {entry.name for entry in block.statements if isinstance(entry, Assign)}
    return {
        "name": name,
        "arguments": ["carrier", "scale", *map(safe, [*needed, *arrays, *given]), *outs],
        "call": [
            "scale",
            "scale[0] * at(weight, n)",
            *map(signature.item, needed),
            *map(safe, [*arrays, *given]),
            *map(_row(signature), outs),
        ],
        "sizes": [
            f"{safe(size)} = {safe(source)}.shape[{axis}]" for size, (source, axis) in sizes.items()
        ],
        "body": lines(block.statements),
        "gives": [*map(safe, block.gives), *(["loss"] if "loss" in assigned else [])],
    }


def _dot(phase: Contraction, signature: Signature) -> dict[str, Any]:
    def shown(name: str, *, transposed: bool) -> str:
        text = f"item({safe(name)}, n)" if name in signature.ranks else safe(name)
        return f"{text}.T" if transposed else text

    left = shown(phase.left, transposed=phase.left_transposed)
    right = shown(phase.right, transposed=phase.right_transposed)
    return {"call": "np.dot", "arguments": [left, right, f"out={safe(phase.result.name)}"]}


def _reads(signature: Signature, block: Block) -> list[str]:
    checked = {*signature.kernel.places} if len(signature.procedure.phases) == 1 else set()
    return [name for name in signature.operands if name in block.reads or name in checked]


def _sizes(signature: Signature, reads: tuple[str, ...]) -> dict[str, tuple[str, int]]:
    """The named dimensions that code mentions, and where to read them off."""
    wanted = set(reads) | {str(size) for size in signature.kernel.places.values()}
    return {size: place for size, place in signature.kernel.sizes.items() if size in wanted}


def _batch_sizes(signature: Signature) -> list[str]:
    shapes = [array.shape for array in signature.procedure.arrays]
    used = {str(symbol) for shape in shapes for size in shape for symbol in size.free_symbols}
    if len(signature.procedure.phases) > 1:
        used |= {str(size) for size in signature.kernel.places.values()}
    return [
        f"{safe(size)} = {safe(name)}.shape[{axis + 1}]"
        for size, (name, axis) in signature.kernel.sizes.items()
        if size in used
    ]


def _checks(signature: Signature) -> list[dict[str, str]]:
    return [
        {"name": safe(name), "item": signature.item(name), "size": Printer().place(size)}
        for name, size in signature.kernel.places.items()
    ]


def _arrays(arrays: tuple[Array, ...]) -> list[dict[str, str]]:
    return [
        {
            "name": safe(array.name),
            "shape": _shape(array.shape),
            "type": "np.int64" if array.is_integer else "scale.dtype",
        }
        for array in arrays
    ]


def _shape(shape: tuple[Expr, ...]) -> str:
    sizes = [Printer().place(size) for size in shape]
    return sizes[0] if len(sizes) == 1 else f"({', '.join(sizes)})"


def _row(signature: Signature) -> Callable[[str], str]:
    """How the item's part of an output is spelled."""
    ranks = {output.name: len(output.shape) for output in signature.procedure.outputs}

    def row(name: str) -> str:
        return f"out_{name}[n]" if ranks[name] else f"out_{name}[n : n + 1]"

    return row
