"""A program under construction: fresh names, fresh indices, appended steps."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from sympy import Add, Expr, Mul, S, Symbol

from symloss.program import Program, Step, without_dead_steps
from symloss.spec import index_symbol


@dataclass
class Builder:
    """Starts from a program and grows it."""

    program: Program
    steps: list[Step] = field(default_factory=list)
    ranges: dict[Symbol, Expr] = field(default_factory=dict)
    taken: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.steps = list(self.program.steps)
        self.ranges = dict(self.program.ranges)
        self.taken = {entry.name for entry in self.program.arguments}
        self.taken |= {step.name for step in self.steps} | {str(index) for index in self.ranges}

    def fresh(self, name: str) -> str:
        """The name, numbered if it is taken."""
        if name not in self.taken:
            return name
        return next(tried for n in range(2, 10**9) if (tried := f"{name}_{n}") not in self.taken)

    def index(self, like: str, dimension: Expr) -> Symbol:
        """A new index over a dimension."""
        symbol = index_symbol(self.fresh(like))
        self.taken.add(str(symbol))
        self.ranges[symbol] = dimension
        return symbol

    def find(self, name: str) -> Step | None:
        """The step of that name, if there is one."""
        return next((step for step in self.steps if step.name == name), None)

    def append(self, step: Step) -> Expr:
        """Append a step; return the element that holds it."""
        self.steps.append(step)
        self.taken.add(step.name)
        return step.element()

    def sum_over(
        self, name: str, target: tuple[Symbol, ...], term: Expr, over: tuple[Symbol, ...]
    ) -> Expr:
        """A term summed over indices, as an element of a new step.

        Factors free of them stay outside.
        """
        present = tuple(index for index in over if index in term.free_symbols)
        count = Mul(*(self.ranges[index] for index in over if index not in present))
        if not present:
            return count * term
        outside, inside = term.as_independent(*_dependent(term, present), as_Add=False)
        free = tuple(index for index in target if index in inside.free_symbols)
        return count * outside * self.append(Step(self.fresh(name), free, inside, "sum", present))

    def finish(self, outputs: tuple[str, ...], name: str) -> Program:
        """The program made so far, without what its outputs do not need."""
        grown = replace(
            self.program,
            name=name,
            steps=tuple(self.steps),
            outputs=outputs,
            ranges=dict(self.ranges),
        )
        return without_dead_steps(grown)


def _dependent(term: Expr, indices: tuple[Symbol, ...]) -> tuple[Expr, ...]:
    """What in the term varies with the indices, in the terms `as_independent` understands."""
    return tuple(symbol for symbol in term.free_symbols if set(indices) & symbol.free_symbols)


def total(terms: list[Expr]) -> Expr:
    """The sum of contributions, 0 for none."""
    return Add(*terms) if terms else S.Zero
