"""Arguments as kernels take them: one type, C order, leading dimensions flattened into items."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from symloss.runtime.arguments import (
    Argument,
    Operand,
    bind,
    broadcast,
    computation_type,
    convert,
    read,
    require_inside,
)
from symloss.runtime.layout import INTEGER, Batch, Layout, every, number_of

WEIGHT = Argument("weight")


def assemble(
    arguments: tuple[Argument, ...],
    given: tuple[Any, ...],
    weight: Any,
    signature: str,
    *,
    inputs: int,
    parameters: int,
    spread: bool,
    validate: bool,
) -> Batch:
    """Whatever callers give, made into a layout, operands in it, and weights.

    Args:
        arguments: inputs, parameters and vectors.
        given: a value for each.
        weight: the weights, or None.
        signature: core dimensions of inputs and result, for messages.
        inputs: how many of the arguments are inputs.
        parameters: how many come next.
        spread: give parameters one number per item even if all items share it.
        validate: check domains.

    Raises:
        TypeError: an argument does not hold real numbers, or an index integers.
        ValueError: shapes do not fit; or, when validating, a value lies outside its domain.
    """
    operands = [read(argument, x) for argument, x in zip(arguments, given, strict=True)]
    weights = None if weight is None else read(WEIGHT, weight)
    real = computation_type(operands if weights is None else [*operands, weights])
    sizes = bind(operands)
    layout = Layout(broadcast(operands, signature), real, sizes)
    if validate:
        require_inside(operands, sizes, real)
    last = inputs + parameters
    spread = spread or any(math.prod(operand.lead) != 1 for operand in operands[inputs:last])
    ready = [
        number_of(operand.array.item(), real)
        if inputs <= place < last and not spread
        else _items(operand, layout)
        for place, operand in enumerate(operands)
    ]
    if weights is None:
        return layout, tuple(ready), layout.none
    _require_fit(weights, layout.lead)
    return layout, tuple(ready), _items(weights, layout)


def along_vector(batch: Batch) -> Batch:
    """The batch without its last operand, numbers, which weigh the items instead."""
    layout, (*operands, vector), weights = batch
    return layout, tuple(operands), vector if weights is layout.none else vector * weights


def _require_fit(weights: Operand, lead: tuple[int, ...]) -> None:
    shape = weights.array.shape
    if shape and shape != lead:
        try:
            fits = np.broadcast_shapes(shape, lead) == lead
        except ValueError:
            fits = False
        if not fits:
            message = f"weight has shape {shape}; expected one that broadcasts to the items' shape"
            raise ValueError(f"{message} {lead}")


def _items(operand: Operand, layout: Layout) -> NDArray[Any]:
    """One row per item; one row for all, where the rows are arrays and all items share it.

    Numbers are spelled out, so that a kernel sees few types: each costs a compilation.
    """
    argument, array, _, own = operand
    kind = INTEGER if argument.is_index else layout.real
    core = array.shape[len(own) :]
    if core and math.prod(own) == 1:
        return _ready(array.reshape(1, *core), kind)
    if not core and array.size == 1:
        return every(number_of(array.item(), kind), layout.size, kind)
    if math.prod(own) != layout.size:
        array = np.broadcast_to(array, (*layout.lead, *core))
    if not layout.is_flat:
        array = array.reshape(layout.size, *core)
    return _ready(array, kind)


def _ready(array: NDArray[Any], kind: np.dtype[Any]) -> NDArray[Any]:
    if array.dtype is kind and array.flags.carray:
        return array
    array = np.require(convert(array, kind), kind, ("C", "A"))
    return array if array.flags.writeable else np.asarray(Unlocked(array))


class Unlocked:
    """A read-only array as if it were writeable: kernels compile once, and write to no input."""

    def __init__(self, array: NDArray[Any]) -> None:
        self.array = array
        address, _ = array.__array_interface__["data"]
        self.__array_interface__ = {**array.__array_interface__, "data": (address, False)}
