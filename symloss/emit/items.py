"""Procedures of items with core dimensions: one function, or several around matrix products."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sympy import Basic

from symloss.emit.calling import Signature
from symloss.emit.constants import constants
from symloss.emit.lines import lines
from symloss.emit.names import safe
from symloss.emit.printer import Printer
from symloss.lower import Accumulate, Array, Assign, Block, Contraction, Loop, Statement

_SCALE = "in_scale[0] * (weight[n] if weight.shape[0] else one)"


def core(signature: Signature) -> dict[str, Any]:
    """The data of a procedure that is one function."""
    (block,) = signature.procedure.phases
    assert isinstance(block, Block)
    arrays = signature.procedure.arrays
    body = lines(block.statements, signature.printer(at_home(arrays)))
    items = takes(signature, block)
    return {
        "sizes": sizes(signature, block, arrays),
        "arrays": [local(array) for array in arrays if not array.home],
        "checks": checks(signature),
        "outputs": signature.outputs,
        "takes": items,
        "body": body,
        "constants": constants([*items, *body], gives_loss=signature.procedure.gives_loss),
    }


def phased(signature: Signature) -> dict[str, Any]:
    """The data of a procedure whose matrix products lie between its functions."""
    crossing = _crossing(signature)
    arrays = signature.procedure.arrays
    blocks: list[dict[str, Any]] = []
    steps: list[dict[str, Any]] = []
    for phase in signature.procedure.phases:
        if isinstance(phase, Contraction):
            steps.append({"call": "multiply", "arguments": _factors(phase, signature)})
            continue
        block = _part(phase, f"part{len(blocks)}", signature, crossing)
        blocks.append(block)
        call = f"_{signature.procedure.name}_{block['name']}"
        steps.append(
            {
                "call": f"total += {call}" if block["gives_loss"] else call,
                "arguments": ["start", "stop", *block["arguments"][2:]],
            }
        )
    return {
        "blocks": blocks,
        "steps": steps,
        "sizes": sizes(signature, None, arrays),
        "elements": elements(arrays),
        "arrays": [local(array, "items") for array in arrays]
        + [
            {"name": f"kept_{safe(name)}", "shape": "items", "type": _type(is_place)}
            for name, is_place in crossing.items()
        ],
    }


def _part(
    block: Block, name: str, signature: Signature, crossing: Mapping[str, bool]
) -> dict[str, Any]:
    own = [array for array in signature.procedure.arrays if array.name in block.reads]
    body = lines(
        block.statements,
        signature.printer({array.name: (safe(array.name), "item") for array in own}),
    )
    assigned = {entry.name for entry in block.statements if isinstance(entry, Assign)}
    gives = [given for given in block.gives if given in crossing]
    received = [given for given in crossing if given in block.reads and given not in gives]
    outs = [f"out_{output}" for output in signature.derivatives if output in block.reads]
    gives_loss = "loss" in assigned
    outs = ["out_loss", *outs] if gives_loss else outs
    operands = needed(signature, block)
    items = [
        *takes(signature, block),
        *(f"{safe(given)} = {_read(given, crossing)}" for given in received),
    ]
    return {
        "name": name,
        "arguments": [
            *("start", "stop", "in_scale", *map(signature.given, operands), "weight"),
            *(safe(array.name) for array in own),
            *(f"kept_{safe(given)}" for given in (*received, *gives)),
            *outs,
        ],
        "sizes": sizes(signature, block, ()),
        "checks": checks(signature),
        "outputs": outs,
        "takes": items,
        "body": [*body, *(f"kept_{safe(given)}[item] = {safe(given)}" for given in gives)],
        "gives_loss": gives_loss,
        "constants": constants([*items, *body], gives_loss=gives_loss),
    }


def _read(given: str, crossing: Mapping[str, bool]) -> str:
    element = f"kept_{safe(given)}[item]"
    return f"unsigned({element})" if crossing[given] else element


def takes(signature: Signature, block: Block) -> list[str]:
    """What is taken of each operand for the item at hand, and the item's scale."""
    found = []
    for name in needed(signature, block):
        given = signature.given(name)
        if signature.ranks[name]:
            found.append(f"n_{safe(name)} = own({given}, n)")
        else:
            taken = f"{given}[n]"
            taken = f"unsigned({taken})" if name in signature.places else taken
            found.append(f"{safe(name)} = {taken}")
    scaled = any(output in block.reads for output in signature.derivatives)
    return [*found, *([f"scale = {_SCALE}"] if scaled else [])]


def needed(signature: Signature, block: Block) -> list[str]:
    """Operands that a block reads, in its statements, for its sizes, or to check them."""
    sources = {name for name, _ in dimensions(signature, block, ()).values()}
    wanted = {*block.reads, *signature.places, *sources}
    return [name for name in signature.operands if name in wanted]


def dimensions(
    signature: Signature, block: Block | None, arrays: tuple[Array, ...]
) -> dict[str, tuple[str, int]]:
    """The named dimensions that code mentions, and where to read them off."""
    wanted = set(block.reads) if block else set()
    wanted |= {str(size) for size in signature.kernel.places.values() if block}
    wanted |= {str(size) for array in arrays for size in _symbols(array)}
    return {size: place for size, place in signature.kernel.sizes.items() if size in wanted}


def sizes(signature: Signature, block: Block | None, arrays: tuple[Array, ...]) -> list[str]:
    """Definitions of the dimensions that code mentions."""
    whole = "unsigned({})" if block else "{}"
    return [
        f"{safe(size)} = {whole.format(f'{safe(name)}.shape[{axis + 1}]')}"
        for size, (name, axis) in dimensions(signature, block, arrays).items()
    ]


def _symbols(array: Array) -> set[Basic]:
    return set().union(*(size.free_symbols for size in array.shape))


def checks(signature: Signature) -> list[str]:
    """Tests that an item's subscripts lie where they should."""
    return [
        f"is_within({signature.given(name)}, "
        f"{'n_' + safe(name) if signature.ranks[name] else 'n'}, {Printer().size(size)})"
        for name, size in signature.kernel.places.items()
    ]


def local(array: Array, *lead: str) -> dict[str, str]:
    """An intermediate table, perhaps with an axis of items."""
    sizes = [*lead, *map(Printer().place, array.shape)]
    shape = sizes[0] if len(sizes) == 1 else f"({', '.join(sizes)})"
    return {"name": safe(array.name), "shape": shape, "type": _type(array.is_integer)}


def at_home(arrays: Iterable[Array]) -> dict[str, tuple[str, str]]:
    """Where tables lie that are kept in an output's place: its array, and the item there."""
    return {array.name: (f"out_{array.home}", "n") for array in arrays if array.home}


def _type(is_place: bool) -> str:
    return "np.int64" if is_place else "in_scale.dtype"


def elements(arrays: tuple[Array, ...]) -> str:
    """How many elements one item takes in all arrays."""
    sizes = [" * ".join(map(Printer().place, array.shape)) for array in arrays]
    return " + ".join(sizes) or "1"


def _crossing(signature: Signature) -> dict[str, bool]:
    """Scalars that one function computes and another reads, and whether they are subscripts."""
    blocks = [phase for phase in signature.procedure.phases if isinstance(phase, Block)]
    return {
        given: any(_is_place(entry, given) for entry in _walk(block.statements))
        for block in blocks
        for given in block.gives
        if given != "loss" and any(given in other.reads for other in blocks if other is not block)
    }


def _is_place(entry: Statement, name: str) -> bool:
    if isinstance(entry, Assign):
        return entry.name == name and entry.is_integer
    return isinstance(entry, Accumulate) and entry.name == name and entry.place is not None


def _walk(statements: tuple[Statement, ...]) -> Iterator[Statement]:
    for entry in statements:
        yield entry
        if isinstance(entry, Loop):
            yield from entry.walk()


def _factors(phase: Contraction, signature: Signature) -> list[str]:
    """The arguments of a product of stacked matrices."""

    def shown(name: str, *, transposed: bool) -> str:
        held = name in signature.ranks
        text = f"several({safe(name)}, start, stop)" if held else f"{safe(name)}[: stop - start]"
        return f"turned({text})" if transposed else text

    left = shown(phase.left, transposed=phase.left_transposed)
    right = shown(phase.right, transposed=phase.right_transposed)
    return [left, right, f"{safe(phase.result.name)}[: stop - start]"]
