"""One kernel source for arrays, shared scalars and absent outputs.

Each helper has a Python body, for kernels that are plain Python around matrix products, and a
compiled one, chosen by the argument's type.
"""

# Numba matches the parameters of a compiled body by name, used or not.
# ruff: noqa: ARG001, ARG005

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numpy as np
from numba import extending, njit, types
from numba.np.numpy_support import as_dtype

# Never `reassoc` in a helper: it folds the (x + M) - M of a range reduction to x.
HELPER: dict[str, Any] = {
    "fastmath": {"contract", "nsz"},
    "error_model": "numpy",
    "nogil": True,
    "cache": True,
}
# Never `nnan` or `ninf` in a loop: NaN and infinity are values that users get to see.
LOOP: dict[str, Any] = {
    "fastmath": {"reassoc", "contract", "arcp", "nsz"},
    "error_model": "numpy",
    "nogil": True,
    "cache": True,
}
CHUNK = 2048
Compiled = TypeVar("Compiled", bound=Callable[..., Any])


def helper(function: Compiled) -> Compiled:
    """Compile a small function that kernels call."""
    return cast(Compiled, njit(**HELPER)(_apart(function)))


def loop(function: Compiled) -> Compiled:
    """Compile a loop over items or elements."""
    return cast(Compiled, njit(**LOOP)(_apart(function)))


def _apart(function: Compiled) -> Compiled:
    """Name a function by its module, too.

    Numba's disk cache goes by file and name, but what it holds refers to the module: without this,
    a file that is imported by two names (`huber`, later `losses.huber`) fails at its first call.
    """
    function.__qualname__ = f"{function.__module__}.{function.__qualname__}"
    return function


def overload(function: Callable[..., Any]) -> Callable[[Compiled], Compiled]:
    """Say how calls of a Python function compile; annotations need not agree with types."""
    return cast(Callable[[Compiled], Compiled], extending.overload(function, strict=False))


def at(x: Any, n: int) -> Any:
    """The n-th element of an array; a scalar is the same everywhere."""
    return x[n] if isinstance(x, np.ndarray) else x


@overload(at)
def _at(x: Any, n: Any) -> Callable[..., Any]:
    if isinstance(x, types.Array):
        return lambda x, n: x[n]
    return lambda x, n: x


def part(x: Any, start: int, stop: int) -> Any:
    """A slice of an array; a scalar or None is its own part."""
    return x[start:stop] if isinstance(x, np.ndarray) else x


@overload(part)
def _part(x: Any, start: Any, stop: Any) -> Callable[..., Any]:
    if isinstance(x, types.Array):
        return lambda x, start, stop: x[start:stop]
    return lambda x, start, stop: x


def put(x: Any, n: int, v: Any) -> None:
    """Store v as the n-th element, unless the output is None: not wanted."""
    if x is not None:
        x[n] = v


@overload(put)
def _put(x: Any, n: Any, v: Any) -> Callable[..., None]:
    if isinstance(x, types.Array):

        def store(x: Any, n: Any, v: Any) -> None:
            x[n] = v

        return store
    return lambda x, n, v: None


def item(x: Any, n: int) -> Any:
    """The n-th item along the leading axis; an axis of length 1 is shared by all items."""
    return None if x is None else x[n if x.shape[0] > 1 else 0]


@overload(item)
def _item(x: Any, n: Any) -> Callable[..., Any]:
    if isinstance(x, types.Array):
        return lambda x, n: x[n if x.shape[0] > 1 else 0]
    return lambda x, n: None


def like(x: Any, constant: Any) -> Any:
    """The constant in x's floating type: float32 stays float32."""
    return np.float32(constant) if getattr(x, "dtype", None) == np.float32 else float(constant)


@overload(like)
def _like(x: Any, constant: Any) -> Callable[..., Any]:
    scalar = x.dtype if isinstance(x, types.Array) else x
    real = as_dtype(scalar if isinstance(scalar, types.Float) else types.float64).type
    return lambda x, constant: real(constant)


def in_range(x: Any, size: int) -> bool:
    """Whether an index, or every index of an array, lies in [0, size)."""
    return bool(np.all((np.asarray(x) >= 0) & (np.asarray(x) < size)))


@overload(in_range)
def _in_range(x: Any, size: Any) -> Callable[..., bool]:
    if not isinstance(x, types.Array):
        return lambda x, size: 0 <= x < size

    def every(x: Any, size: Any) -> bool:
        outside = 0
        for index in x.flat:
            outside += (index < 0) | (index >= size)
        return outside == 0

    return every


def fill(x: Any, value: Any) -> None:
    """Set every element of an output, unless the output is None: not wanted."""
    if x is not None:
        x[...] = value


@overload(fill)
def _fill(x: Any, value: Any) -> Callable[..., None]:
    if isinstance(x, types.Array):

        def store(x: Any, value: Any) -> None:
            x[...] = value

        return store
    return lambda x, value: None
