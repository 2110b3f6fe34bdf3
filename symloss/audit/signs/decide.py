"""Decisions about the sign of an expression on a box."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any, Literal

import sympy
from sympy import Expr, Symbol

from symloss.audit.signs import balls, cells, samples, worker
from symloss.audit.signs.structure import NEGATIVE, NOT_NEGATIVE, POSITIVE, ZERO
from symloss.audit.verdicts import Answer, Proved, Refuted, Unknown
from symloss.language import Interval

Relation = Literal[">=", ">", "<=", "<", "=="]
Box = Mapping[Symbol, Interval]
STEP_SECONDS = 3.0
_FLIPPED = {"<=": ">=", "<": ">"}
_ALLOWED = {">=": (POSITIVE, NOT_NEGATIVE, ZERO), ">": (POSITIVE,), "==": (ZERO,)}
_FAILS = {">=": (-1,), ">": (-1, 0), "==": (-1, 1)}
_SPLITS = (sympy.S.One, -sympy.S.One, sympy.Rational(1, 2), sympy.Integer(2))


def decided(expression: Expr, box: Box, relation: Relation, hints: tuple[Expr, ...] = ()) -> Answer:
    """Whether the expression stands in the relation to 0 on the whole box; hints are cuts."""
    if relation in _FLIPPED:
        answer = decided(-expression, box, _FLIPPED[relation], hints)  # type: ignore[arg-type]
        if isinstance(answer, Refuted):
            return Refuted(answer.method, {**answer.witness, "relation": relation})
        return answer
    used = {name: domain for name, domain in box.items() if expression.has(name)}
    if expression.free_symbols - set(used):
        return Unknown(("symbols without a domain",))
    formula = cells.plain(expression)
    witness = refutation(formula, used, relation)
    if witness is not None:
        return witness
    steps = _first_proof(formula, used, relation, hints)
    if steps is None:
        return Unknown(("rational points", "form", "Sturm", "derivative chain"))
    data = {"kind": "sign", "expression": sympy.srepr(expression), "relation": relation,
            "box": written(used), "trusted": ["diff", "limit", "factor"]}  # fmt: skip
    return Proved("signs on cells", tuple(steps), data)


def _first_proof(
    formula: Expr, box: Box, relation: str, hints: tuple[Expr, ...]
) -> list[str] | None:
    """A proof as the box stands, else with each line cut where the slope vanishes."""
    names = sorted(box, key=str)
    attempts = [partial(proof, formula, box, relation, hints)]
    attempts += [partial(_cut_at_critical, formula, box, relation, name) for name in names]
    for attempt in attempts:
        try:
            with worker.step(STEP_SECONDS):
                steps = attempt()
        except worker.StepEnded:
            continue
        if steps is not None:
            return steps
    return None


def _cut_at_critical(formula: Expr, box: Box, relation: str, name: Symbol) -> list[str] | None:
    slope = sympy.numer(sympy.together(sympy.diff(formula, name)))
    if not slope.has(name) or slope.has(sympy.Abs, sympy.sign, sympy.Piecewise):
        return None
    places: set[Expr] = set()
    for factor in sympy.Mul.make_args(sympy.factor(slope)):
        if factor.has(name):
            places |= cells.roots(factor, name) or set()
    if not places:
        return None
    return proof(formula, box, relation, tuple(sorted(places, key=str)), line=name)


def written(box: Box) -> dict[str, str]:
    """A box as the text of a certificate."""
    return {str(name): str(domain) for name, domain in sorted(box.items(), key=str)}


def refutation(formula: Expr, box: Box, relation: str) -> Refuted | None:
    """A rational point at which the relation fails, confirmed in balls."""
    for point in (*at_breaks(formula, box), *samples.points(box, 400)):
        found = balls.sign(formula, point)
        if found is None and len(box) == 1:
            # Exact numbers settle conditions such as x == 22/7, which no ball can.
            found = balls.sign(formula.subs(point), {})
        if found in _FAILS[relation]:
            shown = balls.value(formula.subs(point), {})
            witness = {"kind": "value", "point": samples.text(point), "relation": relation}
            return Refuted("rational point", {**witness, "ball": str(shown)})
    return None


def at_breaks(formula: Expr, box: Box) -> list[dict[Symbol, Expr]]:
    """The rational kinks of a formula in one symbol, as points."""
    if len(box) != 1:
        return []
    (symbol,) = box
    places = cells.breaks(formula, symbol) or []
    return [{symbol: p} for p in places if p.is_Rational and box[symbol].contains(p)]


def proof(
    formula: Expr,
    box: Box,
    relation: str,
    hints: tuple[Expr, ...] = (),
    line: Symbol | None = None,
) -> list[str] | None:
    """The steps of a proof, one a cell; None where a cell stays open."""
    steps: list[str] = []
    for count, cell in enumerate(split(formula, box, hints, line)):
        if cell is None or count >= cells.MOST_CELLS:
            return None
        found = sign_on(formula, cell)
        if relation == ">" and found == NOT_NEGATIVE and _never_zero(formula, cell):
            found = POSITIVE
        if found not in _ALLOWED[relation]:
            return None
        steps.append(f"{_told(cell)}: sign {found}")
    return steps


def _never_zero(formula: Expr, cell: cells.Cell) -> bool:
    """Whether every factor has a sign: what is squared, say, is not 0."""
    smooth = cells.resolved(formula, cell)
    if smooth is None:
        return False
    above = sympy.fraction(sympy.together(smooth.subs(cell)))[0]
    bases = (part.as_base_exp()[0] for part in sympy.Mul.make_args(sympy.factor(above)))
    return all(cells.sign_in_forms(base) in (POSITIVE, NEGATIVE) for base in bases)


def _told(cell: cells.Cell) -> str:
    return ", ".join(f"{name} = {form}" for name, form in sorted(cell.items(), key=str))


def sign_on(formula: Expr, cell: cells.Cell) -> str:
    """The sign of the formula on a cell, "?" if it is open."""
    smooth = cells.resolved(formula, cell)
    if smooth is None:
        return "?"
    inside = smooth.subs(cell)
    if not cells.defined(inside):
        return "?"
    found = cells.sign_in_forms(inside)
    if found == "?" and not inside.free_symbols:
        found = ZERO if sympy.simplify(inside) == 0 else "?"
    return found if _attacked(inside, found) else "?"


def _attacked(inside: Expr, found: str) -> bool:
    """Whether no rational point contradicts the sign."""
    if found == "?" or not inside.free_symbols:
        return True
    contradicting = {"+": (-1, 0), "-": (1, 0), "0": (1, -1), "0+": (-1,), "0-": (1,)}[found]
    half = Interval(sympy.S.Zero, sympy.oo, True, True)
    box = dict.fromkeys(inside.free_symbols, half)
    return all(balls.sign(inside, point) not in contradicting for point in samples.points(box, 50))


def split(
    formula: Expr, box: Box, hints: tuple[Expr, ...] = (), line: Symbol | None = None
) -> Iterator[cells.Cell | None]:
    """Cells of the box on which the formula is smooth; None if a place of change is unknown."""
    symbol = line or _splitting(formula, box)
    if symbol is None:
        yield from cells.cells(box)
        return
    rest = {name: domain for name, domain in box.items() if name != symbol}
    for outer in cells.cells(rest):
        cuts = tuple(hint.subs(outer) for hint in hints)
        yield from _with_line(formula.subs(outer), symbol, box[symbol], outer, cuts)


def _splitting(formula: Expr, box: Box) -> Symbol | None:
    """The symbol whose line is cut: one that conditions depend on, or the only one."""
    kinks = formula.atoms(sympy.Abs, sympy.Max, sympy.Min, sympy.sign, sympy.Piecewise)
    names = sorted(box, key=lambda name: (box[name].low.is_finite is True, str(name)))
    for name in names:
        if any(kink.has(name) for kink in kinks):
            return name
    return names[0] if len(names) == 1 else None


def _with_line(
    formula: Expr, symbol: Symbol, domain: Interval, outer: cells.Cell, cuts: tuple[Expr, ...]
) -> Iterator[cells.Cell | None]:
    cuts = (*zeros(formula, symbol, domain), *cuts)
    places = ordered_breaks(formula, symbol, domain, hints=cuts)
    if places is None:
        yield None
        return
    for place in places[1:-1]:
        yield {**outer, symbol: place}
    for place, is_open in ((domain.low, domain.low_open), (domain.high, domain.high_open)):
        if not is_open:
            yield {**outer, symbol: place}
    if domain.low != domain.high:
        for low, high in itertools.pairwise(places):
            yield {**outer, symbol: cells.open_cell(low, high)[1]}


def zeros(formula: Expr, symbol: Symbol, domain: Interval) -> tuple[Expr, ...]:
    """Simple numbers at which a formula in one symbol is exactly 0: cuts that may help."""
    if formula.free_symbols != {symbol}:
        return ()
    inside = [place for place in _SPLITS if _within(place, domain)]
    return tuple(place for place in inside if balls.sign(formula, {symbol: place}) in (0, None))


def _within(place: Expr, domain: Interval) -> bool:
    return bool(domain.low < place) and bool(place < domain.high)


def ordered_breaks(
    formula: Expr, symbol: Symbol, domain: Interval, hints: tuple[Expr, ...] = ()
) -> list[Expr] | None:
    """The domain's ends with all places of change between them, in order; None if not settled."""
    found = cells.breaks(formula, symbol)
    if found is None:
        return None
    inner: list[Expr] = []
    for place in dict.fromkeys([*found, *hints, *_zero(domain)]):
        where = _inside(place, domain)
        if where is None or (where and not _insert(inner, place)):
            return None
    return [domain.low, *inner, domain.high]


def _zero(domain: Interval) -> list[Expr]:
    return [sympy.S.Zero] if domain.low < 0 < domain.high else []


def _inside(place: Expr, domain: Interval) -> bool | None:
    if not cells.defined(place):
        return None
    above = POSITIVE if domain.low == -sympy.oo else cells.sign_in(place - domain.low, 2)
    below = POSITIVE if domain.high == sympy.oo else cells.sign_in(domain.high - place, 2)
    if above == below == POSITIVE:
        return True
    return False if {above, below} & {NEGATIVE, ZERO} else None


def _insert(inner: list[Expr], place: Expr) -> bool:
    for index, other in enumerate(inner):
        where = cells.sign_in(sympy.expand(other - place), 2)
        if where == ZERO:
            return True
        if where == POSITIVE:
            inner.insert(index, place)
            return True
        if where != NEGATIVE:
            return False
    inner.append(place)
    return True


def certificate(kind: str, expression: Expr, box: Box, **more: Any) -> dict[str, Any]:
    """A certificate that names its claim."""
    return {"kind": kind, "expression": sympy.srepr(expression), "box": written(box),
            "trusted": ["diff", "limit", "factor"], **more}  # fmt: skip
