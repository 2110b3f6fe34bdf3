"""The extreme value of a convex or concave loss, where its gradient vanishes.

A convex function has its minimum wherever its gradient is 0 (Boyd and Vandenberghe 2004, section
3.1.3). Losses without core dimensions that are one smooth formula are looked at.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import replace

import sympy
from sympy import Expr, S, Symbol

from symloss.audit.composition import shapes
from symloss.audit.findings import Finding
from symloss.audit.signs.worker import StepEnded, step
from symloss.audit.subject import REALS, Case, Subject, in_signs
from symloss.audit.verdicts import Proved

METHOD = "a point where the gradient of a convex loss vanishes"
STEP_SECONDS = 2.0
MOST_CANDIDATES = 30
_CHOICES = (sympy.Abs, sympy.Max, sympy.Min, sympy.sign, sympy.Piecewise)
Point = Mapping[Symbol, Expr]


def lowest(subject: Subject, name: str, way: int, seconds: float) -> Finding | None:
    """The lower bound (way -1) of a convex loss, the upper one (way 1) of a concave one."""
    if len(subject.cases) != 1:
        return None
    case = subject.cases[0]
    if case.widened or case.formula.has(*_CHOICES):
        return None
    signed = _signed(case)
    try:
        with step(STEP_SECONDS):
            point = next(_stationary(signed), None)
            value = None if point is None else sympy.simplify(signed.formula.subs(point))
    except StepEnded:
        return None
    if point is None or value is None or value.free_symbols - set(signed.parameters):
        return None
    back = {symbol: Symbol(symbol.name, real=True) for symbol in signed.box}
    value, point = value.xreplace(back), {back[s]: p.xreplace(back) for s, p in point.items()}
    shape = "convex" if way < 0 else "concave"
    if not isinstance(shapes(subject.program, seconds)[shape], Proved):
        return None
    told = ", ".join(f"{symbol} = {place}" for symbol, place in point.items())
    data = {"kind": "stationary", "of": shape, "point": {str(s): str(p) for s, p in point.items()}}
    steps = (f"the loss is {shape}", f"its gradient is 0 at {told}")
    return Finding(name, Proved(METHOD, steps, data), str(value), f"attained at {told}", value)


def _signed(case: Case) -> Case:
    """The case in symbols that know whether they are positive."""
    swap = in_signs(case.box)

    def renamed(symbols: tuple[Symbol, ...]) -> tuple[Symbol, ...]:
        return tuple(swap.get(symbol, symbol) for symbol in symbols)

    box = {swap.get(symbol, symbol): domain for symbol, domain in case.box.items()}
    formula = case.formula.xreplace(swap)
    return replace(case, formula=formula, box=box, varying=renamed(case.varying),
                   fixed=renamed(case.fixed))  # fmt: skip


def _stationary(case: Case) -> Iterator[Point]:
    """Points of the domain at which the gradient is shown to be 0."""
    slopes = [sympy.diff(case.formula, symbol) for symbol in case.varying]
    for point in itertools.islice(_candidates(case, slopes), MOST_CANDIDATES):
        if all(_is_inside(case, symbol, place) for symbol, place in point.items()) and all(
            _is_zero(slope.subs(point, simultaneous=True)) for slope in slopes
        ):
            yield point


def _candidates(case: Case, slopes: list[Expr]) -> Iterator[Point]:
    """Simple points, and what SymPy solves for."""
    for number in (S.Zero, S.One):
        yield dict.fromkeys(case.varying, number)
    for places in itertools.product((S.Zero, *case.fixed), repeat=len(case.varying)):
        yield dict(zip(case.varying, places, strict=True))
    try:
        found = sympy.solve(slopes, case.varying, dict=True)
    except NotImplementedError:
        return
    for point in found:
        if set(point) == set(case.varying):
            yield point


def _is_inside(case: Case, symbol: Symbol, place: Expr) -> bool:
    domain = case.box[symbol]
    if place.is_number:
        return bool(place.is_real) and bool(domain.contains(place))
    return (domain == REALS and place.is_real is True) or case.box.get(place) == domain


def _is_zero(slope: Expr) -> bool:
    return not slope.has(sympy.nan, sympy.zoo, sympy.oo) and bool(sympy.simplify(slope) == 0)
