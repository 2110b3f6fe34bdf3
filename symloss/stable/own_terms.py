"""Terms of a derivative's own place, which cancel: `softmax[a]*sum(t[k], k) - t[a]` holds one.

Where a place is nearly all there is, such a term is far larger than what is left when it is gone.
Sums over the other places are exact there: what is large is left out of them, not taken off.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import sympy
from sympy import Abs, Add, Expr, Gt, Indexed, Lt, Mul, Ne, Piecewise, Rational, S, Symbol
from sympy.logic.boolalg import And

from symloss.program import Program, Step, name_of, operands, unused, without_dead_steps


def without_own_terms(program: Program) -> Program:
    """The program with sums over other places where terms of a place's own cancel."""
    work = _Others(program)
    for step in program.steps:
        work.take(step)
    return without_dead_steps(replace(program, steps=tuple(work.steps)))


@dataclass
class _Others:
    """Steps so far.

    Attributes:
        program: for the ranges of indices.
    """

    program: Program

    def __post_init__(self) -> None:
        self.steps: list[Step] = []
        self.known: dict[str, Step] = {}
        self.taken = {step.name for step in self.program.steps}
        self.made: dict[tuple[str, Expr], Expr] = {}

    def take(self, step: Step) -> None:
        expression = step.expression
        if not step.held and step.kind is None and len(step.indices) == 1:
            (place,) = step.indices
            if isinstance(expression, Add):
                expression = self._apart(expression, place) or expression
            if isinstance(expression, Add):
                expression = self._balanced(expression, place) or expression
        self._add(replace(step, expression=expression))

    def _add(self, step: Step) -> Expr:
        self.steps.append(step)
        self.known[step.name] = step
        return step.element()

    def _apart(self, total: Add, place: Symbol) -> Expr | None:
        """Sums of a place that hold the same term with either sign, both without it."""
        sums = list(self._sums(total, place))
        for number, (one, first, cofactor) in enumerate(sums):
            for other, second, factor in sums[number + 1 :]:
                own = cofactor * _own(first, place) + factor * _own(second, place)
                if _own(first, place) != 0 and sympy.expand(own) == 0:
                    rest = total - cofactor * one - factor * other
                    one, other = self._without_own(first, place), self._without_own(second, place)
                    return rest + cofactor * one + factor * other
        return None

    def _sums(self, total: Add, place: Symbol) -> Iterator[tuple[Expr, Step, Expr]]:
        for term in total.args:
            for leaf in Mul.make_args(term):
                step = self.known.get(name_of(leaf)) if isinstance(leaf, Indexed) else None
                if step is not None and step.kind == "sum" and len(step.bound) == 1:
                    same = self._range(step.bound[0]) == self._range(place)
                    if same and tuple(leaf.indices) == (place,):
                        yield leaf, step, term / leaf

    def _range(self, index: Symbol) -> Expr:
        return self.program.ranges[index]

    def _without_own(self, step: Step, place: Symbol) -> Expr:
        key = step.name, S.Zero
        if key not in self.made:
            body = Piecewise((step.expression, Ne(step.bound[0], step.indices[0])), (0, True))
            made = replace(step, name=unused(f"{step.name}_others", self.taken), expression=body)
            self._add(made)
            self.made[key] = made.element()
        return self.made[key].xreplace({step.indices[0]: place})

    def _balanced(self, total: Add, place: Symbol) -> Expr | None:
        """S*p[a] - s[a] with the sum S of s and a softmax p: p[a]*(S - s[a]) - s[a]*(1 - p[a])."""
        for term in total.args:
            for leaf in Mul.make_args(term):
                softmax = self.known.get(name_of(leaf)) if isinstance(leaf, Indexed) else None
                if softmax is None or not softmax.softmax_of or tuple(leaf.indices) != (place,):
                    continue
                whole = self._sum_in(term / leaf)
                rest = total - term
                if whole is None or rest.has(leaf):
                    continue
                cofactor, step = whole
                if sympy.expand(cofactor * _at(step, place) + rest) == 0:
                    others = cofactor * self._others(step, place)
                    return leaf * others + rest * self._complement(softmax, place)
        return None

    def _sum_in(self, factor: Expr) -> tuple[Expr, Step] | None:
        """A multiple of a sum over one index, as cofactor and sum."""
        for leaf in operands(factor):
            step = self.known.get(name_of(leaf))
            if not isinstance(leaf, Symbol) or step is None or not factor.is_polynomial(leaf):
                continue
            if step.kind == "sum" and len(step.bound) == 1 and factor.coeff(leaf) * leaf == factor:
                return factor.coeff(leaf), step
            if step.kind is None and not step.held:
                return self._sum_in(factor.xreplace({leaf: step.expression}))
        return None

    def _others(self, step: Step, place: Symbol) -> Expr:
        """A sum less its term at a place: if that is more than half of it, added up anew."""
        body, whole, index = step.expression, step.element(), step.bound[0]
        large = Gt(2 * Abs(body), Abs(whole))
        kept = self._sum_of(step, "others", Piecewise((0, large), (body, True)))
        count = self._sum_of(step, "large", Piecewise((1, large), (0, True)))
        alone = And(large.xreplace({index: place}), Lt(count, Rational(3, 2)))
        return Piecewise((kept, alone), (whole - _at(step, place), True))

    def _complement(self, softmax: Step, place: Symbol) -> Expr:
        """1 less a softmax: the sum of the others' where it is more than half."""
        (index,) = softmax.indices
        half = Gt(softmax.element(), S.Half)
        body = Piecewise((0, half), (softmax.element(), True))
        model = Step(softmax.name, (), body, "sum", (index,))
        kept = self._sum_of(model, "others", body)
        at = {index: place}
        own = softmax.element().xreplace(at)
        return Piecewise((kept, half.xreplace(at)), (1 - own, True))

    def _sum_of(self, model: Step, what: str, body: Expr) -> Expr:
        key = model.name, body
        if key not in self.made:
            name = unused(f"{model.name}_{what}", self.taken)
            self.made[key] = self._add(Step(name, (), body, "sum", model.bound))
        return self.made[key]


def _at(step: Step, place: Symbol) -> Expr:
    """The term of a sum at a place."""
    return step.expression.xreplace({step.bound[0]: place})


def _own(step: Step, place: Symbol) -> Expr:
    """The term of a place's sum at that place."""
    return step.expression.xreplace({step.bound[0]: place, step.indices[0]: place})
