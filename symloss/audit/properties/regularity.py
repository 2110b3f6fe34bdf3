"""Smoothness and kinks: in one variable by pieces, of any size by rules and along lines."""

from __future__ import annotations

import sympy

from symloss.audit.findings import Finding
from symloss.audit.properties.anysize import of_program
from symloss.audit.properties.kinks import of_lines
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
    joints = [joint for line in lines if line is not None for joint in line[1]]
    orders = [joint.orders for joint in joints if joint.orders is not None]
    worst = min(orders, default=None)
    if worst == pieces.ORDERS:
        unknown = Unknown(("higher derivatives at joints",))
        known = Proved(METHOD, (f"at least {worst} derivatives agree at every joint",))
        return [Finding("smoothness", unknown), Finding("continuous", known),
                Finding("differentiable", known)]  # fmt: skip
    steps = tuple(dict.fromkeys(map(_told, joints))) or ("one formula, defined everywhere",)
    kinks = tuple(dict.fromkeys(_told(joint) for joint in joints if joint.orders == 0))
    ways = [
        (c, along_difference(c), line[1])
        for c, line in zip(subject.cases, lines, strict=True)
        if line
    ]
    name = "Cinf" if worst is None else "discontinuous" if worst < 0 else f"C{worst}"
    return [
        Finding("smoothness", Proved(METHOD, steps), name),
        Finding("continuous", _at_least(worst, 0, steps)),
        Finding("differentiable", _at_least(worst, 1, steps), detail="; ".join(kinks)),
        of_lines(subject, ways),
    ]


def _at_least(worst: int | None, least: int, steps: tuple[str, ...]) -> Answer:
    if worst is None or worst >= least:
        return Proved(METHOD, steps)
    return Refuted(METHOD, {"kind": "joint", "joints": list(steps), "order": worst + 1})


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
