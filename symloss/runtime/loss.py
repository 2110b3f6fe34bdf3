"""The base of every emitted loss: what its functions do around the kernels."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from symloss.runtime.arguments import Argument
from symloss.runtime.batch import Batch, assemble, quick
from symloss.runtime.results import (
    Output,
    factor,
    output,
    reduced,
    require_apart,
    require_reduction,
    result_type,
    scratch,
    split,
)

# Numbers in a dense Hessian beyond which nobody meant to ask for it: 16 GiB of float64.
HESSIAN_LIMIT = 2**31


class Loss:
    """A loss function with its derivatives.

    Subclasses are emitted. They give the attributes below, and public methods that spell out the
    arguments' names and pass them on to the private methods here.

    Attributes:
        name: the spec's name.
        signature: core dimensions of inputs and value, as NumPy writes generalised ufuncs.
        inputs: the arrays it takes.
        parameters: the keyword numbers it takes.
        wrt: names of the inputs and parameters that derivatives are taken by.
        spec_hash: a digest of the spec it was emitted from.
        audit: what is known of it.
        verification: how it was checked.
        kernels: compiled functions `(count, scale, *inputs, *parameters, *vectors, weight, *outs)`,
            which return the sum of the weighted values; parameters are numbers, or one per item;
            weights may be empty, the losses' output a scratch of one chunk. "hessian" is None for
            items with core dimensions, whose parameters are always one per item; for others,
            "hessian_vector_product" is None where `wrt` is one name.
        Gradient: the type of results where `wrt` names several.
    """

    name: ClassVar[str]
    signature: ClassVar[str]
    inputs: ClassVar[tuple[Argument, ...]]
    parameters: ClassVar[tuple[Argument, ...]]
    wrt: ClassVar[tuple[str, ...]]
    spec_hash: ClassVar[str] = ""
    audit: ClassVar[Mapping[str, Any]] = {}
    verification: ClassVar[Any] = ""
    kernels: ClassVar[Mapping[str, Callable[..., float] | None]]
    Gradient: ClassVar[Any]
    _by: ClassVar[tuple[Argument, ...]]
    _is_plain: ClassVar[bool]

    def __init_subclass__(cls) -> None:
        """Work out, once, what every call needs."""
        known = {argument.name: argument for argument in (*cls.inputs, *cls.parameters)}
        cls._by = tuple(known[name] for name in cls.wrt)
        cls._is_plain = not any(entry.shape or entry.is_index for entry in cls.inputs)
        cls.Gradient = result_type(cls, cls.wrt)

    def __repr__(self) -> str:
        names = [entry.name for entry in self.inputs]
        keywords = [entry.name for entry in self.parameters]
        shown = ", ".join([*names, *(["*"] if keywords else []), *keywords])
        return f"<loss {self.name}({shown}): {self.signature}>"

    def _value(
        self,
        inputs: tuple[Any, ...],
        parameters: tuple[Any, ...],
        weight: Any,
        reduction: str,
        out: Any,
        validate: bool,
    ) -> Any:
        require_reduction(reduction)
        batch = self._batch(inputs, parameters, (), weight, validate)
        value = self._value_output(out, "out", batch, reduction)
        buffer = scratch(batch) if value is None else value.buffer
        total = self._run("value", batch, factor(batch, "none"), [buffer])
        return reduced(total, batch, reduction) if value is None else value.finish()

    def _gradient(
        self,
        inputs: tuple[Any, ...],
        parameters: tuple[Any, ...],
        weight: Any,
        reduction: str,
        out: Any,
        validate: bool,
    ) -> Any:
        require_reduction(reduction)
        require_apart(out)
        batch = self._batch(inputs, parameters, (), weight, validate)
        outputs = self._outputs(out, "out", batch)
        buffers = [entry.buffer for entry in outputs]
        self._run("gradient", batch, factor(batch, reduction), buffers)
        return self._named([entry.finish() for entry in outputs])

    def _value_and_gradient(
        self,
        inputs: tuple[Any, ...],
        parameters: tuple[Any, ...],
        weight: Any,
        reduction: str,
        out: Any,
        validate: bool,
    ) -> Any:
        require_reduction(reduction)
        require_apart(out)
        value_out, gradient_out = (
            (None, None) if out is None else split(out, ("value", "gradient"), "out")
        )
        batch = self._batch(inputs, parameters, (), weight, validate)
        value = self._value_output(value_out, "out[0]", batch, reduction)
        outputs = self._outputs(gradient_out, "out[1]", batch)
        first = scratch(batch) if value is None else value.buffer
        buffers = [first, *(entry.buffer for entry in outputs)]
        total = self._run("value_and_gradient", batch, factor(batch, reduction), buffers)
        loss = reduced(total, batch, reduction) if value is None else value.finish()
        return loss, self._named([entry.finish() for entry in outputs])

    def _hessian_vector_product(
        self,
        inputs: tuple[Any, ...],
        parameters: tuple[Any, ...],
        vector: Any,
        weight: Any,
        reduction: str,
        out: Any,
        validate: bool,
    ) -> Any:
        require_reduction(reduction)
        require_apart(out)
        vectors = (vector,) if len(self.wrt) == 1 else split(vector, self.wrt, "vector")
        batch = self._batch(inputs, parameters, vectors, weight, validate)
        outputs = self._outputs(out, "out", batch)
        buffers = [entry.buffer for entry in outputs]
        scale = factor(batch, reduction)
        if self.kernels["hessian_vector_product"] is None:
            self._run("hessian", batch.along_vector(), scale, buffers)
        else:
            self._run("hessian_vector_product", batch, scale, buffers)
        return self._named([entry.finish() for entry in outputs])

    def _hessian(
        self,
        inputs: tuple[Any, ...],
        parameters: tuple[Any, ...],
        weight: Any,
        reduction: str,
        out: Any,
        validate: bool,
    ) -> Any:
        require_reduction(reduction)
        require_apart(out)
        batch = self._batch(inputs, parameters, (), weight, validate)
        self._require_small(batch)
        rows = (out,) if len(self.wrt) == 1 else self._parts(out, "out")
        blocks = [
            self._outputs(row, f"out.{name}" if len(self.wrt) > 1 else "out", batch, by)
            for row, name, by in zip(rows, self.wrt, self._by, strict=True)
        ]
        scale = factor(batch, reduction)
        if self.kernels["hessian"] is None:
            self._fill_columns(batch, scale, blocks)
        else:
            self._run("hessian", batch, scale, [entry.buffer for row in blocks for entry in row])
        return self._named([self._named([entry.finish() for entry in row]) for row in blocks])

    def _batch(
        self,
        inputs: tuple[Any, ...],
        parameters: tuple[Any, ...],
        vectors: tuple[Any, ...],
        weight: Any,
        validate: bool,
    ) -> Batch:
        if self._is_plain and not vectors and not validate:
            batch = quick(inputs, parameters, weight)
            if batch is not None:
                return batch
        along = self._vector_arguments() if vectors else ()
        return assemble(
            (*self.inputs, *self.parameters, *along),
            (*inputs, *parameters, *vectors),
            weight,
            self.signature,
            inputs=len(inputs),
            parameters=len(parameters),
            spread=self.kernels["hessian"] is None,
            validate=validate,
        )

    def _vector_arguments(self) -> tuple[Argument, ...]:
        if len(self._by) == 1:
            return (Argument("vector", self._by[0].shape),)
        return tuple(Argument(f"vector.{by.name}", by.shape) for by in self._by)

    def _run(
        self, kernel: str, batch: Batch, scale: NDArray[Any], outs: Sequence[NDArray[Any]]
    ) -> float:
        """The kernel's total; there is nothing to run on no items."""
        function = self.kernels[kernel]
        if batch.size == 0 or function is None:
            return 0.0
        return function(batch.size, scale, *batch.operands, batch.weight, *outs)

    def _value_output(self, out: Any, name: str, batch: Batch, reduction: str) -> Output | None:
        if reduction == "none":
            return output(out, name, batch)
        if out is not None:
            raise ValueError(
                f"{name} cannot take a reduced value, which is a number; "
                'leave it out, or use reduction="none"'
            )
        return None

    def _outputs(
        self, out: Any, name: str, batch: Batch, row: Argument | None = None
    ) -> list[Output]:
        """One output for each name in `wrt`; for a Hessian, those of one row of blocks."""
        before = () if row is None else batch.core(row)
        if len(self.wrt) == 1:
            return [output(out, name, batch, before + batch.core(self._by[0]))]
        parts = self._parts(out, name)
        return [
            output(part, f"{name}.{by.name}", batch, before + batch.core(by))
            for part, by in zip(parts, self._by, strict=True)
        ]

    def _parts(self, out: Any, name: str) -> tuple[Any, ...]:
        return (None,) * len(self.wrt) if out is None else split(out, self.wrt, name)

    def _named(self, results: list[Any]) -> Any:
        return results[0] if len(results) == 1 else self.Gradient(*results)

    def _require_small(self, batch: Batch) -> None:
        cores = [batch.core(by) for by in self._by]
        size = batch.size * sum(math.prod(core) for core in cores) ** 2
        if size > HESSIAN_LIMIT:
            shown = ", ".join(f"{name} {core}" for name, core in zip(self.wrt, cores, strict=True))
            raise ValueError(
                f"the Hessian of {batch.size} items with core shapes {shown} has {size} numbers, "
                f"more than {HESSIAN_LIMIT}; use hessian_vector_product"
            )

    def _fill_columns(self, batch: Batch, scale: NDArray[Any], blocks: list[list[Output]]) -> None:
        """Dense blocks from Hessian-vector products with every basis vector."""
        cores = [batch.core(by) for by in self._by]
        parts = [np.empty((batch.size, *core), batch.real) for core in cores]
        for column, core in enumerate(cores):
            for place in range(math.prod(core)):
                basis = tuple(
                    _basis(other, place if n == column else None, batch)
                    for n, other in enumerate(cores)
                )
                probe = batch._replace(operands=batch.operands + basis)
                self._run("hessian_vector_product", probe, scale, parts)
                for row, part in zip(blocks, parts, strict=True):
                    _set_column(row[column].buffer, part, place, math.prod(core))


def _basis(core: tuple[int, ...], place: int | None, batch: Batch) -> Any:
    """A vector that all items share: 1 at one place, or 0 everywhere."""
    vector = np.zeros((1, *core) if core else (batch.size,), batch.real)
    if place is not None:
        vector.reshape(-1)[place if core else slice(None)] = 1
    return vector


def _set_column(block: NDArray[Any], part: NDArray[Any], place: int, columns: int) -> None:
    count, rows = len(part), math.prod(part.shape[1:])
    block.reshape(count, rows, columns)[:, :, place] = part.reshape(count, rows)
