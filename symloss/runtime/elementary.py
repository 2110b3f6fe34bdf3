"""Elementary functions of emitted code: each returns the type of its argument, float32 or float64.

NaN goes in and comes out; infinities give limits; nothing overflows before the result does.
"""

# Numba matches the parameters of a compiled body by name, used or not.
# ruff: noqa: ARG001

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from llvmlite.ir import FunctionType
from numba import extending, types
from numba.core.cgutils import get_or_insert_function

from symloss.runtime.access import compiled, like
from symloss.runtime.polynomial import either, is_single

# The largest numbers of float32 and float64.
MOST = (float(np.finfo(np.float32).max), float(np.finfo(np.float64).max))


@compiled
def sqrt(x: Any) -> Any:
    """Square root; NaN below 0."""
    return np.sqrt(x)


@compiled
def square(x: Any) -> Any:
    """The square."""
    return x * x


@compiled
def sin(x: Any) -> Any:
    """Sine."""
    return np.sin(x)


@compiled
def cos(x: Any) -> Any:
    """Cosine."""
    return np.cos(x)


@compiled
def tan(x: Any) -> Any:
    """Tangent."""
    return np.tan(x)


@compiled
def asin(x: Any) -> Any:
    """Inverse sine, on [-1, 1]."""
    return np.arcsin(x)


@compiled
def acos(x: Any) -> Any:
    """Inverse cosine, on [-1, 1]."""
    return np.arccos(x)


@compiled
def atan(x: Any) -> Any:
    """Inverse tangent."""
    return np.arctan(x)


@compiled
def sinh(x: Any) -> Any:
    """Hyperbolic sine."""
    return np.sinh(x)


@compiled
def cosh(x: Any) -> Any:
    """Hyperbolic cosine."""
    return np.cosh(x)


@compiled
def asinh(x: Any) -> Any:
    """Inverse hyperbolic sine."""
    return np.arcsinh(x)


@compiled
def acosh(x: Any) -> Any:
    """Inverse hyperbolic cosine, on [1, oo)."""
    return np.arccosh(x)


@compiled
def atanh(x: Any) -> Any:
    """Inverse hyperbolic tangent, on (-1, 1)."""
    return np.arctanh(x)


@compiled
def sign(x: Any) -> Any:
    """-1, 0 or 1; NaN of NaN."""
    return like(x, 1) if x > like(x, 0) else like(x, -1) if x < like(x, 0) else x


def larger(x: Any, y: Any) -> Any:
    """The larger; NaN if either is."""
    return x if x > y or x != x else y


def smaller(x: Any, y: Any) -> Any:
    """The smaller; NaN if either is."""
    return x if x < y or x != x else y


@extending.type_callable(larger)
@extending.type_callable(smaller)
def _type_extreme(context: Any) -> Callable[[Any, Any], Any]:
    return lambda x, y: x if x == y and is_single(x) else types.float64


@extending.lower_builtin(larger, types.Any, types.Any)  # type: ignore[untyped-decorator]
def _emit_larger(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
    return extreme("llvm.maximum", context, builder, signature, arguments)


@extending.lower_builtin(smaller, types.Any, types.Any)  # type: ignore[untyped-decorator]
def _emit_smaller(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
    return extreme("llvm.minimum", context, builder, signature, arguments)


def extreme(operation: str, context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
    """An operation of LLVM's: of comparisons it knows no sum, where NaN may come in."""
    real = signature.return_type
    pair = [
        context.cast(builder, x, kind, real)
        for x, kind in zip(arguments, signature.args, strict=True)
    ]
    kind = context.get_value_type(real)
    name = f"{operation}.{'f32' if is_single(real) else 'f64'}"
    function = get_or_insert_function(builder.module, FunctionType(kind, [kind, kind]), name)
    return builder.call(function, pair, fastmath=("nsz",))


@compiled
def finite(x: Any) -> Any:
    """X, or the number closest to it if x is infinite; NaN stays."""
    most = either(x, MOST)
    return most if x > most else -most if x < -most else x


@compiled
def finite_or_zero(x: Any) -> Any:
    """X where it is finite, 0 elsewhere."""
    return x if abs(x) < like(x, np.inf) else like(x, 0)
