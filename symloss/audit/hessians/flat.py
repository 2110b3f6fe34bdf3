"""Lines of a small instance on which a loss is affine, or on which its curvature vanishes."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from typing import Any

import flint
import sympy
from sympy import Expr, Rational, S, Symbol

from symloss.audit.hessians.lines import Line, T, lines, parameters_at
from symloss.audit.signs import balls, cells, chain
from symloss.audit.signs.memory import remembered
from symloss.audit.signs.worker import StepEnded, step
from symloss.audit.signs.zeros import vanishes
from symloss.language import Interval
from symloss.program import Program

FAR = Rational(64)
BITS = 256
STEP_SECONDS = 1.5
Side = tuple[Expr, Expr, Expr, str]
"""An interval of a line, one of its ends, and the side that this is looked at from."""


def affine_segment(program: Program, wrt: tuple[str, ...], seconds: float) -> dict[str, Any] | None:
    """A segment on which the loss is affine: it is not strictly convex."""
    for line, values, formula in _numeric(program, wrt, seconds):
        for low, high in _spans(line.span):
            if not _looks_affine(formula, low, high):
                continue
            piece = piece_of(formula, low, high)
            if piece is not None and is_zero(sympy.diff(piece, T, 2)):
                ends = [low + (high - low) / 4, high - (high - low) / 4]
                told = {"t": [str(end) for end in ends], "affine": str(sympy.simplify(piece))}
                return _witness("affine segment", line, values, told)
    return None


def vanishing_curvature(
    program: Program, wrt: tuple[str, ...], seconds: float
) -> dict[str, Any] | None:
    """A line on which the second derivative comes to 0 or below: not strongly convex."""
    for line, values, formula in _numeric(program, wrt, seconds):
        for low, high, place, way in ends_of(line.span):
            piece = piece_of(formula, low, high)
            limit = None if piece is None else limit_beside(sympy.diff(piece, T, 2), place, way)
            if limit is not None and limit.is_Rational and limit <= 0:
                told = {"t": str(place), "second derivative": str(limit)}
                return _witness("vanishing curvature", line, values, told)
    return None


def steady(
    program: Program, wrt: tuple[str, ...], order: int, seconds: float
) -> dict[str, Any] | None:
    """A line without end on which a derivative does not tend to 0."""
    for line, values, formula in _numeric(program, wrt, seconds):
        for low, high, place, way in ends_of(line.span):
            piece = piece_of(formula, low, high) if place.is_infinite else None
            slope = S.Zero if piece is None else sympy.diff(piece, T, order)
            limit = limit_beside(slope, place, way) if slope.has(T) else slope
            if limit is not None and (limit.is_infinite or _is_apart(limit)):
                told = {"t": str(place), "derivative": str(order), "limit": str(limit)}
                return _witness("slope on a line", line, values, told)
    return None


def _is_apart(number: Expr) -> bool:
    """Whether balls tell a number from 0."""
    return balls.sign(number, {}) in (1, -1)


def _numeric(
    program: Program, wrt: tuple[str, ...], seconds: float
) -> Iterator[tuple[Line, Mapping[Symbol, Rational], Expr]]:
    end = time.process_time() + seconds
    for line in lines(program, wrt):
        for values in parameters_at(line):
            if time.process_time() > end:
                return
            yield line, values, line.formula.xreplace(dict(values))


def _witness(
    kind: str, line: Line, values: Mapping[Symbol, Rational], told: Mapping[str, Any]
) -> dict[str, Any]:
    chosen = {str(s): str(v) for s, v in values.items()}
    return {"kind": kind, **line.witness(), "parameters": chosen, **told}


def _spans(span: Interval) -> list[tuple[Expr, Expr]]:
    """Short intervals beside 0 and a few away from it."""
    numbers = [(0, 1), (-1, 0), (3, 4), (-4, -3), (0, Rational(1, 4)), (-Rational(1, 4), 0)]
    wanted = [(sympy.sympify(low), sympy.sympify(high)) for low, high in numbers]
    return [(low, high) for low, high in wanted if low >= span.low and high <= span.high]


def ends_of(span: Interval, far: Expr = FAR) -> Iterator[Side]:
    """Where a line is looked at, towards both ends, beyond `far` at infinity, and above 0."""
    if span.high == sympy.oo:
        yield far, sympy.oo, sympy.oo, "-"
    elif span.high > 0:
        yield span.high / 2, span.high, span.high, "-"
    if span.low == -sympy.oo:
        yield -sympy.oo, -far, -sympy.oo, "+"
    elif span.low < 0:
        yield span.low, span.low / 2, span.low, "+"
    if span.high > 0:
        yield S.Zero, min(span.high, S.One) / 4, S.Zero, "+"


def _looks_affine(formula: Expr, low: Expr, high: Expr) -> bool:
    """Whether second differences are 0 as far as balls tell."""
    for share in (Rational(1, 8), Rational(1, 3)):
        a, c = low + (high - low) * share, high - (high - low) * share
        ends = (a, (a + c) / 2, c)
        found = [balls.value(formula, {T: place}, BITS) for place in ends]
        known = [ball for ball in found if ball is not None]
        if len(known) < len(found):
            return False
        with flint.ctx.workprec(BITS):
            if not (known[0] + known[2] - 2 * known[1]).contains(0):
                return False
    return True


@remembered
def piece_of(formula: Expr, low: Expr, high: Expr) -> Expr | None:
    """The formula without kinks on an open interval of t, if it is one formula there."""
    inside = cells.open_cell(low, high)[1]
    try:
        with step(STEP_SECONDS):
            found = cells.resolved(formula, {T: inside})
            if found is None or not cells.defined(found.subs(T, inside)):
                return None
            return found
    except StepEnded:
        return None


@remembered
def is_zero(expression: Expr) -> bool:
    """Whether SymPy simplifies an expression to 0, within a step."""
    try:
        with step(STEP_SECONDS):
            return vanishes(expression)
    except StepEnded:
        return False


def limit_beside(expression: Expr, place: Expr, way: str) -> Expr | None:
    """The limit at a place from above, "+", or from below; None where it is not found."""
    y = sympy.Dummy(positive=True)
    if place.is_infinite:
        moved, end = expression.subs(T, y if place > 0 else -y), sympy.oo
    else:
        moved, end = expression.subs(T, place + y if way == "+" else place - y), S.Zero
    try:
        with step(STEP_SECONDS):
            found: Expr | None = chain.limit(moved, y, end)
            return found
    except StepEnded:
        return None
