"""The forward-mode transform: a program becomes a program for its derivative along a direction.

Applied to a gradient program it gives Hessian-vector products; with constant seeds, the second
derivatives of items without core dimensions.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sympy import Add, Dummy, Expr, Indexed, Ne, Piecewise, S, Symbol, log

from symloss.derive import reductions
from symloss.derive.builder import Builder
from symloss.derive.gates import Gate, gate_of, gated
from symloss.derive.partial import (
    Differentiator,
    may_overflow,
    selects_zero,
    weighed,
    weighing,
)
from symloss.language import signs_of_domain
from symloss.program import Kind, Program, Step, name_of, operands

Seed = Callable[[tuple[Expr, ...]], Expr]
"""Gives the direction's component that belongs to a variable's element at some subscripts."""


def tangent(
    program: Program,
    seeds: Mapping[str, Seed],
    outputs: Mapping[str, str],
    differentiator: Differentiator,
) -> Program:
    """A program for the derivatives of some of a program's outputs, along the direction `seeds`.

    Args:
        program: what is differentiated.
        seeds: the direction, by variable.
        outputs: for each output to differentiate, the name of the result.
        differentiator: the rules for a scalar expression.
    """
    return _Forward(program, seeds, differentiator).run(outputs)


class _Forward:
    def __init__(
        self, program: Program, seeds: Mapping[str, Seed], differentiator: Differentiator
    ) -> None:
        self.program = program
        self.seeds = seeds
        self.differentiator = differentiator
        self.builder = Builder(program)
        self.moving: dict[str, Step | None] = {}
        self.centred: dict[str, tuple[Expr, Expr, Expr]] = {}
        self.inner: dict[str, Expr] = {}
        self.beside: dict[tuple[str, Expr], Expr] = {}
        self.lengthened: dict[str, tuple[Expr, Expr]] = {}
        self.inputs = {entry.name: entry for entry in program.inputs}

    def run(self, outputs: Mapping[str, str]) -> Program:
        for step in self.program.steps:
            if not step.held and not step.is_integer:
                self.moving[step.name] = self._push(step, outputs.get(step.name))
        for name, called in outputs.items():
            if self.moving[name] is None:
                self.builder.append(Step(called, self.program.step(name).indices, S.Zero))
        return self.builder.finish(tuple(outputs.values()), self.program.name)

    def _push(self, step: Step, called: str | None) -> Step | None:
        """Append the step's tangent; None where it is zero."""
        name = called or self.builder.fresh(f"{step.name}_dot")
        if step.kind in ("max", "min"):
            rate = self._rate(step.expression).xreplace(
                {step.bound[0]: reductions.chosen(step, self.builder)}
            )
            made = Step(name, step.indices, rate)
        elif step.unit_of in self.lengthened:
            made = Step(name, step.indices, self._unit_rate(step))
        elif step.softmax_of:
            made = Step(name, step.indices, self._softmax_rate(step))
        elif step.kind is None:
            made = Step(name, step.indices, self._rate(step.expression))
        elif step.kind == "logsumexp" and len(step.bound) == 1:
            made = Step(name, step.indices, self._logsumexp_rate(step))
        else:
            made = self._sum_rate(step, name)
        if made.expression is S.Zero:
            return None
        self.builder.append(made)
        return made

    def _sum_rate(self, step: Step, name: str) -> Step:
        """The sum of the terms' rates, each by what the reduction makes of it."""
        rate = self._rate(step.expression)
        if rate is S.Zero:
            return Step(name, step.indices, rate)
        terms = rate * reductions.weight(step, self.builder)
        made = Step(name, step.indices, terms, "sum", step.bound)
        if step.kind == "norm":
            self.lengthened[step.name] = rate, made.element()
        return made

    def _logsumexp_rate(self, step: Step) -> Expr:
        """The softmax's mean of the terms' rates, from the largest term's rate on.

        Where one term is nearly all there is, only the others make its softmax move: with rates
        relative to its own, they are all that is added up.
        """
        rate = self._rate(step.expression)
        if rate is S.Zero:
            return rate
        place = reductions.place(step, self.builder)
        centre = self._append(f"{step.name}_centre", step, rate.xreplace({step.bound[0]: place}))
        spread = rate - centre
        if not self._is_given(rate):
            # Worked out at two places, in fused operations, it would not be 0 at that one.
            (index,) = step.bound
            spread = Piecewise((spread, Ne(index, place)), (S.Zero, True))
        terms = self._weighed(spread, reductions.weight(step, self.builder))
        mean = self._append(f"{step.name}_mean", step, terms, "sum", step.bound)
        self.centred[step.name] = spread, centre, mean
        self.inner[step.name] = rate
        return centre + mean

    def _unit_rate(self, step: Step) -> Expr:
        """What of a vector's rate is at right angles to it, over its norm: see `norms`."""
        rate, along = self.lengthened[step.unit_of]
        norm = self.program.step(step.unit_of)
        unit = step.element()
        rest = self._append(f"{step.name}_rest", step, rate - unit * along)
        slip = self._append(f"{norm.name}_slip", norm, unit * rest, "sum", norm.bound)
        return reductions.zero_at_zero(rest - unit * slip, norm.element())

    def _append(
        self,
        name: str,
        step: Step,
        expression: Expr,
        kind: Kind | None = None,
        bound: tuple[Symbol, ...] = (),
    ) -> Expr:
        made = Step(self.builder.fresh(name), step.indices, expression, kind, bound)
        self.builder.append(made)
        return made.element()

    def _softmax_rate(self, step: Step) -> Expr:
        """Each weight times its exponent's rate; two products, for the difference cancels."""
        whole = self.program.step(step.softmax_of)
        if whole.name in self.centred:
            spread, _, mean = self.centred[whole.name]
        else:
            spread, mean = self._rate(whole.expression), self._rate(whole.element())
        return self._weighed(spread, step.element()) - step.element() * mean

    def _is_given(self, rate: Expr) -> bool:
        """Whether it is a component of the direction itself."""
        return isinstance(rate, Indexed) and self.builder.find(name_of(rate)) is None

    def _weighed(self, spread: Expr, weight: Expr) -> Expr:
        return weighed(spread, weight) if self._is_steep(spread) else weight * spread

    def _is_steep(self, rate: Expr) -> bool:
        """Whether the rates that it is made of may overflow."""
        steps = (self.builder.find(name_of(leaf)) for leaf in operands(rate))
        rates = (step for step in steps if step is not None and step.name not in self.moving)
        return may_overflow(rate) or any(self._is_steep(step.expression) for step in rates)

    def _rate(self, expression: Expr) -> Expr:
        """The chain rule; of a weighed product the product rule, each of its terms weighed.

        Branch by branch, its rate would be 0 where the weight is 0, also where that is only so at
        a point which the weight passes through.
        """
        behind = self._gated_rate(expression)
        if behind is not None:
            return behind
        products = self._weighed_products(expression)
        stand_ins = {choice: Dummy(real=True) for choice in products}
        outer = expression.xreplace(stand_ins)
        terms = [
            self.differentiator.partial(outer, stand_ins[choice]) * self._product_rate(*factors)
            for choice, factors in products.items()
        ]
        for leaf in operands(outer):
            rate = self._rate_of(leaf)
            if rate is not S.Zero:
                slope = self.differentiator.partial(outer, leaf)
                edge = self._is_given(rate) and self._may_be_at_pole(outer, leaf)
                terms.append(weighed(slope, rate) if edge else slope * rate)
        return Add(*terms).xreplace({made: choice for choice, made in stand_ins.items()})

    def _may_be_at_pole(self, expression: Expr, leaf: Expr) -> bool:
        """Whether log(x) is in it of an input x that may be 0: what keeps it there has a rate of 0.

        The slope log(x) is that of x*log(x), which has a value there; that of a slope 1/x has none.
        """
        entry = self.inputs.get(name_of(leaf))
        if entry is None or not expression.has(log(leaf)):
            return False
        nonnegative, positive = signs_of_domain(entry.domain)
        return nonnegative and not positive

    def _gated_rate(self, expression: Expr) -> Expr | None:
        """The rate of a gate, or of a product with a softmax behind one: see `gates`."""
        opened = gate_of(expression, map(self.program.step, self.centred))
        if opened is not None:
            return opened.rate(self.centred[opened.whole.name][2], self._apart(opened))
        found = gated(expression, self.builder.find)
        if found is None or found.gate.whole.name not in self.centred:
            return None
        spread, _, mean = self.centred[found.gate.whole.name]
        whole = found.gate.whole
        aside = self.inner[whole.name] + self._rate(found.gate.more)
        name = self.builder.fresh(f"{whole.name}_aside")
        beside = self.builder.append(Step(name, whole.loops, aside))
        inner = found.rate(spread, mean, self._apart(found.gate), beside)
        share = found.name * found.share
        others = self._rate(found.cofactor) if operands(found.cofactor) else S.Zero
        return found.cofactor * self._weighed(inner, share) + others * share

    def _apart(self, gate: Gate) -> Expr:
        """The rate of the largest exponent and of what a gate has beside the logsumexp."""
        key = gate.whole.name, gate.more
        if key not in self.beside:
            _, centre, _ = self.centred[gate.whole.name]
            rate = centre + self._rate(gate.more)
            self.beside[key] = self._append(f"{gate.whole.name}_apart", gate.whole, rate)
        return self.beside[key]

    def _weighed_products(self, expression: Expr) -> dict[Expr, tuple[Expr, Expr]]:
        """The outermost choices that weigh something by what moves: what, and by which weight."""
        if isinstance(expression, Piecewise):
            factors = weighing(expression)
            if factors is not None and self._weight_rate(factors[1]) is not S.Zero:
                return {expression: factors}
        found: dict[Expr, tuple[Expr, Expr]] = {}
        if not isinstance(expression, Indexed):
            for part in expression.args:
                found |= self._weighed_products(part)
        return found

    def _product_rate(self, spread: Expr, weight: Expr) -> Expr:
        moved, rate = self._weight_rate(weight), self._rate(spread)
        grown = weighed(spread, moved) if moved.free_symbols else spread * moved
        return grown if rate is S.Zero else grown + weighed(rate, weight)

    def _weight_rate(self, weight: Expr) -> Expr:
        """The rate of a weight: 0 from what a choice leaves out, however large that rate is."""
        terms = []
        for leaf in operands(weight):
            rate, slope = self._rate_of(leaf), self.differentiator.partial(weight, leaf)
            chooses = any(map(selects_zero, slope.atoms(Piecewise)))
            guarded = chooses and self._is_steep(rate)
            terms.append(weighed(rate, slope) if guarded else slope * rate)
        return Add(*terms)

    def _rate_of(self, leaf: Expr) -> Expr:
        name = name_of(leaf)
        subscripts = tuple(leaf.indices) if isinstance(leaf, Indexed) else ()
        if name in self.seeds:
            return self.seeds[name](subscripts)
        step = self.moving.get(name)
        return S.Zero if step is None else step.element(subscripts)
