"""Bounds on the spectral norms of Hessians, for every size: the checker's own rules.

With L(u) a bound on a gradient and B(u) one on a Hessian: B(u + v) <= B(u) + B(v), and the larger
where they read different names; B(f(u)) <= sup |f''|*L(u)**2 + sup |f'|*B(u). Sums of terms that
read coordinates of their own have blocks. A softmax has the Jacobian diag(p) - p*p', whose norm
is at most 1/2.
"""

from __future__ import annotations

import sympy
from sympy import Expr, Indexed, Mul, S, Symbol

from symloss.audit.recheck import formulas
from symloss.audit.recheck.gradients import Gradients, argument_of
from symloss.audit.recheck.inline import inlined
from symloss.audit.recheck.lines import reaches
from symloss.audit.recheck.masks import unmasked
from symloss.audit.recheck.stretches import has_sign
from symloss.audit.recheck.witnesses import Case, Finding, NotReplayable, has_whole, varying
from symloss.program import Program, Step, name_of


class Curvatures:
    """Bounds of a program's steps, each with whether it is come to."""

    def __init__(self, program: Program) -> None:
        """Read the steps in order."""
        self.slopes = Gradients(program)
        self.program = program
        self.steps: dict[str, tuple[Expr, bool]] = {}
        for step in program.steps:
            self.steps[step.name] = self._of_step(step)

    def _of_step(self, step: Step) -> tuple[Expr, bool]:
        body = unmasked(step, self.program)
        bound, exact = self.of(body)
        apart = self.slopes.is_apart(step)
        if step.kind is None or (step.kind == "sum" and apart):
            return bound, exact
        if step.kind == "sum":
            return bound * Mul(*(self.program.ranges[index] for index in step.bound)), False
        if step.kind == "logsumexp" and apart:
            return self.slopes.of(body).whole ** 2 / 2 + bound, False
        return (S.Zero, True) if self.slopes.rules.of(body).fixed else (sympy.oo, False)

    def of(self, node: Expr) -> tuple[Expr, bool]:
        """The bound of an expression, and whether it is come to."""
        known = self.slopes.rules.of(node)
        if known.convex and known.concave:
            return S.Zero, True
        if isinstance(node, Symbol | Indexed):
            return self.steps.get(name_of(node), (S.Zero, True))
        if self.slopes.orders.of(node) < 1:
            return sympy.oo, False
        if isinstance(node, sympy.Add):
            return self._of_sum(node)
        if isinstance(node, sympy.Mul):
            fixed = [part for part in node.args if self.slopes.rules.of(part).fixed]
            size, _, exact = self.slopes.factor(fixed)
            if not fixed or size.has(sympy.oo):
                return sympy.oo, False
            bound, own = self.of(node / Mul(*fixed))
            return size * bound, exact and own
        return self._of_function(node)

    def _of_sum(self, node: Expr) -> tuple[Expr, bool]:
        groups: list[tuple[set[str], Expr, bool]] = []
        for term in node.args:
            names = {name for name, _ in self.slopes.coordinates(term)}
            bound, exact = self.of(term)
            if bound == 0:
                continue
            for other in [group for group in groups if group[0] & names]:
                groups.remove(other)
                names, bound, exact = names | other[0], bound + other[1], False
            groups.append((names, bound, exact))
        return sympy.Max(S.Zero, *(group[1] for group in groups)), all(g[2] for g in groups)

    def _of_function(self, node: Expr) -> tuple[Expr, bool]:
        inner = argument_of(node)
        if inner is None or not self.slopes.rules.of(node.xreplace({inner: S.One})).fixed:
            return sympy.oo, False
        bound, _ = self.of(inner)
        slope, bend = self.slopes.of(inner), self.slopes.steepness(node, inner, 2)
        if bound == 0:
            return bend * slope.whole**2, slope.exact
        return bend * slope.whole**2 + self.slopes.steepness(node, inner, 1) * bound, False


def proof(case: Case, finding: Finding) -> bool:
    """The constant bounds the gradient or the Hessian; a tight one is come to.

    Raises:
        NotReplayable: the checker's rules do not show it.
    """
    order = {"lipschitz": 1, "gradient_lipschitz": 2}[finding["property"].partition(" in ")[0]]
    program = varying(case, finding)
    if has_whole(case, finding["wrt"]):
        return False
    value = formulas.read(finding["value"], formulas.names_of(case.program))
    slopes, bound, exact = _bound(program, order)
    if not _is_at_most(bound, value, slopes):
        slopes, bound, exact = _bound(inlined(program), order)
    if not _is_at_most(bound, value, slopes):
        raise NotReplayable(f"a bound that the checker's rules do not show: they show {bound}")
    if not finding["tight"] or value == 0 or (exact and _is_at_most(value, bound, slopes)):
        return True
    line = finding["certificate"].get("reached")
    if line is None:
        raise NotReplayable("a place that comes to the constant")
    return int(line["order"]) == order and reaches(case, line, value, finding["wrt"])


def _bound(program: Program, order: int) -> tuple[Gradients, Expr, bool]:
    """What the rules show of the gradient or the Hessian, and whether it is come to."""
    slopes = Gradients(program)
    if slopes.orders.steps["loss"] < order - 1:
        return slopes, sympy.oo, False
    if order == 2:
        return slopes, *Curvatures(program).steps["loss"]
    return slopes, slopes.steps["loss"].whole, slopes.steps["loss"].exact


def _is_at_most(one: Expr, other: Expr, slopes: Gradients) -> bool:
    """Whether a formula in parameters and sizes is at most another, for all of them."""
    every, most = (list(_largest(formula)) for formula in (one, other))
    return all(any(_is_below(part, top, slopes) for top in most) for part in every)


def _largest(formula: Expr) -> tuple[Expr, ...]:
    moved = sympy.expand(formula) if formula.has(sympy.Max) else formula
    return moved.args if isinstance(moved, sympy.Max) else (formula,)


def _is_below(one: Expr, other: Expr, slopes: Gradients) -> bool:
    if sympy.oo in (one, other):
        return bool(other == sympy.oo)
    sizes = {s: sympy.Dummy(s.name, integer=True, positive=True)
             for s in (one - other).free_symbols - set(slopes.signed)}  # fmt: skip
    gaps = (other - one, other**2 - one**2)
    moved = [gap.subs({**slopes.signed, **sizes}, simultaneous=True) for gap in gaps]
    return has_sign(moved[0], "nonnegative") or (
        has_sign(other.subs({**slopes.signed, **sizes}, simultaneous=True), "nonnegative")
        and has_sign(moved[1], "nonnegative")
    )
