"""One kernel source for arrays, shared scalars and unwanted outputs.

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

from symloss.runtime.cache import Shelf
from symloss.runtime.way import WAY

# Never `reassoc`: it folds the (x + M) - M of a range reduction to x, and a - b + c as it likes.
# Never `nnan` or `ninf`: NaN and infinity are values that users get to see.
STRICT: dict[str, Any] = {
    "fastmath": {"contract", "nsz"},
    "error_model": "numpy",
    "nogil": True,
    "no_cfunc_wrapper": True,  # nobody takes a kernel's address, and it takes time to compile
    "_nrt": True,  # references to arrays are counted; said here, or callers would decide it
}
# What `plus` and `times` may, and nothing else: sums in any order vectorise.
REORDERED = ("reassoc", "contract", "nsz")
CHUNK = 2048
Compiled = TypeVar("Compiled", bound=Callable[..., Any])


def compiled(function: Compiled) -> Compiled:
    """Compile a kernel, or a function that kernels call."""
    return _kept(function, STRICT)


def borrowing(function: Compiled) -> Compiled:
    """Compile a kernel that makes no arrays: references to its caller's need no counting.

    It compiles faster so, and a call allocates no record for each of its arrays.
    """
    return _kept(function, {**STRICT, "_nrt": False})


def inlined(function: Compiled) -> Compiled:
    """Compile a function that dissolves in the kernels that call it: only then do loops vectorise.

    LLVM would leave long ones as calls.
    """
    return _kept(function, {**STRICT, "forceinline": True})


def _kept(function: Compiled, options: dict[str, Any]) -> Compiled:
    """Compile when called, or load what was compiled before."""
    made = njit(**WAY, **options)(function)
    if made is not function:  # as it is where NUMBA_DISABLE_JIT is set
        made._cache = Shelf(function)
    return cast(Compiled, made)


def overload(function: Callable[..., Any]) -> Callable[[Compiled], Compiled]:
    """Say how calls of a Python function compile; annotations need not agree with types."""
    return cast(Callable[[Compiled], Compiled], extending.overload(function, strict=False))


def plus(total: Any, x: Any) -> Any:
    """A total with one more term; the order of terms is the compiler's."""
    return total + x


def times(total: Any, x: Any) -> Any:
    """A product with one more factor; the order of factors is the compiler's."""
    return total * x


@extending.type_callable(plus)
@extending.type_callable(times)
def _type_reordered(context: Any) -> Callable[[Any, Any], Any]:
    return lambda total, x: total if total == x == types.float32 else types.float64


@extending.lower_builtin(plus, types.Any, types.Any)  # type: ignore[untyped-decorator]
def _emit_plus(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
    return builder.fadd(*_alike(context, builder, signature, arguments), flags=REORDERED)


@extending.lower_builtin(times, types.Any, types.Any)  # type: ignore[untyped-decorator]
def _emit_times(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
    return builder.fmul(*_alike(context, builder, signature, arguments), flags=REORDERED)


def _alike(context: Any, builder: Any, signature: Any, arguments: Any) -> list[Any]:
    """The arguments in the result's type."""
    pairs = zip(arguments, signature.args, strict=True)
    return [context.cast(builder, x, kind, signature.return_type) for x, kind in pairs]


def at(x: Any, n: int) -> Any:
    """The n-th element of an array; a scalar is the same everywhere."""
    return x[n] if isinstance(x, np.ndarray) else x


@overload(at)
def _at(x: Any, n: Any) -> Callable[..., Any]:
    if isinstance(x, types.Array):
        return lambda x, n: x[n]
    return lambda x, n: x


def part(x: Any, start: int) -> Any:
    """The chunk of an array that begins at `start`; a scalar is its own part."""
    return x[start : start + CHUNK] if isinstance(x, np.ndarray) else x


@overload(part)
def _part(x: Any, start: Any) -> Callable[..., Any]:
    if isinstance(x, types.Array):
        return lambda x, start: x[start : start + CHUNK]
    return lambda x, start: x


@compiled
def room(out: Any, start: int, count: int) -> Any:
    """Where a chunk's results go; an output that nobody wants is a scratch of one chunk."""
    first = start if out.shape[0] >= count else 0
    return out[first : first + min(CHUNK, count - start)]


@compiled
def weigh(x: Any, weight: Any, start: int) -> Any:
    """Multiply a chunk by its weights in place; their sum."""
    weights = weight[start : start + CHUNK]
    total = x.dtype.type(0)
    for n in range(x.shape[0]):
        x[n] *= weights[n]
        total = plus(total, x[n])
    return total


def share(weight: Any, n: int, whole: Any) -> Any:
    """The n-th item's weight; `whole` where there are none."""
    return weight[n] if weight.shape[0] else whole


@overload(share)
def _share(weight: Any, n: Any, whole: Any) -> Callable[..., Any]:
    return lambda weight, n, whole: weight[n] if weight.shape[0] else whole


def put(out: Any, n: int, v: Any) -> None:
    """Store an item's result, unless nobody wants it: then the output is too short for it."""
    if n < out.shape[0]:
        out[n] = v


@overload(put)
def _put(out: Any, n: Any, v: Any) -> Callable[..., None]:
    def store(out: Any, n: Any, v: Any) -> None:
        if n < out.shape[0]:
            out[n] = v

    return store


def item(x: Any, n: int) -> Any:
    """The n-th item along the leading axis; an axis of length 1 is shared by all items."""
    return x[n if x.shape[0] > 1 else 0]


@overload(item)
def _item(x: Any, n: Any) -> Callable[..., Any]:
    return lambda x, n: x[n if x.shape[0] > 1 else 0]


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
    """Set every element of an output."""
    x[...] = value


@overload(fill)
def _fill(x: Any, value: Any) -> Callable[..., None]:
    def store(x: Any, value: Any) -> None:
        x[...] = value

    return store
