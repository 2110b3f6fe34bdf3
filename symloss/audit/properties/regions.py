"""Where a loss in one variable is convex, if it is not so everywhere."""

from __future__ import annotations

from collections.abc import Sequence

import sympy
from sympy import Expr

from symloss.audit.properties.joints import rises
from symloss.audit.properties.profiles import Known
from symloss.audit.signs import roots
from symloss.audit.signs.profile import Profile
from symloss.audit.verdicts import Answer, Refuted


def region(lines: Sequence[Known], convex: Answer) -> str:
    """Where it is convex, when it is not so everywhere."""
    if not isinstance(convex, Refuted) or len(lines) != 1 or lines[0].moved.fixed:
        return ""
    one = lines[0]
    spans = []
    for n, piece in enumerate(one.line.pieces):
        found = one.line.pattern(n, 2)
        curvature = sympy.diff(piece.formula, one.line.symbol, 2)
        if found is None or piece.outer or one.line.period(piece, curvature) is not None:
            return ""
        spans += _spans(one, piece.low, piece.high, found)
    merged = _merged(one.line, spans)
    stretch = one.scale.stretch
    texts = [
        f"({sympy.simplify(stretch * low)}, {sympy.simplify(stretch * high)})"
        for low, high in merged
    ]
    return f"convex for {one.symbol} in {', '.join(texts)}" if texts else ""


def _spans(one: Known, low: Expr, high: Expr, found: object) -> list[tuple[Expr, Expr]]:
    cuts = [_place(one, zero) for zero in found.zeros]  # type: ignore[attr-defined]
    edges = [low, *cuts, high]
    signs = found.signs  # type: ignore[attr-defined]
    return [(a, b) for sign, a, b in zip(signs, edges, edges[1:], strict=False) if sign in "+0"]


def _place(one: Known, zero: object) -> Expr:
    exact = getattr(zero, "exact", None)
    if exact is not None:
        return exact

    slope = sympy.diff(one.line.formula, one.line.symbol, 2)
    if not slope.has(sympy.Derivative, sympy.DiracDelta):
        for place in roots.named(slope, one.line.symbol, zero.low, zero.high):  # type: ignore[attr-defined]
            return place
    return sympy.Float(sympy.N((zero.low + zero.high) / 2, 10), 10)  # type: ignore[attr-defined]


def _merged(line: Profile, spans: list[tuple[Expr, Expr]]) -> list[tuple[Expr, Expr]]:
    good = {str(j.place) for j in line.joints if rises(line, j, 1)}
    merged: list[tuple[Expr, Expr]] = []
    for low, high in spans:
        if merged and merged[-1][1] == low and (str(low) in good):
            merged[-1] = (merged[-1][0], high)
        else:
            merged.append((low, high))
    return merged
