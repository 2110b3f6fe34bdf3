"""What emitted loops over items and elements are written in.

Places are unsigned: a subscript that could be negative would count from the end, and the test for
that keeps LLVM from vectorising.
"""

# Numba matches the parameters of a compiled body by name, used or not.
# ruff: noqa: ARG001

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from symloss.runtime.access import CHUNK, compiled, overload, plus

unsigned = np.uint64
signed = np.int64
# Elements that are summed in the arrays' own type; their sums are added in float64.
BLOCK = unsigned(CHUNK)


@compiled
def own(x: Any, n: Any) -> Any:
    """Where the n-th item lies in an array of items; an array of one is shared by all."""
    return n if x.shape[0] > 1 else unsigned(0)


def is_within(x: Any, n: Any, size: Any) -> bool:
    """Whether every index of the n-th item lies in [0, size)."""
    return all_within(np.asarray(x[n]).ravel(), size)


@overload(is_within)
def _is_within(x: Any, n: Any, size: Any) -> Callable[..., bool]:
    if x.ndim == 1:  # a negative index is huge, where it is unsigned
        return lambda x, n, size: unsigned(x[n]) < size
    return lambda x, n, size: all_within(x[n].ravel(), size)


@compiled
def all_within(indices: Any, size: Any) -> bool:
    """Whether all lie in [0, size)."""
    outside = 0
    for place in range(unsigned(indices.shape[0])):
        outside += unsigned(indices[place]) >= size
    return outside == 0


@compiled
def spoil(out: Any, n: Any) -> None:
    """Make the n-th item's result NaN, unless nobody wants it: then there is no room for it."""
    if n < out.shape[0]:
        out[n] = math.nan


@compiled
def apply_weights(out: Any, away: Any, weight: Any, start: Any, stop: Any) -> Any:
    """Multiply a block of results, kept `away` places earlier, by their weights; their sum."""
    total = out.dtype.type(0)
    for n in range(start, stop):
        out[n - away] *= weight[n]
        total = plus(total, out[n - away])
    return total


@compiled
def steady(part: Any, out: Any, start: Any, stop: Any) -> float:
    """The sum of a block in float64, added up again if it has overflowed."""
    if abs(part) < math.inf:
        return float(part)
    total = 0.0
    for n in range(start, stop):
        total += out[n]
    return total


def scratch_of(count: int, carrier: Any) -> Any:
    """Room for the losses of one block, where nobody wants to see them."""
    return np.empty(min(count, CHUNK), carrier.dtype)
