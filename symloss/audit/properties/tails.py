"""How a loss in one variable grows towards the ends of its domain, and whether it redescends."""

from __future__ import annotations

from dataclasses import dataclass

import sympy
from sympy import Expr, S, Symbol

from symloss.audit.findings import Finding
from symloss.audit.signs import cells, chain
from symloss.audit.signs.decide import ordered_breaks
from symloss.audit.signs.extrema import own_symbols
from symloss.audit.subject import Case, Subject, along_difference
from symloss.audit.verdicts import Proved, Refuted, Unknown

METHOD = "limits at the ends of the domain"
SCOPE = "one variable without core dimensions"


@dataclass(frozen=True)
class End:
    """The formula and its slope near an end of the domain, in `y`, which runs to infinity there."""

    side: str
    form: Expr
    slope: Expr
    y: Symbol
    outer: cells.Cell

    def own(self, value: Expr) -> Expr:
        """A value in the box's own symbols."""
        return value.subs(own_symbols(self.outer) or {})


def tails(subject: Subject, seconds: float) -> list[Finding]:  # noqa: ARG001 - a property
    """Growth at both ends, and whether the slope vanishes there."""
    cases = [along_difference(case) for case in subject.cases]
    if not cases or any(len(case.varying) != 1 or case.widened for case in cases):
        return [Finding(name, Unknown((SCOPE,))) for name in ("growth", "redescending")]
    ends = [_ends(case) for case in cases]
    return [_growth(cases, ends), _redescending(cases, ends)]


def _ends(case: Case) -> list[tuple[End, ...]] | None:
    """For each cell of the other symbols, the two ends; None where a formula is not settled."""
    x = case.varying[0]
    rest = {name: domain for name, domain in case.box.items() if name != x}
    found = []
    for outer in cells.cells(rest):
        inner = case.formula.subs(outer)
        places = ordered_breaks(inner, x, case.box[x])
        if places is None:
            return None
        y = sympy.Dummy("y", positive=True)
        pair: list[End] = []
        for side, span in (("left", places[:2]), ("right", places[-2:])):
            piece = cells.resolved(inner, {x: cells.open_cell(span[0], span[1])[1]})
            if piece is None:
                return None
            way = _towards(side, span, y)
            slope = sympy.diff(piece, x).subs(x, way)
            pair.append(End(side, piece.subs(x, way), slope, y, outer))
        found.append(tuple(pair))
    return found


def _towards(side: str, span: list[Expr], y: Symbol) -> Expr:
    place = span[0] if side == "left" else span[-1]
    if place.is_infinite:
        return -y if side == "left" else y
    return place + 1 / y if side == "left" else place - 1 / y


_RANK = ("bounded", "slower than every power", "logarithmic", "linear", "quadratic",
         "polynomial of degree", "exponential", "faster than every power")  # fmt: skip


def _growth(cases: list[Case], ends: list[list[tuple[End, ...]] | None]) -> Finding:
    """The growth at infinity; where the domain is bounded, that at its ends."""
    domain = cases[0].box[cases[0].varying[0]]
    places = [place for place in (domain.low, domain.high) if place.is_infinite]
    chosen = [n for n, place in enumerate((domain.low, domain.high))
              if place.is_infinite or not places]  # fmt: skip
    per_case = [
        tuple(_largest([kind(pair[n]) for pair in case_ends or ()]) for n in chosen)
        for case_ends in ends
    ]
    pairs = dict.fromkeys(per_case)
    if any("?" in pair for pair in pairs) or len({frozenset(pair) for pair in pairs}) > 1:
        return Finding("growth", Unknown((METHOD,)))
    value = _worded(next(iter(pairs)), one_way=len(pairs) == 1)
    x = cases[0].varying[0]
    told = " and ".join(f"{x} -> {(domain.low, domain.high)[n]}" for n in chosen)
    data = {"kind": "growth", "trusted": ["limit"]}
    return Finding("growth", Proved(METHOD, (f"{value} at {told}",), data), value, f"at {told}")


def _worded(kinds: tuple[str, ...], *, one_way: bool) -> str:
    if len(set(kinds)) == 1:
        return kinds[0]
    first, second = kinds
    if one_way:
        return f"left: {first}, right: {second}"
    first, second = sorted(kinds)
    return f"{first} on one side, {second} on the other"


def _largest(kinds: list[str]) -> str:
    """The fastest growth that occurs, whatever the other symbols are."""
    if not kinds or "?" in kinds:
        return "?"
    names = [kind if kind in _RANK else "polynomial of degree" for kind in kinds]
    best = max(names, key=_RANK.index)
    chosen = {kind for kind, name in zip(kinds, names, strict=True) if name == best}
    return chosen.pop() if len(chosen) == 1 else "?"


def kind(end: End) -> str:
    """The growth of the formula towards an end."""
    if not end.form.has(end.y):
        return "bounded"
    found = chain.limit(end.form, end.y, sympy.oo)
    if found is None:
        return "?"
    if found.is_finite:
        return "bounded"
    return _rate(end.form if found == sympy.oo else -end.form, end)


def _rate(form: Expr, end: End) -> str:
    """The rate of what tends to infinity."""
    y = end.y
    for power, name in ((1, "linear"), (2, "quadratic")):
        if _is_positive(chain.limit(form / y**power, y, sympy.oo)):
            return name
    if _is_positive(chain.limit(form / sympy.log(y), y, sympy.oo)):
        return "logarithmic"
    degree = chain.limit(y * sympy.diff(form, y) / form, y, sympy.oo)
    if degree is not None and degree == sympy.oo:
        return "exponential" if _is_exponential(form, y) else "faster than every power"
    if degree is not None and degree.is_finite and _is_positive(degree):
        return f"polynomial of degree {end.own(degree)}"
    return "slower than every power" if degree == S.Zero else "?"


def _is_exponential(form: Expr, y: Expr) -> bool:
    rate = chain.limit(sympy.log(form) / y, y, sympy.oo)
    return rate is not None and (rate == sympy.oo or _is_positive(rate))


def _is_positive(value: Expr | None) -> bool:
    return value is not None and value.is_finite is not False and value.is_positive is True


def _redescending(cases: list[Case], ends: list[list[tuple[End, ...]] | None]) -> Finding:
    name = "redescending"
    domains = [case.box[case.varying[0]] for case in cases]
    if not all(domain.low.is_infinite and domain.high.is_infinite for domain in domains):
        return Finding(name, Unknown(("the domain is not the whole line",)))
    if None in ends:
        return Finding(name, Unknown((METHOD,)))
    every = [end for case_ends in ends for pair in case_ends or () for end in pair]
    slopes = [(end, _at_infinity(end)) for end in every]
    for end, value in slopes:
        if value is not None and _is_nonzero(value):
            told = {"kind": "limit of the slope", "value": str(end.own(value)), "end": end.side}
            return Finding(name, Refuted("the slope does not vanish", told))
    if not slopes or any(value != 0 for _, value in slopes):
        return Finding(name, Unknown((METHOD,)))
    if all(sympy.simplify(case.formula.diff(case.varying[0])) == 0 for case in cases):
        return Finding(name, Unknown(("a loss whose slope is zero",)))
    data = {"kind": "limits of the slope", "trusted": ["diff", "limit"]}
    steps = ("the slope tends to 0 at both infinities",)
    return Finding(name, Proved(METHOD, steps, data))


def _at_infinity(end: End) -> Expr | None:
    return chain.limit(end.slope, end.y, sympy.oo) if end.slope.has(end.y) else end.slope


def _is_nonzero(value: Expr) -> bool:
    return value.is_infinite is True or value.is_zero is False or cells.sign_in(value, 2) in "+-"
