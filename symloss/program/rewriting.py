"""A program rewritten step by step: steps so far, and names for those that are added."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Self

import sympy
from sympy import Expr, Indexed, Symbol

from symloss.program.model import Program, Step, name_of, operands, without_dead_steps


@dataclass
class Rewriting:
    """Steps so far, by name, and the names that steps have; `node` says what is rewritten."""

    taken: set[str]
    known: dict[str, Step] = field(default_factory=dict)

    @classmethod
    def of_names(cls, program: Program) -> Self:
        """Nothing is known yet but the names of a program's steps."""
        return cls({step.name for step in program.steps})

    def rewritten(self, program: Program) -> Program:
        """The program with every step that is not held rewritten, and without dead ones."""
        for step in program.steps:
            self.add(step if step.held else replace(step, expression=self.of(step.expression)))
        return without_dead_steps(replace(program, steps=tuple(self.known.values())))

    def add(self, step: Step) -> None:
        """One more step."""
        self.known[step.name] = step

    def of(self, expression: Expr) -> Expr:
        """The expression with its nodes rewritten from the leaves up; subscripts stay."""
        if isinstance(expression, (Symbol, Indexed)) or not expression.args:
            return expression
        parts = [self.of(p) if isinstance(p, sympy.Basic) else p for p in expression.args]
        return self.node(expression if tuple(parts) == expression.args else expression.func(*parts))

    def node(self, node: Expr) -> Expr:
        """A node whose parts are rewritten."""
        return node

    def read(self, leaf: Expr) -> Step | None:
        """The step that an operand is an element of; None for inputs and for what is no operand."""
        return self.known.get(name_of(leaf)) if operands(leaf) == (leaf,) else None

    def definition(self, leaf: Expr) -> Expr | None:
        """What an operand stands for, if an elementwise definition says so."""
        step = self.read(leaf)
        if step is None or step.kind or step.held:
            return None
        places = tuple(leaf.indices) if isinstance(leaf, Indexed) else ()
        return step.expression.xreplace(dict(zip(step.indices, places, strict=True)))

    def opened(self, expression: Expr, most: int) -> Expr:
        """With elementwise definitions written out, while that is of at most so many operations."""
        bodies = {leaf: self.definition(leaf) for leaf in operands(expression)}
        swaps = {leaf: body for leaf, body in bodies.items() if body is not None}
        whole = expression.xreplace(swaps)
        if not swaps or whole.count_ops() > most:
            return expression
        return self.opened(whole, most)
