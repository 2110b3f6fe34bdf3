"""Smoothness and kinks: in one variable by pieces, of any size by rules and along lines."""

from __future__ import annotations

from typing import Any

import sympy
from sympy import S

from symloss.audit.findings import Finding
from symloss.audit.properties.anysize import of_program
from symloss.audit.properties.kinks import of_lines
from symloss.audit.properties.profiles import simple
from symloss.audit.signs import pieces
from symloss.audit.signs.extrema import own_symbols
from symloss.audit.subject import Case, Subject, along_difference
from symloss.audit.verdicts import Answer, Proved, Refuted, Unknown

METHOD = "derivatives from both sides at each joint"


def smoothness(subject: Subject, seconds: float) -> list[Finding]:
    """The class of the loss, whether it is differentiable, and its kinks."""
    lines = [_line(case) for case in subject.cases]
    if not lines or any(line is None for line in lines):
        return of_program(subject, seconds)
    every = [(case, joint) for case, line in zip(subject.cases, lines, strict=True)
             for joint in (line[1] if line is not None else [])]  # fmt: skip
    joints = [joint for _, joint in every]
    worst = min((joint.orders for joint in joints if joint.orders is not None), default=None)
    steps = tuple(dict.fromkeys(map(_told, joints))) or ("one formula, defined everywhere",)
    if worst == pieces.ORDERS:
        unknown = Unknown(("higher derivatives at joints",))
        told = (f"at least {worst} derivatives agree at every joint",)
        known = Proved(METHOD, told, _data(steps))
        return [Finding("smoothness", unknown), Finding("continuous", known),
                Finding("differentiable", known)]  # fmt: skip
    kinks = tuple(dict.fromkeys(_told(joint) for joint in joints if joint.orders == 0))
    ways = [
        (c, along_difference(c), line[1])
        for c, line in zip(subject.cases, lines, strict=True)
        if line
    ]
    name = "Cinf" if worst is None else "discontinuous" if worst < 0 else f"C{worst}"
    across = next((found for case, joint in every if joint.orders == worst and
                   (found := _across(case, joint)) is not None), None)  # fmt: skip
    data = _data(steps) if worst is None or across is None else {**_data(steps), "line": across}
    return [
        Finding("smoothness", Proved(METHOD, steps, data), name),
        Finding("continuous", _at_least(worst, 0, steps, across)),
        Finding("differentiable", _at_least(worst, 1, steps, across), detail="; ".join(kinks)),
        of_lines(subject, ways),
    ]


def _data(steps: tuple[str, ...]) -> dict[str, Any]:
    return {"kind": "orders", "steps": list(steps)}


def _at_least(
    worst: int | None, least: int, steps: tuple[str, ...], across: dict[str, Any] | None
) -> Answer:
    if worst is None or worst >= least:
        return Proved(METHOD, steps, _data(steps))
    if across is not None:
        return Refuted(METHOD, {**across, "joints": list(steps), "order": worst + 1})
    return Refuted(METHOD, {"kind": "joint", "joints": list(steps), "order": worst + 1})


def _across(case: Case, joint: pieces.Joint) -> dict[str, Any] | None:
    """The line across a joint at simple values of the others; None where that is no fraction."""
    moved, x = along_difference(case), case.varying[0]
    ones = dict.fromkeys(
        {y for form in (joint.place, *joint.outer.values()) for y in form.free_symbols}, S.One
    )
    place = joint.place.subs(ones)
    others = {n: joint.outer.get(n, S.Zero).subs(ones) if n in joint.outer else simple(d)
              for n, d in case.box.items() if n != x}  # fmt: skip
    if not place.is_Rational or not all(value.is_Rational for value in others.values()):
        return None
    start = S.Zero
    if moved.varying != case.varying:
        (gone,) = (name for name in case.fixed if name not in moved.fixed)
        start = others[gone]
    point = {**dict(case.chosen), **{str(n): str(v) for n, v in others.items()}, str(x): str(start)}
    return {"kind": "joint on a line", "sizes": {}, "places": {}, "point": point,
            "direction": {str(x): "1"}, "t": str(place),
            "agreeing derivatives": joint.orders}  # fmt: skip


def _line(case: Case) -> tuple[list[pieces.Piece], list[pieces.Joint]] | None:
    moved = along_difference(case)
    if len(moved.varying) != 1:
        return None
    return pieces.line(moved.formula, moved.varying[0], moved.box)


def _told(joint: pieces.Joint) -> str:
    """What happens at a joint, in a line."""
    swap = own_symbols(joint.outer) or {}
    place, before, after = (
        "" if value is None else str(sympy.simplify(value.subs(swap)))
        for value in (joint.place, joint.before, joint.after)
    )
    if joint.orders is None:
        return f"at {place} the formulas are the same"
    if joint.orders < 0:
        return f"at {place} the values differ"
    if joint.orders == 0:
        sides = [f"{side} {way}" for side, way in ((before, "before"), (after, "after")) if side]
        return f"at {place} the slope is {', '.join(sides) or 'not known'}"
    return f"at {place} {joint.orders} derivatives agree"
