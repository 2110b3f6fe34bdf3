"""The base of every emitted loss: what its functions do around the kernels."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar

from symloss.runtime.ahead import compile_kernels
from symloss.runtime.arguments import Argument
from symloss.runtime.batch import along_vector, assemble
from symloss.runtime.hessians import fill_columns, require_small
from symloss.runtime.lanes import is_short
from symloss.runtime.layout import Batch, reduced
from symloss.runtime.parallel import in_blocks
from symloss.runtime.results import (
    Buffers,
    Results,
    finished,
    output,
    require_apart,
    require_reduction,
    result_type,
    split,
    value_output,
)
from symloss.runtime.swift import Calls, is_plain, is_ready, remember, swift


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
            "hessian_vector_product" is None where `wrt` is one name. A kernel's attribute `whole`
            names another that computes the same beside the losses, and is called in its place.
        abreast: the same functions for items with short core dimensions, several at a time.
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
    abreast: ClassVar[Mapping[str, Callable[..., float]]] = {}
    Gradient: ClassVar[Any]
    _by: ClassVar[tuple[Argument, ...]]
    _calls: ClassVar[Calls]

    def __init_subclass__(cls) -> None:
        """Work out, once, what every call needs."""
        known = {argument.name: argument for argument in (*cls.inputs, *cls.parameters)}
        cls._by = tuple(known[name] for name in cls.wrt)
        cls._calls = {}
        cls.Gradient = result_type(cls, cls.wrt)

    def __repr__(self) -> str:
        names = [entry.name for entry in self.inputs]
        keywords = [entry.name for entry in self.parameters]
        shown = ", ".join([*names, *(["*"] if keywords else []), *keywords])
        return f"<loss {self.name}({shown}): {self.signature}>"

    def compile(self) -> None:
        """Compile all kernels for float32 and float64, and store them on disk, before first calls.

        Without it, a kernel is compiled, or loaded from disk, when it is first called.
        """
        compile_kernels(self)

    def _value(
        self,
        inputs: tuple[Any, ...],
        parameters: tuple[Any, ...],
        weight: Any,
        reduction: str,
        out: Any,
        validate: bool,
    ) -> Any:
        is_usual = weight is None and out is None and not validate and type(reduction) is str
        if is_usual:
            done = swift(self._calls, "value", reduction, inputs, parameters)
            if done is not None:
                return done
        require_reduction(reduction)
        batch = self._batch(inputs, parameters, (), weight, validate)
        loss = value_output(out, "out", batch, reduction)
        total = self._run("value", batch, 1.0, loss[0])
        if is_usual:
            self._remember("value", reduction, inputs, parameters, batch, loss[0], _only)
        return self._loss(total, batch, reduction, loss)

    def _gradient(
        self,
        inputs: tuple[Any, ...],
        parameters: tuple[Any, ...],
        weight: Any,
        reduction: str,
        out: Any,
        validate: bool,
    ) -> Any:
        is_usual = weight is None and out is None and not validate and type(reduction) is str
        if is_usual:
            done = swift(self._calls, "gradient", reduction, inputs, parameters)
            if done is not None:
                return done
        require_reduction(reduction)
        batch = self._batch(inputs, parameters, (), weight, validate)
        buffers, results = self._outputs(out, "out", batch)
        self._run("gradient", batch, batch[0].divisor(batch[2], reduction), buffers)
        if is_usual:
            self._remember("gradient", reduction, inputs, parameters, batch, buffers, self._named)
        return self._named(finished(buffers, results))

    def _value_and_gradient(
        self,
        inputs: tuple[Any, ...],
        parameters: tuple[Any, ...],
        weight: Any,
        reduction: str,
        out: Any,
        validate: bool,
    ) -> Any:
        kernel = "value_and_gradient"
        is_usual = weight is None and out is None and not validate and type(reduction) is str
        if is_usual:
            done = swift(self._calls, kernel, reduction, inputs, parameters)
            if done is not None:
                return done
        require_reduction(reduction)
        first, rest = (None, None) if out is None else split(out, ("value", "gradient"), "out")
        require_apart(out)
        batch = self._batch(inputs, parameters, (), weight, validate)
        loss = value_output(first, "out[0]", batch, reduction)
        buffers, results = self._outputs(rest, "out[1]", batch)
        divisor = batch[0].divisor(batch[2], reduction)
        total = self._run(kernel, batch, divisor, (*loss[0], *buffers))
        if is_usual:
            outs = (*loss[0], *buffers)
            self._remember(kernel, reduction, inputs, parameters, batch, outs, self._pair)
        value = self._loss(total, batch, reduction, loss)
        return value, self._named(finished(buffers, results))

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
        vectors = (vector,) if len(self.wrt) == 1 else split(vector, self.wrt, "vector")
        batch = self._batch(inputs, parameters, vectors, weight, validate)
        buffers, results = self._outputs(out, "out", batch)
        divisor = batch[0].divisor(batch[2], reduction)
        if self.kernels["hessian_vector_product"] is None:
            self._run("hessian", along_vector(batch), divisor, buffers)
        else:
            self._run("hessian_vector_product", batch, divisor, buffers)
        return self._named(finished(buffers, results))

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
        cores = {by.name: batch[0].core(by) for by in self._by}
        require_small(batch[0].size, cores)
        rows = self._parts(out, "out")
        blocks = [
            self._outputs(rows[name], "out" if len(rows) == 1 else f"out.{name}", batch, core)
            for name, core in cores.items()
        ]
        divisor = batch[0].divisor(batch[2], reduction)
        if self.kernels["hessian"] is None:
            fill_columns(self._run, batch, divisor, list(cores.values()), [b for b, _ in blocks])
        else:
            self._run("hessian", batch, divisor, [buffer for row, _ in blocks for buffer in row])
        return self._named([self._named(finished(*block)) for block in blocks])

    def _batch(
        self,
        inputs: tuple[Any, ...],
        parameters: tuple[Any, ...],
        vectors: tuple[Any, ...],
        weight: Any,
        validate: bool,
    ) -> Batch:
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

    def _run(self, kernel: str, batch: Batch, divisor: float, outs: Buffers) -> float:
        """The kernel's total, derivatives over the divisor; there is nothing to run on no items."""
        layout, operands, weights = batch
        function, outs = self._resolved(kernel, batch, outs)
        if layout.size == 0 or function is None:
            return 0.0
        scale = layout.scale(divisor)
        if hasattr(function, "overloads"):
            return in_blocks(function, layout.size, scale, (*operands, weights), outs)
        return function(layout.size, scale, *operands, weights, *outs)

    def _resolved(
        self, kernel: str, batch: Batch, outs: Buffers
    ) -> tuple[Callable[..., float] | None, Buffers]:
        """A kernel and what it fills; one that another computes among others gives way to that."""
        whole = getattr(self.kernels[kernel], "whole", None)
        if whole is not None:
            kernel, outs = whole, (*value_output(None, "", batch, "sum")[0], *outs)
        if kernel in self.abreast and is_short(batch[1], batch[0].sizes.values()):
            return self.abreast[kernel], outs
        return self.kernels[kernel], outs

    def _remember(
        self,
        kernel: str,
        reduction: str,
        inputs: tuple[Any, ...],
        parameters: tuple[Any, ...],
        batch: Batch,
        outs: Buffers,
        finish: Callable[[list[Any]], Any],
    ) -> None:
        """Let calls like this one be swift."""
        function, taken = self._resolved(kernel, batch, outs)
        if function is not None and all(map(is_plain, parameters)) and is_ready(inputs, batch):
            unwanted = len(taken) - len(outs)
            remember(
                self._calls, kernel, reduction, inputs, batch, taken, unwanted, function, finish
            )

    def _outputs(
        self, out: Any, name: str, batch: Batch, before: tuple[int, ...] = ()
    ) -> tuple[Buffers, Results]:
        """One output for each name in `wrt`; for a Hessian, those of one row of blocks."""
        require_apart(out)
        found = [
            output(
                part,
                name if len(self.wrt) == 1 else f"{name}.{by.name}",
                batch,
                before + batch[0].core(by),
            )
            for part, by in zip(self._parts(out, name).values(), self._by, strict=True)
        ]
        return [buffer for buffer, _ in found], [result for _, result in found]

    def _parts(self, out: Any, name: str) -> dict[str, Any]:
        """What was given for each name in `wrt`."""
        if out is None or len(self.wrt) == 1:
            return dict.fromkeys(self.wrt, out)
        return dict(zip(self.wrt, split(out, self.wrt, name), strict=True))

    def _loss(
        self, total: float, batch: Batch, reduction: str, loss: tuple[Buffers, Results]
    ) -> Any:
        if reduction == "none":
            return finished(*loss)[0]
        return reduced(total, batch[0].divisor(batch[2], reduction), batch[0].real)

    def _pair(self, results: Sequence[Any]) -> Any:
        return results[0], self._named(results[1:])

    def _named(self, results: Sequence[Any]) -> Any:
        return results[0] if len(results) == 1 else self.Gradient(*results)


def _only(results: Sequence[Any]) -> Any:
    return results[0]
