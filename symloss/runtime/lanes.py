"""Blocks of items abreast: the first axis of items becomes the last one of tables, the lanes.

A block is always whole: lanes without an item of their own repeat the last one. So every loop over
lanes has as many turns, in vectors, and an item's results do not depend on its neighbours.
"""

# Numba hands on what it has, used or not.
# ruff: noqa: ARG001

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from numba import extending, types

from symloss.runtime.access import borrowing
from symloss.runtime.blocks import unsigned

LANE_COUNT = 64
LANES = unsigned(LANE_COUNT)
# Items whose loops run one after another, before what needs no loop is computed for all at once.
ROW_COUNT = 16
ROWS = unsigned(ROW_COUNT)
# Bytes of their tables: the nearest cache has to hold them beside what they are made from.
ROW_SPACE = 2**13
# Bytes of an item's longest operand up to which its own loops are too short for vectors.
SHORT = 128
# Numbers of an item's largest table, one for each combination of its places, that caches hold.
SMALL = 1024


def is_short(operands: Sequence[Any], sizes: Iterable[int]) -> bool:
    """Whether items are better computed abreast: not by their number, which changes no result."""
    longest = max(math.prod(x.shape[1:]) * x.itemsize for x in operands)
    return longest <= SHORT and 0 < math.prod(sizes) <= SMALL


@borrowing
def rows_of(elements: Any, carrier: Any) -> Any:
    """How many items of tables with so many numbers are a block."""
    size = max(unsigned(1), unsigned(elements) * unsigned(carrier.itemsize))
    return max(unsigned(1), min(ROWS, unsigned(ROW_SPACE) // size))


def flat(x: Any) -> Any:
    """All numbers of an array in C order, as a vector of the same memory."""
    return x.reshape(-1)


@extending.type_callable(flat)
def _type_flat(context: Any) -> Callable[[Any], Any]:
    return lambda x: types.Array(x.dtype, 1, "C")


@extending.lower_builtin(flat, types.Array)  # type: ignore[untyped-decorator]
def _emit_flat(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
    """Borrowed memory: nothing is counted, and nothing can fail, as it can where arrays reshape."""
    # Here, since it loads much that kernels on disk do not need.
    from numba.np.arrayobj import populate_array

    given = context.make_array(signature.args[0])(context, builder, arguments[0])
    made = context.make_array(signature.return_type)(context, builder)
    populate_array(made, given.data, [given.nitems], [given.itemsize], given.itemsize, None)
    return made._getvalue()


@borrowing
def shift_of(lanes: Any, places: Any) -> Any:
    """How far a place is shifted up to lead to its lanes: 6.

    LLVM does not see that: by a step that it knows it would scatter vectors, which takes longer.
    """
    return unsigned(lanes.shape[0]) // places // unsigned(10)


@borrowing
def abreast(x: Any, start: Any, width: Any, table: Any) -> None:
    """Fill a table with a block of items; an array of one item is shared by all."""
    numbers, lanes, last = flat(x), flat(table), width - unsigned(1)
    places = unsigned(lanes.shape[0]) // LANES
    shift = shift_of(lanes, places)
    pace = places if x.shape[0] > 1 else unsigned(0)
    for lane in range(LANES):
        n = start + min(lane, last)
        for place in range(places):
            lanes[(place << shift) + lane] = numbers[n * pace + place]


@borrowing
def keep_within(table: Any, size: Any, spoilt: Any) -> None:
    """Note the lanes with indices that lie outside of [0, size), which become 0."""
    lanes = flat(table)
    for first in range(unsigned(0), unsigned(lanes.shape[0]), LANES):
        for lane in range(LANES):
            if lanes[first + lane] >= size:  # of unsigned numbers, a negative one is huge
                lanes[first + lane] = unsigned(0)
                spoilt[lane] = math.nan


@borrowing
def deliver(
    table: Any, spoilt: Any, scale: Any, weight: Any, start: Any, width: Any, out: Any
) -> None:
    """Write a block of derivatives, times the items' scales."""
    numbers, lanes = flat(out), flat(table)
    places = unsigned(lanes.shape[0]) // LANES
    shift = shift_of(lanes, places)
    for lane in range(width):
        n = start + lane
        factor = (scale[0] * weight[n] if weight.shape[0] else scale[0]) + spoilt[lane]
        for place in range(places):
            numbers[n * places + place] = factor * lanes[(place << shift) + lane]


@borrowing
def deliver_losses(
    losses: Any, spoilt: Any, weight: Any, start: Any, width: Any, out: Any
) -> float:
    """Write a block of losses, times their weights, where anybody wants them; their sum."""
    total = 0.0
    for lane in range(width):
        n = start + lane
        loss = (losses[lane] * weight[n] if weight.shape[0] else losses[lane]) + spoilt[lane]
        total += loss
        if n < out.shape[0]:
            out[n] = loss
    return total
