"""Products of stacked matrices, between the compiled parts of a kernel."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

# Elements of intermediates that are worked on at once: two megabytes of float64.
WORKSPACE = 2**18


def portion(count: int, elements: int) -> int:
    """How many items to work on at once, if each takes so many elements of intermediates."""
    return max(1, min(count, WORKSPACE // max(elements, 1)))


def several(x: NDArray[Any], start: int, stop: int) -> NDArray[Any]:
    """Some items of an array; an array of one is shared by all."""
    return x[start:stop] if len(x) > 1 else x


def turned(x: NDArray[Any]) -> NDArray[Any]:
    """The matrices of a stack transposed."""
    return x.swapaxes(1, 2)


def multiply(left: NDArray[Any], right: NDArray[Any], out: NDArray[Any]) -> None:
    """Products, matrix by matrix, of two stacks of matrices, or of matrices and vectors."""
    if math.prod(left.shape) and np.may_share_memory(left, right):
        # BLAS has a routine for a matrix times its transpose, and it is the slower one.
        right = right.copy("K")
    if left.ndim == 2:
        left, out = left[:, None, :], out[:, None, :]
    if right.ndim == 2:
        right, out = right[:, :, None], out[:, :, None]
    with np.errstate(all="ignore"):
        np.matmul(left, right, out=out)
