"""Bounds, Lipschitz constants and the constant of strong convexity, as formulas.

All are suprema and infima over the inputs; parameters stay symbols. With f' >= 0 monotone or not,
the Lipschitz constant of a continuous, piecewise smooth f is the supremum of |f'| on the pieces,
that of a C1 function's derivative the supremum of |f''| (mean value theorem).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

import sympy
from sympy import Expr, Symbol

from symloss.audit.composition import Walk, simple
from symloss.audit.findings import Finding
from symloss.audit.properties import quadratic
from symloss.audit.properties.anysize import (
    best,
    bounds_of_program,
    endless_on_line,
    slopes_of_program,
)
from symloss.audit.properties.lowest import lowest
from symloss.audit.properties.regularity import smoothness
from symloss.audit.signs import extrema
from symloss.audit.signs.convexity import same
from symloss.audit.signs.extrema import Extremum
from symloss.audit.signs.inpieces import in_pieces
from symloss.audit.subject import Case, Subject, along_difference
from symloss.audit.verdicts import Proved, Refuted, Unknown
from symloss.language import Interval

METHOD = "supremum over ends, kinks and critical points"
SCOPE = "one variable without core dimensions"
BOUNDS = ("lower_bound", "upper_bound")
SLOPES = ("lipschitz", "gradient_lipschitz", "strong_convexity_constant")


def bounds(subject: Subject, seconds: float, names: Collection[str] = BOUNDS) -> list[Finding]:
    """The greatest lower and the least upper bound, if they are named."""
    found = []
    of_terms = {} if subject.cases else {one.name: one for one in bounds_of_program(subject)}
    for name, way in zip(BOUNDS, (-1, 1), strict=True):
        if name not in names:
            continue
        tops = [
            _supremum(case, way * case.formula) for case in map(along_difference, subject.cases)
        ]
        exact = _finding(subject, name, tops, way)
        if exact.verdict == "UNKNOWN":
            exact = of_terms.get(name) or _by_rules(subject, name)
        if exact.verdict == "UNKNOWN" or not exact.tight:
            exact = lowest(subject, name, way, seconds / 4) or exact
        if exact.verdict == "UNKNOWN":
            exact = endless_on_line(subject, exact, _movable(subject), 0, (way,), seconds / 4)
        else:
            exact = best(subject, exact, _movable(subject), 0, (way,), seconds / 4)
        found.append(exact)
    return found


def _movable(subject: Subject) -> tuple[str, ...]:
    """The inputs that may be any numbers of an interval, the first of `wrt` before others."""
    names = [
        entry.name for entry in subject.program.inputs
        if isinstance(entry.domain, Interval) and not entry.domain.integer
    ]  # fmt: skip
    return tuple(sorted(names, key=lambda name: name not in subject.wrt)) or subject.wrt


def _by_rules(subject: Subject, name: str) -> Finding:
    """A bound from interval arithmetic over the program, for every size."""
    span = Walk(simple(subject.program), subject.wrt).facts["loss"].range
    value = span.low if name == "lower_bound" else span.high
    if not value.is_finite:
        return Finding(name, Unknown((SCOPE, "interval arithmetic")))
    told = (f"every value lies in {span}",)
    answer = Proved("interval arithmetic over the program", told, {"kind": "range"})
    return Finding(name, answer, str(value), formula=value, tight=False)


def slopes(subject: Subject, seconds: float, names: Collection[str] = SLOPES) -> list[Finding]:
    """Lipschitz constants of the loss and of its gradient, and strong convexity, if named."""
    cases = [along_difference(case) for case in subject.cases]
    if not cases or any(len(case.varying) != 1 for case in cases):
        exact = {one.name: one for one in quadratic.of_cases(subject.cases)}
        known = {one.name: one for one in slopes_of_program(subject, seconds, names)}
        return list({**known, **exact}.values())
    kind = smoothness(subject, seconds)[0]
    if kind.verdict != "PROVED":
        return [Finding(name, Unknown(("smoothness is not known",))) for name in names]
    found = [
        _steepest(subject, cases, kind, order, seconds)
        for order, name in enumerate(SLOPES[:2], start=1) if name in names
    ]  # fmt: skip
    if SLOPES[2] in names and kind.value not in ("discontinuous", "C0"):
        found.append(_strong(subject, SLOPES[2], _extremes(cases, 2)[1::2]))
    return found


def _steepest(
    subject: Subject, cases: Sequence[Case], kind: Finding, order: int, seconds: float
) -> Finding:
    """The supremum of the first or second derivative's size, which the class may forbid."""
    name = SLOPES[order - 1]
    if kind.value in ("discontinuous", "C0")[:order]:
        return _none(name, kind)
    found = _finding(subject, name, _extremes(cases, order), 1)
    if found.verdict != "UNKNOWN":
        return found
    return endless_on_line(subject, found, subject.wrt, order, (1, -1), seconds / 4)


def _none(name: str, kind: Finding) -> Finding:
    witness = {"kind": "consequence", "of": "smoothness", "class": kind.value}
    return Finding(name, Refuted(f"the loss is {kind.value}", witness))


def _extremes(cases: Sequence[Case], order: int) -> list[Extremum]:
    """For each case the supremum of a derivative, then that of the derivative negated."""
    tops = []
    for case in cases:
        slope = sympy.diff(in_pieces(case.formula), case.varying[0], order)
        tops += [_supremum(case, slope), _supremum(case, -slope)]
    return tops


def _strong(subject: Subject, name: str, falls: Sequence[Extremum]) -> Finding:
    """The constant of strong convexity, from the suprema of -f''."""
    found = _finding(subject, name, falls, -1)
    if found.formula is None:
        return found
    if found.formula.is_nonpositive:
        told = {"kind": "infimum", "value": found.value, "place": found.detail}
        return Finding(name, Refuted("the infimum of f'' is not positive", told))
    if found.formula.xreplace(subject.signs).is_nonnegative:
        return found
    return Finding(name, Unknown((f"the sign of {found.value}",)))


def _supremum(case: Case, expression: Expr) -> Extremum:
    """The supremum over all inputs, one after the other; a formula in the parameters."""
    if case.widened:
        return Extremum(None, None, False, False, Unknown(("inputs that are whole numbers",)))
    over: tuple[Symbol, ...] = (*case.varying, *case.fixed)
    place: list[str] = []
    steps: list[str] = []
    attained = True
    value = expression
    for symbol in over:
        if not value.has(symbol):
            continue
        found = extrema.supremum(value, case.box, [symbol])
        if found.value is None or not isinstance(found.answer, Proved):
            return found
        place.append(f"{symbol} = {found.place}")
        steps += found.answer.steps
        attained &= found.attained
        value = found.value
        if value == sympy.oo:
            break
    told = sympy.Symbol(", ".join(place)) if place else None
    return Extremum(value, told, attained, True, Proved(METHOD, tuple(steps)))


def _finding(subject: Subject, name: str, tops: Sequence[Extremum], way: int) -> Finding:
    """The largest of some suprema; for a lower bound they are those of the negated function."""
    open_ = [top for top in tops if top.value is None]
    if not tops:
        return Finding(name, Unknown((SCOPE,)))
    endless = [top for top in tops if top.value == sympy.oo]
    if endless:
        witness = {"kind": "limit", "place": str(endless[0].place)}
        return Finding(name, Refuted("there is none: the limit is infinite", witness))
    if open_:
        tried = open_[0].answer.tried if isinstance(open_[0].answer, Unknown) else ()
        return Finding(name, Unknown(tried))
    values = {sympy.simplify(top.value) for top in tops if top.value is not None}
    value = subject.simplified(way * sympy.Max(*values))
    best = next((top for top in tops if same(way * sympy.sympify(top.value), value)), tops[0])
    verb = "attained at" if best.attained else "approached at"
    detail = f"{verb} {best.place}" if best.place is not None else ""
    steps = tuple(s for top in tops if isinstance(top.answer, Proved) for s in top.answer.steps)
    data = {"kind": "peak", "place": str(best.place), "value": str(value)}
    return Finding(name, Proved(METHOD, steps, data), str(value), detail, value)
