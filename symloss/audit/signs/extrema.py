"""Suprema and infima as exact formulas: end limits, kinks and critical points, then a proof."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import sympy
from sympy import Expr, Symbol

from symloss.audit.signs import cells, chain
from symloss.audit.signs import decide as deciding
from symloss.audit.signs.convexity import same
from symloss.audit.signs.memory import remembered
from symloss.audit.signs.zeros import vanishes
from symloss.audit.verdicts import Answer, Proved, Unknown
from symloss.language import Interval

OUTSIDE = "ends, kinks and critical points"


@dataclass(frozen=True)
class Extremum:
    """A supremum or infimum.

    Attributes:
        value: the formula, an infinity, or None where none was found.
        place: where it is attained or approached.
        attained: whether the function has that value there.
        tight: whether the value is the least bound, not just some bound.
        answer: the proof that it bounds the function.
    """

    value: Expr | None
    place: Expr | None
    attained: bool
    tight: bool
    answer: Answer


@dataclass(frozen=True)
class Candidate:
    """A value that the function attains or comes near, and where."""

    value: Expr
    place: Expr
    attained: bool


@remembered
def supremum(expression: Expr, box: deciding.Box, over: Sequence[Symbol] | None) -> Extremum:
    """The supremum over some of the box's symbols, as a formula in the others."""
    formula = cells.plain(expression)
    moving = [name for name in (over or sorted(box, key=str)) if formula.has(name)]
    if not moving:
        return Extremum(expression, None, True, True, Proved("constant"))
    if len(moving) > 1 or formula.free_symbols - set(box):
        return _unknown("one symbol at a time")
    symbol = moving[0]
    rest = {n: d for n, d in box.items() if n != symbol and formula.has(n)}
    outers = list(cells.cells(rest))
    generic = max(outers, key=lambda outer: len(_own(outer)))
    for candidate in candidates(formula.subs(generic), symbol, box[symbol]):
        back = _back(candidate, generic)
        if back is None or _is_exceeded(formula, back, box):
            continue
        # Other cells are looked at only for a candidate that numbers leave standing.
        if all(_is_among(back, formula, symbol, box[symbol], outer) for outer in outers):
            found = _settled(formula, back, symbol, box)
            if found is not None:
                return found
    return _unknown(OUTSIDE)


def infimum(expression: Expr, box: deciding.Box, over: Sequence[Symbol] | None) -> Extremum:
    """The infimum over some of the box's symbols, as a formula in the others."""
    found = supremum(-expression, box, over)
    value = None if found.value is None else sympy.expand(-found.value)
    return Extremum(value, found.place, found.attained, found.tight, found.answer)


def _unknown(*tried: str) -> Extremum:
    return Extremum(None, None, False, False, Unknown(tried))


def _own(outer: cells.Cell) -> set[Symbol]:
    return {symbol for form in outer.values() for symbol in form.free_symbols}


def _settled(
    formula: Expr, candidate: Candidate, symbol: Symbol, box: deciding.Box
) -> Extremum | None:
    value = candidate.value
    if value == sympy.oo:
        told = f"the limit at {symbol} -> {candidate.place} is infinite"
        data = deciding.certificate("unbounded", formula, box, place=str(candidate.place))
        return Extremum(value, candidate.place, False, True, Proved("limit", (told,), data))
    if not value.is_finite and value.has(sympy.oo, sympy.zoo, sympy.nan):
        return None
    cuts = (candidate.place,) if candidate.place.is_finite and candidate.attained else ()
    answer = deciding.decided(value - formula, box, ">=", cuts)
    if not isinstance(answer, Proved):
        return None
    return Extremum(value, candidate.place, candidate.attained, True, answer)


@remembered
def candidates(formula: Expr, symbol: Symbol, domain: Interval) -> list[Candidate]:
    """Values at and near the ends of smooth pieces, and at critical points inside them."""
    places = deciding.ordered_breaks(formula, symbol, domain)
    if places is None:
        return []
    found: list[Candidate] = []
    for low, high in itertools.pairwise(places):
        y, inside = cells.open_cell(low, high)
        piece = cells.resolved(formula, {symbol: inside})
        if piece is None:
            return []
        found += _at_ends(formula, piece, symbol, (low, high), domain)
        found += _critical(piece, symbol, inside, y)
    return list({candidate.value: candidate for candidate in reversed(found)}.values())[::-1]


def _at_ends(
    formula: Expr, piece: Expr, symbol: Symbol, span: tuple[Expr, Expr], domain: Interval
) -> list[Candidate]:
    found = []
    for place, way in ((span[0], 1), (span[1], -1)):
        y = sympy.Dummy(positive=True)
        if place.is_infinite:
            near = chain.limit(piece.subs(symbol, -way * y), y, sympy.oo)
        else:
            near = chain.limit(piece.subs(symbol, place + way * y), y, sympy.S.Zero)
        if near is not None:
            found.append(Candidate(near, place, _reached(formula, symbol, place, near, domain)))
    return found


def _reached(formula: Expr, symbol: Symbol, place: Expr, near: Expr, domain: Interval) -> bool:
    if place.is_infinite or (place.is_number and not domain.contains(place)):
        return False
    here = cells.resolved(formula, {symbol: place})
    return here is not None and vanishes(here.subs(symbol, place) - near)


def _critical(piece: Expr, symbol: Symbol, inside: Expr, y: Symbol) -> list[Candidate]:
    slope = sympy.fraction(sympy.together(sympy.diff(piece, symbol).subs(symbol, inside)))[0]
    if not slope.has(y) or sympy.count_ops(slope) > 200:
        return []
    found = []
    for factor in sympy.Mul.make_args(sympy.factor(slope)):
        if factor.has(y):
            solved = cells.roots(factor, y) or set()
            found += [root for root in solved if cells.sign_in(root, 2) == "+"]
    places = [sympy.simplify(inside.subs(y, root)) for root in sorted(found, key=str)]
    return [Candidate(sympy.simplify(piece.subs(symbol, p)), p, True) for p in places]


def _back(candidate: Candidate, outer: cells.Cell) -> Candidate | None:
    """The candidate in the box's own symbols."""
    swap = own_symbols(outer)
    if swap is None:
        return None
    value, place = candidate.value.subs(swap), candidate.place.subs(swap)
    return Candidate(sympy.simplify(value), sympy.simplify(place), candidate.attained)


@remembered
def own_symbols(outer: cells.Cell) -> dict[Symbol, Expr] | None:
    """What a cell's positive symbols are in the box's own; None where that is not unique."""
    swap = {}
    for name, form in outer.items():
        for y in form.free_symbols:
            solved = sympy.solve(sympy.numer(sympy.together(form - name)), y)
            if len(solved) != 1:
                return None
            swap[y] = solved[0]
    return swap


def _is_exceeded(formula: Expr, candidate: Candidate, box: deciding.Box) -> bool:
    """Whether the function is larger at some rational point."""
    gap = candidate.value - formula
    if candidate.value.has(sympy.oo, sympy.zoo, sympy.nan) or gap.free_symbols - set(box):
        return False
    used = {name: domain for name, domain in box.items() if gap.has(name)}
    return bool(used) and deciding.refutation(gap, used, ">=") is not None


def _is_among(
    back: Candidate, formula: Expr, symbol: Symbol, domain: Interval, outer: cells.Cell
) -> bool:
    """Whether a cell's own candidates hold the value."""
    value = back.value.subs(outer)
    found = candidates(formula.subs(outer), symbol, domain)
    return any(same(value, one.value) for one in found)
