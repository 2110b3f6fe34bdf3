"""Calls on arrays like those of an earlier call: all that can be known beforehand is remembered.

A call on a few items takes as long as what surrounds its kernel. The general way reads, checks
and arranges arguments, and leaves a function for others of the same shapes and types: these need
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
from symloss.runtime.parallel import block_of, in_blocks

# Calls that a loss remembers; a caller whose arrays have more shapes is not helped by them.
REMEMBERED = 1024
# Whole numbers up to here are floats as they are.
EXACT = 2**53

Inputs = tuple[Any, ...]
Call = Callable[[Inputs, Inputs], Any]
Calls = dict[tuple[Any, ...], Call]


class Plan(NamedTuple):
    """A call, but for its numbers.

    Attributes:
        function: the kernel, for arguments of just these types.
        is_compiled: it releases Python's lock.
        size: the number of items.
        scale: what derivatives are multiplied by, as the kernel takes it.
        weights: none.
        real: the type of the computation.
        takes: how the kernel takes parameters: as "floats" of Python's, as "numbers" of its type,
            or as "items".
        divisor: what the total is divided by, to take the first output's place; 0 if it does not.
        shapes: of the outputs' buffers.
        views: the shapes in which the kernel takes the inputs; empty if they have them already.
        results: the outputs' shapes, None for a total or what nobody wants.
        finish: makes what callers get of a list of outputs.
    """

    function: Callable[..., float]
    is_compiled: bool
    size: int
    scale: NDArray[Any]
    weights: NDArray[Any]
    real: np.dtype[Any]
    takes: str
    divisor: float
    shapes: tuple[tuple[int, ...], ...]
    views: tuple[tuple[int, ...], ...]
    results: tuple[tuple[int, ...] | None, ...]
    finish: Callable[[list[Any]], Any]


def swift(calls: Calls, kernel: str, reduction: str, inputs: Inputs, parameters: Inputs) -> Any:
    """What a call gives; None if none like it is remembered."""
    if len(inputs) == 2:  # the usual number: spelled out, it takes half the time
        x, y = inputs
        if not (type(x) is type(y) is ndarray and x.flags.carray and y.flags.carray):
            return None
        call = calls.get((kernel, reduction, x.shape, x.dtype, y.shape, y.dtype))
    else:
        call = calls.get(_key(kernel, reduction, inputs))
    return None if call is None else call(inputs, parameters)


def _key(kernel: str, reduction: str, inputs: Inputs) -> tuple[Any, ...]:
    """What a call depends on; nothing, if kernels cannot take the inputs' memory as it is."""
    key: list[Any] = [kernel, reduction]
    for x in inputs:
        if type(x) is not ndarray or not x.flags.carray:
            return ()
        key.append(x.shape)
        key.append(x.dtype)
    return tuple(key)


def is_plain(x: Any) -> bool:
    """Whether a parameter is a Python number that is a float exactly."""
    return type(x) is float or (type(x) is int and -EXACT <= x <= EXACT)


def is_ready(inputs: Inputs, batch: Batch) -> bool:
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
    calls: Calls,
    kernel: str,
    reduction: str,
    inputs: Inputs,
    batch: Batch,
    outs: Sequence[NDArray[Any]],
    unwanted: int,
    function: Callable[..., float],
    finish: Callable[[list[Any]], Any],
) -> None:
    """Keep what a call that went the general way has found out.

    Args:
        calls: where.
        kernel: what was called for.
        reduction: of the losses.
        inputs: as they were given, ready for kernels.
        batch: as the kernel took them.
        outs: what it filled.
        unwanted: how many of these, the first, callers do not get.
        function: the kernel.
        finish: makes what callers get of a list of outputs.
    """
    layout, operands, weights = batch
    divisor = layout.divisor(weights, reduction)
    scale = layout.scale(divisor)
    taken, numbers = operands[: len(inputs)], operands[len(inputs) :]
    is_total = kernel != "gradient" and reduction != "none"
    results = [layout.lead + x.shape[1:] for x in outs]
    is_spread = any(type(x) is ndarray for x in numbers)
    found = _entry(function, (layout.size, scale, *operands, weights, *outs))
    # Compiled code makes a float32 of a float by itself.
    is_easy = layout.real is DOUBLE or found is not function
    plan = Plan(
        found,
        hasattr(function, "overloads"),
        layout.size,
        scale,
        weights,
        layout.real,
        "items" if is_spread else "floats" if is_easy else "numbers",
        divisor if is_total else 0.0,
        tuple(x.shape for x in outs),
        () if layout.is_flat else tuple(x.shape for x in taken),
        (None if is_total or unwanted else results[0], *results[1:]),
        (lambda found: finish(found[unwanted:])) if unwanted else finish,
    )
    if len(calls) >= REMEMBERED:
        calls.clear()
    is_small = block_of(layout.size, (*operands, *outs)) >= layout.size
    calls[_key(kernel, reduction, inputs)] = _call(plan, kernel, is_small=is_small)


def _entry(function: Callable[..., float], arguments: Inputs) -> Callable[..., float]:
    """A compiled function without Numba's search for the types, which the call settles."""
    kinds = tuple(map(typeof, arguments))
    found = getattr(function, "overloads", {}).get(kinds)
    return function if found is None else found.entry_point


def _call(plan: Plan, kernel: str, *, is_small: bool) -> Call:
    if is_small and not plan.views:
        if len(plan.shapes) == 1:
            return _with_one_output(plan)
        if len(plan.shapes) == 2 and (kernel == "value_and_gradient" or plan.results[0] is None):
            return _with_two_outputs(plan, is_pair=kernel == "value_and_gradient")
        return _with_outputs(plan)
    return _general(plan, is_small=is_small)


def _with_one_output(plan: Plan) -> Call:
    function, _, size, scale, weights, real, takes, divisor, (shape,), *_ = plan
    numbers, number = _numbers(plan), real.type

    def call(inputs: Inputs, parameters: Any) -> Any:
        for x in parameters:
            if type(x) is not float or takes != "floats":
                if (parameters := numbers(parameters)) is None:
                    return None
                break
        out = empty(shape, real)
        total = function(size, scale, *inputs, *parameters, weights, out)
        if not divisor:
            return out
        total /= divisor
        return number(total) if abs(total) <= SINGLE_MAX else reduced(total, 1.0, real)

    return call


def _with_two_outputs(plan: Plan, *, is_pair: bool) -> Call:
    function, _, size, scale, weights, real, takes, divisor, (first, second), *_ = plan
    numbers, number = _numbers(plan), real.type

    def call(inputs: Inputs, parameters: Any) -> Any:
        for x in parameters:
            if type(x) is not float or takes != "floats":
                if (parameters := numbers(parameters)) is None:
                    return None
                break
        loss, out = empty(first, real), empty(second, real)
        total = function(size, scale, *inputs, *parameters, weights, loss, out)
        if not divisor:
            return (loss, out) if is_pair else out
        total /= divisor
        return number(total) if abs(total) <= SINGLE_MAX else reduced(total, 1.0, real), out

    return call


def _with_outputs(plan: Plan) -> Call:
    function, _, size, scale, weights, real, takes, divisor, shapes, _, _, finish = plan
    numbers = _numbers(plan)

    def call(inputs: Inputs, parameters: Any) -> Any:
        for x in parameters:
            if type(x) is not float or takes != "floats":
                if (parameters := numbers(parameters)) is None:
                    return None
                break
        outs = [empty(shape, real) for shape in shapes]
        total = function(size, scale, *inputs, *parameters, weights, *outs)
        return finish([reduced(total, divisor, real), *outs[1:]] if divisor else outs)

    return call


def _general(plan: Plan, *, is_small: bool) -> Call:
    """The same for any number of items, outputs, and leading dimensions."""
    numbers = _numbers(plan)

    def call(inputs: Inputs, parameters: Inputs) -> Any:
        given = numbers(parameters)
        if given is None:
            return None
        if plan.views:
            inputs = tuple(map(np.reshape, inputs, plan.views))
        outs = [empty(shape, plan.real) for shape in plan.shapes]
        read = (*inputs, *given, plan.weights)
        if plan.is_compiled and not is_small:
            total = in_blocks(plan.function, plan.size, plan.scale, read, outs)
        else:
            total = plan.function(plan.size, plan.scale, *read, *outs)
        pairs = zip(outs, plan.results, strict=True)
        results: list[Any] = [None if shape is None else x.reshape(shape)[()] for x, shape in pairs]
        if plan.divisor:
            results[0] = reduced(total, plan.divisor, plan.real)
        return plan.finish(results)

    return call


def _numbers(plan: Plan) -> Callable[[Inputs], Sequence[Any] | None]:
    """Makes parameters what the kernel takes, or None of others than plain numbers."""
    latest: list[tuple[Inputs, Sequence[Any]]] = []

    def numbers(parameters: Inputs) -> Sequence[Any] | None:
        if latest and all(map(is_, parameters, latest[0][0])):
            return latest[0][1]
        if not all(map(is_plain, parameters)):
            return None
        made = [number_of(x, plan.real) for x in parameters]
        if plan.takes == "items":
            made = [every(x, plan.size, plan.real) for x in made]
        if plan.size <= CHUNK:  # more is not worth the memory
            latest[:] = [(parameters, made)]
        return made

    return numbers
