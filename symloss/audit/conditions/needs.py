"""What must not be negative where a loss is convex: expressions in its parameters alone.

Second derivatives along lines through instances, at rational places and at critical points, and
jumps of the slope. Of a second derivative that is a polynomial in an input, the coefficient that
decides far out, or close to 0, is as good: its sign is that of the whole at some point.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import sympy
from sympy import Expr, Rational, S, Symbol

from symloss.audit.hessians.lines import Line, T, lines
from symloss.audit.signs import cells, roots, worker
from symloss.audit.subject import Case, Subject, along_difference
from symloss.language import Interval

STEP_SECONDS = 0.3
MOST_LINES, MOST_OPERATIONS = 6, 120
_PLACES = (S.Zero, S.One, -S.One)
_NEAR = Rational(1, 64)
_KINKS = (sympy.Abs, sympy.Max, sympy.Min, sympy.sign, sympy.Piecewise)
_WRONG = (sympy.nan, sympy.zoo, sympy.oo, -sympy.oo)


@dataclass(frozen=True)
class Need:
    """An expression in the parameters; where it is negative, the loss is not convex.

    Attributes:
        value: the expression.
        told: where it comes from.
    """

    value: Expr
    told: str


def needs(subject: Subject, way: int, seconds: float) -> list[Need]:
    """What convexity of the loss, times 1 or -1, needs; each expression once."""
    end = time.process_time() + seconds
    symbols = {entry.symbol for entry in subject.program.parameters}
    found: dict[Expr, Need] = {}
    for one in itertools.chain(_of_cases(subject, way), _of_lines(subject, way)):
        value = _tidy(one.value)
        if value.free_symbols and value.free_symbols <= symbols and not value.has(*_WRONG):
            found.setdefault(value, Need(value, one.told))
        if time.process_time() > end:
            break
    return list(found.values())


def _tidy(value: Expr) -> Expr:
    if sympy.count_ops(value) > MOST_OPERATIONS:
        return value
    try:
        with worker.step(STEP_SECONDS):
            return sympy.factor(value)
    except (worker.StepEnded, NotImplementedError, TypeError, ValueError):
        return value


def _of_cases(subject: Subject, way: int) -> Iterator[Need]:
    """Coefficients that decide the sign of a second derivative, without core dimensions."""
    for case in map(along_difference, subject.cases):
        if len(case.varying) != 1 or case.formula.has(*_KINKS) or case.widened:
            continue
        x = case.varying[0]
        second = way * sympy.expand(sympy.diff(case.formula, x, 2))
        if sympy.count_ops(second) <= MOST_OPERATIONS:
            for value, told in _deciding(second, case, [*case.fixed, x]):
                yield Need(value, ", ".join(["the second derivative", *told]))


def _deciding(second: Expr, case: Case, over: list[Symbol]) -> Iterator[tuple[Expr, list[str]]]:
    """The expression at ordinary places and towards the ends of each symbol, one by one."""
    if not over:
        yield second, []
        return
    symbol, rest = over[0], over[1:]
    if not second.has(symbol):
        yield from _deciding(second, case, rest)
        return
    for value, told in _at_places(second, symbol, case.box[symbol]):
        for inner, more in _deciding(value, case, rest):
            yield inner, [told, *more]


def _at_places(second: Expr, symbol: Symbol, domain: Interval) -> Iterator[tuple[Expr, str]]:
    plain = [place for place in _PLACES if domain.contains(place)][:2]
    for place in plain or [end for end in (domain.low, domain.high) if end.is_finite][:1]:
        yield second.subs(symbol, place), f"{symbol} = {place}"
    for place in _steady_zeros(sympy.diff(second, symbol), symbol):
        whole_line = domain.low == -sympy.oo and domain.high == sympy.oo
        inside = whole_line if place.free_symbols else roots.inside(place, domain.low, domain.high)
        if place.is_real and inside:
            yield second.subs(symbol, place), f"{symbol} = {place}"
    if second.is_polynomial(symbol):
        whole = sympy.Poly(second, symbol)
        if domain.high == sympy.oo:
            yield whole.LC(), f"{symbol} -> oo"
        if domain.low == -sympy.oo:
            yield whole.LC() * (-1) ** whole.degree(), f"{symbol} -> -oo"
        if domain.low == 0:
            yield (
                whole.coeff_monomial(symbol ** min(m[0] for m in whole.monoms())),
                f"{symbol} -> 0",
            )


def _steady_zeros(slope: Expr, symbol: Symbol) -> list[Expr]:
    """Zeros of a slope that can be named: critical points of the second derivative."""
    if not slope.has(symbol):
        return []
    rates = {wave.args[0] / symbol for wave in slope.atoms(sympy.sin, sympy.cos)}
    if rates and all(rate.is_Rational for rate in rates):
        turns = [sympy.pi / abs(rate) for rate in sorted(rates)]
        return [turn * n for turn in turns for n in (-1, 1)]
    found: set[Expr] = set()
    try:
        with worker.step(STEP_SECONDS):
            for factor in sympy.Mul.make_args(sympy.factor(sympy.numer(sympy.together(slope)))):
                if factor.is_polynomial(symbol) and factor.has(symbol):
                    found |= cells.roots(factor, symbol) or set()
    except (worker.StepEnded, NotImplementedError, TypeError, ValueError):
        return []
    return [root for root in sorted(found, key=str) if root.is_real is not False]


def _of_lines(subject: Subject, way: int) -> Iterator[Need]:
    seen: set[Expr] = set()
    for line in lines(subject.program, subject.wrt):
        if line.formula in seen or sympy.count_ops(line.formula) > MOST_OPERATIONS:
            continue
        seen.add(line.formula)
        found: list[Need] = []
        try:
            with worker.step(STEP_SECONDS):
                found = list(_of_line(line, way))
        except (worker.StepEnded, NotImplementedError, TypeError, ValueError):
            pass
        yield from found
        if len(seen) >= MOST_LINES:
            return


def _of_line(line: Line, way: int) -> Iterator[Need]:
    """Jumps of the slope and second derivatives at a few places of a line."""
    for place in _PLACES:
        if not (line.span.low < place < line.span.high):
            continue
        left = _beside(line, place, -1)
        right = _beside(line, place, 1)
        where = f"from {_shown(line.point)} along {_shown(line.direction)} at t = {place}"
        for piece in dict.fromkeys(p for p in (left, right) if p is not None):
            yield Need(way * sympy.diff(piece, T, 2).subs(T, place),
                       f"the second derivative {where}")  # fmt: skip
        if left is not None and right is not None and left != right:
            before, after = (sympy.diff(piece, T).subs(T, place) for piece in (left, right))
            yield Need(way * (after - before), f"the jump of the slope {where}")


def _beside(line: Line, place: Expr, way: int) -> Expr | None:
    """The formula without kinks on a short piece beside a place."""
    edges = sorted((place, place + way * _NEAR))
    if edges[0] < line.span.low or edges[1] > line.span.high:
        return None
    cell = {T: cells.open_cell(*edges)[1]}
    return cells.resolved(line.formula, cell)


def _shown(point: Mapping[Symbol, Rational]) -> str:
    return ", ".join(f"{name} = {value}" for name, value in point.items())
