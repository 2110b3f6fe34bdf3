"""Quasiconvexity: monotone functions of convex ones, and ratios of convex to concave."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sympy
from sympy import Expr

from symloss.audit.composition.local import Local, locals_of
from symloss.audit.composition.scalar import holds, within
from symloss.audit.signs.decide import Relation, decided
from symloss.audit.verdicts import Proved

if TYPE_CHECKING:
    from symloss.audit.composition.walk import Walk

_KINKS = (sympy.Abs, sympy.Max, sympy.Min, sympy.sign, sympy.Piecewise)


def is_quasiconvex(walk: Walk, expression: Expr) -> str:
    """Why every sublevel set of the expression is convex; "" if that is not shown."""
    if within(walk, lambda: _is_monotone(walk, expression)):
        return "a monotone function of one whose sublevel or superlevel sets are convex"
    if within(walk, lambda: _is_ratio(walk, expression)):
        return "a ratio: where it is at most c, convex - c*concave <= 0"
    return ""


def _is_monotone(walk: Walk, expression: Expr) -> bool:
    forms = locals_of(walk, expression)
    return bool(forms) and all(_rises(form) for form in forms or ())


def _rises(form: Local) -> bool:
    """Rising of a convex operand, falling of a concave one, either of an affine one."""
    if len(form.moving) != 1 or form.formula.has(*_KINKS):
        return False
    ((u, (_, fact)),) = form.moving.items()
    slope = sympy.diff(form.formula, u)
    way: Relation
    for way, allowed in ((">=", fact.convex), ("<=", fact.concave)):
        if allowed and isinstance(decided(slope, form.box, way), Proved):
            return True
    return False


def _is_ratio(walk: Walk, expression: Expr) -> bool:
    """N/D with D > 0 and N - c D convex for each c that N/D takes."""
    above, below = sympy.fraction(sympy.together(expression))
    top, bottom = walk.of(sympy.expand(above)), walk.of(sympy.expand(below))
    if not bottom.positive or bottom.constant:
        return False
    if top.affine and bottom.affine:
        return True
    convex = top.convex or holds(walk, above, 1)
    if convex and bottom.affine:
        return True
    if convex and bottom.concave:
        return top.nonnegative
    return convex and bottom.convex and top.nonpositive
