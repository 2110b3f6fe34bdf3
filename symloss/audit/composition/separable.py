"""Losses that are a sum of one function of each coordinate: what holds of a term is exact.

All coordinates may be where their terms are greatest at once, as may the inputs that go with them:
bounds that are made of the terms' are tight.
"""

from __future__ import annotations

from dataclasses import dataclass

import sympy
from sympy import Expr, Indexed, Mul, Symbol

from symloss.audit.composition.local import Local, locals_of
from symloss.audit.composition.outer import supremum
from symloss.audit.composition.slopes import Slopes, moving_of
from symloss.audit.composition.steep import UNKNOWN
from symloss.audit.signs.inpieces import in_pieces
from symloss.language import Interval
from symloss.program import Step, name_of


@dataclass(frozen=True)
class Separable:
    """A sum of terms: `weight` times as many as `count`, each of one of these forms."""

    slopes: Slopes
    weight: Expr
    count: Expr
    forms: tuple[Local, ...]

    def least_of_term(self, order: int, way: int) -> Expr | None:
        """The infimum of a derivative of a term, times 1 or -1; None where it is not found."""
        weight = self.slopes.walk.of(self.weight)
        if not weight.nonnegative:
            return None
        tops = []
        for form in self.forms:
            moving = moving_of(form)
            inputs = [s for s, leaf in form.fixed.items() if not self.slopes.is_formula(leaf)]
            body = in_pieces(form.formula)
            slope = sympy.diff(body, moving[0], order) if order else body
            tops.append(supremum(-way * slope, [*moving, *inputs], form))
        top = sympy.Max(*tops)
        is_known = UNKNOWN not in tops and (weight.positive or bool(top.is_finite))
        return -self.weight * top if is_known else None


def separable(slopes: Slopes, most: int = 1) -> Separable | None:
    """The loss as such a sum; None where it is none, or a term has more than `most` coordinates."""
    walk = slopes.walk
    expression = walk.program.step("loss").expression
    fixed = [part for part in Mul.make_args(expression) if walk.of(part).constant]
    weight = Mul(*fixed)
    rest = expression / weight
    step = walk.program.by_name.get(name_of(rest)) if isinstance(rest, Symbol) else None
    if step is None or step.kind != "sum" or not slopes.is_apart(step) or _tells_places(step):
        return None
    forms = tuple(locals_of(walk, step.expression) or ())
    free = all(map(slopes.is_formula, fixed)) and all(
        _is_free(slopes, form, most) for form in forms
    )
    count = Mul(*(walk.program.ranges[index] for index in step.bound))
    return Separable(slopes, weight, count, forms) if forms and free else None


def _is_free(slopes: Slopes, form: Local, most: int) -> bool:
    """Whether coordinates and inputs, which may be anything, are all that a form reads."""
    program = slopes.walk.program
    free = {
        entry.name for entry in program.inputs
        if isinstance(entry.domain, Interval) and not entry.domain.integer
    }  # fmt: skip
    parameters = {entry.symbol for entry in program.parameters}
    fixed = [name_of(leaf) for leaf in form.fixed.values() if leaf not in parameters]
    is_once = len(set(fixed)) == len(fixed)
    return 1 <= len(moving_of(form)) <= most and is_once and set(fixed) <= free


def _tells_places(step: Step) -> bool:
    """Whether the terms of a sum differ by their places, as in where(k == label, ...)."""
    bare = step.expression.xreplace({at: sympy.Dummy() for at in step.expression.atoms(Indexed)})
    return bool(bare.free_symbols & set(step.bound))
