"""The sign of a formula far out, or close to an end at which it may be singular."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import suppress

import sympy
from sympy import Expr, Symbol

from symloss.audit.signs import balls, worker
from symloss.audit.signs.expand import expanded, sign_from
from symloss.audit.signs.series import parted, vanishes
from symloss.audit.signs.terms import (
    FULL,
    QUICK,
    STARTS,
    Effort,
    NoTail,
    S,
    Term,
    leading,
    sign_of_number,
    small,
)

MOST_OPERATIONS = 150


def tail(formula: Expr, symbol: Symbol, end: Expr, way: str) -> tuple[str, Expr] | None:
    """The sign between an end and some place inside, and that place.

    `way` is "-" where the domain lies below the end, "+" where it lies above.
    """
    if end in (sympy.oo, -sympy.oo):
        place = S if end == sympy.oo else -S
    else:
        place = end - 1 / S if way == "-" else end + 1 / S
    forms: list[Expr] = []
    waiting = _forms(formula)
    for start in STARTS:
        forms += waiting if start == STARTS[1] else itertools.islice(waiting, 1)
        for moved, effort in itertools.product(forms, (QUICK, FULL)):
            found = sign_from(moved.subs(symbol, place), start, effort)
            if found != "?":
                return found, place.subs(S, start)
    return None


def _forms(formula: Expr) -> Iterator[Expr]:
    """The formula, and what it is over one denominator, in exponentials where it has some."""
    hyperbolic = formula.has(sympy.tanh, sympy.sinh, sympy.cosh)
    if not hyperbolic:
        yield formula
    if hyperbolic or (formula.has(sympy.exp) and sympy.count_ops(formula) < MOST_OPERATIONS):
        with suppress(worker.StepEnded), worker.step(1.0):
            yield sympy.factor(sympy.together(formula.rewrite(sympy.exp)))
    if hyperbolic:
        yield formula
    elif formula.has(sympy.Pow) and sympy.count_ops(formula) < MOST_OPERATIONS:
        with suppress(worker.StepEnded), worker.step(1.0):
            whole = sympy.together(formula)
            if whole != formula:
                yield whole


def defined(formula: Expr, symbol: Symbol, end: Expr, way: str) -> Expr | None:
    """A place up to which, from an end on, the formula is defined; None if that is not shown."""
    if end in (sympy.oo, -sympy.oo):
        place = S if end == sympy.oo else -S
    else:
        place = end - 1 / S if way == "-" else end + 1 / S
    moved = formula.subs(symbol, place)
    for start in STARTS:
        with suppress(NoTail, balls.Undecided, ZeroDivisionError, NotImplementedError, TypeError):
            expanded(moved, start, QUICK)
            return place.subs(S, start)
    return None


def limit(formula: Expr, symbol: Symbol, end: Expr, way: str) -> Expr | None:
    """The limit at an end from inside, as an exact number or an infinity; None if not found."""
    if end in (sympy.oo, -sympy.oo):
        place = S if end == sympy.oo else -S
    else:
        place = end - 1 / S if way == "-" else end + 1 / S
    for form, effort in itertools.product(_forms(formula), (QUICK, FULL)):
        found = _limit(form.subs(symbol, place), effort)
        if found is not None:
            return found
    return None


def _limit(formula: Expr, effort: Effort) -> Expr | None:
    start = STARTS[2]
    try:
        terms = expanded(formula, start, effort)
        growing, constant, vanishing = parted(terms)
        if not growing:
            small(vanishing, start, effort)
            return constant
        first, others = leading(terms, start, effort)
        if not all(vanishes(other) for other in others) or first.unit.contains(0):
            return None
        small([Term(sympy.S.One).over(first)], start, effort)
    except (NoTail, balls.Undecided, ZeroDivisionError, NotImplementedError, TypeError):
        return None
    if first.kind == (0, 0, 0):
        return None
    positive = (sign_of_number(first.coefficient) > 0) == bool(first.unit > 0)
    return sympy.oo if positive else -sympy.oo
