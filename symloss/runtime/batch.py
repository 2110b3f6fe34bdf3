"""Arguments as kernels take them: one type, C order, leading dimensions flattened into items."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from symloss.runtime.arguments import (
    DOUBLE,
    SINGLE,
    Argument,
    Operand,
    bind,
    broadcast,
    computation_type,
    convert,
    read,
    require_inside,
)

INTEGER: np.dtype[Any] = np.dtype(np.int64)
WEIGHT = Argument("weight")
# Never written to: weights that are not there.
NONE: dict[str, NDArray[Any]] = {"f": np.empty(0, np.float32), "d": np.empty(0, np.float64)}
SINGLE_MAX = float(np.finfo(np.float32).max)


class Batch(NamedTuple):
    """Items to evaluate.

    Attributes:
        operands: inputs, parameters and vectors, as the kernels' convention has them.
        weight: one per item, or an empty array for none.
        lead: the shape of the batch; `size` is its product.
        size: the number of items.
        real: the type of the computation.
        sizes: the named core dimensions' sizes.
    """

    operands: tuple[Any, ...]
    weight: NDArray[Any]
    lead: tuple[int, ...]
    size: int
    real: np.dtype[Any]
    sizes: dict[str, int]

    def core(self, argument: Argument) -> tuple[int, ...]:
        """An argument's core shape in numbers."""
        return tuple(self.sizes[d] if isinstance(d, str) else d for d in argument.shape)

    def along_vector(self) -> Batch:
        """The same without its vector of numbers, which weighs the items instead."""
        *operands, vector = self.operands
        weight = vector * self.weight if self.weight.size else vector
        return self._replace(operands=tuple(operands), weight=weight)

    @property
    def total_weight(self) -> float:
        """The sum of the weights over the items."""
        if self.weight.size:
            return float(self.weight.sum(dtype=np.float64))
        return float(self.size)


def quick(inputs: tuple[Any, ...], parameters: tuple[Any, ...], weight: Any) -> Batch | None:
    """A batch of vectors that need no work, or None: same type, same length, in C order."""
    first = inputs[0]
    if type(first) is not np.ndarray or first.ndim != 1:
        return None
    real, shape = first.dtype, first.shape
    if real is not DOUBLE and real is not SINGLE:
        return None
    for x in inputs if weight is None else (*inputs, weight):
        if type(x) is not np.ndarray or x.dtype is not real or x.shape != shape:
            return None
        if not (x.flags.c_contiguous and x.flags.aligned):
            return None
    if any(type(number) is not float and type(number) is not int for number in parameters):
        return None
    scalars = [number_of(number, real) for number in parameters]
    weights = NONE[real.char] if weight is None else weight
    return Batch((*inputs, *scalars), weights, shape, shape[0], real, {})


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
    """Whatever callers give, made into a batch.

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
    lead = broadcast(operands, signature)
    if validate:
        require_inside(operands, sizes, real)
    count = math.prod(lead)
    last = inputs + parameters
    spread = spread or any(math.prod(operand.lead) != 1 for operand in operands[inputs:last])
    ready = [
        _number(operand, real)
        if inputs <= place < last and not spread
        else _items(operand, lead, count, real)
        for place, operand in enumerate(operands)
    ]
    per_item = NONE[real.char]
    if weights is not None:
        _require_fit(weights, lead)
        per_item = _items(weights, lead, count, real)
    return Batch(tuple(ready), per_item, lead, count, real, sizes)


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


def _number(operand: Operand, real: np.dtype[Any]) -> Any:
    """A parameter that all items share."""
    return number_of(operand.array.item(), real)


def _items(operand: Operand, lead: tuple[int, ...], count: int, real: np.dtype[Any]) -> Any:
    """One row per item; one row for all, where the rows are arrays and all items share it.

    Numbers are spelled out, so that a kernel sees few types: each costs a compilation.
    """
    argument, array, _, own = operand
    kind = INTEGER if argument.is_index else real
    core = array.shape[len(own) :]
    if core and math.prod(own) == 1:
        return _ready(array.reshape(1, *core), kind)
    if not core and array.size == 1:
        return np.full(count, number_of(array.item(), kind), kind)
    if math.prod(own) != count:
        array = np.broadcast_to(array, (*lead, *core))
    if len(lead) != 1:
        array = array.reshape(count, *core)
    return _ready(array, kind)


def _ready(array: NDArray[Any], kind: np.dtype[Any]) -> NDArray[Any]:
    if array.dtype is kind and array.flags.c_contiguous and array.flags.aligned:
        return array
    return np.require(convert(array, kind), kind, ("C", "A"))


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
