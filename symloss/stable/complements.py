"""One less a quotient of sums: (D - N)/D, with what D and N share taken out before it is rounded.

Dice's `1 - 2*sum(p*t)/(sum(p) + sum(t))` is the sum of `p*(1 - t) + (1 - p)*t` over the same: where
shares overlap nearly perfectly, that has all its digits. A polynomial in numbers from 0 to 1 that
is linear in each is written by its values at the corners (Bernstein's form): if these are
nonnegative, nothing cancels any more. Derivatives are taken before: -N/D has theirs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

import sympy
from sympy import Add, Dummy, Expr, Indexed, Mul, Pow, S, Symbol

from symloss.language import FUNCTIONS, Domain, Finite, Interval, Simplex
from symloss.program import Program, Step, name_of, operands, unused, without_dead_steps
from symloss.stable.rewrites import rewritten
from symloss.stable.unfold import Signs, Unfolding

_sigmoid: Any = FUNCTIONS["sigmoid"].build
MOST_LEAVES = 3


def complemented(program: Program) -> Program:
    """The program with all that is one less a quotient of sums in that form."""
    steps: list[Step] = []
    known: dict[str, Step] = {}
    taken = {step.name for step in program.steps}
    unfolded = Unfolding(known, Signs.of_arguments(program))

    def add(step: Step) -> None:
        steps.append(step)
        known[step.name] = step

    def sum_like(model: Step, body: Expr) -> Expr:
        name = unused(f"{model.name}_gap", taken)
        made = replace(model, name=name, expression=rewritten(unfolded(body)))
        add(made)
        return made.element()

    form = Complements(program, known, sum_like)
    for step in program.steps:
        add(replace(step, expression=step.expression if step.held else form(step.expression)))
    return without_dead_steps(replace(program, steps=tuple(steps)))


@dataclass(frozen=True)
class Complements:
    """Finds them.

    Attributes:
        program: for the domains of arguments and the ranges of indices.
        known: the definitions so far.
        add: adds a sum of that body, like a sum that is there, and returns its element.
    """

    program: Program
    known: Mapping[str, Step]
    add: Callable[[Step, Expr], Expr]

    def __call__(self, expression: Expr) -> Expr:
        """The expression with c - c*N/D as c*(D - N)/D wherever D - N does not cancel."""
        if isinstance(expression, (Symbol, Indexed)) or not expression.args:
            return expression
        parts = [self(part) if isinstance(part, Expr) else part for part in expression.args]
        node = expression if tuple(parts) == expression.args else expression.func(*parts)
        return self._quotient(node) if isinstance(node, Add) else node

    def _quotient(self, total: Add) -> Expr:
        for term in total.args:
            for factor in Mul.make_args(term):
                if isinstance(factor, Pow) and factor.exp == -1:
                    for other in total.args:
                        upper = -term / (other * factor)
                        gap = None if other == term else self._apart(factor.base, upper)
                        if gap is not None:
                            rest = (part for part in total.args if part not in (term, other))
                            return Add(*rest) + other * factor * gap
        return total

    def _apart(self, lower: Expr, upper: Expr) -> Expr | None:
        """Lower less upper, if it is a sum of what is not negative and was none before."""
        if not operands(upper) or upper.has(Pow):
            return None
        return self._without_minus(sympy.expand(self._plain(lower) - self._plain(upper)))

    def _without_minus(self, total: Expr) -> Expr | None:
        """A sum of sums as one sum of terms that are not negative."""
        if not any(term.could_extract_minus_sign() for term in Add.make_args(total)):
            return total
        sums = dict(self._sums(total))
        first = next(iter(sums), None)
        if first is None or any(step.loops != first.loops for step in sums):
            return None
        rest = total - Add(*(cofactor * leaf for leaf, cofactor in sums.values()))
        if any(term.could_extract_minus_sign() for term in Add.make_args(rest)):
            return None
        body = Add(*(cofactor * step.expression for step, (_, cofactor) in sums.items()))
        found = self._nonnegative(sympy.expand(body))
        return None if found is None else rest + self.add(first, found)

    def _sums(self, total: Expr) -> Iterator[tuple[Step, tuple[Expr, Expr]]]:
        for term in Add.make_args(total):
            for leaf in Mul.make_args(term):
                step = self.known.get(name_of(leaf)) if operands(leaf) == (leaf,) else None
                indices = tuple(leaf.indices) if isinstance(leaf, Indexed) else ()
                if step is not None and step.kind == "sum" and indices == step.indices:
                    yield step, (leaf, term / leaf)

    def _nonnegative(self, body: Expr) -> Expr | None:
        """The body in a form without negative terms."""
        factors = Mul.make_args(sympy.factor_terms(body))
        sums = [factor for factor in factors if isinstance(factor, Add)]
        if len(sums) != 1:
            return None
        inner = self._by_corners(sums[0]) or self._without_minus(sympy.expand(sums[0]))
        return None if inner is None else Mul(*(f for f in factors if f not in sums), inner)

    def _by_corners(self, body: Expr) -> Expr | None:
        leaves = [leaf for leaf in operands(body) if self._is_unit(leaf)]
        if not 0 < len(leaves) <= MOST_LEAVES or not body.is_polynomial(*leaves):
            return None
        if any(sympy.degree(body, leaf) > 1 for leaf in leaves):
            return None
        terms = []
        for corner in product((0, 1), repeat=len(leaves)):
            at = dict(zip(leaves, corner, strict=True))
            value = sympy.expand(body.xreplace({leaf: sympy.Integer(n) for leaf, n in at.items()}))
            if not self._is_nonnegative(value):
                return None
            terms.append(Mul(value, *(leaf if n else 1 - leaf for leaf, n in at.items())))
        return Add(*terms)

    def _plain(self, expression: Expr) -> Expr:
        """With definitions that are no reductions written out."""
        for leaf in operands(expression):
            step = self.known.get(name_of(leaf))
            if isinstance(leaf, Symbol) and step is not None and not step.kind and not step.held:
                return self._plain(expression.xreplace({leaf: step.expression}))
        return expression

    def _is_unit(self, leaf: Expr) -> bool:
        step = self.known.get(name_of(leaf))
        if step is not None:
            return step.kind is None and isinstance(step.expression, _sigmoid)
        return any(
            entry.name == name_of(leaf) and _within(entry.domain, S.One)
            for entry in self.program.arguments
        )

    def _is_nonnegative(self, value: Expr) -> bool:
        stand_ins = {
            leaf: Dummy(nonnegative=True)
            for leaf in operands(value)
            for entry in self.program.arguments
            if entry.name == name_of(leaf) and _within(entry.domain, S.Infinity)
        }
        return bool(value.xreplace(stand_ins).is_nonnegative)


def _within(domain: Domain, top: Expr) -> bool:
    """Whether a domain's numbers are between 0 and the top."""
    if isinstance(domain, Interval):
        return bool(domain.low >= 0 and domain.high <= top)
    if isinstance(domain, Finite):
        return bool(domain.values[0] >= 0 and domain.values[-1] <= top)
    return isinstance(domain, Simplex)
