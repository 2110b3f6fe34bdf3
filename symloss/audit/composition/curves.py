"""Bounds on the spectral norm of Hessians, for every size.

With B(u) such a bound and L(u) one on the gradient: B(u + v) <= B(u) + B(v), and the larger of them
where u and v depend on different names; B(f(u)) <= sup |f''| L(u)**2 + sup |f'| B(u). Terms that
read different coordinates have blocks of their own. The Hessian of logsumexp is a covariance.
"""

from __future__ import annotations

import sympy
from sympy import Expr, Indexed, Mul, S, Symbol

from symloss.audit.composition.local import Local, locals_of
from symloss.audit.composition.outer import inside, steepest
from symloss.audit.composition.slopes import Slopes, moving_of
from symloss.audit.composition.steep import UNKNOWN, greatest, times, total
from symloss.program import Step, name_of


class Curves:
    """Bounds for the steps and expressions of a walk whose slopes are known, oo where none is."""

    def __init__(self, slopes: Slopes) -> None:
        """Nothing is read yet."""
        self.slopes = slopes

    @property
    def loss(self) -> Expr:
        """The bound of the loss."""
        return self.of_step(self.slopes.walk.program.step("loss"))

    def of(self, expression: Expr) -> Expr:
        """A bound on the spectral norm of the Hessian."""
        if self.slopes.walk.of(expression).affine:
            return S.Zero
        if isinstance(expression, Symbol | Indexed):
            step = self.slopes.walk.program.by_name.get(name_of(expression))
            return UNKNOWN if step is None else self.of_step(step)
        if self.slopes.orders.of(expression) >= 1:
            forms = locals_of(self.slopes.walk, expression)
            whole = greatest([self._of_form(f) for f in forms]) if forms else UNKNOWN
            whole = self._of_function(expression) if whole == UNKNOWN else whole
            if whole != UNKNOWN:
                return whole
        if isinstance(expression, sympy.Add):
            return self._of_sum(expression)
        fixed = [p for p in Mul.make_args(expression) if self.slopes.walk.of(p).constant]
        rest = expression / Mul(*fixed)
        return times(self.slopes.sizes(fixed), self.of(rest)) if fixed else UNKNOWN

    def _of_function(self, node: Expr) -> Expr:
        """Of f(u): |f''| times the square of u's bound, and |f'| times what u bends."""
        walk = self.slopes.walk
        part = inside(walk, node)
        if part is None:
            return UNKNOWN
        curved = times(steepest(walk, node, part, 2), self.slopes.of(part).whole ** 2)
        return total((curved, times(steepest(walk, node, part, 1), self.of(part))))

    def _of_sum(self, expression: Expr) -> Expr:
        """Terms in different names have their own blocks of the Hessian: the largest counts."""
        groups: list[tuple[set[str], Expr]] = []
        for term in expression.args:
            names, bound = set(self.slopes.of(term).parts), self.of(term)
            joined = [group for group in groups if group[0] & names]
            groups = [group for group in groups if not group[0] & names]
            groups.append((names.union(*(g[0] for g in joined)),
                           total((bound, *(g[1] for g in joined)))))  # fmt: skip
        return greatest([bound for _, bound in groups])

    def of_step(self, step: Step) -> Expr:
        """The same of a step: terms that read different coordinates do not add up."""
        if step.kind == "logsumexp":
            return self._of_logsumexp(step)
        bound = self.of(step.expression) if step.kind in (None, "sum") else UNKNOWN
        if step.kind is None or bound in (0, UNKNOWN) or self.slopes.is_apart(step):
            return bound
        return bound * Mul(*(self.slopes.walk.program.ranges[index] for index in step.bound))

    def _of_logsumexp(self, step: Step) -> Expr:
        """The variance of the terms' slopes along a direction, and a mean of what they bend.

        With |v| = 1 and coordinates of their own the variance is at most half of the largest slope
        squared, else at most that.
        """
        share = S.Half if self.slopes.is_apart(step) else S.One
        slope = self.slopes.of(step.expression).whole
        return total((times(share, times(slope, slope)), self.of(step.expression)))

    def _of_form(self, form: Local) -> Expr:
        """Only of operands that are affine in what varies."""
        moving = moving_of(form)
        if len(moving) > 1 or any(not form.moving[symbol][1].affine for symbol in moving):
            return UNKNOWN
        inner = self.slopes.of_leaf(form.moving[moving[0]][0]).whole if moving else S.Zero
        return times(self.slopes.steepest_of_form(form, 2), inner**2)
