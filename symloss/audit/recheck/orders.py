"""How often a loss is continuously differentiable, at least: the checker's own rules.

Orders: oo analytic, k for C^k, -1 where nothing is shown. Sums, products and compositions have the
least order of their parts. An expression in one moving operand with choices has the order to which
all formulas agree that may meet at a place where a choice turns.
"""

from __future__ import annotations

from collections.abc import Callable

import sympy
from sympy import Expr, Indexed, S, Symbol

from symloss.audit.recheck.choices import ANALYTIC, CHOICES, HIGHEST, Unclear, agreeing, gaps_of
from symloss.audit.recheck.lines import jumps
from symloss.audit.recheck.masks import unmasked
from symloss.audit.recheck.rules import Rules
from symloss.audit.recheck.witnesses import Case, Finding, NotReplayable, has_whole, varying
from symloss.language import FUNCTIONS
from symloss.program import Program, Step, name_of

NONE = S.NegativeOne
_ENTIRE = {
    sympy.exp, *(FUNCTIONS[name].node for name in (
        "sin", "cos", "sinh", "cosh", "tanh", "asinh", "atan", "erf", "erfc", "expm1", "expm1mx",
        "sigmoid", "softplus", "logcosh", "logaddexp") if name in FUNCTIONS),
}  # fmt: skip
_ABOVE = {
    FUNCTIONS[name].node: low for name, low in (
        ("log", S.Zero), ("loggamma", S.Zero), ("log1mexp", S.Zero), ("acosh", S.One),
        ("log1p", S.NegativeOne), ("log1pmx", S.NegativeOne),
        ("sqrt1pm1", S.NegativeOne)) if name in FUNCTIONS
}  # fmt: skip


class Orders:
    """The orders of a program's steps."""

    def __init__(self, program: Program) -> None:
        """Read the steps in order."""
        self.rules = Rules(program)
        self.steps: dict[str, Expr] = {}
        for step in program.steps:
            self.steps[step.name] = self._of_step(step)

    def _of_step(self, step: Step) -> Expr:
        order = self.of(unmasked(step, self.rules.program))
        if step.kind in ("argmax", "argmin"):
            return ANALYTIC if self.rules.of(step.expression).fixed else NONE
        return min(order, S.Zero) if step.kind in ("max", "min") else order

    def of(self, node: Expr) -> Expr:
        """The order of an expression."""
        order = self._by_parts(node, self.of)
        if order >= HIGHEST or isinstance(node, Symbol | Indexed) or not node.has(*CHOICES):
            return order
        return max(order, self._in_one_operand(node))

    def _by_parts(self, node: Expr, of: Callable[[Expr], Expr]) -> Expr:
        if self.rules.of(node).fixed:
            return ANALYTIC
        if isinstance(node, Symbol | Indexed):
            return self._leaf(node)
        if isinstance(node, sympy.Piecewise):
            still = all(self.rules.of(gap).fixed for p in node.args for gap in gaps_of(p.cond))
            return min(of(pair.expr) for pair in node.args) if still else NONE
        least = min((of(part) for part in node.args), default=NONE)
        if isinstance(node, sympy.Max | sympy.Min):
            return min(least, S.Zero)
        if isinstance(node, sympy.Abs):
            return least if self._sign(node.args[0]) else min(least, S.Zero)
        return min(least, self.of_function(node))

    def of_function(self, node: Expr) -> Expr:
        """The order of what is done to the parts."""
        if isinstance(node, sympy.Pow):
            return self._power(node)
        if isinstance(node, sympy.Add | sympy.Mul) or node.func in _ENTIRE:
            return ANALYTIC
        if node.func not in _ABOVE:
            return NONE
        low, known = _ABOVE[node.func], self.rules.of(node.args[0])
        return ANALYTIC if known.low > low or (known.low == low and known.above) else NONE

    def _leaf(self, leaf: Expr) -> Expr:
        if isinstance(leaf, Indexed) and not all(self.rules.of(at).fixed for at in leaf.indices):
            return NONE
        return self.steps.get(name_of(leaf), ANALYTIC)

    def _sign(self, node: Expr) -> int:
        known = self.rules.of(node)
        below = known.high < 0 or (known.high == 0 and known.below)
        return 1 if known.positive else -1 if below else 0

    def _power(self, node: Expr) -> Expr:
        if node.exp.is_Integer:
            return ANALYTIC if node.exp >= 0 or self._sign(node.base) else NONE
        if self._sign(node.base) > 0:
            return ANALYTIC
        base, power = self.rules.of(node.base), self.rules.of(node.exp)
        return S.Zero if power.fixed and power.positive and base.low >= 0 else NONE

    def _in_one_operand(self, node: Expr) -> Expr:
        found = self.rules.in_one_operand(node)
        if found is None:
            return NONE
        try:
            order = agreeing(found.formula, found.u)
        except Unclear:
            return NONE
        return min(order, self._leaf(found.leaf), self._between(node))

    def _between(self, node: Expr) -> Expr:
        """The order of the formulas between which choices are made."""
        if isinstance(node, sympy.Piecewise):
            return min(self._between(pair.expr) for pair in node.args)
        if isinstance(node, CHOICES):
            return min(self._between(part) for part in node.args)
        return self._by_parts(node, self._between)


def proof(case: Case, finding: Finding) -> bool:
    """The loss has as many derivatives as told, and by a jump on a line no more."""
    name, wrt = str(finding["property"]).partition(" in ")[0], finding["wrt"]
    value = str(finding["value"])
    if name == "smoothness" and value == "discontinuous":
        return jumps(case, finding["certificate"]["line"], wrt, 0)
    told = {"continuous": "C0", "differentiable": "C1", "smoothness": value}[name]
    least = ANALYTIC if told == "Cinf" else S(int(told[1:]))
    if has_whole(case, wrt):
        return False
    if Orders(varying(case, finding)).steps["loss"] < least:
        raise NotReplayable("joints beyond the checker's rules for derivatives")
    if name != "smoothness" or least == ANALYTIC:
        return True
    return jumps(case, finding["certificate"]["line"], wrt, int(least) + 1)
