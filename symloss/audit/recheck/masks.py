"""Masks of logsumexp: a term that is -oo is no term."""

from __future__ import annotations

import sympy
from sympy import Expr

from symloss.program import Program, Step

_REFLEXIVE = (sympy.Eq, sympy.Ge, sympy.Le)


def unmasked(step: Step, program: Program) -> Expr:
    """The body of a step; of a logsumexp, its terms alone, where one is left for every outer index.

    `where(j >= i, x[j], -oo)` leaves the term of j = i, as i and j run over one dimension.
    """
    body = step.expression
    if step.kind != "logsumexp" or not isinstance(body, sympy.Piecewise) or len(body.args) != 2:
        return body
    (kept, test), (masked, rest) = body.args
    if masked != -sympy.oo or rest != sympy.true or not isinstance(test, _REFLEXIVE):
        return body
    sides = [side for side in test.args if side in program.ranges]
    alike = len(sides) == 2 and program.ranges[sides[0]] == program.ranges[sides[1]]
    return kept if alike and len(set(sides) & set(step.bound)) == 1 else body
