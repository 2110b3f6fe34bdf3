"""How many continuous derivatives a loss of any size has at least, by composition.

Sums, products and compositions have as many as the least of their parts; a function of one moving
operand, such as a choice or a power of an absolute value, as many as agree at all of its joints.
Orders: oo analytic, r for C^r, -1 where nothing is known.
"""

from __future__ import annotations

import sympy
from sympy import Expr, Indexed, S, Symbol

from symloss.audit.composition.atoms import ABOVE_MINUS_ONE, EVERYWHERE, NODE, UP, within
from symloss.audit.composition.local import Local, locals_of
from symloss.audit.composition.ranges import ABOVE_ZERO
from symloss.audit.composition.walk import Walk
from symloss.audit.signs import pieces
from symloss.language import Interval
from symloss.program import Step, name_of

ANALYTIC, UNKNOWN = sympy.oo, S.NegativeOne
ABOVE_ONE = Interval(S.One, sympy.oo, True, True)

_EVERYWHERE = (
    *(sympy.exp, sympy.sin, sympy.cos, sympy.sinh, sympy.cosh, sympy.tanh, sympy.asinh),
    *(sympy.atan, sympy.erf, NODE["erfc"]),
    *(NODE[name] for name in ("expm1", "expm1mx", "sigmoid", "softplus", "logcosh")),
)
_ANALYTIC: dict[type, tuple[Interval, ...]] = {
    **dict.fromkeys(_EVERYWHERE, EVERYWHERE),
    sympy.log: (ABOVE_ZERO,),
    sympy.acosh: (ABOVE_ONE,),
    NODE["loggamma"]: (ABOVE_ZERO,),
    NODE["log1mexp"]: (ABOVE_ZERO,),
    NODE["log1p"]: (ABOVE_MINUS_ONE,),
    NODE["log1pmx"]: (ABOVE_MINUS_ONE,),
    NODE["sqrt1pm1"]: (ABOVE_MINUS_ONE,),
}
_BELOW_ZERO = (Interval(-sympy.oo, S.Zero, True, True),)


class Orders:
    """The orders of a walk's steps; `lines` tells, for each step, what is not analytic."""

    def __init__(self, walk: Walk) -> None:
        """Read every step in order."""
        self.walk = walk
        self.of_steps: dict[str, Expr] = {}
        for step in walk.program.steps:
            self.of_steps[step.name] = self._of_step(step)

    @property
    def loss(self) -> Expr:
        """The order of the loss."""
        return self.of_steps["loss"]

    def told(self) -> tuple[str, ...]:
        """A line a step."""
        return tuple(f"{name} is {named(order)}" for name, order in self.of_steps.items())

    def _of_step(self, step: Step) -> Expr:
        order = self.of(step.expression)
        if step.kind in ("argmax", "argmin"):
            return ANALYTIC if self.walk.of(step.expression).constant else UNKNOWN
        return min(order, S.Zero) if step.kind in ("max", "min") else order

    def of(self, expression: Expr) -> Expr:
        """The order of an expression; where its parts say too little, as one function."""
        order = self._by_parts(expression)
        if order == ANALYTIC or not expression.args or isinstance(expression, Indexed):
            return order
        return max(order, self._as_a_whole(expression))

    def _by_parts(self, node: Expr) -> Expr:
        if self.walk.of(node).constant:
            return ANALYTIC
        if isinstance(node, Symbol | Indexed):
            return self._of_leaf(node)
        if isinstance(node, sympy.Piecewise):
            return self._of_choice(node)
        least = min((self.of(part) for part in node.args), default=UNKNOWN)
        if isinstance(node, sympy.Pow):
            return min(least, self._of_power(node))
        if isinstance(node, sympy.Abs):
            span = self.walk.of(node.args[0]).range
            return least if within(span, (ABOVE_ZERO, *_BELOW_ZERO)) else min(least, S.Zero)
        if isinstance(node, sympy.Max | sympy.Min):
            return min(least, S.Zero)
        if isinstance(node, sympy.Add | sympy.Mul | NODE["logaddexp"]):
            return least
        domain = _ANALYTIC.get(node.func)
        inside = domain is not None and within(self.walk.of(node.args[0]).range, domain)
        return least if inside else UNKNOWN

    def _of_leaf(self, leaf: Expr) -> Expr:
        if isinstance(leaf, Indexed) and not all(self.walk.of(i).constant for i in leaf.indices):
            return UNKNOWN
        return self.of_steps.get(name_of(leaf), ANALYTIC)

    def _of_choice(self, node: Expr) -> Expr:
        if not all(self.walk.condition(pair.cond) for pair in node.args):
            return UNKNOWN
        return min(self.of(pair.expr) for pair in node.args)

    def _of_power(self, node: Expr) -> Expr:
        """The order of the power itself: it is analytic away from 0."""
        base, exponent = self.walk.of(node.base), self.walk.of(node.exp)
        whole = node.exp.is_Integer
        away = (ABOVE_ZERO, *_BELOW_ZERO) if whole else (ABOVE_ZERO,)
        if (whole and node.exp >= 0) or within(base.range, away):
            return ANALYTIC
        rises = exponent.constant and within(exponent.range, (ABOVE_ZERO,))
        return S.Zero if rises and within(base.range, UP) else UNKNOWN

    def _as_a_whole(self, expression: Expr) -> Expr:
        """The order as a function of one operand that varies, whatever the others are."""
        forms = locals_of(self.walk, expression)
        return min((self._of_form(form) for form in forms), default=UNKNOWN) if forms else UNKNOWN

    def _of_form(self, form: Local) -> Expr:
        moving = [symbol for symbol in form.moving if form.formula.has(symbol)]
        if not moving:
            return ANALYTIC
        if len(moving) > 1:
            return UNKNOWN
        found = pieces.line(form.formula, moving[0], form.box)
        if found is None:
            return UNKNOWN
        orders = [S(joint.orders) for joint in found[1] if joint.orders is not None]
        return min([*orders, self._of_leaf(form.moving[moving[0]][0])])


def named(order: Expr) -> str:
    """The class of an order, as a finding says it."""
    if order == ANALYTIC:
        return "Cinf"
    return "not known" if order < 0 else f"C{order}"
