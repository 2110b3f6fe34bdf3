"""A softmax less the indicator of a chosen place: there, what all other places have is left.

Where a label's probability is next to 1, `softmax[k] - KroneckerDelta(k, label)` has no digits at
the label; minus the sum of the others has them all.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from sympy import Add, Expr, Indexed, KroneckerDelta, Mul, Ne, Piecewise, S, Symbol, oo

from symloss.program import Program, Step, name_of, unused


def without_chosen(program: Program) -> Program:
    """The program with every softmax less such an indicator in that form."""
    work = _Work(frozenset(program.ranges), {step.name for step in program.steps})
    for step in program.steps:
        plain = not step.held and isinstance(step.expression, Add)
        work.add(replace(step, expression=work.of(step.expression)) if plain else step)
    return replace(program, steps=tuple(work.known.values()))


@dataclass
class _Work:
    """Steps so far, the indices that there are, and the names that steps have."""

    indices: frozenset[Symbol]
    taken: set[str]
    known: dict[str, Step] = field(default_factory=dict)

    def add(self, step: Step) -> None:
        self.known[step.name] = step

    def of(self, total: Expr) -> Expr:
        """A sum without a softmax and the indicator that it is less by."""
        for term, leaf, step in self._softmaxes(total):
            for other in total.args:
                deltas = [part for part in Mul.make_args(other) if isinstance(part, KroneckerDelta)]
                if len(deltas) == 1 and other / deltas[0] == -self._unmasked(term / leaf, step):
                    place = self._place(deltas[0], leaf)
                    if place is not None:
                        rest = Add(*(part for part in total.args if part not in (term, other)))
                        return rest - other / deltas[0] * self._apart(leaf, step, place)
        return total

    def _softmaxes(self, total: Expr) -> Iterator[tuple[Expr, Indexed, Step]]:
        """Terms with a softmax over one index, at plain indices."""
        for term in Add.make_args(total):
            for leaf in Mul.make_args(term):
                step = self.known.get(name_of(leaf)) if isinstance(leaf, Indexed) else None
                if step is not None and self._is_plain(leaf, step):
                    yield term, leaf, step

    def _is_plain(self, leaf: Indexed, step: Step) -> bool:
        one = len(self._bound(step)) == 1
        return one and all(isinstance(subscript, Symbol) for subscript in leaf.indices)

    def _unmasked(self, factor: Expr, step: Step) -> Expr:
        """Without a selection of 0 where the softmax's exponent is -oo, so that it is 0 itself."""
        masks = {
            condition
            for choice in step.expression.atoms(Piecewise)
            for (_, condition), (last, _) in [choice.args[:2]]
            if last == -oo
        }
        for part in Mul.make_args(factor):
            one = isinstance(part, Piecewise) and [branch for branch, _ in part.args] == [1, 0]
            if one and part.args[0][1] in masks:
                return Mul(*(other for other in Mul.make_args(factor) if other != part))
        return factor

    def _bound(self, step: Step) -> tuple[Symbol, ...]:
        whole = self.known.get(step.softmax_of)
        return step.indices[len(whole.indices) :] if whole is not None else ()

    def _apart(self, leaf: Indexed, step: Step, place: Expr) -> Expr:
        """The softmax, at the place less 1."""
        *free, index = leaf.indices
        (bound,) = self._bound(step)
        back = dict(zip(free, step.indices, strict=False))
        chosen = place.xreplace(back)
        body = Piecewise((step.element(), Ne(bound, chosen)), (S.Zero, True))
        made = Step(f"{step.name}_unchosen", step.indices[:-1], body, "sum", (bound,))
        if self.known.get(made.name, made) != made:
            made = replace(made, name=unused(made.name, self.taken))
        self.add(made)
        others = made.element(tuple(free)) if free else made.element()
        return Piecewise((leaf, Ne(index, place)), (-others, True))

    def _place(self, delta: Expr, leaf: Indexed) -> Expr | None:
        """Where the last index of a softmax is chosen, by its other indices at most."""
        *free, index = leaf.indices
        for own, place in (delta.args, delta.args[::-1]):
            if own == index and place.free_symbols & self.indices <= set(free):
                return place
        return None
