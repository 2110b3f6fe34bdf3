"""Differences of distances from one point: what they share is taken out before it is rounded.

Of |x|**2 - |y|**2, with x = a - p and y = a - n, the sum of (x - y)*(x + y) is left, in which a far
away a is only a factor; of |x| - |y|, that over |x| + |y|.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import permutations

import sympy
from sympy import Add, Eq, Expr, Indexed, Mul, Piecewise, Pow, S, Symbol

from symloss.program import Program, Rewriting, Step, name_of, operands, unused


def distances_apart(program: Program, *, last: bool = False) -> Program:
    """The program with differences of squared distances as one sum each.

    Those of distances, too, if it is the `last` thing to be done: derivatives are taken before.
    """
    work = _Distances.of_names(program)
    work.roots = last
    return work.rewritten(program)


@dataclass
class _Distances(Rewriting):
    """Sums are looked at; with `roots`, for differences of distances, too."""

    roots: bool = False

    def node(self, node: Expr) -> Expr:
        """A node, with a difference of distances in that form."""
        return self.difference(node) if isinstance(node, Add) else node

    def difference(self, total: Add) -> Expr:
        """A sum without two terms of it that are distances with opposite factors."""
        for (term, one), (other, two) in permutations(self.distances(total), 2):
            if term / one == -other / two:
                found = self.apart(one, two)
                if found is not None:
                    rest = Add(*(part for part in total.args if part not in (term, other)))
                    return self.of(rest) + term / one * found
        return total

    def distances(self, total: Add) -> Iterator[tuple[Expr, Expr]]:
        """Terms, each with the factor of it that is a distance or the square of one."""
        for term in total.args:
            for leaf in Mul.make_args(term):
                if isinstance(leaf, (Symbol, Indexed)) and self.squares(leaf) is not None:
                    yield term, leaf

    def squares(self, leaf: Expr) -> Step | None:
        """The sum of squares that a leaf is, or is the root of, at its own indices."""
        step = self.known.get(name_of(leaf))
        if step is None or step.held or leaf != step.element():
            return None
        if self.roots and step.kind is None and isinstance(step.expression, Pow):
            root = step.expression
            is_root = root.exp == S.Half and operands(root.base) == (root.base,)
            found = self.squares(root.base) if is_root else None
            return found if found is not None and found.indices == step.indices else None
        body = step.expression
        is_square = step.kind == "sum" and isinstance(body, Pow) and body.exp == 2
        return step if is_square else None

    def apart(self, one: Expr, two: Expr) -> Expr | None:
        """The difference of two distances, or of two squares of distances."""
        first, second = self.squares(one), self.squares(two)
        assert first is not None
        assert second is not None
        rooted = [leaf != step.element() for leaf, step in ((one, first), (two, second))]
        if rooted[0] != rooted[1] or (first.indices, first.bound) != (second.indices, second.bound):
            return None
        x, y = first.expression.base, second.expression.base
        less, more = sympy.expand(x - y), sympy.expand(x + y)
        shared = set(operands(x)) & set(operands(y))
        if not shared - set(operands(less)) and not shared - set(operands(more)):
            return None
        gap = self.sum_like(first, f"{first.name}_less_{second.name}", less * more)
        both = one + two
        return Piecewise((S.Zero, Eq(both, 0)), (gap / both, True)) if rooted[0] else gap

    def sum_like(self, model: Step, name: str, body: Expr) -> Expr:
        """A sum of that body over the same indices."""
        known = self.known.get(name)
        if known is None or known.expression != body:
            name = unused(name, self.taken)
            self.add(replace(model, name=name, expression=body))
        return self.known[name].element()
