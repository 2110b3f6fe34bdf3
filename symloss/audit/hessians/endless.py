"""Lines of a small instance along which a loss, or its derivative, grows without end."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import flint
import sympy
from flint import arb
from sympy import Expr, Rational, S, Symbol

from symloss.audit.hessians.flat import limit_beside, piece_of
from symloss.audit.hessians.free import Free, freed
from symloss.audit.hessians.lines import Line, T, lines
from symloss.audit.signs import balls, tails
from symloss.language import Interval
from symloss.program import Program

NEAR, CLOSE = Rational(2) ** 16, Rational(2) ** 40
STEP, BITS = Rational(2) ** -64, 512
Slope = Callable[[Expr, tuple[Expr, Expr]], Expr | None]
"""The derivative of a formula on an interval of t, if it is one formula there."""
GROWTH = 1.25
"""By which factor at least what grows without end does so from near to close, as log(log) does."""


def endless(
    program: Program, wrt: tuple[str, ...], order: int, ways: tuple[int, ...], seconds: float
) -> dict[str, Any] | None:
    """A line on which a derivative, times one of the ways, has the limit oo.

    It has that limit for all values of the parameters.
    """
    end = time.process_time() + seconds
    for line in lines(program, wrt):
        if time.process_time() > end:
            return None
        found = unbounded(line, T, order, ways, partial(_slope, order=order))
        if found is not None:
            return _witness(line, order, *found)
    return None


def unbounded(
    line: Line, by: Symbol, order: int, ways: tuple[int, ...], slope: Slope
) -> tuple[int, Expr] | None:
    """A way, and an end of the line towards which the derivative times it has the limit oo."""
    free = freed(line, by=by)
    if free is None:
        return None
    formula = line.formula.xreplace(dict(free.forms))
    numeric = formula.xreplace(dict(free.numbers))
    for place, low, high in _tails(line.span, free.far):
        is_low = low == place
        rising = [way for way in ways if _rises(way * numeric, by, order, place, is_low)]
        found = slope(formula, (low, high)) if rising else None
        if found is None:
            continue
        for way in rising:
            if _is_endless(way * found, place, is_low, free):
                return way, place
    return None


def _slope(formula: Expr, tail: tuple[Expr, Expr], order: int) -> Expr | None:
    piece = piece_of(formula, *tail)
    return None if piece is None else sympy.diff(piece, T, order)


def _tails(span: Interval, far: Expr) -> Iterator[tuple[Expr, Expr, Expr]]:
    """Each end of a line that it may be endless at, and an interval beside it."""
    if span.high == sympy.oo:
        yield sympy.oo, far, sympy.oo
    else:
        yield span.high, span.high - (span.high - max(span.low, span.high - 1)) / 2, span.high
    if span.low == -sympy.oo:
        yield -sympy.oo, -sympy.oo, -far
    else:
        yield span.low, span.low, span.low + (min(span.high, span.low + 1) - span.low) / 2


def _is_endless(formula: Expr, place: Expr, is_low: bool, free: Free) -> bool:
    """Whether a formula in t tends to oo towards an end, for all values of the parameters."""
    if not formula.has(T):
        return False
    way = "+" if is_low else "-"
    if free.numbers:
        return limit_beside(formula, place, way) == sympy.oo
    return tails.limit(formula, T, place, way) == sympy.oo


def _rises(formula: Expr, by: Symbol, order: int, place: Expr, is_low: bool) -> bool:
    """Whether differences for a derivative near an end rise towards it, before more is tried."""
    if place.is_infinite:
        at = [distance * (1 if place > 0 else -1) for distance in (NEAR, CLOSE)]
    else:
        at = [place + (1 if is_low else -1) / distance for distance in (NEAR, CLOSE)]
    found = [_difference(formula.xreplace({T: t}) if by != T else formula, by, t, order)
             for t in at]  # fmt: skip
    known = [ball for ball in found if ball is not None]
    return len(known) == 2 and bool(known[1] > known[0] * GROWTH) and bool(known[1] > 0)


def _difference(formula: Expr, by: Symbol, t: Expr, order: int) -> arb | None:
    """A difference quotient beside t, or beside the number that the other symbol is."""
    middle = t if by == T else S.Zero
    total = arb(0)
    with flint.ctx.workprec(BITS):
        for n in range(order + 1):
            ball = balls.value(formula, {by: middle + n * STEP}, BITS)
            if ball is None:
                return None
            total += (-1) ** (order - n) * math.comb(order, n) * ball
        return total / balls.exact(STEP**order)


def _witness(line: Line, order: int, way: int, place: Expr) -> dict[str, Any]:
    told = {"derivative": str(order), "sign": str(way), "t": str(place), "limit": "oo"}
    return {"kind": "endless line", **line.witness(), **told}
