"""The data that a spec file becomes.

Conventions, on which every later room relies:

- a scalar input or parameter is `Symbol(name, real=True)`; one with an `Index` domain is
  `Symbol(name, integer=True)`;
- an input with core dimensions is `IndexedBase(name, real=True)` (index domain: `integer=True`),
  its elements are `Indexed(base, subscripts)`; so is a definition with indices; a definition
  without is `Symbol(name, real=True)`;
- an index is `Symbol(name, integer=True)`, a core dimension `Symbol(name, integer=True,
  positive=True)` or an `Integer`.

No sign is assumed anywhere, so that SymPy rewrites nothing on the strength of a domain.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import sympy
from sympy import Expr, IndexedBase, Symbol

from symloss.errors import Place
from symloss.language import Domain, Index

Dimension = str | int
"""A core dimension: a name such as "K", or a fixed size."""


def scalar_symbol(name: str) -> Symbol:
    """The symbol of a scalar input, parameter or definition."""
    return Symbol(name, real=True)


def index_symbol(name: str) -> Symbol:
    """The symbol of an index, and of a scalar input that selects a place."""
    return Symbol(name, integer=True)


def dimension_symbol(dimension: Dimension) -> Expr:
    """A core dimension as an expression: a symbol, or the number it is fixed to."""
    if isinstance(dimension, int):
        return sympy.Integer(dimension)
    return Symbol(dimension, integer=True, positive=True)


def array_base(name: str, *, integer: bool = False) -> IndexedBase:
    """The base whose elements are an array input's or an indexed definition's."""
    return IndexedBase(name, integer=True) if integer else IndexedBase(name, real=True)


@dataclass(frozen=True)
class Input:
    """An array argument: `shape` holds its core dimensions, outermost first."""

    name: str
    domain: Domain
    shape: tuple[Dimension, ...] = ()

    @property
    def is_index(self) -> bool:
        """Whether its values select places along a dimension."""
        return isinstance(self.domain, Index)

    @property
    def symbol(self) -> Symbol | IndexedBase:
        """What stands for it in expressions."""
        if self.shape:
            return array_base(self.name, integer=self.is_index)
        return index_symbol(self.name) if self.is_index else scalar_symbol(self.name)


@dataclass(frozen=True)
class Parameter:
    """A scalar keyword argument; `default` is None where the caller must give it."""

    name: str
    domain: Domain
    default: Expr | None = None

    @property
    def symbol(self) -> Symbol:
        """What stands for it in expressions."""
        return scalar_symbol(self.name)


Argument = Input | Parameter
"""What a loss takes."""


def by_name(inputs: Iterable[Input], parameters: Iterable[Parameter]) -> dict[str, Argument]:
    """Inputs, then parameters, by name."""
    arguments: list[Argument] = [*inputs, *parameters]
    return {argument.name: argument for argument in arguments}


@dataclass(frozen=True)
class Definition:
    """One line of math: `name[indices] = expression`.

    Reductions and calls may stand anywhere in the expression.
    """

    name: str
    indices: tuple[Symbol, ...]
    expression: Expr
    place: Place


@dataclass(frozen=True)
class Example:
    """A worked value: `given` maps inputs and parameters to numbers or nested lists.

    `gradient` is by input name.
    """

    given: Mapping[str, Any]
    loss: float
    gradient: Mapping[str, Any]
    tolerance: float
    place: Place


@dataclass(frozen=True)
class Relation:
    """A law `left operator right` between inputs, parameters, `loss` and calls of specs."""

    law: str
    left: Expr
    operator: Literal["==", "<=", ">="]
    right: Expr
    place: Place


@dataclass(frozen=True)
class Likelihood:
    """The loss is -log_density, but for what does not depend on `wrt`.

    `density` is the text, a distribution of the input `variable`.
    """

    variable: str
    density: str
    log_density: Expr
    place: Place


@dataclass(frozen=True)
class Allowance:
    """An exception to the bound on errors, with its reason.

    Attributes:
        reason: why the usual bound cannot hold.
        bound: the mixed error, in ulps, that is allowed instead; None where the usual one holds.
        magnitudes: a part p of the format's exponents: it holds while every input is 0 or of a
            magnitude from the smallest normal number to the power p to the largest to the power p.
        functions: those concerned.
        types: those concerned.
    """

    reason: str
    bound: float | None
    magnitudes: float
    functions: tuple[str, ...]
    types: tuple[str, ...]


@dataclass(frozen=True)
class Spec:
    """A loss as mathematics.

    Attributes:
        name: the file's stem; the emitted function's name.
        path: the file it was read from, as given.
        ranges: for each index of the math, the dimension it runs over.
        wrt: names of inputs and parameters that derivatives are taken by, in order.
        calls: the specs that the math and the relations call, by name.
        hash: SHA-256 over the file's text and the hashes of `calls`.
    """

    name: str
    path: str
    title: str
    summary: str
    source: str
    math: str
    inputs: tuple[Input, ...]
    parameters: tuple[Parameter, ...]
    definitions: tuple[Definition, ...]
    ranges: Mapping[Symbol, Expr]
    wrt: tuple[str, ...]
    claims: Mapping[str, Any]
    examples: tuple[Example, ...]
    relations: tuple[Relation, ...]
    likelihood: Likelihood | None
    accuracy: tuple[Allowance, ...]
    calls: Mapping[str, Spec]
    hash: str

    @property
    def arguments(self) -> dict[str, Argument]:
        """Inputs, then parameters, by name."""
        return by_name(self.inputs, self.parameters)

    @property
    def dimensions(self) -> tuple[str, ...]:
        """The named core dimensions, in order of first appearance."""
        named = (size for entry in self.inputs for size in entry.shape if isinstance(size, str))
        return tuple(dict.fromkeys(named))
