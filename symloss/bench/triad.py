"""The memory triad, the physical limit of a loss that does little arithmetic."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numba
import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


@numba.njit(nogil=True, error_model="numpy")
def _triad(out: Array, first: Array, second: Array, factor: Any) -> None:
    for place in range(out.size):
        out[place] = first[place] + factor * second[place]


@numba.njit(nogil=True)
def _nothing(*_arrays: Array) -> float:
    return 0.0


class Triad:
    """`a = b + s c` over as many bytes as a loss reads and writes, into a fresh `a`."""

    def __init__(self, moved: int, kind: Any) -> None:
        count = max(1, moved // (3 * np.dtype(kind).itemsize))
        self.first, self.second = np.ones(count, kind), np.ones(count, kind)
        self.factor = np.dtype(kind).type(3)

    def __call__(self) -> Array:
        """Run it once."""
        out = np.empty_like(self.first)
        _triad(out, self.first, self.second, self.factor)
        return out


def dispatch(arrays: Sequence[Array]) -> Callable[[], object]:
    """A call of a compiled function that takes these arrays and does nothing."""
    return partial(_nothing, *arrays)
