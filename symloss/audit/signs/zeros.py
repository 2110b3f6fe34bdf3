"""Whether a formula is 0: SymPy simplifies those that numbers do not tell apart from 0.

To simplify takes long, longest where nothing cancels; one ball at one point tells that at once.
"""

from __future__ import annotations

import sympy
from sympy import Expr, Rational, Symbol

from symloss.audit.signs import balls

TRIES = 3


def vanishes(expression: Expr) -> bool:
    """Whether SymPy simplifies the expression to 0, for all that its symbols may be."""
    return not is_apart(expression) and bool(sympy.simplify(expression) == 0)


def is_apart(expression: Expr) -> bool:
    """Whether balls show it not to be 0 at some point that its symbols may be at."""
    symbols = sorted(expression.free_symbols, key=str)
    return any(
        balls.sign(expression, {s: _number(s, n, place) for place, s in enumerate(symbols)})
        in (1, -1)
        for n in range(TRIES if symbols else 1)
    )


def _number(symbol: Symbol, n: int, place: int) -> Rational:
    """A number that the symbol may stand for: first below 1, then above, all of them different."""
    whole = sympy.Integer(2 + n + place)
    size = whole if symbol.is_integer else Rational(2 * n + 1, 2) + 1 / (whole + 1)
    return -size if symbol.is_negative or symbol.is_nonpositive else size
