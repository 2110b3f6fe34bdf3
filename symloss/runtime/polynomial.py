"""What the elementary functions are built with: constants and polynomials of either format.

Numba is told how to emit these calls in place: as functions of their own, hundreds of them would
take longer to compile than the kernels that they end in.
"""

# Numba matches the parameters of a compiled body by name, used or not.
# ruff: noqa: ARG001, ARG005

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numba import extending, types

from symloss.runtime.access import overload

# An operation may join its neighbour (a fused multiply-add) and zeros may lose their sign; no more.
LOOSE = ("contract", "nsz")


def real_type(x: Any) -> Any:
    """The type that a function of x computes in; of whole numbers, float64."""
    return x if isinstance(x, types.Float) else types.float64


def is_single(x: Any) -> bool:
    """Whether a number, or the type of one that Numba compiles for, is a float32."""
    return x == types.float32 if isinstance(x, types.Type) else isinstance(x, np.float32)


def by_type(single: Callable[..., Any], double: Callable[..., Any]) -> Callable[[Any], Any]:
    """One function out of its float32 and its float64 form."""

    def choose(x: Any) -> Any:
        return single(x) if is_single(x) else double(x)

    def chosen(x: Any) -> Callable[..., Any]:
        return (lambda x: single(x)) if is_single(x) else (lambda x: double(x))

    overload(choose)(chosen)
    return choose


def either(x: Any, pair: tuple[float, float]) -> Any:
    """The constant of x's format: the first for float32, the second otherwise."""
    return np.float32(pair[0]) if is_single(x) else float(pair[1])


@extending.type_callable(either)
def _type_either(context: Any) -> Callable[[Any, Any], Any]:
    return lambda x, pair: real_type(x)


@extending.lower_builtin(either, types.Any, types.Any)  # type: ignore[untyped-decorator]
def _emit_either(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
    real, place = signature.return_type, 0 if is_single(signature.return_type) else 1
    constant = builder.extract_value(arguments[1], place)
    return context.cast(builder, constant, signature.args[1][place], real)


def polynomial(x: Any, pair: tuple[tuple[float, ...], tuple[float, ...]]) -> Any:
    """The polynomial of x's format by Horner's rule; its coefficients, the constant first."""
    *rest, total = pair[0 if is_single(x) else 1]
    for coefficient in reversed(rest):
        total = total * x + coefficient
    return total


@extending.type_callable(polynomial)
def _type_polynomial(context: Any) -> Callable[[Any, Any], Any]:
    return lambda x, pair: real_type(x)


@extending.lower_builtin(polynomial, types.Any, types.Any)  # type: ignore[untyped-decorator]
def _emit_polynomial(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
    real, place = signature.return_type, 0 if is_single(signature.return_type) else 1
    given, of = builder.extract_value(arguments[1], place), signature.args[1][place]
    value = context.cast(builder, arguments[0], signature.args[0], real)
    terms = [
        context.cast(builder, builder.extract_value(given, k), of[k], real) for k in range(len(of))
    ]
    total = terms.pop()
    while terms:
        product = builder.fmul(total, value, flags=LOOSE)
        total = builder.fadd(product, terms.pop(), flags=LOOSE)
    return total
