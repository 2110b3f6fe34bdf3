"""A procedure as the data of its template."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sympy import Basic, Expr

from symloss.emit.domains import conditions
from symloss.emit.lines import lines
from symloss.emit.names import safe
from symloss.emit.printer import Printer
from symloss.lower import Array, Assign, Block, Contraction, Kernel, Procedure
from symloss.spec import Input, Spec

_SHARE = "share(weight, n, in_scale.dtype.type(1))"


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
    def given(self) -> list[str]:
        """The same, where the loop's body has taken the items' names."""
        taken = set(map(safe, self.operands))
        return [_given(name) if name in taken else name for name in self.arguments]

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
        return ["count", "in_scale", *map(safe, self.operands), "weight", *outs]

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
    inputs = {entry.name for entry in signature.spec.inputs}
    reads = [safe(name) for name in signature.operands if name in block.reads]
    numbers = {safe(name) for name in signature.spec.arguments if name not in inputs}
    return _common(signature) | {
        "arguments": signature.given,
        "chunks": [
            *(_part(name, _given(name), is_number=name in numbers) for name in reads),
            *(_part(name, f"out_{name}") for name in signature.derivatives),
        ],
        "items": [
            f"{name} = at(chunk_{name}, n)" if name in numbers else f"{name} = chunk_{name}[n]"
            for name in reads
        ],
        "body": lines(block.statements, _printer(signature)),
        "derivatives": signature.derivatives,
    }


def _part(name: str, given: str, *, is_number: bool = False) -> str:
    text = f"part({given}, start)" if is_number else f"{given}[start : start + CHUNK]"
    return f"chunk_{name} = {text}"


def _given(name: str) -> str:
    return f"in_{name}"


def _core(signature: Signature) -> dict[str, Any]:
    (block,) = signature.procedure.phases
    assert isinstance(block, Block)
    arrays = signature.procedure.arrays
    outs = signature.derivatives
    row = _row(signature)
    shapes = {size for array in arrays for size in map(str, _free_symbols(array))}
    sizes = _sizes(signature, (*block.reads, *shapes))
    return _common(signature) | {
        "arguments": signature.given,
        "sizes": [
            f"{safe(size)} = {_given(safe(name))}.shape[{axis + 1}]"
            for size, (name, axis) in sizes.items()
        ],
        "arrays": _arrays(arrays),
        "items": [
            *map(_item(signature), _reads(signature, block)),
            *(f"{name} = {row(name)}" for name in outs),
            *([f"scale = in_scale[0] * {_SHARE}"] if outs else []),
        ],
        "checks": _checks(signature),
        "derivatives": outs,
        "body": lines(block.statements, _printer(signature)),
    }


def _item(signature: Signature) -> Callable[[str], str]:
    """How an operand's item is taken; parameters have one number per item here."""

    def line(name: str) -> str:
        given = _given(safe(name))
        taken = f"item({given}, n)" if signature.ranks[name] else f"{given}[n]"
        return f"{safe(name)} = {taken}"

    return line


def _printer(signature: Signature) -> Printer:
    return Printer(conditions=conditions(signature.kernel.outside))


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
            "in_scale",
            f"in_scale[0] * {_SHARE}",
            *map(signature.item, needed),
            *map(safe, [*arrays, *given]),
            *map(_row(signature), outs),
        ],
        "sizes": [
            f"{safe(size)} = {safe(source)}.shape[{axis}]" for size, (source, axis) in sizes.items()
        ],
        "body": lines(block.statements, _printer(signature)),
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
    used = {name for array in signature.procedure.arrays for name in map(str, _free_symbols(array))}
    used |= {str(size) for size in signature.kernel.places.values()}
    return [
        f"{safe(size)} = {safe(name)}.shape[{axis + 1}]"
        for size, (name, axis) in signature.kernel.sizes.items()
        if size in used
    ]


def _free_symbols(array: Array) -> set[Basic]:
    return set().union(*(size.free_symbols for size in array.shape))


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
            "type": "np.int64" if array.is_integer else "in_scale.dtype",
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
