"""The sign of a derivative between an end of an open interval and a rational place inside."""

from __future__ import annotations

import sympy
from sympy import Expr, Rational

from symloss.audit.signs import tails
from symloss.audit.signs.view import MULTIPLICITY, NoPattern, View, ball_about, stepped, vanish


def near_end(line: View, end: Expr, other: Expr, way: str) -> tuple[str, Expr]:
    """The sign between an end and a rational place inside, and the place."""
    if end not in (sympy.oo, -sympy.oo):
        found = _at_regular_end(line, end, other, way) or _at_removable_end(line, end, other, way)
        if found is not None:
            return found
    found = tails.tail(line.derivative, line.symbol, end, way)
    if found is None or found[0] == "0":
        raise NoPattern(f"the sign of {line.derivative} near {end}")
    place = _rational_inside(found[1], end, other)
    line.tell("tail", *((end, place) if way == "+" else (place, end)), found[0])
    return found[0], place


def defined_end(line: View, end: Expr, other: Expr, way: str) -> Rational:
    """A rational place inside, up to which the formula is defined."""
    if end.is_finite and line.jet(ball_about(end), 1) is not None:
        step = sympy.S.One if other.is_infinite else sympy.Min(sympy.S.One, abs(other - end) / 2)
        for shrink in (2, 8, 64, 1024, 2**16, 2**30):
            place = stepped(end, step / shrink, 1 if way == "+" else -1)
            if line.jet(ball_about(end).union(ball_about(place)), 1) is not None:
                return place
    found = tails.defined(line.formula, line.symbol, end, way)
    if found is None:
        raise NoPattern(f"where the formula is defined near {end}")
    return _rational_inside(found, end, other)


def _rational_inside(place: Expr, end: Expr, other: Expr) -> Expr:
    """A rational between the end and the place, inside the interval."""
    if end in (sympy.oo, -sympy.oo):
        if other in (sympy.oo, -sympy.oo):
            return place
        beyond = stepped(other, sympy.S.One, 1 if end == sympy.oo else -1)
        return sympy.Max(place, beyond) if end == sympy.oo else sympy.Min(place, beyond)
    span = (
        abs(place - end) if other.is_infinite else sympy.Min(abs(place - end), abs(other - end) / 3)
    )
    way = 1 if place > end else -1
    return stepped(end, span * Rational(7, 8), way)


def _at_regular_end(line: View, end: Expr, other: Expr, way: str) -> tuple[str, Expr] | None:
    """Where the formula is analytic at the end: the first derivative there that is not 0."""
    step = sympy.S.One if other.is_infinite else sympy.Min(sympy.S.One, abs(other - end) / 2)
    if line.jet(ball_about(end), 1) is None:
        return None
    for shrink in (2, 8, 64, 1024, 2**16, 2**30):
        place = stepped(end, step / shrink, 1 if way == "+" else -1)
        found = line.jet(ball_about(end).union(ball_about(place)), MULTIPLICITY)
        if found is None:
            continue
        for n, value in enumerate(found):
            if (value > 0 or value < 0) and vanish(line, end, n):
                positive = bool(value > 0) == (way == "+" or n % 2 == 0)
                sign = "+" if positive else "-"
                low, high = (end, place) if way == "+" else (place, end)
                line.tell("end", low, high, sign, order=n)
                return sign, place
    return None


def _at_removable_end(line: View, end: Expr, other: Expr, way: str) -> tuple[str, Expr] | None:
    """Where a quotient of analytic functions has no value at the end: the sign of each."""
    parts = sympy.fraction(sympy.together(line.derivative))
    if not parts[1].has(line.symbol):
        return None
    signs, places = [], []
    for part in parts:
        inner = View(part, line.symbol, 0, line.until)
        found = _at_regular_end(inner, end, other, way)
        if found is None:
            return None
        signs.append(found[0])
        places.append(found[1])
    place = min(places) if way == "+" else max(places)
    sign = "+" if signs[0] == signs[1] else "-"
    line.tell("quotient", *((end, place) if way == "+" else (place, end)), sign)
    return sign, place
