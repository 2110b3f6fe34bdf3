"""What a cosine lacks to 1: half of a square, which has all its digits where vectors are parallel.

Of unit vectors u and v with w = u - v, 1 - u.v = |w|**2/2; and |w|**2 is |w - u*(u.w)|**2 plus the
square of u.w = -|w|**2/2. Where both point along one axis, what they differ by is across it, and
rounding is along it: the second form leaves it out. Derivatives are taken before.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import sympy
from sympy import Add, Expr, Indexed, Mul, Symbol

from symloss.program import Program, Step, name_of, operands, unused, without_dead_steps


def cosines_apart(program: Program) -> Program:
    """The program with one less a product of unit vectors in that form."""
    work = _Work({step.name for step in program.steps})
    for step in program.steps:
        work.add(step if step.held else replace(step, expression=work.of(step.expression)))
    return without_dead_steps(replace(program, steps=tuple(work.known.values())))


@dataclass
class _Work:
    """Steps so far; what cosines lack to 1, by their names; and the names that steps have."""

    taken: set[str]
    known: dict[str, Step] = field(default_factory=dict)
    gaps: dict[str, Step] = field(default_factory=dict)

    def add(self, step: Step) -> None:
        self.known[step.name] = step

    def of(self, expression: Expr) -> Expr:
        """The expression with every c - c*u.v rewritten."""
        if isinstance(expression, (Symbol, Indexed)) or not expression.args:
            return expression
        parts = [self.of(p) if isinstance(p, sympy.Basic) else p for p in expression.args]
        node = expression if tuple(parts) == expression.args else expression.func(*parts)
        return self.less_one(node) if isinstance(node, Add) else node

    def less_one(self, total: Add) -> Expr:
        """A sum without a cosine and the one that it is taken from."""
        for term, leaf in self._cosines(total):
            other = -term / leaf
            if other in total.args:
                rest = Add(*(part for part in total.args if part not in (term, other)))
                return self.of(rest) + other * self._gap(leaf)
        return total

    def _cosines(self, total: Add) -> Iterator[tuple[Expr, Expr]]:
        for term in total.args:
            for leaf in Mul.make_args(term):
                cosine = self._named(leaf)
                step = self.known.get(name_of(cosine)) if operands(cosine) == (cosine,) else None
                if step is not None and step.kind == "sum" and len(self._units(step)) == 2:
                    yield term, leaf

    def _named(self, leaf: Expr) -> Expr:
        """What a name stands for, if for another name alone."""
        step = self.known.get(name_of(leaf)) if operands(leaf) == (leaf,) else None
        if (
            step is None
            or step.kind
            or step.held
            or operands(step.expression) != (step.expression,)
        ):
            return leaf
        places = tuple(leaf.indices) if isinstance(leaf, Indexed) else ()
        return step.expression.xreplace(dict(zip(step.indices, places, strict=True)))

    def _units(self, step: Step) -> tuple[Expr, ...]:
        factors = Mul.make_args(step.expression)
        steps = (self.known.get(name_of(f)) if operands(f) == (f,) else None for f in factors)
        found = all(one is not None and one.unit_of for one in steps)
        return factors if found else ()

    def _gap(self, leaf: Expr) -> Expr:
        """What the cosine of that name lacks to 1."""
        cosine = self._named(leaf)
        step = self.known[name_of(cosine)]
        if step.name not in self.gaps:
            u, v = self._units(step)
            along = self._sum(step, "along", u * (u - v))
            across = self._sum(step, "across", (u - v - u * along) ** 2)
            whole = self._sum(step, "whole", (u - v) ** 2)
            name = unused(f"{step.name}_gap", self.taken)
            gap = replace(
                step, name=name, kind=None, bound=(), expression=(across + whole**2 / 4) / 2
            )
            self.gaps[step.name] = gap
            self.add(gap)
        at = tuple(cosine.indices) if isinstance(cosine, Indexed) else None
        return self.gaps[step.name].element(at)

    def _sum(self, step: Step, what: str, body: Expr) -> Expr:
        made = replace(step, name=unused(f"{step.name}_{what}", self.taken), expression=body)
        self.add(made)
        return made.element()
