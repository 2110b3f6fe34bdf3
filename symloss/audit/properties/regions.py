"""Where a loss in one variable is convex, if it is not so everywhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import sympy
from sympy import Expr

from symloss.audit.findings import Finding
from symloss.audit.properties.joints import rises, turned
from symloss.audit.properties.profiles import Known
from symloss.audit.signs import roots
from symloss.audit.signs.profile import Profile
from symloss.audit.verdicts import Refuted


def with_region(finding: Finding, lines: Sequence[Known], way: int) -> Finding:
    """The finding, if it is refuted, with the intervals on which the loss bends as it says."""
    spans = _region(lines, way) if isinstance(finding.answer, Refuted) else ()
    if not spans:
        return finding
    told = ", ".join(f"({low}, {high})" for low, high in spans)
    return replace(finding, region=spans, detail=f"{finding.name} for {lines[0].symbol} in {told}")


def _region(lines: Sequence[Known], way: int) -> tuple[tuple[str, str], ...]:
    if len(lines) != 1 or lines[0].moved.fixed:
        return ()
    one = lines[0]
    spans = []
    for n, piece in enumerate(one.line.pieces):
        found = one.line.pattern(n, 2)
        curvature = sympy.diff(piece.formula, one.line.symbol, 2)
        if found is None or piece.outer or one.line.period(piece, curvature) is not None:
            return ()
        spans += _spans(one, piece.low, piece.high, found, way)
    merged = _merged(one.line, spans, way)
    stretch = one.scale.stretch
    return tuple(
        (str(sympy.simplify(stretch * low)), str(sympy.simplify(stretch * high)))
        for low, high in merged
    )


def _spans(one: Known, low: Expr, high: Expr, found: object, way: int) -> list[tuple[Expr, Expr]]:
    cuts = [_place(one, zero) for zero in found.zeros]  # type: ignore[attr-defined]
    edges = [low, *cuts, high]
    signs = [turned(sign, way) for sign in found.signs]  # type: ignore[attr-defined]
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


def _merged(line: Profile, spans: list[tuple[Expr, Expr]], way: int) -> list[tuple[Expr, Expr]]:
    good = {str(j.place) for j in line.joints if rises(line, j, way)}
    merged: list[tuple[Expr, Expr]] = []
    for low, high in spans:
        if merged and merged[-1][1] == low and (str(low) in good):
            merged[-1] = (merged[-1][0], high)
        else:
            merged.append((low, high))
    return merged
