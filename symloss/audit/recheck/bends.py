"""Strict and strong convexity, replayed: which coordinates a convex loss bends in, and how much.

A convex f bends in a coordinate x by m >= 0 if f - m/2*x**2 is convex and f is strictly convex
along every direction that moves x. One function of x bends where its second derivative is positive
but for single points; sums of convex terms bend in what any of them bends in, amounts add up; a
convex function that rises strictly carries over what its argument bends in. `x[k]`, k bound by a
sum, stands for all k.
"""

from __future__ import annotations

from collections.abc import Sequence

import sympy
from sympy import Expr, Indexed, S, Symbol

from symloss.audit.recheck.choices import CHOICES, Unclear, agreeing, formulas
from symloss.audit.recheck.rules import Plain, Rules, is_smooth
from symloss.audit.recheck.witnesses import Case, Finding, NotReplayable, has_whole, varying
from symloss.program import Step, name_of, operands

Amounts = dict[Expr, Expr]


class Bends:
    """What the steps of a program bend in."""

    def __init__(self, rules: Rules) -> None:
        """Read the steps in order."""
        self.rules, self.program = rules, rules.program
        self.steps: dict[str, Amounts] = {}
        for step in self.program.steps:
            self.steps[step.name] = self._of_step(step)

    def by_name(self) -> dict[str, Expr]:
        """By how much at least, for each name whose every coordinate the loss bends in."""
        return {name_of(at): amount for at, amount in self.steps["loss"].items()}

    def _of_step(self, step: Step) -> Amounts:
        if step.kind not in (None, "sum") or not self.rules.known[step.name].convex:
            return {}
        found = self.of(step.expression)
        if step.kind is None:
            return found
        return {at: m * self._times(step, at) for at, m in found.items()}

    def _times(self, step: Step, at: Expr) -> Expr:
        missing = [index for index in step.bound if index not in at.free_symbols]
        return sympy.prod(self.program.ranges[index] for index in missing)

    def of(self, node: Expr) -> Amounts:
        """What an expression bends in, if it is convex."""
        moving = [leaf for leaf in operands(node) if not self.rules.of(leaf).fixed]
        if not moving:
            return {}
        whole = self._of_one(node, moving[0]) if len(moving) == 1 else {}
        if whole or not node.args or isinstance(node, Indexed):
            return whole
        fixed = [part for part in sympy.Mul.make_args(node) if self.rules.of(part).fixed]
        if fixed:
            weight = sympy.Mul(*fixed)
            return self._weighted(weight, self.of(node / weight))
        terms = sympy.Add.make_args(sympy.expand_mul(node, deep=False))
        if len(terms) < 2 or not all(self.rules.of(term).convex for term in terms):
            return {}
        together = terms if len(moving) == 1 else self._together(terms)
        return _total([self.of(term) for term in together])

    def _weighted(self, weight: Expr, found: Amounts) -> Amounts:
        """Times a positive factor; its least value is not followed where inputs make it."""
        if not self.rules.of(weight).positive:
            return {}
        arguments = {entry.name for entry in self.program.parameters}
        sizes = {str(s) for length in self.program.ranges.values() for s in S(length).free_symbols}
        plain = all(name_of(at) in arguments | sizes for at in operands(weight))
        return {at: m * weight if plain else S.Zero for at, m in found.items()}

    def _together(self, terms: tuple[Expr, ...]) -> Sequence[Expr]:
        """Terms that read one and the same moving operand, added up."""
        groups: dict[object, Expr] = {}
        for term in terms:
            moving = tuple(leaf for leaf in operands(term) if not self.rules.of(leaf).fixed)
            key: object = moving if len(moving) == 1 else term
            groups[key] = groups.get(key, S.Zero) + term
        return list(groups.values())

    def _of_one(self, node: Expr, leaf: Expr) -> Amounts:
        if node == leaf:
            return self._of_leaf(leaf)
        found = self.rules.in_one_operand(node)
        every = [] if found is None else self._formulas(found)
        if found is None or not every or not all(map(is_smooth, every)):
            return {}
        if self._is_coordinate(leaf):
            seconds = [sympy.diff(one, found.u, 2) for one in every]
            bent = all(_bends(second, found.u) for second in seconds)
            return {leaf: self._least(seconds, found)} if bent else {}
        inner, slopes = self._of_leaf(leaf), [sympy.diff(one, found.u) for one in every]
        rises = all(_sure(slope, "positive") for slope in slopes)
        convex = all(_sure(sympy.diff(slope, found.u), "nonnegative") for slope in slopes)
        if not (rises and convex):
            return {}
        least = self._least(slopes, found)
        return {at: m * least for at, m in inner.items()}

    def _formulas(self, found: Plain) -> list[Expr]:
        """The formulas between which an expression chooses, if they meet with their slopes."""
        try:
            if found.formula.has(*CHOICES) and agreeing(found.formula, found.u) < 1:
                return []
            return formulas(found.formula, found.u, None)
        except Unclear:
            return []

    def _of_leaf(self, leaf: Expr) -> Amounts:
        """What a step bends in where it is read, in the names of that place."""
        step = self.program.by_name.get(name_of(leaf))
        if step is None:
            return {}
        places = leaf.indices if isinstance(leaf, Indexed) else ()
        names = dict(zip(step.indices, places, strict=True))
        moved = {at.xreplace(names): m for at, m in self.steps[step.name].items()}
        return {at: m for at, m in moved.items() if self._is_coordinate(at)}

    def _is_coordinate(self, leaf: Expr) -> bool:
        places = leaf.indices if isinstance(leaf, Indexed) else ()
        plain = all(place in self.program.ranges for place in places)
        return name_of(leaf) in self.program.wrt and plain and len(set(places)) == len(places)

    def _least(self, every: list[Expr], found: Plain) -> Expr:
        """A lower bound over what varies and over other inputs: the formula if it has none."""
        if len(every) > 1:
            return S.Zero
        formula = sympy.simplify(every[0])
        told = formula.xreplace(found.told)
        inputs = {entry.name for entry in self.program.inputs} | set(self.program.by_name)
        plain = not formula.has(found.u) and not any(name_of(at) in inputs for at in operands(told))
        return told if plain else S.Zero


def _bends(second: Expr, u: Symbol) -> bool:
    """Whether an analytic second derivative is positive but for single points."""
    if _sure(second, "positive"):
        return True
    places = [second.subs(u, place) for place in (S.One, S.Half)]
    return _sure(second, "nonnegative") and any(_sure(at, "positive") for at in places)


def _sure(formula: Expr, sign: str) -> bool:
    forms = (formula, sympy.factor(formula), sympy.simplify(formula))
    return any(getattr(form, f"is_{sign}") for form in forms)


def _total(parts: list[Amounts]) -> Amounts:
    found: Amounts = {}
    for part in parts:
        for at, amount in part.items():
            found[at] = found.get(at, S.Zero) + amount
    return found


def proof(case: Case, finding: Finding) -> bool:
    """Every coordinate of what varies is bent in; by a positive amount where that is told."""
    named = str(finding["property"]).partition(" in ")[0]
    if named not in ("strictly_convex", "strongly_convex") or has_whole(case, finding["wrt"]):
        return False
    rules = Rules(varying(case, finding))
    found = Bends(rules).by_name()
    if not rules.known["loss"].convex or not set(finding["wrt"]) <= set(found):
        raise NotReplayable("terms that bend beyond the checker's rules")
    if named == "strongly_convex" and not all(
        _is_above_zero(found[n], rules) for n in finding["wrt"]
    ):
        raise NotReplayable("an amount of bending that the checker does not see")
    return True


def _is_above_zero(amount: Expr, rules: Rules) -> bool:
    signs = {s: sympy.Dummy(s.name, positive=True) for s in amount.free_symbols
             if rules.of(s).positive}  # fmt: skip
    moved = amount.xreplace(signs)
    if rules.of(sympy.factor(amount)).positive:
        return True
    return _sure(moved, "positive")
