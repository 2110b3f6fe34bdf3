"""What a loss gives: reductions, output buffers, named results."""

from __future__ import annotations

import math
from collections import namedtuple
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from symloss.runtime.access import CHUNK
from symloss.runtime.batch import Batch, number_of

REDUCTIONS = ("none", "sum", "mean")


class Output(NamedTuple):
    """Where a kernel writes, and what the caller gets: usually one memory seen in two shapes."""

    buffer: NDArray[Any]
    result: NDArray[Any]
    is_copied: bool
    is_given: bool

    def finish(self) -> Any:
        """The result, filled; a number where there is but one and no array was given."""
        if self.is_copied:
            np.copyto(self.result, self.buffer.reshape(self.result.shape))
        return self.result if self.is_given or self.result.ndim else self.result[()]


def output(given: Any, name: str, batch: Batch, core: tuple[int, ...] = ()) -> Output:
    """A new array for one result, or the caller's.

    Raises:
        TypeError: what was given is no array, or of another type.
        ValueError: it has another shape, or is read-only.
    """
    shape = batch.lead + core
    if given is None:
        result = np.empty(shape, batch.real)
        return Output(_rows(result, batch, core), result, False, False)
    _require_output(given, name, shape, batch.real)
    used = (*batch.operands, batch.weight)
    overlaps = any(isinstance(x, np.ndarray) and np.may_share_memory(given, x) for x in used)
    if overlaps or not (given.flags.c_contiguous and given.flags.aligned):
        return Output(np.empty((batch.size, *core), batch.real), given, True, True)
    return Output(_rows(given, batch, core), given, False, True)


def _rows(array: NDArray[Any], batch: Batch, core: tuple[int, ...]) -> NDArray[Any]:
    return array if len(batch.lead) == 1 else array.reshape(batch.size, *core)


def _require_output(given: Any, name: str, shape: tuple[int, ...], real: np.dtype[Any]) -> None:
    expected = f"expected a writeable array of shape {shape} and type {real}"
    if not isinstance(given, np.ndarray):
        raise TypeError(f"{name} is of type {type(given).__name__}; {expected}")
    if given.dtype != real or not given.dtype.isnative:
        raise TypeError(f"{name} has type {given.dtype}; {expected}")
    if given.shape != shape:
        raise ValueError(f"{name} has shape {given.shape}; {expected}")
    if not given.flags.writeable:
        raise ValueError(f"{name} is read-only; {expected}")


def scratch(batch: Batch) -> NDArray[Any]:
    """Room for the losses of one chunk, where nobody wants to see them."""
    return np.empty(min(batch.size, CHUNK), batch.real)


def split(given: Any, names: tuple[str, ...], what: str) -> tuple[Any, ...]:
    """A caller's tuple of parts, one for each name.

    Raises:
        TypeError: it is no tuple or list.
        ValueError: it has another number of parts.
    """
    expected = f"expected a tuple ({', '.join(names)})"
    if not isinstance(given, (tuple, list)):
        raise TypeError(f"{what} is of type {type(given).__name__}; {expected}")
    if len(given) != len(names):
        raise ValueError(f"{what} has {len(given)} parts; {expected}")
    return tuple(given)


def require_apart(out: Any) -> None:
    """Check that no two output arrays share memory: one would overwrite the other.

    Raises:
        ValueError: two do.
    """
    if out is None or isinstance(out, np.ndarray):
        return
    arrays = list(_arrays_in(out))
    for place, x in enumerate(arrays):
        if any(np.may_share_memory(x, other) for other in arrays[:place]):
            raise ValueError("out has parts that overlap in memory; expected separate arrays")


def _arrays_in(out: Any) -> Iterator[NDArray[Any]]:
    if isinstance(out, np.ndarray):
        yield out
    elif isinstance(out, (tuple, list)):
        for entry in out:
            yield from _arrays_in(entry)


def require_reduction(reduction: str) -> None:
    """Check a reduction's name.

    Raises:
        ValueError: it is none of the three.
    """
    if reduction not in REDUCTIONS:
        raise ValueError(f'unknown reduction {reduction!r}; expected "none", "sum" or "mean"')


def factor(batch: Batch, reduction: str) -> NDArray[Any]:
    """What a reduction multiplies derivatives by, as kernels take it."""
    if reduction != "mean":
        return UNIT[batch.real.char]
    total = batch.total_weight
    return np.array([number_of(1 / total if total else math.nan, batch.real)], batch.real)


def reduced(total: float, batch: Batch, reduction: str) -> Any:
    """The sum or the mean as a number of the batch's type; NaN where the weights sum to zero."""
    if reduction == "mean":
        weight = batch.total_weight
        total = total / weight if weight else math.nan
    return batch.real.type(number_of(total, batch.real))


def result_type(owner: type, names: tuple[str, ...]) -> Any:
    """The named tuple of an owner's gradients; as an attribute of its owner it can be pickled."""
    made: Any = namedtuple("Gradient", names)  # type: ignore[misc]
    made.__module__, made.__qualname__ = owner.__module__, f"{owner.__qualname__}.Gradient"
    made.__doc__ = f"One derivative for each of {', '.join(names)}."
    return made


# Never written to. Kernels tell float32 from float64 by it, so every call passes one.
UNIT: dict[str, NDArray[Any]] = {"f": np.ones(1, np.float32), "d": np.ones(1, np.float64)}
