"""Whether a formula is analytic at a place: roots and logarithms have room around it.

What is defined at a place need not be smooth there: sqrt(x**4 + x**2) is one formula on both sides
of 0, has a value there, and a kink.
"""

from __future__ import annotations

import sympy
from sympy import Expr, Symbol

from symloss.audit.signs import balls, cells, jets
from symloss.audit.signs.structure import NEGATIVE, POSITIVE

_KINKED = (sympy.Abs, sympy.sign, sympy.Max, sympy.Min, sympy.Piecewise)
_NO_NUMBER = (sympy.zoo, sympy.nan, sympy.oo, sympy.AccumBounds)


def analytic_at(formula: Expr, symbol: Symbol, place: Expr) -> bool:
    """Whether the formula is shown to be analytic at a place."""
    if formula.free_symbols <= {symbol} and place.is_number:
        ball = balls.value(place, {})
        return ball is not None and jets.jet(formula, symbol, ball, 1) is not None
    return all(_has_room(node, symbol, place) for node in sympy.preorder_traversal(formula))


def _has_room(node: Expr, symbol: Symbol, place: Expr) -> bool:
    """Whether arguments at the place lie inside the open set on which the function is analytic."""
    if not node.args or not node.has(symbol):
        return True
    if isinstance(node, _KINKED):
        return False
    inside = [part.subs(symbol, place) for part in node.args]
    if any(part.has(*_NO_NUMBER) for part in inside):
        return False
    if isinstance(node, sympy.Pow):
        if node.exp.is_Integer and node.exp > 0:
            return True
        allowed = (POSITIVE, NEGATIVE) if node.exp.is_Integer else (POSITIVE,)
        return cells.sign_in(inside[0], 2) in allowed
    if isinstance(node, sympy.log):
        return cells.sign_in(inside[0], 2) == POSITIVE
    return cells.defined(node.func(*inside))
