"""Rational witnesses in one variable: chords on the wrong side of the graph, hills."""

from __future__ import annotations

from collections.abc import Iterator

import flint
import sympy
from sympy import Expr, Rational

from symloss.audit.properties.profiles import Known
from symloss.audit.signs import balls
from symloss.audit.signs.profile import Profile
from symloss.audit.signs.view import whole_below

PRECISIONS = (128, 512, 2048, 8192)


def chord(one: Known, way: int) -> dict[str, object] | None:
    """Two points of the case whose midpoint lies on the wrong side of the chord."""
    for middle, half in _suspects(one.line, way):
        places = (middle - half, middle + half, middle)
        if not all(one.line.domain.contains(place) for place in places):
            continue
        points = [one.point(place) for place in places]
        ball = gap(way * one.case.formula, *points)
        if ball is not None:
            return {
                **witness("chord", claim="convex" if way > 0 else "concave"),
                "points": [one.text(place) for place in places[:2]],
                "middle": one.text(middle), "weight": "1/2", "ball": ball,
            }  # fmt: skip
    return None


def witness(kind: str, **more: object) -> dict[str, object]:
    """A witness of a loss without core dimensions, as the checker reads it."""
    return {"kind": kind, **more, "sizes": {}, "places": {}}


def straight(one: Known, low: Expr, high: Expr) -> dict[str, object]:
    """A piece of an interval on which the loss is affine."""
    middle, width = next(middles(low, high))
    found = witness("affine segment", interval=[str(low), str(high)])
    return {**found, "point": one.text(middle), "t": [str(-width / 2), str(width / 2)],
            "direction": {str(one.case.varying[0]): "1"}}  # fmt: skip


def gap(formula: Expr, one: balls.Point, other: balls.Point, middle: balls.Point) -> str | None:
    """The ball of f(a) + f(c) - 2 f(b) where it is surely negative."""
    for bits in PRECISIONS:
        values = [balls.value(formula, point, bits) for point in (one, other, middle)]
        known = [value for value in values if value is not None]
        if len(known) < 3:
            return None
        with flint.ctx.workprec(bits):
            rest = known[0] + known[1] - 2 * known[2]
        if rest < 0:
            return str(rest)
        if rest > 0 or rest.is_zero():
            return None
    return None


def _suspects(line: Profile, way: int) -> Iterator[tuple[Rational, Rational]]:
    """Middles and half widths of chords that may fail."""
    for joint in line.joints:
        if joint.place.is_Rational:
            for n in (0, 1, 3, 8, 20, 60, 120, 200):
                half = Rational(1, 2**n)
                yield joint.place, half
                yield joint.place + half / 2, half / 2
                yield joint.place - half / 2, half / 2
                yield joint.place + half / 2, half
    for n, piece in enumerate(line.pieces):
        found = line.pattern(n, 2)
        bad = "-" if way > 0 else "+"
        if found is None or bad not in found.signs:
            continue
        ends = [piece.low, *(zero.high for zero in found.zeros)]
        stops = [*(zero.low for zero in found.zeros), piece.high]
        for sign, low, high in zip(found.signs, ends, stops, strict=True):
            if sign == bad:
                yield from _inside(low, high)


def _inside(low: Expr, high: Expr) -> Iterator[tuple[Rational, Rational]]:
    """Chords inside an interval, wide and narrow."""
    for middle, width in middles(low, high):
        for n in (1, 2, 6, 20, 80):
            yield middle, width / 2**n


def middles(low: Expr, high: Expr) -> Iterator[tuple[Rational, Rational]]:
    """Middles and half widths of chords inside an interval."""
    if low.is_finite and high.is_finite:
        one, other = rational(low), rational(high)
        for part in (Rational(1, 2), Rational(1, 8), Rational(7, 8)):
            yield one + (other - one) * part, (other - one) / 8
        return
    start = rational(low) if low.is_finite else rational(high) if high.is_finite else sympy.S.Zero
    way = -1 if low.is_infinite and high.is_finite else 1
    for step in (Rational(1, 4), 1, 4, 20, 100):
        yield start + way * step, Rational(step) / 2


def rational(value: Expr) -> Rational:
    """A rational near a number."""
    if value.is_Rational:
        return value
    ball = balls.value(value, {}, 256)
    if ball is None:
        return sympy.S.Zero
    return Rational(whole_below(ball * 2**80), 2**80)
