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
from symloss.audit.signs.decide import Box
from symloss.audit.signs.memory import remembered
from symloss.audit.signs.worker import StepEnded, step
from symloss.audit.signs.zeros import vanishes
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
    shape = "convex" if way < 0 else "concave"
    if not isinstance(shapes(subject.program, seconds)[shape], Proved):
        return None
    signed = _signed(case)
    found = _attained(signed.formula, signed.box, signed.varying, signed.fixed)
    if found is None or found[1].free_symbols - set(signed.parameters):
        return None
    point, value = found
    back = {symbol: Symbol(symbol.name, real=True) for symbol in signed.box}
    value, point = value.xreplace(back), {back[s]: p.xreplace(back) for s, p in point.items()}
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


@remembered
def _attained(
    formula: Expr, box: Box, varying: tuple[Symbol, ...], fixed: tuple[Symbol, ...]
) -> tuple[Point, Expr] | None:
    """A stationary point and the value there: the same whichever bound is asked for."""
    try:
        with step(STEP_SECONDS):
            point = next(_stationary(formula, box, varying, fixed), None)
            return None if point is None else (point, sympy.simplify(formula.subs(point)))
    except StepEnded:
        return None


def _stationary(
    formula: Expr, box: Box, varying: tuple[Symbol, ...], fixed: tuple[Symbol, ...]
) -> Iterator[Point]:
    """Points of the domain at which the gradient is shown to be 0."""
    slopes = [sympy.diff(formula, symbol) for symbol in varying]
    for point in itertools.islice(_candidates(slopes, varying, fixed), MOST_CANDIDATES):
        if all(_is_inside(box, symbol, place) for symbol, place in point.items()) and all(
            _is_zero(slope.subs(point, simultaneous=True)) for slope in slopes
        ):
            yield point


def _candidates(
    slopes: list[Expr], varying: tuple[Symbol, ...], fixed: tuple[Symbol, ...]
) -> Iterator[Point]:
    """Simple points, and what SymPy solves for."""
    for number in (S.Zero, S.One):
        yield dict.fromkeys(varying, number)
    for places in itertools.product((S.Zero, *fixed), repeat=len(varying)):
        yield dict(zip(varying, places, strict=True))
    try:
        found = sympy.solve(slopes, varying, dict=True)
    except NotImplementedError:
        return
    for point in found:
        if set(point) == set(varying):
            yield point


def _is_inside(box: Box, symbol: Symbol, place: Expr) -> bool:
    domain = box[symbol]
    if place.is_number:
        return bool(place.is_real) and bool(domain.contains(place))
    return (domain == REALS and place.is_real is True) or box.get(place) == domain


def _is_zero(slope: Expr) -> bool:
    return not slope.has(sympy.nan, sympy.zoo, sympy.oo) and vanishes(slope)
