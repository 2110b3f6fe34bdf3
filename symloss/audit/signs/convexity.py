"""Convexity on a line, piece by piece with joints, and on a box by minors."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations, pairwise

import flint
import sympy
from sympy import Expr, Rational, Symbol

from symloss.audit.signs import balls, cells, chain, samples
from symloss.audit.signs import decide as deciding
from symloss.audit.signs.analytic import analytic_at
from symloss.audit.signs.memory import remembered
from symloss.audit.signs.structure import NOT_NEGATIVE, POSITIVE, ZERO
from symloss.audit.signs.zeros import vanishes
from symloss.audit.verdicts import Answer, Proved, Refuted, Unknown
from symloss.language import Interval

_HALVES = [Rational(n, d) for n, d in ((1, 1), (1, 10), (1, 2), (1, 4), (3, 1), (10, 1), (1, 100))]
FINE = (POSITIVE, NOT_NEGATIVE, ZERO)
"""Signs of the second derivative of a convex function."""


def on_line(expression: Expr, symbol: Symbol, box: deciding.Box) -> Answer:
    """Convexity in one symbol for all values of the others."""
    formula = cells.plain(expression)
    used = {name: box[name] for name in box if formula.has(name) or name == symbol}
    if formula.free_symbols - set(used):
        return Unknown(("symbols without a domain",))
    return refutation(formula, (symbol,), used) or shown_on_line(expression, symbol, used, FINE)


def shown_on_line(
    expression: Expr, symbol: Symbol, box: deciding.Box, fine: tuple[str, ...]
) -> Proved | Unknown:
    """Convexity in one symbol where curvatures have no signs but these, not attacked by points.

    With the one sign POSITIVE, what is proved is strict convexity.
    """
    formula = cells.plain(expression)
    used = {name: box[name] for name in box if formula.has(name) or name == symbol}
    steps: list[str] = []
    rest = {name: domain for name, domain in used.items() if name != symbol}
    for outer in cells.cells(rest):
        told = _on_one_line(formula, symbol, used[symbol], outer, fine)
        if told is None:
            return Unknown(("rational triples", "second derivative on pieces with joints"))
        steps += told
    data = deciding.certificate("convex on a line", expression, used, symbol=str(symbol))
    return Proved("second derivative on pieces, slopes at joints", tuple(steps), data)


def _on_one_line(
    formula: Expr, symbol: Symbol, domain: Interval, outer: cells.Cell, fine: tuple[str, ...]
) -> list[str] | None:
    inner = formula.subs(outer)
    places = deciding.ordered_breaks(inner, symbol, domain)
    if places is None:
        return None
    spans = list(pairwise(places))
    smooth = [cells.resolved(inner, {symbol: cells.open_cell(*span)[1]}) for span in spans]
    if any(piece is None for piece in smooth):
        return None
    told = []
    for piece, span in zip(smooth, spans, strict=True):
        sign = _curvature(piece, symbol, span)
        if sign not in fine:
            return None
        told.append(f"on ({span[0]}, {span[1]}) the second derivative of {piece} has sign {sign}")
    for left, right, place in zip(smooth, smooth[1:], places[1:-1], strict=False):
        if not _joined(inner, left, right, symbol, place):
            return None
        told.append(f"at {place} the values agree and the slope does not fall")
    return told if _ends_agree(inner, smooth, symbol, domain) else None


def _curvature(piece: Expr, symbol: Symbol, span: tuple[Expr, Expr]) -> str:
    second = sympy.diff(piece, symbol, 2)
    inside = cells.open_cell(*span)[1]
    if not cells.defined(piece.subs(symbol, inside)):
        return "?"
    found = deciding.sign_on(second, {symbol: inside})
    if found != "?" or second.free_symbols != {symbol}:
        return found
    domain = Interval(*span, True, True)
    steps = deciding.proof(second, {symbol: domain}, ">=")
    return "?" if steps is None else NOT_NEGATIVE


def _joined(inner: Expr, left: Expr, right: Expr, symbol: Symbol, place: Expr) -> bool:
    here = cells.resolved(inner, {symbol: place})
    if here is None:
        return False
    if left == right == here and analytic_at(left, symbol, place):
        return True
    values = [one_sided(part, symbol, place, way) for part, way in ((left, "-"), (right, "+"))]
    if None in values or any(not same(here.subs(symbol, place), value) for value in values):
        return False
    before = one_sided(sympy.diff(left, symbol), symbol, place, "-")
    after = one_sided(sympy.diff(right, symbol), symbol, place, "+")
    if before is None or after is None:
        return False
    if before == -sympy.oo or after == sympy.oo:
        return True
    if not (before.is_finite and after.is_finite):
        return False
    jump = sympy.simplify(after - before)
    return cells.defined(jump) and cells.sign_in(jump) in FINE


def one_sided(expression: Expr, symbol: Symbol, place: Expr, way: str) -> Expr | None:
    """The one-sided limit at a finite place."""
    y = sympy.Dummy(positive=True)
    moved = expression.subs(symbol, place + y if way == "+" else place - y)
    return chain.limit(moved, y, sympy.S.Zero)


@remembered
def same(one: Expr, other: Expr) -> bool:
    """Whether two limits are the same number or formula."""
    return one == other or vanishes(one - other)


def _ends_agree(inner: Expr, smooth: list[Expr], symbol: Symbol, domain: Interval) -> bool:
    """At an end that belongs to the domain the function may jump up, never down."""
    ends = ((domain.low, domain.low_open, smooth[0], "+"),
            (domain.high, domain.high_open, smooth[-1], "-"))  # fmt: skip
    for place, is_open, piece, way in ends:
        if is_open:
            continue
        here = cells.resolved(inner, {symbol: place})
        near = one_sided(piece, symbol, place, way)
        if here is None or near is None or not near.is_finite:
            return False
        there = here.subs(symbol, place)
        if not there.is_finite or cells.sign_in(sympy.simplify(there - near)) not in FINE:
            return False
    return True


def refutation(formula: Expr, symbols: Sequence[Symbol], box: deciding.Box) -> Refuted | None:
    """Two points whose midpoint lies above the chord, confirmed in balls."""
    starts = [*deciding.at_breaks(formula, box), *samples.points(box, 150)]
    for start in starts:
        for step in _steps(start, symbols):
            ends = [{**start, **{s: start[s] + way * step[s] for s in symbols}} for way in (1, -1)]
            if not all(box[s].contains(end[s]) for end in ends for s in symbols):
                continue
            ball = gap(formula, ends[0], ends[1], start)
            if ball is not None:
                return Refuted("midpoint above the chord", {
                    "kind": "triple", "points": [samples.text(end) for end in ends],
                    "middle": samples.text(start), "weight": "1/2", "ball": ball})  # fmt: skip
    return None


def _steps(
    start: dict[Symbol, Rational], symbols: Sequence[Symbol]
) -> list[dict[Symbol, Rational]]:
    found = []
    for half in _HALVES:
        found += [{s: half * int(s == one) for s in symbols} for one in symbols]
        for one, other in combinations(symbols, 2):
            for way in (1, -1):
                found.append({s: half * (int(s == one) + way * int(s == other)) for s in symbols})
        if len(symbols) > 1:
            found.append({s: half * start[s] for s in symbols})
    return found


def gap(formula: Expr, one: balls.Point, other: balls.Point, middle: balls.Point) -> str | None:
    """The ball of f(a) + f(c) - 2 f(b) where it is surely negative."""
    for bits in balls.PRECISIONS:
        values = [balls.value(formula, point, bits) for point in (one, other, middle)]
        one_value, other_value, middle_value = values
        if one_value is None or other_value is None or middle_value is None:
            return None
        with flint.ctx.workprec(bits):
            rest = one_value + other_value - 2 * middle_value
        if rest < 0:
            return str(rest)
        if rest > 0 or rest.is_zero():
            return None
    return None


def on_box(expression: Expr, symbols: Sequence[Symbol], box: deciding.Box) -> Answer:
    """Joint convexity in several symbols for all values of the others."""
    if len(symbols) == 1:
        return on_line(expression, symbols[0], box)
    formula = cells.plain(expression)
    if formula.free_symbols - set(box):
        return Unknown(("symbols without a domain",))
    witness = refutation(formula, tuple(symbols), box)
    if witness is not None:
        return witness
    for attempt in (_of_difference, _by_minors):
        answer = attempt(formula, symbols, box)
        if answer is not None:
            return answer
    return Unknown(("rational triples", "difference of symbols", "principal minors"))


def _of_difference(formula: Expr, symbols: Sequence[Symbol], box: deciding.Box) -> Answer | None:
    """A convex function of x - y or x + y is convex in both."""
    if len(symbols) != 2:
        return None
    x, y = symbols
    for way in (1, -1):
        t = sympy.Dummy("t", real=True)
        moved = formula.xreplace({x: t + way * y})
        moved = moved.replace(lambda node: node.is_Add, sympy.expand)
        if not moved.has(y):
            line = Interval(-sympy.oo, sympy.oo, True, True)
            answer = on_line(moved, t, {**box, t: line})
            if isinstance(answer, Proved):
                steps = (f"a function of {x} {'-' if way == 1 else '+'} {y} alone", *answer.steps)
                return Proved("composition with a linear form", steps, answer.certificate)
    return None


def _by_minors(formula: Expr, symbols: Sequence[Symbol], box: deciding.Box) -> Answer | None:
    """All principal minors of the Hessian, on a box where the formula is smooth and continuous."""
    if len(symbols) > 3 or formula.has(
        sympy.Abs, sympy.Max, sympy.Min, sympy.sign, sympy.Piecewise
    ):
        return None
    cover = list(cells.cells(box))
    if len(cover) > cells.MOST_CELLS or not all(cells.defined(formula.subs(c)) for c in cover):
        return None
    hessian = sympy.hessian(formula, symbols)
    steps = []
    for size in range(1, len(symbols) + 1):
        for rows in combinations(range(len(symbols)), size):
            minor = sympy.factor(hessian.extract(rows, rows).det())
            told = deciding.proof(minor, {n: box[n] for n in box if minor.has(n)}, ">=")
            if told is None:
                return None
            steps.append(f"the minor of rows {rows}, {minor}, is not negative")
    data = deciding.certificate("convex on a box", formula, box, symbols=[str(s) for s in symbols])
    return Proved("principal minors of the Hessian", tuple(steps), data)
