"""How many vectors loops over rows work on at a time: two.

LLVM takes four where vectors are wide, and does what is left, up to 63 numbers of a row, in small
vectors and one by one: with an exponential each, 36 numbers take as long as the 64 before them.
"""

# Numba hands on what it has, used or not.
# ruff: noqa: ARG001

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from llvmlite.ir import Block, IntType, MDValue
from numba import extending, types

VECTORS = 2


def interleaved() -> None:
    """Said behind the loops of a function: each is to work on so many vectors at a time."""


@extending.type_callable(interleaved)
def _type_interleaved(context: Any) -> Callable[[], Any]:
    return lambda: types.none


@extending.lower_builtin(interleaved)  # type: ignore[untyped-decorator]
def _emit_interleaved(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
    module = builder.module
    wish = module.add_metadata(["llvm.loop.interleave.count", IntType(32)(VECTORS)])
    for branch in backward(builder.function.blocks):
        # A loop's record names itself first: so LLVM tells loops apart that are asked for the same.
        record = MDValue(module, [wish], name=str(len(module.metadata)))
        record.operands = (record, wish)
        branch.set_metadata("llvm.loop", record)
    return context.get_dummy_value()


def backward(blocks: Iterable[Any]) -> Iterator[Any]:
    """The branches that close loops, as far as a function is written.

    Its first block is finished last: until then, no branch leads to the second.
    """
    seen: set[str] = set()
    for first in blocks:
        way = [] if first.name in seen else [(first, _targets(first))]
        seen.add(first.name)
        while way:
            block, targets = way[-1]
            target = next(targets, None)
            if target is None:
                way.pop()
            elif any(target is before for before, _ in way):
                yield block.terminator
            elif target.name not in seen:
                seen.add(target.name)
                way.append((target, _targets(target)))


def _targets(block: Any) -> Iterator[Any]:
    branch = block.terminator
    return iter([part for part in branch.operands if isinstance(part, Block)] if branch else [])
