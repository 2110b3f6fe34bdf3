"""Dense Hessians from Hessian-vector products."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from symloss.runtime.layout import Batch, Layout
from symloss.runtime.results import Buffers

# Numbers in a dense Hessian beyond which nobody meant to ask for it: 16 GiB of float64.
HESSIAN_LIMIT = 2**31


def require_small(items: int, cores: Mapping[str, tuple[int, ...]]) -> None:
    """Check that Hessians fit into memory.

    Raises:
        ValueError: they do not.
    """
    size = items * sum(math.prod(core) for core in cores.values()) ** 2
    if size > HESSIAN_LIMIT:
        shown = ", ".join(f"{name} {core}" for name, core in cores.items())
        raise ValueError(
            f"the Hessian of {items} items with core shapes {shown} has {size} numbers, "
            f"more than {HESSIAN_LIMIT}; use hessian_vector_product"
        )


def fill_columns(
    run: Callable[[str, Batch, float, Buffers], float],
    batch: Batch,
    divisor: float,
    cores: Sequence[tuple[int, ...]],
    blocks: Sequence[Buffers],
) -> None:
    """Fill the blocks, a row of them for each core shape, from products with every basis vector."""
    layout, operands, weights = batch
    parts = [np.empty((layout.size, *core), layout.real) for core in cores]
    for column, core in enumerate(cores):
        for place in range(math.prod(core)):
            basis = tuple(
                _basis(other, place if n == column else None, layout)
                for n, other in enumerate(cores)
            )
            probe = (layout, operands + basis, weights)
            run("hessian_vector_product", probe, divisor, parts)
            for row, part in zip(blocks, parts, strict=True):
                _set_column(row[column], part, place, math.prod(core))


def _basis(core: tuple[int, ...], place: int | None, layout: Layout) -> NDArray[Any]:
    """A vector that all items share: 1 at one place, or 0 everywhere."""
    vector = np.zeros((1, *core) if core else (layout.size,), layout.real)
    if place is not None:
        vector.reshape(-1)[place if core else slice(None)] = 1
    return vector


def _set_column(block: NDArray[Any], part: NDArray[Any], place: int, columns: int) -> None:
    count, rows = len(part), math.prod(part.shape[1:])
    block.reshape(count, rows, columns)[:, :, place] = part.reshape(count, rows)
