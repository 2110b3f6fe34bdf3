"""Strict and strong convexity of any size: which coordinates a loss bends in, and how much.

A convex f bends in coordinates P by m >= 0 if f - m/2 sum_P x**2 is convex and every chord between
points that differ in P lies strictly above f. Sums of convex functions bend in all that their
terms bend in, amounts add up; a convex h that rises strictly carries over what its argument bends
in. `x[k]` with k bound by sums stands for all k.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import sympy
from sympy import Add, Expr, Indexed, Mul, S, Symbol

from symloss.audit.composition.local import Local, locals_of
from symloss.audit.composition.scalar import grouped, holds, within
from symloss.audit.composition.variance import statistic_of, template
from symloss.audit.hessians import several
from symloss.audit.signs import cells, extrema, samples
from symloss.audit.signs.decide import Box, Relation, decided
from symloss.audit.verdicts import Proved
from symloss.language import Interval
from symloss.program import Step, name_of

if TYPE_CHECKING:
    from symloss.audit.composition.walk import Walk

Bends = dict[Expr, Expr]
"""Amounts by coordinate."""
_KINKS = (sympy.Abs, sympy.Max, sympy.Min, sympy.sign, sympy.Piecewise)


class Strictness:
    """What the steps of a convex loss bend in, by the facts of a walk over its simple program."""

    def __init__(self, walk: Walk) -> None:
        """Keep the walk; steps are read when they are asked for."""
        self.walk = walk
        self.steps: dict[str, Bends] = {}
        self.convex: dict[Expr, bool] = {}

    def of_step(self, step: Step) -> Bends:
        """What a step bends in, at its own indices."""
        if step.name not in self.steps:
            found = {} if step.kind not in (None, "sum") else self.of(step.expression)
            if step.kind == "sum":
                found = {at: m * self._times(step, at) for at, m in found.items()}
            self.steps[step.name] = found
        return self.steps[step.name]

    def _times(self, step: Step, at: Expr) -> Expr:
        """How often a sum holds a coordinate that does not depend on all of its indices."""
        free = at.free_symbols
        return Mul(*(self.walk.program.ranges[i] for i in step.bound if i not in free))

    def of(self, expression: Expr) -> Bends:
        """What an expression bends in; nothing where it is not known to be convex."""
        found: Bends = {}
        groups = grouped(self.walk, expression)
        if not all(self._is_convex(group) for group in groups):
            return self._by_template(expression)
        for group in groups:
            _merge(found, self._of_group(group))
        return found

    def _is_convex(self, expression: Expr) -> bool:
        if expression not in self.convex:
            known = self.walk.of(expression).convex
            self.convex[expression] = known or holds(self.walk, expression, 1)
        return self.convex[expression]

    def _of_group(self, group: Expr) -> Bends:
        terms = Add.make_args(group)
        found: Bends = {}
        whole = within(self.walk, lambda: self._whole(group))
        if whole:
            return whole
        if len(terms) > 1 and all(self.walk.of(term).convex for term in terms):
            for term in terms:
                _merge(found, self.of(term))
        return found

    def _whole(self, expression: Expr) -> Bends:
        weight, rest = self._weighted(expression)
        if rest is not expression:
            if weight is not None:
                return {at: weight * m for at, m in self.of(rest).items()}
            negated = self._negated(expression, rest)
            if negated:
                return negated
        forms = locals_of(self.walk, expression)
        if not forms:
            return {}
        found = [self._of_form(form) for form in forms]
        common = set(found[0]).intersection(*found[1:])
        kept = {at: sympy.Min(*(one[at] for one in found)) for at in sorted(common, key=str)}
        return kept or self._by_template(expression)

    def _weighted(self, expression: Expr) -> tuple[Expr | None, Expr]:
        """A positive factor that does not vary, as what is left of it at least, and the rest."""
        factors = Mul.make_args(expression)
        fixed = [f for f in factors if self.walk.of(f).constant]
        if not fixed or len(fixed) == len(factors):
            return S.One, expression
        weight = Mul(*fixed)
        rest = Mul(*(f for f in factors if f not in fixed))
        if not self.walk.of(weight).positive:
            return None, rest
        return self._at_least(weight), rest

    def _negated(self, expression: Expr, rest: Expr) -> Bends:
        """What minus a sum bends in: its terms are negated, each for itself."""
        step = self.walk.program.by_name.get(name_of(rest)) if isinstance(
            rest, Symbol | Indexed) else None  # fmt: skip
        weight = -expression / rest
        if step is None or step.kind != "sum" or not self.walk.of(weight).positive:
            return {}
        terms = {at: m * self._times(step, at) for at, m in self.of(-step.expression).items()}
        least = self._at_least(weight)
        return {at: least * m for at, m in self._placed(step, rest, terms).items()}

    def _at_least(self, weight: Expr) -> Expr:
        """A weight of parameters and sizes as it is, of inputs the least value that it may have."""
        if self._is_formula(weight):
            return weight
        low = self.walk.of(weight).range.low
        return low if low.is_finite and low > 0 else S.Zero

    def _is_formula(self, expression: Expr) -> bool:
        names = {name_of(leaf) for leaf in expression.free_symbols if isinstance(leaf, Symbol)}
        inputs = {entry.name for entry in self.walk.program.inputs}
        indices = set(self.walk.program.ranges)
        return not (
            expression.has(Indexed)
            or names & (inputs | set(self.walk.program.by_name))
            or expression.free_symbols & indices
        )

    def _by_template(self, expression: Expr) -> Bends:
        if not template(self.walk, expression, 1, strict=True):
            return {}
        at = statistic_of(self.walk, expression)
        return {at: S.Zero} if at is not None and self._is_coordinate(at) else {}

    def _of_form(self, form: Local) -> Bends:
        symbols = [s for s in form.moving if form.formula.has(s)]
        if not symbols:
            return {}
        operands = [form.moving[s][0] for s in symbols]
        if all(self._is_coordinate(at) for at in operands):
            if len(symbols) == 1:
                return self._of_line(form, symbols[0], operands[0])
            if len(symbols) <= 3 and several.is_definite(form.formula, symbols, form.box):
                least = several.least_eigenvalue(form.formula, symbols)
                return dict.fromkeys(operands, least)
            return {}
        return self._carried(form, symbols[0]) if len(symbols) == 1 else {}

    def _is_coordinate(self, leaf: Expr) -> bool:
        """Whether an operand is an element of what varies, at places that indices run over."""
        if name_of(leaf) not in self.walk.program.wrt:
            return False
        places = leaf.indices if isinstance(leaf, Indexed) else ()
        plain = all(place in self.walk.program.ranges for place in places)
        return plain and len(set(places)) == len(places)

    def _of_line(self, form: Local, u: Symbol, at: Expr) -> Bends:
        if form.formula.has(*_KINKS):
            return {}
        second = sympy.diff(form.formula, u, 2)
        box = {**form.box, u: Interval(form.box[u].low, form.box[u].high, True, True)}
        if not _is_smooth(form) or not _bends(second, u, box):
            return {}
        inputs = [s for s in form.fixed if not self._is_formula(form.fixed[s]) and second.has(s)]
        return {at: least_over(second, [u, *inputs], box)}

    def _carried(self, form: Local, u: Symbol) -> Bends:
        leaf, fact = form.moving[u]
        step = self.walk.program.by_name.get(name_of(leaf))
        if step is None or not fact.convex or form.formula.has(*_KINKS):
            return {}
        inner = self._at(step, leaf)
        slope = sympy.diff(form.formula, u)
        inside = Interval(form.box[u].low, form.box[u].high, True, True)
        second = sympy.diff(slope, u)
        box = {**form.box, u: inside}
        if not inner or not _holds(slope, box, ">") or not _holds(second, box, ">="):
            return {}
        inputs = [s for s in form.fixed if not self._is_formula(form.fixed[s]) and slope.has(s)]
        least = least_over(slope, [u, *inputs], box)
        return {at: m * least for at, m in inner.items()}

    def _at(self, step: Step, leaf: Expr) -> Bends:
        """What a step bends in where it is read."""
        return self._placed(step, leaf, self.of_step(step))

    def _placed(self, step: Step, leaf: Expr, bends: Bends) -> Bends:
        """Coordinates of a step at its own indices, at those of where it is read."""
        places = leaf.indices if isinstance(leaf, Indexed) else ()
        names = dict(zip(step.indices, places, strict=True))
        moved = {at.xreplace(names): m for at, m in bends.items()}
        return {at: m for at, m in moved.items() if self._is_coordinate(at)}


def _merge(found: Bends, more: Mapping[Expr, Expr]) -> None:
    for at, amount in more.items():
        found[at] = found.get(at, S.Zero) + amount


def amounts(walk: Walk) -> dict[str, Expr]:
    """For each name of `wrt` whose every coordinate the loss bends in, by how much at least."""
    bends = Strictness(walk).of_step(walk.program.step("loss"))
    found: dict[str, Expr] = {}
    for at, amount in bends.items():
        found[name_of(at)] = found.get(name_of(at), S.Zero) + amount
    return found


def least_over(expression: Expr, symbols: list[Symbol], box: Box) -> Expr:
    """The infimum over the symbols, one after the other, where it is found and positive; else 0."""
    value = expression
    for symbol in symbols:
        if not value.has(symbol):
            continue
        found = extrema.infimum(value, {s: d for s, d in box.items() if value.has(s)}, [symbol])
        if found.value is None or not isinstance(found.answer, Proved) or not found.tight:
            return S.Zero
        value = found.value
        if not value.is_finite and value.is_number:
            return S.Zero
    return value


def _is_smooth(form: Local) -> bool:
    """Whether the formula is analytic on the inside of its box."""
    inside = {
        s: Interval(d.low, d.high, True, True) if s in form.moving else d
        for s, d in form.box.items()
    }
    cover = list(cells.cells(inside))
    return len(cover) <= cells.MOST_CELLS and all(
        cells.defined(form.formula.subs(cell)) for cell in cover
    )


def _bends(second: Expr, u: Symbol, box: Box) -> bool:
    """Whether an analytic f'' >= 0 is not zero throughout, whatever the box's others are.

    Its zeros are then single points, and f is strictly convex.
    """
    box = {s: d for s, d in box.items() if second.has(s) or s == u}
    if not _holds(second, box, ">="):
        return False
    rest = {s: d for s, d in box.items() if s != u}
    places = samples.of_interval(box[u])[:4]
    return any(_holds(second.subs(u, place), rest, ">") for place in places)


def _holds(expression: Expr, box: Box, relation: Relation) -> bool:
    if expression.is_Rational:
        return bool(expression > 0 or (expression == 0 and relation == ">="))
    used = {s: d for s, d in box.items() if expression.has(s)}
    return isinstance(decided(expression, used, relation), Proved)
