"""Absolute values, signs and extrema of several as choices, whose derivatives are plain."""

from __future__ import annotations

import sympy
from sympy import Expr


def in_pieces(formula: Expr) -> Expr:
    """The formula without functions whose derivatives SymPy gives as distributions."""
    if not formula.args:
        return formula
    if isinstance(formula, sympy.Piecewise):
        return sympy.Piecewise(*((in_pieces(branch), test) for branch, test in formula.args))
    parts = [in_pieces(part) for part in formula.args]
    if isinstance(formula, sympy.sign):
        return sympy.Piecewise((1, parts[0] > 0), (-1, parts[0] < 0), (0, True))
    if isinstance(formula, sympy.Abs):
        return sympy.Piecewise((parts[0], parts[0] >= 0), (-parts[0], True))
    if isinstance(formula, sympy.Max | sympy.Min):
        return _outermost(parts, largest=isinstance(formula, sympy.Max))
    return formula.func(*parts)


def _outermost(parts: list[Expr], *, largest: bool) -> Expr:
    best = parts[0]
    for other in parts[1:]:
        ahead = best >= other if largest else best <= other
        best = sympy.Piecewise((best, ahead), (other, True))
    return best
