"""What the names of a spec's math mean at a point of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from sympy import Add, Expr, IndexedBase, Symbol

from symloss.language import Index
from symloss.spec.model import (
    Argument,
    Dimension,
    Input,
    Parameter,
    array_base,
    by_name,
    dimension_symbol,
    index_symbol,
    scalar_symbol,
)


def selected(domain: Index) -> Expr:
    """The dimension along which an index domain selects places."""
    name = domain.dimension
    return dimension_symbol(int(name) if name.isdigit() else name)


@dataclass(frozen=True)
class Array:
    """A name that takes subscripts.

    Attributes:
        base: what stands for it in expressions.
        axes: the dimension of each axis.
        selects: the dimension that its values are places along, if they are.
    """

    base: IndexedBase
    axes: tuple[Expr, ...]
    selects: Expr | None = None


@dataclass(frozen=True)
class Signature:
    """How a spec is called."""

    name: str
    inputs: tuple[Input, ...]
    parameters: tuple[Parameter, ...]

    @property
    def arguments(self) -> dict[str, Argument]:
        """Inputs, then parameters, by name."""
        return by_name(self.inputs, self.parameters)


@dataclass
class Scope:
    """Names and meanings, growing by a definition at a time.

    Attributes:
        scalars: numbers: inputs, parameters, dimensions, definitions without indices.
        arrays: inputs with core dimensions, definitions with indices.
        selectors: the scalars whose values select places, and along which dimension.
        ranges: the dimension that each index runs over, in order of appearance.
        active: the indices that have a meaning at this point.
        used: the names that the math has read so far.
    """

    scalars: dict[str, Expr] = field(default_factory=dict)
    arrays: dict[str, Array] = field(default_factory=dict)
    selectors: dict[str, Expr] = field(default_factory=dict)
    ranges: dict[Symbol, Expr] = field(default_factory=dict)
    active: list[str] = field(default_factory=list)
    used: set[str] = field(default_factory=set)

    @property
    def names(self) -> set[str]:
        """All names that have a meaning here, except indices."""
        return {*self.scalars, *self.arrays}

    def define(self, name: str, indices: tuple[Symbol, ...]) -> None:
        """Add a definition."""
        if indices:
            axes = tuple(self.ranges[index] for index in indices)
            self.arrays[name] = Array(array_base(name), axes)
        else:
            self.scalars[name] = scalar_symbol(name)

    def stand(self, index: str, axis: Expr) -> Expr | None:
        """Let an index stand at an axis.

        Return the other dimension it ranges over, if it clashes.
        """
        known = self.ranges.setdefault(index_symbol(index), axis)
        return None if known == axis else known

    def places(self, expressions: Iterable[Expr]) -> tuple[set[Symbol], set[Expr]]:
        """The indices among the terms of expressions, and the dimensions that inputs select along.

        What is compared with a place is a place along the same dimension: in `where(j <= k, p[j],
        0)`, k runs over what j runs over, and so it does in `k < label`.
        """
        terms = {term for expression in expressions for term in Add.make_args(expression)}
        indices = {term for term in terms if term in map(index_symbol, self.active)}
        by_place = {self.scalars[name]: axis for name, axis in self.selectors.items()}
        by_array = {array.base: array.selects for array in self.arrays.values() if array.selects}
        axes = {by_place.get(term, by_array.get(getattr(term, "base", None))) for term in terms}
        return indices, {axis for axis in axes if axis is not None}

    def settle(self, together: Iterable[tuple[set[Symbol], set[Expr]]]) -> None:
        """Give indices that stand at no axis the range of what they are compared with."""
        groups = list(together)
        loose = {index for indices, _ in groups for index in indices} - set(self.ranges)
        for _ in groups:
            found = {index: self._beside(index, groups) for index in loose}
            settled = {index: axes.pop() for index, axes in found.items() if len(axes) == 1}
            self.ranges |= settled
            loose -= set(settled)

    def _beside(self, index: Symbol, groups: list[tuple[set[Symbol], set[Expr]]]) -> set[Expr]:
        """The dimensions that an index is compared with places of."""
        beside = [(indices, axes) for indices, axes in groups if index in indices]
        known = {
            self.ranges[other] for indices, _ in beside for other in indices & set(self.ranges)
        }
        return known.union(*(axes for _, axes in beside))

    @contextmanager
    def bind(self, indices: Iterable[str]) -> Iterator[None]:
        """Give indices a meaning inside a block."""
        before = list(self.active)
        self.active += indices
        try:
            yield
        finally:
            self.active = before


def open_scope(
    inputs: Iterable[Input], parameters: Iterable[Parameter], *, dimensions: Iterable[str] = ()
) -> Scope:
    """The scope of a spec before its first definition."""
    scope = Scope()
    for entry in inputs:
        selects = selected(entry.domain) if isinstance(entry.domain, Index) else None
        if isinstance(entry.symbol, IndexedBase):
            scope.arrays[entry.name] = Array(entry.symbol, axes_of(entry.shape), selects)
        else:
            scope.scalars[entry.name] = entry.symbol
            if selects is not None:
                scope.selectors[entry.name] = selects
    scope.scalars |= {parameter.name: parameter.symbol for parameter in parameters}
    scope.scalars |= {name: dimension_symbol(name) for name in dimensions}
    return scope


def axes_of(shape: Iterable[Dimension]) -> tuple[Expr, ...]:
    """The dimensions of a shape as expressions."""
    return tuple(dimension_symbol(size) for size in shape)


def renamed(axis: Expr, known: Mapping[Expr, Expr]) -> Expr:
    """A callee's dimension as the caller's; itself where it is a number."""
    return known.get(axis, axis)
