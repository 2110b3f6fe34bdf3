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
UNWEIGHTED = read(WEIGHT, 1.0)
SINGLE_ONE = np.float32(1)
SINGLE_MAX = float(np.finfo(np.float32).max)


class Batch(NamedTuple):
    """Items to evaluate.

    Attributes:
        operands: inputs, parameters and vectors, as the kernels' convention has them.
        weight: a number or one per item.
        lead: the shape of the batch; `size` is its product.
        size: the number of items.
        real: the type of the computation.
        sizes: the named core dimensions' sizes.
    """

    operands: tuple[Any, ...]
    weight: Any
    lead: tuple[int, ...]
    size: int
    real: np.dtype[Any]
    sizes: dict[str, int]

    def core(self, argument: Argument) -> tuple[int, ...]:
        """An argument's core shape in numbers."""
        return tuple(self.sizes[d] if isinstance(d, str) else d for d in argument.shape)

    @property
    def total_weight(self) -> float:
        """The sum of the weights over the items."""
        if isinstance(self.weight, np.ndarray):
            return float(self.weight.sum(dtype=np.float64))
        return float(self.weight) * self.size


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
    if any(type(number) not in (float, int) for number in parameters):
        return None
    scalars = [number_of(number, real) for number in parameters]
    if weight is None:
        weight = 1.0 if real is DOUBLE else SINGLE_ONE
    return Batch((*inputs, *scalars), weight, shape, shape[0], real, {})


def assemble(
    arguments: tuple[Argument, ...],
    given: tuple[Any, ...],
    weight: Any,
    signature: str,
    *,
    inputs: int,
    validate: bool,
) -> Batch:
    """Whatever callers give, made into a batch.

    Args:
        arguments: inputs, parameters and vectors.
        given: a value for each.
        weight: the weights, or None.
        signature: core dimensions of inputs and result, for messages.
        inputs: how many of the arguments are inputs.
        validate: check domains.

    Raises:
        TypeError: an argument does not hold real numbers, or an index integers.
        ValueError: shapes do not fit; or, when validating, a value lies outside its domain.
    """
    operands = [read(argument, x) for argument, x in zip(arguments, given, strict=True)]
    weights = UNWEIGHTED if weight is None else read(WEIGHT, weight)
    real = computation_type([*operands, weights])
    sizes = bind(operands)
    lead = broadcast(operands, signature)
    _require_fit(weights, lead)
    if validate:
        require_inside(operands, sizes, real)
    count = math.prod(lead)
    ready = [
        _items(operand, lead, count, real, keep_vector=place < inputs)
        for place, operand in enumerate(operands)
    ]
    return Batch(
        tuple(ready),
        _items(weights, lead, count, real, keep_vector=False),
        lead,
        count,
        real,
        sizes,
    )


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


def _items(
    operand: Operand,
    lead: tuple[int, ...],
    count: int,
    real: np.dtype[Any],
    *,
    keep_vector: bool,
) -> Any:
    """One row per item, or what all items share.

    With `keep_vector`, a batch of one item gets a vector of one number: it runs what longer
    batches have compiled.
    """
    argument, array, _, own = operand
    kind = INTEGER if argument.is_index else real
    core = array.shape[len(own) :]
    is_shared = (not own or math.prod(own) == 1) and not (keep_vector and count == 1)
    if is_shared and not core:
        return number_of(array.item(), kind)
    if is_shared:
        return _ready(array.reshape(1, *core), kind)
    if math.prod(own) != count:
        array = np.broadcast_to(array, (*lead, *core))
    if len(lead) != 1 or not own:
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
