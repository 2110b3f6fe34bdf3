"""Calls on arrays like those of an earlier call: all that can be known beforehand is remembered.

A call on a few items takes as long as what surrounds its kernel. The general way reads, checks
and arranges arguments, and leaves a `Plan` for others of the same shapes and types: these need
no more than a look at where they lie in memory.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from operator import is_
from typing import Any, NamedTuple

import numpy as np
from numba import typeof
from numpy import empty, ndarray
from numpy.typing import NDArray

from symloss.runtime.access import CHUNK
from symloss.runtime.arguments import DOUBLE
from symloss.runtime.layout import SINGLE_MAX, Batch, every, number_of, reduced

# Plans that a loss keeps; a caller whose arrays have more shapes is not helped by them.
REMEMBERED = 1024
# Whole numbers up to here are floats as they are.
EXACT = 2**53


class Plan(NamedTuple):
    """A call, but for its numbers.

    Attributes:
        function: the kernel, for arguments of just these types.
        size: the number of items.
        scale: what derivatives are multiplied by, as the kernel takes it.
        weights: none.
        real: the type of the computation.
        takes: how the kernel takes parameters: as Python's "float", as a "single", or as "items".
        latest: the only element is a pair, the parameters of a call and what the kernel took.
        divisor: what the total is divided by, to take the first output's place; 0 if it does not.
        shape: of the first output's buffer.
        shapes: of the other buffers.
        views: the shapes in which the kernel takes the inputs; empty if they have them already.
        results: the outputs' shapes, None for a total; empty if they are the buffers'.
    """

    function: Callable[..., float]
    size: int
    scale: NDArray[Any]
    weights: NDArray[Any]
    real: np.dtype[Any]
    takes: str
    latest: list[tuple[tuple[Any, ...], Sequence[Any]]]
    divisor: float
    shape: tuple[int, ...]
    shapes: tuple[tuple[int, ...], ...]
    views: tuple[tuple[int, ...], ...]
    results: tuple[tuple[int, ...] | None, ...]


Plans = dict[tuple[Any, ...], Plan]


def swift(
    plans: Plans, kernel: str, reduction: str, inputs: tuple[Any, ...], parameters: tuple[Any, ...]
) -> list[Any] | None:
    """The outputs of a kernel, a reduced loss first; None if no plan fits."""
    plan = plans.get(_key(kernel, reduction, inputs))
    if plan is None:
        return None
    function, size, scale, weights, real, takes, _, divisor, shape, shapes, views, _ = plan
    if views:
        return _shaped(plan, inputs, parameters)
    numbers: Sequence[Any] | None = parameters
    for x in parameters:
        if takes != "float" or type(x) is not float:
            numbers = _numbers(plan, parameters)
            break
    if numbers is None:
        return None
    outs = [empty(shape, real)]
    for other in shapes:
        outs.append(empty(other, real))
    total = function(size, scale, *inputs, *numbers, weights, *outs)
    if divisor:
        total /= divisor
        outs[0] = real.type(total) if abs(total) <= SINGLE_MAX else reduced(total, 1.0, real)
    return outs


def _key(kernel: str, reduction: str, inputs: tuple[Any, ...]) -> tuple[Any, ...]:
    """What a plan depends on; nothing, if kernels cannot take the inputs' memory as it is."""
    if len(inputs) == 2:  # the usual number: spelled out, it takes half the time
        x, y = inputs
        if type(x) is ndarray and type(y) is ndarray and x.flags.carray and y.flags.carray:
            return (kernel, reduction, x.shape, x.dtype, y.shape, y.dtype)
        return ()
    key: list[Any] = [kernel, reduction]
    for x in inputs:
        if type(x) is not ndarray or not x.flags.carray:
            return ()
        key.append(x.shape)
        key.append(x.dtype)
    return tuple(key)


def _numbers(plan: Plan, parameters: tuple[Any, ...]) -> Sequence[Any] | None:
    """Parameters as the kernel takes them, if all are plain numbers."""
    given, numbers = plan.latest[0]
    if all(map(is_, parameters, given)):
        return numbers
    if not all(map(is_plain, parameters)):
        return None
    numbers = [number_of(x, plan.real) for x in parameters]
    if plan.takes == "items":
        numbers = [every(x, plan.size, plan.real) for x in numbers]
    if plan.size <= CHUNK:  # more is not worth the memory
        plan.latest[0] = parameters, numbers
    return numbers


def _shaped(plan: Plan, inputs: tuple[Any, ...], parameters: tuple[Any, ...]) -> list[Any] | None:
    """The same where kernels take inputs and fill outputs in other shapes than callers see."""
    numbers = _numbers(plan, parameters)
    if numbers is None:
        return None
    inputs = tuple(map(np.reshape, inputs, plan.views))
    outs: list[Any] = [empty(shape, plan.real) for shape in (plan.shape, *plan.shapes)]
    total = plan.function(plan.size, plan.scale, *inputs, *numbers, plan.weights, *outs)
    if plan.divisor:
        outs[0] = reduced(total, plan.divisor, plan.real)
    pairs = zip(outs, plan.results, strict=True)
    return [x if shape is None else x.reshape(shape)[()] for x, shape in pairs]


def is_plain(x: Any) -> bool:
    """Whether a parameter is a Python number that is a float exactly."""
    return type(x) is float or (type(x) is int and -EXACT <= x <= EXACT)


def is_ready(inputs: tuple[Any, ...], batch: Batch) -> bool:
    """Whether kernels took the inputs' memory as it was, and one of them settles the type."""
    layout, operands, _ = batch
    taken = operands[: len(inputs)]
    return (
        layout.size > 0
        and any(x.dtype is layout.real for x in taken)
        and all(
            type(x) is ndarray and x.flags.carray and x.dtype is y.dtype and x.size == y.size
            for x, y in zip(inputs, taken, strict=True)
        )
    )


def remember(
    plans: Plans,
    kernel: str,
    reduction: str,
    inputs: tuple[Any, ...],
    parameters: tuple[Any, ...],
    batch: Batch,
    outs: Sequence[NDArray[Any]],
    function: Callable[..., float],
) -> None:
    """Keep the plan of a call that went the general way.

    Args:
        plans: where.
        kernel: what was called for.
        reduction: of the losses.
        inputs: as they were given, ready for kernels.
        parameters: as they were given, plain numbers.
        batch: as the kernel took them.
        outs: what it filled.
        function: the kernel.
    """
    layout, operands, weights = batch
    divisor = layout.divisor(weights, reduction)
    scale = layout.scale(divisor)
    taken, numbers = operands[: len(inputs)], operands[len(inputs) :]
    is_total = kernel != "gradient" and reduction != "none"
    results = [layout.lead + x.shape[1:] for x in outs]
    is_spread = any(type(x) is ndarray for x in numbers)
    if len(plans) >= REMEMBERED:
        plans.clear()
    plans[_key(kernel, reduction, inputs)] = Plan(
        _entry(function, (layout.size, scale, *operands, weights, *outs)),
        layout.size,
        scale,
        weights,
        layout.real,
        "items" if is_spread else "float" if layout.real is DOUBLE else "single",
        [(parameters, numbers) if layout.size <= CHUNK else ((plans,) * len(numbers), ())],
        divisor if is_total else 0.0,
        outs[0].shape,
        tuple(x.shape for x in outs[1:]),
        () if layout.is_flat else tuple(x.shape for x in taken),
        () if layout.is_flat else (None if is_total else results[0], *results[1:]),
    )


def _entry(function: Callable[..., float], arguments: tuple[Any, ...]) -> Callable[..., float]:
    """A compiled function without Numba's search for the types, which the plan settles."""
    kinds = tuple(map(typeof, arguments))
    found = getattr(function, "overloads", {}).get(kinds)
    return function if found is None else found.entry_point
