"""Kernels compiled before anybody waits for them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from symloss.runtime.arguments import DOUBLE, SINGLE, Argument
from symloss.runtime.layout import INTEGER

if TYPE_CHECKING:
    from symloss.runtime.loss import Loss

# Every named core dimension, in arguments whose numbers do not matter.
SOME = 2


def compile_kernels(loss: Loss) -> None:
    """Call every function of a loss on one item of each type."""
    by = [entry for entry in (*loss.inputs, *loss.parameters) if entry.name in loss.wrt]
    numbers = (1.0,) * len(loss.parameters)
    with np.errstate(all="ignore"):  # some kernels are Python around compiled parts
        for real in (DOUBLE, SINGLE):
            inputs = tuple(_sample(entry, real) for entry in loss.inputs)
            vectors = tuple(_sample(entry, real) for entry in by)
            rest = (None, "none", None, False)
            loss._value(inputs, numbers, *rest)
            loss._gradient(inputs, numbers, *rest)
            loss._value_and_gradient(inputs, numbers, *rest)
            loss._hessian(inputs, numbers, *rest)
            vector = vectors[0] if len(vectors) == 1 else vectors
            loss._hessian_vector_product(inputs, numbers, vector, *rest)


def _sample(argument: Argument, real: np.dtype[Any]) -> Any:
    shape = tuple(size if isinstance(size, int) else SOME for size in argument.shape)
    return np.zeros((1, *shape), INTEGER) if argument.is_index else np.ones((1, *shape), real)
