"""Rewrites of programs: sums of exponentials, and a logsumexp less one of its terms."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import sympy
from sympy import Add, Dummy, Expr, Indexed, Mul, Ne, Piecewise, Pow, Symbol, exp, log, oo
from sympy.logic.boolalg import And, Boolean

from symloss.language import FUNCTIONS, signs_of_domain
from symloss.program import Program, Step, name_of, operands, unused, without_dead_steps
from symloss.stable.distances import distances_apart
from symloss.stable.exponentials import in_logarithms, in_quotients, mean_term, place_of, unmasked
from symloss.stable.rewrites import rewritten
from symloss.stable.unfold import Signs, Unfolding

_softplus, _log1p = FUNCTIONS["softplus"].build, FUNCTIONS["log1p"].node


def stabilise(program: Program, *, gaps: bool = True) -> Program:
    """The program with every naive spelling replaced by its stable form.

    Without `gaps`, a logsumexp less one of its terms stays a difference: its value then has no
    digits left where that term is nearly all there is, but its second derivative has them all.
    """
    work = _Work({step.name for step in program.steps}, program, splits=gaps)
    for step in program.steps:
        work.take(step)
    made = without_dead_steps(replace(program, steps=tuple(work.steps)))
    return distances_apart(made)


@dataclass
class _Work:
    """Steps so far, and what is known of them.

    Attributes:
        taken: names that steps have.
        splits: whether a logsumexp less one of its terms becomes a softplus.
        powers: for a sum of exponentials, the logsumexp of their exponents.
        gaps: logsumexps less one of their terms, by logsumexp and place.
    """

    taken: set[str]
    program: Program
    splits: bool

    def __post_init__(self) -> None:
        self.steps: list[Step] = []
        self.known: dict[str, Step] = {}
        self.signs = Signs.of_arguments(self.program)
        self.unfolded = Unfolding(self.known, self.signs)
        self.powers: dict[str, Step] = {}
        self.gaps: dict[tuple[str, Expr], Step] = {}
        self.weights = _weights(self.program)

    def take(self, step: Step) -> None:
        """Add a step, rewritten, after what its new form needs."""
        step = self.shifted(step)
        expression = rewritten(self.unfolded(self.of_sums(step.expression)))
        if self.splits:
            expression = self.less_terms(expression)
        self.add(replace(step, expression=expression))
        body = self.exponent(expression) if step.kind == "sum" else None
        if body is not None and not step.held:
            name = unused(f"{step.name}_log", self.taken)
            self.powers[step.name] = Step(name, step.indices, body, "logsumexp", step.bound)
            self.add(self.powers[step.name])

    def shifted(self, step: Step) -> Step:
        """What all terms of a logsumexp share leaves it: large, it would round the rest away."""
        if step.kind != "logsumexp" or step.held:
            return step
        body, mask = unmasked(step.expression)
        terms = Add.make_args(body)
        shared = Add(*(term for term in terms if not term.free_symbols & set(step.bound)))
        if shared == 0 or shared == body or shared.is_number:
            return step
        inner = body - shared
        masked = inner if mask == sympy.true else Piecewise((inner, mask), (-oo, True))
        made = replace(step, name=unused(f"{step.name}_terms", self.taken), expression=masked)
        self.take(made)
        return replace(step, expression=made.element() + shared, kind=None, bound=())

    def add(self, step: Step) -> None:
        self.steps.append(step)
        self.known[step.name] = step

    def exponent(self, expression: Expr) -> Expr | None:
        """X where the expression is exp(x), or that under a mask that gives 0 elsewhere.

        Weights that are held and not negative go up with their logarithm: where one is 0, its term
        is the -oo that adds nothing.
        """
        if isinstance(expression, Piecewise) and len(expression.args) == 2:
            (first, condition), (last, _) = expression.args
            power = self.exponent(first) if last == 0 else None
            return None if power is None else Piecewise((power, condition), (-oo, True))
        powers, logarithms = [], []
        for factor in Mul.make_args(expression):
            body = self.unfolded.definition(factor) or factor
            if isinstance(body, exp):
                powers.append(body.args[0])
            elif self.is_weight(factor):
                logarithms.append(log(factor))
            else:
                return None
        return Add(*powers, *logarithms) if powers else None

    def is_weight(self, factor: Expr) -> bool:
        """Whether it never varies with what is differentiated, and is never negative."""
        stand_ins = {leaf: Dummy(nonnegative=True) for leaf in operands(factor)}
        held = all(name_of(leaf) in self.weights for leaf in stand_ins)
        return held and bool(factor.xreplace(stand_ins).is_nonnegative)

    def of_sums(self, expression: Expr) -> Expr:
        """log(c + sum exp) becomes a (softplus of a) logsumexp, exp(x)/(sum exp) a softmax."""
        found = {leaf: self.logarithm(leaf) for leaf in operands(expression)}
        logarithms = {leaf: logarithm for leaf, logarithm in found.items() if logarithm is not None}
        # A sum of exponentials has no logarithm and no reciprocal where it is not positive.
        totals = {leaf: Dummy(positive=True) for leaf in logarithms}
        for leaf, logarithm in logarithms.items():
            signs = {**self.signs(expression), **totals}
            expression = in_logarithms(expression, leaf, logarithm, signs)
        for leaf, logarithm in logarithms.items():
            expression = self.of_means(expression, leaf, logarithm)
            expression = in_quotients(expression, leaf, logarithm)
        return expression

    def logarithm(self, leaf: Expr) -> Expr | None:
        """The logsumexp in the place of a sum of exponentials."""
        power = self.powers.get(name_of(leaf))
        if power is None:
            return None
        return power.element(tuple(leaf.indices) if isinstance(leaf, Indexed) else None)

    def of_means(self, expression: Expr, total: Expr, logarithm: Expr) -> Expr:
        """sum(f*exp(x))/sum(exp(x)), whose sums overflow, becomes a sum of f*softmax(x)."""
        whole, definition = self.known[name_of(logarithm)], self.unfolded.definition
        for node in sorted(expression.atoms(Mul), key=sympy.default_sort_key):
            leaves = node.args if Pow(total, -1) in node.args else ()
            for leaf in leaves:
                step = self.known.get(name_of(leaf)) if leaf in operands(leaf) else None
                body = step and mean_term(step, leaf, whole, logarithm, definition)
                if step is not None and body is not None:
                    name = unused(f"{step.name}_mean", self.taken)
                    self.add(replace(step, name=name, expression=body))
                    mean = node * total / leaf * self.known[name].element()
                    return self.of_means(expression.xreplace({node: mean}), total, logarithm)
        return expression

    def less_terms(self, expression: Expr) -> Expr:
        """A logsumexp less one of its terms becomes a softplus, wherever that stands."""
        if isinstance(expression, (Symbol, Indexed)) or not expression.args:
            return expression
        parts = [self.less_terms(p) if isinstance(p, Expr) else p for p in expression.args]
        node = expression if tuple(parts) == expression.args else expression.func(*parts)
        return self.less_term(node) if isinstance(node, Add) else node

    def less_term(self, total: Add) -> Expr:
        for term, leaf, step in self.logsumexps(total):
            cofactor = term / leaf
            for other in total.args:
                found = self.gap(step, leaf, -other / cofactor)
                if found is not None:
                    rest = Add(*(t for t in total.args if t not in (term, other)))
                    return self.less_terms(rest) + cofactor * found
        return total

    def logsumexps(self, total: Add) -> Iterator[tuple[Expr, Expr, Step]]:
        for term in total.args:
            for leaf in Mul.make_args(term):
                if isinstance(leaf, (Symbol, Indexed)):
                    step = self.known.get(name_of(leaf))
                    if step is not None and step.kind == "logsumexp" and len(step.bound) == 1:
                        yield term, leaf, step

    def gap(self, step: Step, leaf: Expr, term: Expr) -> Expr | None:
        """`logsumexp - term`, where the term is that of one place; None where it is not.

        With the others' logsumexp L, it is log1p(exp(L - term)), which has all its digits when the
        term is nearly all there is.
        """
        subscripts = tuple(leaf.indices) if isinstance(leaf, Indexed) else ()
        if not all(isinstance(subscript, Symbol) for subscript in subscripts):
            return None
        back = dict(zip(subscripts, step.indices, strict=True))
        if len(back) != len(subscripts):
            return None
        body, mask = unmasked(step.expression)
        own = term.xreplace(back)
        place = place_of(body, step.bound[0], own)
        # At a place that other indices choose, the others would have to be summed for each.
        ranges = set(self.program.ranges)
        if place is None or not place.free_symbols & ranges <= set(step.indices):
            return None
        others = self.others(step, body, mask, place)
        at = {new: old for old, new in back.items()}
        rest = (others.element() - own).xreplace(at)
        counted = mask.xreplace({step.bound[0]: place}).xreplace(at)
        if counted == sympy.true:
            return _softplus(rest)
        return Piecewise((_softplus(rest), counted), (rest, True))

    def others(self, step: Step, body: Expr, mask: Boolean, place: Expr) -> Step:
        """The logsumexp over all places but one."""
        if (step.name, place) not in self.gaps:
            condition = And(mask, Ne(step.bound[0], place))
            expression = Piecewise((body, condition), (-oo, True))
            name = unused(f"{step.name}_others", self.taken)
            self.gaps[step.name, place] = replace(step, name=name, expression=expression)
            self.add(self.gaps[step.name, place])
        return self.gaps[step.name, place]


def _weights(program: Program) -> frozenset[str]:
    """Names of arguments that are held and not negative."""
    return frozenset(
        entry.name
        for entry in program.arguments
        if entry.name not in program.wrt and signs_of_domain(entry.domain)[0]
    )
