"""A derivation evaluated with NumPy, a whole array at a time: what a person without a compiler has.

A step over indices is an array whose first axis counts items and whose others are the step's
indices, then those it is reduced over.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from functools import reduce
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sympy import Dummy, Expr, Indexed, KroneckerDelta, Symbol, lambdify
from sympy import Function as SymFunction

from symloss.derive import derive, gradient_name
from symloss.errors import SymlossError
from symloss.program import Program, Step, name_of, operands, read_program
from symloss.spec import Spec

Array = NDArray[Any]
# Intermediate arrays beyond this are not what a person would write.
MOST_NUMBERS = 3 * 10**8


class UnavailableError(SymlossError):
    """A contender that cannot take part; the message says why."""


def _sigmoid(x: Any) -> Any:
    return 1 / (1 + np.exp(-x))


def _softplus(x: Any) -> Any:
    return np.maximum(x, 0) + np.log1p(np.exp(-np.abs(x)))


def _xlogy(x: Any, y: Any) -> Any:
    return x * np.log(np.where(x == 0, np.ones_like(y), y))


# What NumPy has under another name, or not at all.
FUNCTIONS: dict[str, Callable[..., Any]] = {
    "sigmoid": _sigmoid,
    "softplus": _softplus,
    "logcosh": lambda x: np.abs(x) + np.log1p(np.exp(-2 * np.abs(x))) - math.log(2),
    "log1mexp": lambda x: np.log(-np.expm1(x)),
    "log1pmx": lambda x: np.log1p(x) - x,
    "expm1mx": lambda x: np.expm1(x) - x,
    "sqrt1pm1": lambda x: x / (np.sqrt(1 + x) + 1),
    "xlogy": _xlogy,
}


def _logsumexp(x: Array, axes: tuple[int, ...]) -> Array:
    top = x.max(axes, keepdims=True)
    total: Array = np.log(np.exp(x - top).sum(axes)) + top.reshape(x.shape[: x.ndim - len(axes)])
    return total


def _place(x: Array, axes: tuple[int, ...], find: Callable[..., Any]) -> Array:
    place: Array = find(x.reshape(*x.shape[: axes[0]], -1), axis=-1)
    return place


REDUCTIONS: dict[str, Callable[[Array, tuple[int, ...]], Array]] = {
    "sum": lambda x, axes: x.sum(axes),
    "prod": lambda x, axes: x.prod(axes),
    "max": lambda x, axes: x.max(axes),
    "min": lambda x, axes: x.min(axes),
    "logsumexp": _logsumexp,
    "argmax": lambda x, axes: _place(x, axes, np.argmax),
    "argmin": lambda x, axes: _place(x, axes, np.argmin),
}


def numpy_work(
    spec: Spec, arrays: list[Array], parameters: Mapping[str, float], what: str
) -> Callable[[], tuple[Any, tuple[Any, ...]]]:
    """The mean and its gradients, ready to be called.

    Raises:
        UnavailableError: NumPy lacks a function of the spec, or an array would be huge.
    """
    derived = derive(read_program(spec))
    program = derived.value if what == "value" else derived.gradient
    names = [] if what == "value" else [gradient_name(name) for name in spec.wrt]
    runner = _Runner(spec, program, arrays, parameters)

    def work() -> tuple[Any, tuple[Any, ...]]:
        with np.errstate(all="ignore"):
            found = runner.run()
            kind = runner.kind
            values = np.broadcast_to(found["loss"], (runner.items,))
            slopes = tuple(
                np.ascontiguousarray(np.broadcast_to(_typed(found[name], kind), shape))
                / kind(runner.items)
                for name, shape in zip(names, runner.shapes, strict=False)
            )
            return (None if what == "gradient" else values.mean(dtype=kind)), slopes

    try:
        work()
    except (NameError, TypeError, AttributeError, ValueError) as error:
        raise UnavailableError(f"NumPy cannot evaluate it: {str(error)[:80]}") from error
    return work


class _Runner:
    """The steps of a program as functions of arrays, compiled once."""

    def __init__(
        self, spec: Spec, program: Program, arrays: list[Array], parameters: Mapping[str, float]
    ) -> None:
        self.program = program
        self.items = len(arrays[0])
        floats = [part.dtype.type for part in arrays if part.dtype.kind == "f"]
        self.kind: Any = floats[0] if floats else np.float64
        by_name = dict(zip((entry.name for entry in spec.inputs), arrays, strict=True))
        self.shapes = [by_name[name].shape for name in spec.wrt if name in by_name]
        given: dict[str, Any] = {
            one.name: parameters.get(one.name, one.default) for one in spec.parameters
        }
        self.sizes = _sizes(spec, by_name)
        self.inputs = {**by_name, **{name: self.kind(float(v)) for name, v in given.items()}}
        self.steps = [(step, *_compiled(step, self.kind)) for step in program.steps]
        for step in program.steps:
            if self.items * math.prod(map(self.size, step.loops)) > MOST_NUMBERS:
                raise UnavailableError("NumPy would need an array of more than 3e8 numbers")

    def size(self, index: Symbol) -> int:
        """How many values an index has."""
        size = self.program.ranges[index]
        return int(size.xreplace({one: self.sizes[str(one)] for one in size.free_symbols}))

    def run(self) -> dict[str, Any]:
        """All steps by name."""
        known = dict(self.inputs)
        for step, leaves, function in self.steps:
            found = function(*(self.leaf(leaf, step, known) for leaf in leaves))
            if step.kind:
                full = (self.items, *map(self.size, step.loops))
                axes = tuple(range(1 + len(step.indices), len(full)))
                found = REDUCTIONS[step.kind](np.broadcast_to(found, full), axes)
            elif step.indices:
                found = np.broadcast_to(found, (self.items, *map(self.size, step.indices)))
            known[step.name] = found
        return known

    def leaf(self, leaf: Expr, step: Step, known: Mapping[str, Any]) -> Any:
        """An operand, laid out along the axes of a step."""
        if leaf in step.loops:
            return _along(np.arange(self.size(leaf)), step.loops.index(leaf), len(step.loops))
        if isinstance(leaf, Indexed):
            return self._element(leaf, step, known)
        if str(leaf.name) in known:
            value = known[str(leaf.name)]
            return value.reshape(-1, *[1] * len(step.loops)) if np.ndim(value) else value
        return self.kind(self.sizes[str(leaf.name)])

    def _element(self, leaf: Indexed, step: Step, known: Mapping[str, Any]) -> Any:
        base, places, loops = known[name_of(leaf)], leaf.indices, step.loops
        if len(set(places)) == len(places) and all(place in loops for place in places):
            order = sorted(range(len(places)), key=lambda axis: loops.index(places[axis]))
            moved = base.transpose(0, *(axis + 1 for axis in order))
            shape = [self.size(index) if index in places else 1 for index in loops]
            return moved.reshape(self.items, *shape)
        items = np.arange(self.items).reshape(-1, *[1] * len(loops))
        return base[(items, *(self._subscript(place, step, known) for place in places))]

    def _subscript(self, place: Expr, step: Step, known: Mapping[str, Any]) -> Any:
        leaves = operands(place)
        symbols = [Dummy() for _ in leaves]
        function = lambdify(symbols, place.xreplace(dict(zip(leaves, symbols, strict=True))))
        return np.asarray(function(*(self.leaf(leaf, step, known) for leaf in leaves)), int)


def _along(values: Array, axis: int, axes: int) -> Array:
    shape = [1] * (axes + 1)
    shape[axis + 1] = -1
    return values.reshape(shape)


def _typed(found: Any, kind: Any) -> Any:
    """A result in its type, where it is a constant of Python's."""
    return found if isinstance(found, np.ndarray) else kind(found)


def _sizes(spec: Spec, arrays: Mapping[str, Array]) -> dict[str, int]:
    sizes = {}
    for entry in spec.inputs:
        for axis, size in zip(entry.shape, arrays[entry.name].shape[1:], strict=True):
            if isinstance(axis, str):
                sizes[axis] = size
    return sizes


class _Joined:
    """A logical operation whose parts may have different shapes."""

    def __init__(self, operation: Callable[[Any, Any], Any]) -> None:
        """Keep the operation."""
        self.reduce = lambda parts: reduce(operation, parts)


def _select(kind: Any) -> Callable[..., Any]:
    """np.select whose constants do not widen what they stand beside."""

    def select(conditions: list[Any], choices: list[Any], default: Any) -> Any:
        typed = [choice if isinstance(choice, np.ndarray) else kind(choice) for choice in choices]
        return np.select(conditions, typed, kind(default))

    return select


def _compiled(step: Step, kind: Any) -> tuple[tuple[Expr, ...], Callable[..., Any]]:
    leaves = operands(step.expression)
    symbols = [Dummy() for _ in leaves]
    body = step.expression.xreplace(dict(zip(leaves, symbols, strict=True)))
    body = body.replace(KroneckerDelta, SymFunction("equals"))
    named = {
        **FUNCTIONS,
        "equals": lambda a, b: np.equal(a, b).astype(kind),
        "select": _select(kind),
        "logical_and": _Joined(np.logical_and),
        "logical_or": _Joined(np.logical_or),
    }
    return leaves, lambdify(symbols, body, modules=[named, "numpy"], cse=True)
