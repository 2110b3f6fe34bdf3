"""Blocks of items abreast: the first axis of items becomes the last one of tables, the lanes.

A block is always whole: lanes without an item of their own repeat the last one. So every loop over
lanes has as many turns, in vectors, and an item's results do not depend on its neighbours.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from symloss.runtime.access import compiled, overload
from symloss.runtime.blocks import unsigned

LANE_COUNT = 64
LANES = unsigned(LANE_COUNT)
# Numbers of an item's longest operand up to which its own loops are too short for vectors.
SHORT = 48
# Numbers of an item's largest table, one for each combination of its places, that caches hold.
SMALL = 1024


def is_short(operands: Sequence[Any], sizes: Iterable[int]) -> bool:
    """Whether items are better computed abreast: not by their number, which changes no result."""
    longest = max(math.prod(x.shape[1:]) for x in operands)
    return longest <= SHORT and 0 < math.prod(sizes) <= SMALL


@compiled
def abreast(x: Any, start: Any, width: Any, table: Any) -> None:
    """Fill a table with a block of items; an array of one item is shared by all."""
    rows, columns = flat_rows(x), flat_lanes(table)
    for lane in range(LANES):
        n = start + min(lane, width - unsigned(1)) if rows.shape[0] > 1 else unsigned(0)
        for place in range(unsigned(rows.shape[1])):
            columns[place, lane] = rows[n, place]


@compiled
def keep_within(table: Any, size: Any, spoilt: Any) -> None:
    """Note the lanes with indices that lie outside of [0, size), which become 0."""
    columns = flat_lanes(table)
    for place in range(unsigned(columns.shape[0])):
        for lane in range(LANES):
            if columns[place, lane] >= size:  # of unsigned numbers, a negative one is huge
                columns[place, lane] = unsigned(0)
                spoilt[lane] = math.nan


@compiled
def deliver(
    table: Any, spoilt: Any, scale: Any, weight: Any, start: Any, width: Any, out: Any
) -> None:
    """Write a block of derivatives, times the items' scales."""
    rows, columns = flat_rows(out), flat_lanes(table)
    for lane in range(width):
        n = start + lane
        factor = (scale[0] * weight[n] if weight.shape[0] else scale[0]) + spoilt[lane]
        for place in range(unsigned(rows.shape[1])):
            rows[n, place] = factor * columns[place, lane]


@compiled
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


def flat_rows(x: Any) -> Any:
    """Items as vectors of their numbers."""
    return x.reshape(len(x), -1)


def flat_lanes(table: Any) -> Any:
    """A table as vectors of lanes."""
    return table.reshape(-1, table.shape[-1])


@overload(flat_rows)
def _flat_rows(x: Any) -> Callable[..., Any]:
    if x.ndim == 2:
        return lambda x: x
    return lambda x: x.reshape(x.shape[0], x.size // max(x.shape[0], 1))


@overload(flat_lanes)
def _flat_lanes(table: Any) -> Callable[..., Any]:
    if table.ndim == 2:
        return lambda table: table
    return lambda table: table.reshape(table.size // LANE_COUNT, LANE_COUNT)
