"""What a cosine lacks to 1: half of a square, which has all its digits where vectors are parallel.

Of unit vectors u and v with w = u - v, 1 - u.v = |w|**2/2; and |w|**2 is |w - u*(u.w)|**2 plus the
square of u.w = -|w|**2/2. Where both point along one axis, what they differ by is across it, and
rounding is along it: the second form leaves it out. Derivatives are taken before.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from sympy import Add, Expr, Indexed, Mul

from symloss.program import Program, Rewriting, Step, name_of, operands, unused


def cosines_apart(program: Program) -> Program:
    """The program with one less a product of unit vectors in that form."""
    return _Gaps.of_names(program).rewritten(program)


@dataclass
class _Gaps(Rewriting):
    """Sums are looked at; `gaps` is what cosines lack to 1, by their names."""

    gaps: dict[str, Step] = field(default_factory=dict)

    def node(self, node: Expr) -> Expr:
        """A node, with c - c*u.v in that form."""
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
                step = self.read(self._named(leaf))
                if step is not None and step.kind == "sum" and len(self._units(step)) == 2:
                    yield term, leaf

    def _named(self, leaf: Expr) -> Expr:
        """What a name stands for, if for another name alone."""
        body = self.definition(leaf)
        return body if body is not None and operands(body) == (body,) else leaf

    def _units(self, step: Step) -> tuple[Expr, ...]:
        factors = Mul.make_args(step.expression)
        steps = map(self.read, factors)
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
