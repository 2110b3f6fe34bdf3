"""Smoothness and slopes of any size: bounds by rules, and by lines through instances."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

import sympy
from sympy import Rational, S, Symbol

from symloss.audit.composition import (
    Curves,
    Orders,
    Separable,
    Slopes,
    Walk,
    has_simplex,
    named,
    on_convex_set,
    separable,
    simple,
)
from symloss.audit.findings import Finding
from symloss.audit.hessians import Break, endless, endless_beside, reached, roughest
from symloss.audit.properties.kinks import of_surfaces
from symloss.audit.subject import Subject
from symloss.audit.verdicts import Answer, Proved, Refuted, Unknown
from symloss.program import Program
from symloss.stable import stabilise

RULES, LINES = "composition rules for derivatives", "a line through a small instance"
TERMS = "a sum of functions of one coordinate each"
NAMES = ("smoothness", "continuous", "differentiable")
LIPSCHITZ = ("lipschitz", "gradient_lipschitz")


def of_program(subject: Subject, seconds: float) -> list[Finding]:
    """The class, and whether the loss is continuous and differentiable, for every size."""
    if not on_convex_set(subject.program, subject.wrt):
        return [Finding(name, Unknown(("the domain of wrt is not convex",))) for name in NAMES]
    clean = simple(subject.program)
    orders = Orders(Walk(clean, subject.wrt))
    order, steps = orders.loss, orders.told()
    found = None
    if order != sympy.oo:
        found = roughest(subject.program, subject.wrt, order, seconds * 0.7)
    return [
        _smoothness(order, steps, found),
        Finding("continuous", _at_least(0, order, steps, found)),
        Finding("differentiable", _at_least(1, order, steps, found), detail=_kink(found)),
        of_surfaces(subject, differentiable=bool(order >= 1)),
    ]


def _smoothness(order: sympy.Expr, steps: tuple[str, ...], found: Break | None) -> Finding:
    most = sympy.oo if found is None else found.orders
    if found is not None and most == -1:
        jump = {"kind": "discontinuous", "line": found.witness}
        return Finding("smoothness", Proved(LINES, (), jump), "discontinuous")
    if most != order:
        tried = (f"{RULES}: at least {named(order)}", LINES)
        return Finding("smoothness", Unknown(tried))
    data: dict[str, object] = {"kind": "orders", "steps": list(steps)}
    data |= {"line": found.witness} if found else {}
    return Finding("smoothness", Proved(RULES, steps, data), named(order))


def _at_least(
    wanted: int, order: sympy.Expr, steps: tuple[str, ...], found: Break | None
) -> Answer:
    if order >= wanted:
        return Proved(RULES, steps, {"kind": "orders", "steps": list(steps)})
    if found is not None and found.orders < wanted:
        return Refuted(LINES, found.witness)
    return Unknown((RULES, LINES))


def _kink(found: Break | None) -> str:
    return found.told if found is not None and found.orders == 0 else ""


def slopes_of_program(
    subject: Subject, seconds: float, names: Collection[str] = LIPSCHITZ
) -> list[Finding]:
    """Those named, in the Euclidean norm, for every size; the constant of strong convexity, too."""
    if not on_convex_set(subject.program, subject.wrt):
        return [Finding(name, Unknown(("the domain of wrt is not convex",))) for name in LIPSCHITZ]
    slopes = Slopes(Walk(simple(subject.program), subject.wrt))
    terms = None if has_simplex(subject.program) else separable(slopes)
    found = _of_slopes(subject, slopes, tight=terms is not None)
    if any(one.verdict == "UNKNOWN" for one in found):
        found = _of_stable_form(subject, found)
    found = [
        endless_on_line(subject, one, subject.wrt, order, (1, -1), seconds / 4)
        if one.verdict == "UNKNOWN"
        else best(subject, one, subject.wrt, order, (1, -1), seconds / 4)
        for order, one in enumerate(found, start=1)
        if one.name in names
    ]
    return [*found, *_strong(subject, terms)]


def _of_slopes(subject: Subject, slopes: Slopes, *, tight: bool = False) -> list[Finding]:
    told = ("the Hessian's norm by rules for its terms",)
    return [
        _bounded("lipschitz", _shorter(subject, slopes.loss), slopes.told(), tight=tight),
        _bounded("gradient_lipschitz", _shorter(subject, Curves(slopes).loss), told, tight=tight),
    ]


def _of_stable_form(subject: Subject, found: list[Finding]) -> list[Finding]:
    """What naive spellings hide: the logarithm of a sum of exponentials is a logsumexp."""
    form = stabilise(subject.program, gaps=False)
    if _logsumexps(form) == _logsumexps(subject.program):
        return found
    more = _of_slopes(subject, Slopes(Walk(simple(form), subject.wrt)))
    pairs = zip(found, more, strict=True)
    return [other if one.verdict == "UNKNOWN" else one for one, other in pairs]


def _logsumexps(program: Program) -> int:
    return sum(step.kind == "logsumexp" for step in program.steps)


def best(
    subject: Subject,
    known: Finding,
    wrt: tuple[str, ...],
    order: int,
    ways: tuple[int, ...],
    seconds: float,
) -> Finding:
    """A bound, said to be the best one where the loss comes to it on a line."""
    if known.tight or known.formula is None:
        return known
    if _sizes(subject).keys() & {symbol.name for symbol in known.formula.free_symbols}:
        return known
    bounds = {way: known.formula * (1 if order else way) for way in ways}
    line = reached(subject.program, wrt, bounds, order, seconds)
    if line is None or not isinstance(known.answer, Proved):
        return known
    answer = replace(known.answer, certificate={**known.answer.certificate, "reached": line})
    return replace(known, answer=answer, tight=True, detail=_told(line))


def _told(line: Mapping[str, Any]) -> str:
    """Where on the line, for people: arrays whose elements are alike as one number."""
    moves = line["direction"] if line["t"] != "0" else {}
    rows: dict[str, list[str]] = {}
    for label, start in line["point"].items():
        rows.setdefault(label.partition("[")[0], []).append(_on(start, moves.get(label, "0")))
    told = [f"{name} = {size}" for name, size in line["sizes"].items()]
    for name, values in rows.items():
        alike = len(set(values)) == 1
        told.append(f"{name} = {values[0] if alike else '(' + ', '.join(values) + ')'}")
    if not moves:
        return f"attained at {', '.join(told)}"
    return f"approached at {', '.join(told)} for t -> {line['t']}"


def _on(start: str, step: str) -> str:
    return str(Rational(start) + Rational(step) * Symbol("t"))


def _strong(subject: Subject, terms: Separable | None) -> list[Finding]:
    """The constant of strong convexity of a sum of functions of one coordinate each."""
    least = None if terms is None else terms.least_of_term(2, 1)
    if terms is None or least is None:
        return []
    signed = least.xreplace(subject.signs)
    if signed.is_nonpositive:
        return [_of_terms("strong_convexity_constant", sympy.S.Zero)]
    is_constant = signed.is_nonnegative and terms.slopes.orders.loss >= 1
    return [_of_terms("strong_convexity_constant", least)] if is_constant else []


def bounds_of_program(subject: Subject) -> list[Finding]:
    """The infimum and the supremum of a sum of functions of coordinates of their own."""
    if has_simplex(subject.program):
        return []
    terms = separable(Slopes(Walk(simple(subject.program), subject.wrt)), len(subject.wrt))
    if terms is None:
        return []
    ends = {"lower_bound": terms.least_of_term(0, 1), "upper_bound": terms.least_of_term(0, -1)}
    way = {"lower_bound": 1, "upper_bound": -1}
    return [
        _of_terms(name, way[name] * terms.count * value)
        for name, value in ends.items() if value is not None
    ]  # fmt: skip


def _of_terms(name: str, value: sympy.Expr) -> Finding:
    value = sympy.simplify(value)
    told = (f"the sum of its terms' own: {value}",)
    return Finding(name, Proved(TERMS, told, {"kind": "terms"}), str(value), formula=value)


def endless_on_line(
    subject: Subject,
    known: Finding,
    wrt: tuple[str, ...],
    order: int,
    ways: tuple[int, ...],
    seconds: float,
) -> Finding:
    """No finite constant, if a derivative grows without end on a line; else what is known."""
    search = (subject.program, wrt, order, ways, seconds)
    witness = endless(*search) if wrt else None
    if witness is None and wrt and order:
        witness = endless_beside(*search)
    return known if witness is None else Finding(known.name, Refuted(LINES, witness))


def _shorter(subject: Subject, bound: sympy.Expr) -> sympy.Expr:
    """The bound, simplified by the signs of parameters and sizes."""
    sizes = _sizes(subject)
    return subject.simplified(
        bound, {s: sizes[s.name] for s in bound.free_symbols if s.name in sizes}
    )


def _sizes(subject: Subject) -> dict[str, Symbol]:
    """The symbols of core dimensions, by name."""
    lengths = subject.program.ranges.values()
    return {str(size): size for length in lengths for size in S(length).free_symbols}


def _bounded(name: str, value: sympy.Expr, steps: tuple[str, ...], *, tight: bool) -> Finding:
    if value == sympy.oo:
        return Finding(name, Unknown(("composition rules for slopes",)))
    answer = Proved("composition rules for slopes", steps, {"kind": "slopes", "steps": list(steps)})
    return Finding(name, answer, str(value), formula=value, tight=tight or value == 0)
