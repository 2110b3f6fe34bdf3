"""Kinks, replayed: slopes on both sides of every place, and what the gradient emitted is there.

In one variable all places are found anew, for parameters and other inputs inside their domains and
at the ends that belong to these: each kink must be told, with its slopes, and each one told must be
there. Of any size, the surfaces told must hold all that makes the loss not differentiable.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import sympy
from sympy import Expr, Rational, S

from symloss.audit.recheck import formulas
from symloss.audit.recheck.course import is_analytic, joints, slopes_at, vanishes
from symloss.audit.recheck.emitted import at_place, gradient_on
from symloss.audit.recheck.ends import cells_of
from symloss.audit.recheck.orders import Orders
from symloss.audit.recheck.stretches import OneLine, X, has_sign, lines_of
from symloss.audit.recheck.surfaces import covered
from symloss.audit.recheck.witnesses import Case, Finding, NotReplayable, has_whole, varying

Told = Mapping[str, Any]


@dataclass(frozen=True)
class Bend:
    """A place where slopes differ, found by the checker."""

    place: Expr
    before: Expr
    after: Expr


def proof(case: Case, finding: Finding) -> bool:
    """All kinks are told and no others."""
    told = finding["certificate"]
    if has_whole(case, finding["wrt"]):
        return False
    if "kinks" in told:
        return _is_named(told["kinks"], finding) and _on_lines(case, finding, told["kinks"])
    surfaces = told.get("surfaces", [])
    if finding["value"] != ("; ".join(surfaces) or "none"):
        return False
    if not surfaces and Orders(varying(case, finding)).steps["loss"] < 1:
        raise NotReplayable("joints beyond the checker's rules for derivatives")
    return not surfaces or (not finding["tight"] and covered(varying(case, finding), surfaces))


def _is_named(every: list[Told], finding: Finding) -> bool:
    """Whether the value says the same as the certificate."""
    names = []
    for told in every:
        given = [f"{name} = {value}" for name, value in told["given"].items()]
        under = " and ".join(filter(None, [*given, told["condition"]]))
        names.append(f"{told['where']} where {under}" if under else told["where"])
    return bool(finding["value"] == ("; ".join(dict.fromkeys(names)) or "none"))


def _on_lines(case: Case, finding: Finding, every: list[Told]) -> bool:
    program, shown = varying(case, finding), set[int]()
    for cell, part in cells_of(program, but=program.wrt):
        moved = replace(case, program=part)
        for line in lines_of(moved, finding):
            mine = [n for n, told in enumerate(every) if _is_of(told, line)]
            gradient = gradient_on(program, line) if mine else S.Zero
            for bend in _bends(line):
                fits = [n for n in mine if _tells(every[n], bend, line, gradient)]
                if not fits:
                    return False
                shown |= set(fits)
                mine = [n for n in mine if n not in fits]
            if any(every[n]["condition"] or not cell for n in mine):
                return False
    return shown == set(range(len(every)))


def _is_of(told: Told, line: OneLine) -> bool:
    """Whether a kink that is told is one of this line, where the condition holds."""
    given = all(line.names.get(n) == Rational(value) for n, value in told["given"].items())
    either = (told["condition"] or "").split(" or ")
    return given and any(_holds(one, line) for one in either)


def _holds(condition: str, line: OneLine) -> bool:
    for clause in filter(None, condition.split(" and ")):
        name, relation, number = clause.split()
        gap = line.names[name] - Rational(number)
        wanted = {"=": "zero", "<": "negative", ">": "positive"}[relation]
        if not getattr(gap, f"is_{wanted}"):
            return False
    return True


def _bends(line: OneLine) -> Iterator[Bend]:
    """The places where the loss is continuous and its slopes differ."""
    if not all(is_analytic(part.formula, part) for part in line.stretches):
        raise NotReplayable("a formula that may not be smooth between places")
    for left, place, right in joints(line):
        sides = [left.limit(left.formula, upper=True), right.limit(right.formula, upper=False)]
        here = line.formula.subs(X, place)
        if not all(vanishes(side - here) for side in sides):
            if not any(_differs(side - here) for side in sides):
                raise NotReplayable("whether values agree at a place")
            continue
        before, after = slopes_at(left, right)
        if before.is_infinite or after.is_infinite or _differs(after - before):
            yield Bend(place, before, after)
        elif not vanishes(after - before):
            raise NotReplayable("whether slopes agree at a place")


def _differs(gap: Expr) -> bool:
    """Whether it is not 0, for some values of its symbols at least."""
    gap = sympy.simplify(gap)
    return bool(gap.is_nonzero) or bool(gap.is_infinite) or bool(gap.free_symbols)


def _tells(told: Told, bend: Bend, line: OneLine, gradient: Expr) -> bool:
    """Whether a kink that is told is this one: its place, slopes, and the element emitted."""
    names = {**line.names, line.variable: X}
    side, place = (_read(text, names) for text in told["where"].split(" = "))
    gap = side - place
    if sympy.diff(gap, X) != 1 or not vanishes(-gap.subs(X, 0) - bend.place):
        return False
    slopes = [_read(text, names) for text in told["slopes"]]
    if not all(map(_same, slopes, (bend.before, bend.after))):
        return False
    low, high = (_read(text, names) for text in told["subdifferential"])
    pairs = ((low, high), (high, low))
    if not any(all(map(_same, pair, slopes)) for pair in pairs) or not _is_at_most(low, high):
        return False
    if told["emitted"] is None:
        raise NotReplayable("the element emitted is not told")
    element = _read(told["emitted"], names)
    return (_same(element, at_place(gradient, bend.place))
            and _is_at_most(low, element) and _is_at_most(element, high))  # fmt: skip


def _read(text: str, names: Mapping[str, Expr]) -> Expr:
    return formulas.read(text, names)


def _same(one: Expr, other: Expr) -> bool:
    return bool(one == other) or (one.is_finite is not False and vanishes(one - other))


def _is_at_most(low: Expr, high: Expr) -> bool:
    return low == -sympy.oo or high == sympy.oo or has_sign(high - low, "nonnegative")
