"""The base of every generated loss: from users' arrays to kernels and back."""

from __future__ import annotations

import math
from collections import namedtuple
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from symloss.runtime.arguments import (
    Argument,
    Domain,
    Operand,
    check_domains,
    common_lead,
    common_type,
    operand,
)

Kernel = Callable[..., float]

REDUCTIONS = ("none", "sum", "mean")
_WEIGHT = Argument("weight", (), Domain("(-oo, oo)"))
_LARGEST_BLOCK = 2**31


@dataclass(frozen=True)
class Call:
    """One call: what kernels get, and what results look like."""

    operands: tuple[Operand, ...]
    weight: Operand | None
    reduction: str
    lead: tuple[int, ...]
    dtype: np.dtype

    @property
    def count(self) -> int:
        """The number of items."""
        return math.prod(self.lead)

    @property
    def divisor(self) -> float:
        """What a total is divided by: the weights' sum for a mean, else 1."""
        if self.reduction != "mean":
            return 1.0
        if self.weight is None:
            return float(self.count)
        weights = self.weight.array
        return float(weights.sum(dtype=np.float64)) * self.count / max(weights.size, 1)

    def core(self, name: str) -> tuple[int, ...]:
        """The core sizes of an operand."""
        return next(entry.core for entry in self.operands if entry.argument.name == name)

    def run(self, kernel: Kernel, outs: Sequence[Any], vectors: Sequence[Any] = ()) -> float:
        """Run a kernel over all items; return its total."""
        count, kind = self.count, self.dtype
        given = [entry.for_kernel(self.lead, count, kind) for entry in self.operands]
        weight = kind.type(1) if self.weight is None else self.weight.for_kernel(self.lead, count, kind)
        scale = np.full(1, 1 / self.divisor if self.divisor else math.nan, kind)
        return kernel(count, scale, *given, *vectors, weight, *outs)


class Loss:
    """A loss, its derivatives, and what is known of it.

    The loss of one item is a function of the inputs' core dimensions; all leading dimensions
    broadcast, as in NumPy's generalised ufuncs. Functions take the inputs in order, parameters by
    keyword, and:

        weight: factors of the items, broadcast against the leading dimensions.
        reduction: "none" for every item, "sum", or "mean" over the sum of the weights; derivatives
            are those of the reduced loss.
        out: arrays that results are written to.
        validate: raise ValueError for a value outside its domain, which otherwise gives NaN.
    """

    name: ClassVar[str]
    signature: ClassVar[str]
    inputs: ClassVar[tuple[Argument, ...]]
    parameters: ClassVar[tuple[Argument, ...]]
    wrt: ClassVar[tuple[str, ...]]
    spec_hash: ClassVar[str]
    audit: ClassVar[Mapping[str, Any]]
    verification: ClassVar[str]
    kernels: ClassVar[Mapping[str, Kernel | None]]
    Gradient: ClassVar[Any]

    def __init_subclass__(cls) -> None:
        """Make the named tuple that several derivatives are returned in."""
        cls.Gradient = namedtuple("Gradient", cls.wrt)  # type: ignore[misc]  # noqa: PYI024
        cls.Gradient.__qualname__ = f"{cls.__name__}.Gradient"
        cls.Gradient.__module__ = cls.__module__

    def __repr__(self) -> str:
        """Name and signature."""
        return f"<loss {self.name} {self.signature}>"

    def _value(
        self,
        inputs: tuple[Any, ...],
        parameters: tuple[Any, ...],
        weight: Any,
        reduction: str,
        out: Any,
        validate: bool,
    ) -> Any:
        call = self._call(inputs, parameters, weight, reduction, validate)
        if out is not None and reduction != "none":
            raise ValueError('out= holds one value an item; it needs reduction="none"')
        buffer = Buffer.make("out", out, call, ()) if reduction == "none" else None
        total = call.run(self._kernel("value"), [buffer and buffer.items])
        return buffer.result() if buffer else _reduced(total, call)

    def _gradient(
        self,
        inputs: tuple[Any, ...],
        parameters: tuple[Any, ...],
        weight: Any,
        reduction: str,
        out: Any,
        validate: bool,
    ) -> Any:
        call = self._call(inputs, parameters, weight, reduction, validate)
        buffers = self._buffers(call, out)
        call.run(self._kernel("gradient"), [buffer.items for buffer in buffers])
        return self._collect(buffers)

    def _value_and_gradient(
        self,
        inputs: tuple[Any, ...],
        parameters: tuple[Any, ...],
        weight: Any,
        reduction: str,
        out: Any,
        validate: bool,
    ) -> tuple[Any, Any]:
        call = self._call(inputs, parameters, weight, reduction, validate)
        values_out, gradient_out = (None, None) if out is None else _pair(out)
        if values_out is not None and reduction != "none":
            raise ValueError('out= for values holds one an item; it needs reduction="none"')
        values = Buffer.make("out[0]", values_out, call, ()) if reduction == "none" else None
        buffers = self._buffers(call, gradient_out)
        outs = [values and values.items, *(buffer.items for buffer in buffers)]
        total = call.run(self._kernel("value_and_gradient"), outs)
        return values.result() if values else _reduced(total, call), self._collect(buffers)

    def _hessian(
        self,
        inputs: tuple[Any, ...],
        parameters: tuple[Any, ...],
        weight: Any,
        reduction: str,
        out: Any,
        validate: bool,
    ) -> Any:
        call = self._call(inputs, parameters, weight, reduction, validate)
        if out is not None and len(self.wrt) > 1:
            raise ValueError(f"{self.name}.hessian takes out= only for one variable")
        blocks = self._blocks(call, out)
        if self.kernels["hessian"] is not None:
            call.run(self._kernel("hessian"), [block.items for row in blocks for block in row])
        else:
            self._columns(call, blocks)
        if len(self.wrt) == 1:
            return blocks[0][0].result()
        return self.Gradient(*(self.Gradient(*(block.result() for block in row)) for row in blocks))

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
        shapes = {entry.name: entry.shape for entry in self.inputs}
        wanted = [Argument(f"vector_{name}", shapes.get(name, ()), _WEIGHT.domain) for name in self.wrt]
        given = (vector,) if len(self.wrt) == 1 else tuple(vector)
        if len(given) != len(wanted):
            raise ValueError(f"vector= must hold one array for each of {', '.join(self.wrt)}")
        call = self._call(inputs, parameters, weight, reduction, validate, zip(wanted, given, strict=True))
        buffers = self._buffers(call, out)
        call.run(self._kernel("hessian_vector_product"), [buffer.items for buffer in buffers])
        return self._collect(buffers)

    def _call(
        self,
        inputs: tuple[Any, ...],
        parameters: tuple[Any, ...],
        weight: Any,
        reduction: str,
        validate: bool,
        vectors: Any = (),
    ) -> Call:
        if reduction not in REDUCTIONS:
            raise ValueError(f"reduction must be one of {', '.join(REDUCTIONS)}; it is {reduction!r}")
        sizes: dict[str, tuple[int, str]] = {}
        pairs = [*zip((*self.inputs, *self.parameters), (*inputs, *parameters), strict=True)]
        operands = [operand(argument, value, sizes) for argument, value in pairs]
        if validate:
            check_domains(operands, {name: size for name, (size, _) in sizes.items()})
        operands += [operand(argument, value, sizes) for argument, value in vectors]
        weights = None if weight is None else operand(_WEIGHT, weight, {})
        lead = common_lead(operands)
        if weights is not None and np.broadcast_shapes(lead, weights.lead) != lead:
            raise ValueError(f"weight has shape {weights.lead}; it must broadcast to the items' {lead}")
        voters = operands if weights is None else [*operands, weights]
        return Call(tuple(operands), weights, reduction, lead, common_type(voters))

    def _kernel(self, name: str) -> Kernel:
        kernel = self.kernels[name]
        assert kernel is not None
        return kernel

    def _buffers(self, call: Call, out: Any) -> list[Buffer]:
        if out is None:
            given: Sequence[Any] = [None] * len(self.wrt)
        else:
            given = [out] if len(self.wrt) == 1 else out
        if len(given) != len(self.wrt):
            raise ValueError(f"out= must hold one array for each of {', '.join(self.wrt)}")
        return [
            Buffer.make(f"out for {name}", array, call, call.core(name))
            for name, array in zip(self.wrt, given, strict=True)
        ]

    def _collect(self, buffers: list[Buffer]) -> Any:
        results = [buffer.result() for buffer in buffers]
        return results[0] if len(results) == 1 else self.Gradient(*results)

    def _blocks(self, call: Call, out: Any) -> list[list[Buffer]]:
        sizes = [call.core(name) for name in self.wrt]
        elements = call.count * sum(math.prod(size) for size in sizes) ** 2
        if elements > _LARGEST_BLOCK:
            raise ValueError(
                f"a Hessian of {elements} elements is too large; use hessian_vector_product"
            )
        return [[Buffer.make("out", out, call, (*row, *column)) for column in sizes] for row in sizes]

    def _columns(self, call: Call, blocks: list[list[Buffer]]) -> None:
        """Fill blocks column by column, by products with the unit vectors."""
        sizes = [call.core(name) for name in self.wrt]
        outs = [np.empty((call.count, *size), call.dtype) for size in sizes]
        for column, size in enumerate(sizes):
            for place in np.ndindex(size):
                units = [np.zeros((1, *other), call.dtype) for other in sizes]
                units[column][(0, *place)] = 1
                vectors = [unit if unit.ndim > 1 else call.dtype.type(unit[0]) for unit in units]
                call.run(self._kernel("hessian_vector_product"), outs, vectors)
                for row, filled in enumerate(outs):
                    blocks[row][column].items[(..., *place)] = filled


@dataclass(frozen=True)
class Buffer:
    """Where a kernel writes a result: the caller's own array, where that will do."""

    items: np.ndarray
    shape: tuple[int, ...]
    out: np.ndarray | None = None
    copied: bool = False

    @classmethod
    def make(cls, name: str, out: Any, call: Call, core: tuple[int, ...]) -> Buffer:
        """A buffer for one result of a call; `out` is the caller's array or None."""
        shape = (*call.lead, *core)
        if out is not None:
            _check_out(name, out, shape, call.dtype)
            alone = not any(np.may_share_memory(out, entry.array) for entry in call.operands)
            if out.flags.c_contiguous and alone:
                return cls(out.reshape(call.count, *core), shape, out)
        return cls(np.empty((call.count, *core), call.dtype), shape, out, copied=out is not None)

    def result(self) -> Any:
        """What the caller gets: an array of the items' shape, or a scalar."""
        if self.copied and self.out is not None:
            self.out[...] = self.items.reshape(self.shape)
        if self.out is not None:
            return self.out
        return self.items.reshape(self.shape) if self.shape else self.items[0]


def _check_out(name: str, out: Any, shape: tuple[int, ...], dtype: np.dtype) -> None:
    if not isinstance(out, np.ndarray) or out.dtype != dtype or not out.flags.writeable:
        found = out.dtype if isinstance(out, np.ndarray) else type(out).__name__
        raise TypeError(f"{name} must be a writeable array of {dtype}, not {found}")
    if out.shape != shape:
        raise ValueError(f"{name} has shape {out.shape}; expected {shape}")


def _pair(out: Any) -> tuple[Any, Any]:
    if not isinstance(out, (tuple, list)) or len(out) != 2:
        raise TypeError("out must be a pair: an array or None for values, one for the gradient")
    return out[0], out[1]


def _reduced(total: float, call: Call) -> Any:
    if call.divisor == 0:
        return call.dtype.type(math.nan)
    return call.dtype.type(total / call.divisor)
