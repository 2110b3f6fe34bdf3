"""A loss as a straight line of definitions in index notation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from sympy import Expr, Indexed, Symbol

from symloss.spec import Input, Parameter, array_base, index_symbol, scalar_symbol

Kind = Literal["sum", "max", "min", "argmax", "argmin", "prod", "logsumexp", "norm"]


@dataclass(frozen=True)
class Step:
    """`name[indices] = kind over bound of expression`.

    Without a kind, `name[indices] = expression`.

    Attributes:
        held: the step is a constant to every derivative (`stop_gradient`).
        softmax_of: the step holds `exp(body - value)` of that logsumexp step, which lowering may
            share with it.
        unit_of: the step holds `body/value` of that norm step, 0 where the norm is.
    """

    name: str
    indices: tuple[Symbol, ...]
    expression: Expr
    kind: Kind | None = None
    bound: tuple[Symbol, ...] = ()
    held: bool = False
    softmax_of: str = ""
    unit_of: str = ""

    @property
    def is_integer(self) -> bool:
        """Whether the value is a place along an axis."""
        return self.kind in ("argmax", "argmin")

    @property
    def loops(self) -> tuple[Symbol, ...]:
        """Free, then bound indices."""
        return self.indices + self.bound

    def renamed(self, names: Mapping[Symbol, Symbol]) -> Step:
        """The step with other names for indices in its formula."""
        return replace(self, expression=self.expression.xreplace(dict(names)))

    def element(self, subscripts: tuple[Expr, ...] | None = None) -> Expr:
        """The step's value as an operand of other steps; at its own indices unless told."""
        chosen = self.indices if subscripts is None else subscripts
        if not self.indices:
            return index_symbol(self.name) if self.is_integer else scalar_symbol(self.name)
        return array_base(self.name, integer=self.is_integer)[chosen]


@dataclass(frozen=True)
class Program:
    """Steps in order of computation; `outputs` name what they are computed for.

    `ranges` gives for each index the dimension it runs over; `wrt` names what derivatives are taken
    by.
    """

    name: str
    inputs: tuple[Input, ...]
    parameters: tuple[Parameter, ...]
    steps: tuple[Step, ...]
    outputs: tuple[str, ...]
    ranges: Mapping[Symbol, Expr]
    wrt: tuple[str, ...]

    @property
    def arguments(self) -> tuple[Input | Parameter, ...]:
        """Inputs, then parameters."""
        return (*self.inputs, *self.parameters)

    def step(self, name: str) -> Step:
        """The step of that name."""
        return next(step for step in self.steps if step.name == name)

    @property
    def by_name(self) -> dict[str, Step]:
        """Steps by name."""
        return {step.name: step for step in self.steps}

    def core_shape(self, name: str) -> tuple[int | str, ...]:
        """The core dimensions of an input; none for a parameter."""
        return next((entry.shape for entry in self.inputs if entry.name == name), ())

    @property
    def is_scalar(self) -> bool:
        """Whether items have no core dimensions."""
        return not any(entry.shape for entry in self.inputs) and not any(
            step.loops for step in self.steps
        )


def operands(expression: Expr) -> tuple[Expr, ...]:
    """The distinct symbols and array elements an expression is built on, in a fixed order.

    Subscripts belong to their element: `sim[i, partner[i]]` is one operand here.
    """
    return tuple(dict.fromkeys(_leaves(expression)))


def references(expression: Expr) -> set[str]:
    """Names of all that an expression reads, subscripts included."""
    names = set()
    for leaf in _leaves(expression):
        names.add(name_of(leaf))
        if isinstance(leaf, Indexed):
            for subscript in leaf.indices:
                names |= references(subscript)
    return names


def name_of(leaf: Expr) -> str:
    """The name of the input, parameter, step, index or dimension that an operand belongs to."""
    return str(leaf.base.label.name) if isinstance(leaf, Indexed) else str(leaf.name)


def _leaves(expression: Expr) -> Iterator[Expr]:
    if isinstance(expression, (Symbol, Indexed)):
        yield expression
        return
    for argument in expression.args:
        yield from _leaves(argument)


def unused(name: str, taken: set[str]) -> str:
    """The name, with underscores as long as it is taken; from then on it is."""
    while name in taken:
        name += "_"
    taken.add(name)
    return name


def without_dead_steps(program: Program, outputs: tuple[str, ...] | None = None) -> Program:
    """The program without steps that its outputs do not need; the outputs may be narrowed."""
    wanted = program.outputs if outputs is None else outputs
    needed = set(wanted)
    kept: list[Step] = []
    for step in reversed(program.steps):
        if step.name in needed:
            kept.append(step)
            needed |= references(step.expression)
            if step.softmax_of:
                needed.add(step.softmax_of)
    return replace(program, steps=tuple(reversed(kept)), outputs=wanted)
