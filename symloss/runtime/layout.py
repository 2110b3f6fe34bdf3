"""The items of a batch, apart from their numbers: how many, of which shapes and type."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from symloss.runtime.arguments import DOUBLE, Argument

INTEGER: np.dtype[Any] = np.dtype(np.int64)
SINGLE_MAX = float(np.finfo(np.float32).max)
# Never written to: weights that are not there, and the factor of a sum. Kernels tell float32 from
# float64 by the factor's type, so every call passes one.
NONE: dict[str, NDArray[Any]] = {"f": np.empty(0, np.float32), "d": np.empty(0, np.float64)}
UNIT: dict[str, NDArray[Any]] = {"f": np.ones(1, np.float32), "d": np.ones(1, np.float64)}


class Layout:
    """What kernels need to know of a batch.

    Attributes:
        lead: the shape of the batch; `size` is its product.
        real: the type of the computation.
        sizes: the named core dimensions' sizes.
        none: the weights that are not there.
        is_flat: the batch is a vector of items: results have the shape that kernels fill.
    """

    __slots__ = ("is_flat", "lead", "none", "real", "size", "sizes")

    def __init__(self, lead: tuple[int, ...], real: np.dtype[Any], sizes: dict[str, int]) -> None:
        self.lead, self.size = lead, math.prod(lead)
        self.real, self.sizes = real, sizes
        self.none = NONE[real.char]
        self.is_flat = len(lead) == 1

    def core(self, argument: Argument) -> tuple[int, ...]:
        """An argument's core shape in numbers."""
        return tuple(self.sizes[d] if isinstance(d, str) else d for d in argument.shape)

    def divisor(self, weights: NDArray[Any], reduction: str) -> float:
        """What a mean divides by: the sum of the weights, the number of items without them."""
        if reduction != "mean":
            return 1.0
        return self.size if weights is self.none else float(weights.sum(dtype=np.float64))

    def scale(self, divisor: float) -> NDArray[Any]:
        """What a reduction multiplies derivatives by, as kernels take it."""
        if divisor == 1:
            return UNIT[self.real.char]
        return every(number_of(1 / divisor if divisor else math.nan, self.real), 1, self.real)


# Layout, operands and weights: all that kernels read.
Batch = tuple[Layout, tuple[Any, ...], NDArray[Any]]


def reduced(total: float, divisor: float, real: np.dtype[Any]) -> Any:
    """A sum or mean as a number of the type; NaN where the weights sum to zero."""
    total = total / divisor if divisor else math.nan
    if real is DOUBLE:
        return np.float64(total)
    return number_of(total, real)


def number_of(x: float, kind: np.dtype[Any]) -> Any:
    """A number as kernels take it; one too large becomes infinite, without a warning."""
    if kind is DOUBLE:
        return float(x)
    if kind is INTEGER:
        return int(x)
    if abs(x) <= SINGLE_MAX:
        return np.float32(x)
    with np.errstate(over="ignore"):
        return np.float32(x)


def every(number: Any, size: int, kind: np.dtype[Any]) -> NDArray[Any]:
    """The same number for each item."""
    array = np.empty(size, kind)
    array.fill(number)
    return array
