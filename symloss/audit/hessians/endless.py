"""Lines of a small instance along which a loss, or its derivative, grows without end."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import sympy
from sympy import Expr, Rational

from symloss.audit.hessians.flat import limit_beside, piece_of
from symloss.audit.hessians.free import Free, freed
from symloss.audit.hessians.lines import Line, T, lines
from symloss.audit.signs import balls, tails
from symloss.language import Interval
from symloss.program import Program

NEAR, CLOSE = Rational(2) ** 16, Rational(2) ** 40


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
        free = freed(line)
        if free is None:
            continue
        formula = line.formula.xreplace(dict(free.forms))
        for place, low, high in _tails(line.span, free.far):
            piece = piece_of(formula, low, high)
            slope = None if piece is None else sympy.diff(piece, T, order)
            for way in ways:
                if slope is not None and _is_endless(way * slope, place, low == place, free):
                    return _witness(line, order, way, place)
    return None


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
    if not formula.has(T) or not _rises(formula.xreplace(dict(free.numbers)), place, is_low):
        return False
    way = "+" if is_low else "-"
    if free.numbers:
        return limit_beside(formula, place, way) == sympy.oo
    return tails.limit(formula, T, place, way) == sympy.oo


def _rises(formula: Expr, place: Expr, is_low: bool) -> bool:
    """Whether two values near the end rise towards it, before a limit is looked for."""
    if place.is_infinite:
        at = [place_value * (1 if place > 0 else -1) for place_value in (NEAR, CLOSE)]
    else:
        at = [place + (1 if is_low else -1) / distance for distance in (NEAR, CLOSE)]
    found = [balls.value(formula, {T: value}, 256) for value in at]
    known = [ball for ball in found if ball is not None]
    return len(known) == 2 and bool(known[1] > known[0]) and bool(known[1] > 0)


def _witness(line: Line, order: int, way: int, place: Expr) -> dict[str, Any]:
    told = {"derivative": str(order), "sign": str(way), "t": str(place), "limit": "oo"}
    return {"kind": "endless line", **line.witness(), **told}
