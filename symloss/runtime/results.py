"""What a loss gives: reductions, output buffers, named results."""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from symloss.runtime.access import CHUNK
from symloss.runtime.layout import Batch

REDUCTIONS = ("none", "sum", "mean")
Buffers = Sequence[NDArray[Any]]
# What callers get of each buffer; None is its only element, as a number.
Results = Sequence[NDArray[Any] | None]


def output(
    given: Any, name: str, batch: Batch, core: tuple[int, ...] = ()
) -> tuple[NDArray[Any], NDArray[Any] | None]:
    """A buffer that kernels write, and the array of it that callers get; None for a number.

    The array is the buffer, or the buffer is a view of it, or has memory of its own.

    Raises:
        TypeError: what was given is no array, or of another type.
        ValueError: it has another shape, or is read-only.
    """
    layout, operands, weights = batch
    rows = (layout.size, *core)
    if given is None:
        result = np.empty(layout.lead + core, layout.real)
        return result.reshape(rows), result if result.ndim else None
    _require_output(given, name, layout.lead + core, layout.real)
    overlaps = any(np.may_share_memory(given, x) for x in (*operands, weights) if np.ndim(x))
    if overlaps or not given.flags.carray:
        return np.empty(rows, layout.real), given
    return given.reshape(rows), given


def value_output(given: Any, name: str, batch: Batch, reduction: str) -> tuple[Buffers, Results]:
    """The losses' buffer and array; a scratch of one chunk where only their sum is wanted.

    Raises:
        TypeError: what was given is no array, or of another type.
        ValueError: it has another shape, or is read-only; or the value is reduced to a number.
    """
    if reduction == "none":
        buffer, result = output(given, name, batch)
        return (buffer,), (result,)
    if given is not None:
        raise ValueError(
            f"{name} cannot take a reduced value, which is a number; "
            'leave it out, or use reduction="none"'
        )
    layout = batch[0]
    return (np.empty(min(layout.size, CHUNK), layout.real),), ()


def finished(buffers: Buffers, results: Results) -> list[Any]:
    """What callers get, now that kernels have filled the buffers."""
    return [_finish(*pair) for pair in zip(buffers, results, strict=True)]


def _finish(buffer: NDArray[Any], result: NDArray[Any] | None) -> Any:
    if result is None:
        return buffer[0]
    if buffer.base is None:
        np.copyto(result, buffer.reshape(result.shape))
    return result


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


def result_type(owner: type, names: tuple[str, ...]) -> Any:
    """The named tuple of an owner's gradients; as an attribute of its owner it can be pickled."""
    made: Any = namedtuple("Gradient", names)  # type: ignore[misc]
    made.__module__, made.__qualname__ = owner.__module__, f"{owner.__qualname__}.Gradient"
    made.__doc__ = f"One derivative for each of {', '.join(names)}."
    return made
