"""Spec -> Program: reductions, held constants and calls become steps of their own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sympy import Expr, Indexed, IndexedBase, Integer, Mul, Symbol

from symloss.language import (
    Call,
    LogSumExp,
    Maximum,
    Minimum,
    Product,
    Reduction,
    StopGradient,
    Sum,
)
from symloss.language import Mean as MeanNode
from symloss.program.model import Kind, Program, Step
from symloss.spec import Spec, array_base, dimension_symbol, index_symbol

_KINDS: dict[type[Reduction], Kind] = {
    Sum: "sum",
    MeanNode: "sum",
    Maximum: "max",
    Minimum: "min",
    Product: "prod",
    LogSumExp: "logsumexp",
}
_ONE_INDEX = ("max", "min", "prod")
"""Kinds whose derivative rule is written for one bound index; more become a nest."""


def read_program(spec: Spec) -> Program:
    """The spec's math as a program whose output is `loss`."""
    reader = _Reader(
        taken=set(spec.arguments) | set(spec.dimensions) | {str(i) for i in spec.ranges}
    )
    scope = _Scope(spec, replace={}, bases={}, ranges=dict(spec.ranges), context=(), prefix="")
    reader.ranges.update(spec.ranges)
    reader.shapes.update({entry.name: entry.shape for entry in spec.inputs})
    reader.read(scope)
    return Program(
        name=spec.name,
        inputs=spec.inputs,
        parameters=spec.parameters,
        steps=tuple(reader.steps),
        outputs=("loss",),
        ranges=reader.ranges,
        wrt=spec.wrt,
    )


@dataclass
class _Scope:
    """One spec's definitions being read: what its names mean to the caller."""

    spec: Spec
    replace: dict[Expr, Expr]
    bases: dict[str, tuple[IndexedBase, tuple[Expr, ...]]]
    ranges: Mapping[Symbol, Expr]
    context: tuple[Symbol, ...]
    prefix: str


@dataclass
class _Reader:
    taken: set[str]
    steps: list[Step] = field(default_factory=list)
    ranges: dict[Symbol, Expr] = field(default_factory=dict)
    shapes: dict[str, tuple[object, ...]] = field(default_factory=dict)

    def read(self, scope: _Scope) -> Expr:
        """Append the scope's steps; return the element that holds its loss."""
        element: Expr = Integer(0)
        for definition in scope.spec.definitions:
            name = self.fresh(scope.prefix + definition.name)
            own = tuple(scope.replace.get(index, index) for index in definition.indices)
            element = self.define(name, scope.context + own, definition.expression, scope)
            base = array_base(definition.name) if own else None
            if base is not None:
                scope.bases[definition.name] = (array_base(name), scope.context)
            else:
                scope.replace[Symbol(definition.name, real=True)] = element
            self.shapes[name] = tuple(self.ranges[index] for index in scope.context + own)
        return element

    def define(
        self, name: str, indices: tuple[Symbol, ...], expression: Expr, scope: _Scope
    ) -> Expr:
        """Append a step for an expression of the scope's spec.

        The loss itself is never a bare reduction.
        """
        bare = isinstance(expression, Reduction) and not isinstance(expression, MeanNode)
        if bare and name != "loss":
            return self.reduce(name, indices, expression, scope)
        return self.append(Step(name, indices, self.lift(expression, name, scope)))

    def append(self, step: Step) -> Expr:
        """Append a step and return its element."""
        self.steps.append(step)
        self.taken.add(step.name)
        return step.element()

    def lift(self, expression: Expr, name: str, scope: _Scope) -> Expr:
        """The expression with reductions, held parts and calls replaced by steps."""
        if isinstance(expression, Reduction):
            return self.reduction(expression, name, scope)
        if isinstance(expression, StopGradient):
            body = self.lift(expression.args[0], name, scope)
            step = Step(self.fresh(f"{name}_held"), self.free(body), body, held=True)
            return self.append(step)
        if isinstance(expression, Call):
            return self.call(expression, name, scope)
        if isinstance(expression, Indexed):
            return self.element(expression, name, scope)
        if isinstance(expression, Symbol):
            return scope.replace.get(expression, expression)
        if not expression.args:
            return expression
        return expression.func(*(self.lift(part, name, scope) for part in expression.args))

    def element(self, leaf: Indexed, name: str, scope: _Scope) -> Expr:
        """An array element, its base and subscripts in the caller's terms."""
        subscripts = tuple(self.lift(subscript, name, scope) for subscript in leaf.indices)
        base, leading = scope.bases.get(str(leaf.base.label.name), (leaf.base, ()))
        return base[(*leading, *subscripts)]

    def reduction(self, node: Reduction, name: str, scope: _Scope) -> Expr:
        """A step for a reduction inside an expression; a mean is a sum over the number of terms."""
        step = self.reduce(self.fresh(f"{name}_{node.kind}"), None, node, scope)
        if not isinstance(node, MeanNode):
            return step
        sizes = (self.ranges[scope.replace.get(index, index)] for index in node.indices)
        return step / Mul(*sizes)

    def reduce(
        self, name: str, indices: tuple[Symbol, ...] | None, node: Reduction, scope: _Scope
    ) -> Expr:
        kind = _KINDS[type(node)]
        bound = tuple(scope.replace.get(index, index) for index in node.indices)
        body = self.lift(node.body, name, scope)
        while kind in _ONE_INDEX and len(bound) > 1:
            inner = Step(
                self.fresh(f"{name}_inner"), self.free(body, bound[-1:]), body, kind, bound[-1:]
            )
            body, bound = self.append(inner), bound[:-1]
        free = self.free(body, bound) if indices is None else indices
        return self.append(Step(name, free, body, kind, bound))

    def call(self, node: Call, name: str, scope: _Scope) -> Expr:
        """The callee's definitions, renamed apart, over the indices of the call's arguments."""
        callee = scope.spec.calls[node.callee]
        prefix = self.fresh(f"{scope.prefix}{node.callee}") + "_"
        self.taken.add(prefix[:-1])
        replace: dict[Expr, Expr] = {}
        bases: dict[str, tuple[IndexedBase, tuple[Expr, ...]]] = {}
        context: dict[Symbol, None] = {}
        for entry, argument in zip(callee.arguments.values(), node.arguments, strict=True):
            shape = getattr(entry, "shape", ())
            if shape:
                base, leading = self.array(argument, name, scope)
                bases[entry.name] = (base, leading)
                self.match(shape, base, len(leading), replace)
                context.update(dict.fromkeys(i for part in leading for i in self.free(part)))
            else:
                replace[entry.symbol] = self.lift(argument, name, scope)
                context.update(dict.fromkeys(self.free(replace[entry.symbol])))
        ranges = self.rename_indices(callee, replace)
        ordered = tuple(index for index in self.ranges if index in context)
        return self.read(_Scope(callee, replace, bases, ranges, ordered, prefix))

    def array(
        self, argument: Expr, name: str, scope: _Scope
    ) -> tuple[IndexedBase, tuple[Expr, ...]]:
        """The caller's array behind an array argument, and its leading subscripts."""
        if isinstance(argument, IndexedBase):
            return scope.bases.get(str(argument.label.name), (argument, ()))
        element = self.element(argument, name, scope)
        return element.base, tuple(element.indices)

    def match(
        self, shape: tuple[int | str, ...], base: IndexedBase, skip: int, replace: dict[Expr, Expr]
    ) -> None:
        """Bind the callee's dimensions to the caller's."""
        sizes = self.shapes[str(base.label.name)][skip:]
        for dimension, size in zip(shape, sizes, strict=True):
            if isinstance(dimension, str):
                known = dimension_symbol(size) if isinstance(size, (str, int)) else size
                replace[dimension_symbol(dimension)] = known

    def rename_indices(self, callee: Spec, replace: dict[Expr, Expr]) -> Mapping[Symbol, Expr]:
        """Give the callee's indices names that the program does not have yet."""
        for index, dimension in callee.ranges.items():
            fresh = index_symbol(self.fresh(str(index)))
            self.taken.add(str(fresh))
            replace[index] = fresh
            self.ranges[fresh] = replace.get(dimension, dimension)
        return self.ranges

    def free(self, expression: Expr, bound: tuple[Symbol, ...] = ()) -> tuple[Symbol, ...]:
        """The indices that an expression depends on, in the order of the program's ranges."""
        symbols = expression.free_symbols
        return tuple(index for index in self.ranges if index in symbols and index not in bound)

    def fresh(self, name: str) -> str:
        """The name, numbered if it is taken."""
        if name not in self.taken:
            return name
        return next(tried for n in range(2, 10**9) if (tried := f"{name}_{n}") not in self.taken)
