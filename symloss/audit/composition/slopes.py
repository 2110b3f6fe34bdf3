"""Bounds on the Euclidean length of gradients, for every size.

With L(u) such a bound: L(u + v) <= L(u) + L(v); L(max), L(logsumexp) <= the largest, as gradients
are convex combinations; L(f(u)) <= sup |f'| L(u). Terms that read different coordinates have
orthogonal gradients, so that a sum of n of them has sqrt(n) L, and their norm L itself. The parts
in each name that varies are followed apart (see `steep`).
"""

from __future__ import annotations

from dataclasses import replace
from functools import reduce

import sympy
from sympy import Expr, Indexed, Mul, S, Symbol

from symloss.audit.composition.atoms import ATOMS, NODE
from symloss.audit.composition.atoms import within as is_within
from symloss.audit.composition.local import Local, locals_of
from symloss.audit.composition.orders import Orders
from symloss.audit.composition.outer import greatest_slope, inside, steepest
from symloss.audit.composition.steep import (
    NO_SLOPE,
    UNKNOWN,
    Steep,
    added,
    either,
    largest,
    of_name,
    smaller,
    times,
    unknown,
)
from symloss.audit.composition.walk import Walk
from symloss.program import Step, name_of, operands

_ONE = (sympy.Abs, sympy.sin, sympy.cos, sympy.tanh, sympy.atan, sympy.asinh)
_LARGEST = (sympy.Max, sympy.Min, NODE["logaddexp"])
_STEEPEST: dict[type, Expr] = {
    **dict.fromkeys((*_ONE, NODE["softplus"], NODE["logcosh"]), S.One),
    NODE["sigmoid"]: S.One / 4,
    sympy.erf: 2 / sympy.sqrt(sympy.pi),
    sympy.erfc: 2 / sympy.sqrt(sympy.pi),
}


class Slopes:
    """Bounds of a walk's steps, oo where none is known."""

    def __init__(self, walk: Walk) -> None:
        """Read every step in order."""
        self.walk = walk
        self.orders = Orders(walk)
        self.of_steps: dict[str, Steep] = {}
        for step in walk.program.steps:
            found = self._of_step(step)
            self.of_steps[step.name] = replace(found, whole=sympy.simplify(found.whole))

    @property
    def loss(self) -> Expr:
        """The bound of the loss."""
        return self.of_steps["loss"].whole

    def told(self) -> tuple[str, ...]:
        """A line a step."""
        return tuple(
            f"the gradient of {name} is at most {bound.whole} long"
            for name, bound in self.of_steps.items() if bound.whole != UNKNOWN
        )  # fmt: skip

    def _of_step(self, step: Step) -> Steep:
        bound = self.of(step.expression)
        if step.kind == "sum":
            return bound.times(self._together(step), 1)
        plain = step.kind in (None, "max", "min", "logsumexp") or bound.whole == 0
        return bound if plain else self._unknown

    @property
    def _unknown(self) -> Steep:
        return unknown(self.walk.program.wrt)

    def _together(self, step: Step) -> Expr:
        """The factor of a sum: its number of terms, or the root of it where they are orthogonal."""
        count = Mul(*(self.walk.program.ranges[index] for index in step.bound))
        return sympy.sqrt(count) if self.is_apart(step) else count

    def is_apart(self, step: Step) -> bool:
        """Whether terms for different indices read different coordinates of what varies."""
        moving = [at for at in operands(step.expression) if not self.walk.leaf(at).constant]
        if len({name_of(at) for at in moving}) < len(moving):
            return False
        return all(
            name_of(at) in self.walk.program.wrt
            and isinstance(at, Indexed)
            and set(step.bound) <= set(at.indices)
            and len(set(at.indices)) == len(at.indices)
            for at in moving
        )

    def of(self, expression: Expr) -> Steep:
        """The bounds of an expression: those of its parts or, if less, those as one function."""
        bound = self._by_parts(expression)
        if bound.whole in (0, 1) or not expression.args or isinstance(expression, Indexed):
            return bound
        return either(bound, self._as_a_whole(expression), _plainer)

    def _by_parts(self, node: Expr) -> Steep:
        if self.walk.of(node).constant:
            return NO_SLOPE
        if isinstance(node, Symbol | Indexed):
            return self.of_leaf(node)
        if isinstance(node, sympy.Add):
            return added([self.of(part) for part in node.args])
        if isinstance(node, sympy.Mul):
            return self._of_product(node)
        if node.func in _LARGEST:
            return largest([self.of(part) for part in node.args])
        if isinstance(node, sympy.Piecewise):
            plain = all(self.walk.condition(pair.cond) for pair in node.args)
            return largest([self.of(pair.expr) for pair in node.args]) if plain else self._unknown
        if isinstance(node, sympy.Pow) and node.exp == S.Half:
            return self._of_norm(node)
        return self._of_function(node)

    def _of_function(self, node: Expr) -> Steep:
        part = inside(self.walk, node)
        if part is None or self.orders.of(node) < 0:
            return self._unknown
        bound = _STEEPEST.get(node.func, UNKNOWN) if part in node.args[:1] else UNKNOWN
        bound = steepest(self.walk, node, part, 1) if bound == UNKNOWN else bound
        return self.of(part).times(bound, self._way(node))

    def _way(self, node: Expr) -> int:
        """1 for a function that rises where its argument lies, -1 for one that falls, else 0."""
        atom = ATOMS.get(node.func)
        if atom is None:
            return 0
        span = self.walk.of(node.args[0]).range
        way = int(is_within(span, atom.increasing)) or -int(is_within(span, atom.decreasing))
        return way if inside(self.walk, node) == node.args[0] else 0

    def of_leaf(self, leaf: Expr) -> Steep:
        """The bounds of an operand."""
        if isinstance(leaf, Indexed) and not all(self.walk.of(i).constant for i in leaf.indices):
            return self._unknown
        name = name_of(leaf)
        return self.of_steps[name] if name in self.of_steps else of_name(name)

    def _of_product(self, node: Expr) -> Steep:
        fixed = [part for part in node.args if self.walk.of(part).constant]
        moving = [part for part in node.args if part not in fixed]
        if len(moving) != 1:
            return self._unknown
        factor = self.walk.of(Mul(*fixed))
        way = 1 if factor.nonnegative else -1 if factor.nonpositive else 0
        return self.of(moving[0]).times(self.sizes(fixed), way)

    def sizes(self, parts: list[Expr]) -> Expr:
        """How large at most the absolute value of a product of what does not vary is."""
        return reduce(times, map(self.size, parts), S.One)

    def size(self, part: Expr) -> Expr:
        """How large at most the absolute value of what does not vary is, inputs being any."""
        if self.is_formula(part):
            return sympy.Abs(part)
        span = self.walk.of(part).range
        return sympy.Max(abs(span.low), abs(span.high))

    def _of_norm(self, node: Expr) -> Steep:
        """The root of a sum of squares, with something constant added to it or not."""
        moving = [part for part in sympy.Add.make_args(node.base) if not self._is_idle(part)]
        step = self.walk.program.by_name.get(name_of(moving[0])) if len(moving) == 1 and isinstance(
            moving[0], Symbol | Indexed) else None  # fmt: skip
        if step is None or step.kind != "sum" or step.expression.as_base_exp()[1] != 2:
            return self._unknown
        inner = self.of(step.expression.as_base_exp()[0])
        return inner.times(S.One if self.is_apart(step) else self._together(step) ** S.Half, 0)

    def _is_idle(self, part: Expr) -> bool:
        fact = self.walk.of(part)
        return fact.constant and fact.nonnegative

    def _as_a_whole(self, expression: Expr) -> Steep:
        """As a continuous function of one operand: its steepest slope times the operand's bound."""
        forms = None if self.orders.of(expression) < 0 else locals_of(self.walk, expression)
        if not forms:
            return self._unknown
        found = []
        for form in forms:
            moving = moving_of(form)
            if len(moving) > 1:
                return self._unknown
            inner = self.of_leaf(form.moving[moving[0]][0]) if moving else NO_SLOPE
            found.append(inner.times(self.steepest_of_form(form, 1), 0))
        return largest(found)

    def steepest_of_form(self, form: Local, order: int) -> Expr:
        """The largest size of a derivative of a form by the one operand that it depends on."""
        moving = moving_of(form)
        if len(moving) != 1:
            return UNKNOWN if moving else S.Zero
        inputs = [s for s in form.fixed if not self.is_formula(form.fixed[s])]
        return greatest_slope(form, [moving[0], *inputs], order)

    def is_formula(self, part: Expr) -> bool:
        """Whether it is made of parameters and sizes alone."""
        known = {entry.symbol for entry in self.walk.program.parameters}
        known |= {s for length in self.walk.program.ranges.values() for s in S(length).free_symbols}
        return part.free_symbols <= known and not part.has(Indexed)


def moving_of(form: Local) -> list[Symbol]:
    """The operands that a form depends on and that vary."""
    return [symbol for symbol in form.moving if form.formula.has(symbol)]


def _plainer(bound: Expr, whole: Expr) -> Expr:
    """The lesser of two bounds; the second where only one has absolute values."""
    if UNKNOWN in (bound, whole) or not bound.has(sympy.Abs):
        return smaller(bound, whole)
    return whole
