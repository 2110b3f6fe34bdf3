"""Lines of a small instance on which a loss or a derivative comes to its bound: none is better.

The slope on a line, by the length of the direction, is at most the length of the gradient; the
second derivative, by its square, at most the norm of the Hessian.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Mapping
from typing import Any

import sympy
from sympy import Expr, Rational, S

from symloss.audit.hessians.flat import Side, ends_of, is_zero, limit_beside, piece_of
from symloss.audit.hessians.free import freed
from symloss.audit.hessians.lines import Line, T, lines, steepest
from symloss.audit.signs import balls
from symloss.language import Interval
from symloss.program import Program

BITS = 256
NEAR = Rational(2) ** -40
ROUGH = Rational(1, 1000)
"""How near the bound, by balls, a limit must seem to be looked for."""


def reached(
    program: Program,
    wrt: tuple[str, ...],
    bounds: Mapping[int, Expr],
    order: int,
    seconds: float,
) -> dict[str, Any] | None:
    """A line on which the derivative of an order, times a way, comes to that way's bound at some t.

    Parameters stay symbols: it comes to the bound for all their values.
    """
    end = time.process_time() + seconds
    every = [lines(program, wrt), steepest(program, wrt)] if order == 1 else [lines(program, wrt)]
    for line in filter(None, itertools.chain.from_iterable(itertools.zip_longest(*every))):
        for way, bound in bounds.items():
            if time.process_time() > end:
                return None
            place = _place(line, bound * line.length**order, order, way)
            if place is not None:
                told = {"t": str(place), "order": str(order), "way": str(way)}
                return {**line.witness(), **told}
    return None


def _place(line: Line, bound: Expr, order: int, way: int) -> Expr | None:
    """Where on the line the derivative comes to the bound, exactly."""
    if order == 0 and _is_zero(way * line.formula.subs(T, 0) - bound) and line.is_defined:
        return S.Zero
    free = freed(line, (bound,))
    if free is None:
        return None
    formula, goal = line.formula.xreplace(dict(free.forms)), bound.xreplace(dict(free.forms))
    for low, high, place, side in _sides(line.span, free.far):
        if order == 0 and place == 0:
            continue  # told as a value, which a limit is not
        piece = piece_of(formula, low, high)
        if piece is None:
            continue
        gap = way * sympy.diff(piece, T, order) - goal
        if not _seems_zero(gap.xreplace(dict(free.numbers)), place, side):
            continue
        if _is_zero(limit_beside(gap, place, side) if gap.has(T) else gap):
            return place
    return None


def _sides(span: Interval, far: Expr) -> list[Side]:
    """Both sides of 0, then the ends of a line."""
    found = list(ends_of(span, far))
    if span.low < 0:
        found.append((max(span.low, -S.One) / 4, S.Zero, S.Zero, "-"))
    return sorted(found, key=lambda side: side[2] != 0)


def _seems_zero(gap: Expr, place: Expr, side: str) -> bool:
    """Whether the gap is small near the place, before its limit is looked for."""
    if place.is_infinite:
        near = 1 / NEAR if place > 0 else -1 / NEAR
    else:
        near = place + (NEAR if side == "+" else -NEAR)
    found = balls.value(gap, {T: near}, BITS)
    return found is not None and bool(abs(found) < balls.exact(ROUGH))


def _is_zero(gap: Expr | None) -> bool:
    return gap is not None and not gap.has(sympy.nan, sympy.zoo, sympy.oo) and is_zero(gap)
