"""Convexity and its kin in one variable, from the signs of derivatives on pieces."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import sympy

from symloss.audit.findings import Finding
from symloss.audit.properties.chords import chord, straight
from symloss.audit.properties.joints import is_convex, turned
from symloss.audit.properties.moves import quasiconvex
from symloss.audit.properties.profiles import Known
from symloss.audit.properties.regions import with_region
from symloss.audit.verdicts import Answer, Proved, Refuted, Unknown

METHOD = "signs of derivatives on pieces, slopes at joints"
TRIED = ("signs of derivatives on pieces",)


def shapes(lines: Sequence[Known]) -> list[Finding]:
    """Convex, concave, affine, strictly convex, quasiconvex."""
    convex = convexity(lines, 1)
    concave = convexity(lines, -1)
    affine = _affine(lines)
    strict = _strict(lines, convex)
    return [
        with_region(Finding("convex", convex), lines, 1),
        with_region(Finding("concave", concave), lines, -1),
        Finding("affine", affine),
        Finding("strictly_convex", strict),
        Finding("quasiconvex", quasiconvex(lines, convex)),
    ]


def convexity(lines: Sequence[Known], way: int) -> Answer:
    """Whether the loss, times 1 or -1, is convex."""
    if all(is_convex(one.line, way) for one in lines):
        return Proved(METHOD, tuple(_steps(lines, way)), _certificate(lines, way))
    for one in lines:
        witness = chord(one, way)
        if witness is not None:
            return Refuted(
                "midpoint above the chord" if way > 0 else "midpoint below the chord", witness
            )
    return Unknown(TRIED)


def _steps(lines: Sequence[Known], way: int) -> Iterator[str]:
    for one in lines:
        for n, piece in enumerate(one.line.pieces):
            sign = turned(one.line.sign(n, 2), way)
            word = "-" if way < 0 else ""
            yield (f"on ({piece.low}, {piece.high}) the second derivative of {word}"
                   f"({piece.formula}) has sign {sign}")  # fmt: skip
        for joint in one.line.joints:
            if joint.orders == 0 and joint.before is not None and joint.after is not None:
                yield f"at {joint.place} the slope goes from {joint.before} to {joint.after}"


def _certificate(lines: Sequence[Known], way: int) -> dict[str, object]:
    return {
        "kind": "pieces", "claim": "convex" if way > 0 else "concave",
        "lines": [_line(one) for one in lines], "trusted": ["diff", "limit"],
    }  # fmt: skip


def _line(one: Known) -> dict[str, object]:
    line = one.line
    return {
        "formula": sympy.srepr(line.formula), "symbol": str(line.symbol),
        "domain": str(line.domain),
        "pieces": [
            {"formula": sympy.srepr(piece.formula), "low": str(piece.low), "high": str(piece.high),
             "sign": line.sign(n, 2), "steps": list(getattr(line.pattern(n, 2), "steps", ()))}
            for n, piece in enumerate(line.pieces)
        ],
        "joints": [{"place": str(j.place), "before": str(j.before), "after": str(j.after)}
                   for j in line.joints],
    }  # fmt: skip


def _affine(lines: Sequence[Known]) -> Answer:
    parts = [_convex_quickly(lines, way) for way in (1, -1)]
    if all(parts):
        return Proved("convex and concave", tuple(_steps(lines, 1)), _certificate(lines, 1))
    for one in lines:
        for way in (1, -1):
            witness = chord(one, way)
            if witness is not None:
                return Refuted("a chord that leaves the graph", witness)
    return Unknown(TRIED)


def _convex_quickly(lines: Sequence[Known], way: int) -> bool:
    return all(is_convex(one.line, way) for one in lines)


def _strict(lines: Sequence[Known], convex: Answer) -> Answer:
    """An analytic f'' >= 0 that is not 0 everywhere vanishes at isolated points only."""
    if isinstance(convex, Refuted):
        return Refuted("not convex", convex.witness)
    if not isinstance(convex, Proved):
        return Unknown(TRIED)
    for one in lines:
        for n, piece in enumerate(one.line.pieces):
            if one.line.sign(n, 2) == "0":
                return Refuted("affine on an interval", straight(one, piece.low, piece.high))
    return Proved("f'' >= 0 vanishes at isolated points only", convex.steps,
                  {**convex.certificate, "claim": "strictly convex"})  # fmt: skip
