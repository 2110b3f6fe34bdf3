"""Lines through small instances for all values of parameters: limits as formulas in these.

Parameters are symbols that run through the insides of their domains, and the closed ends of these,
one after the other. Choices are settled by algebra on a stretch beside the place: a short one, or
one beyond all parameters and their inverses.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from typing import Any

import sympy
from sympy import Expr, Rational, S, Symbol

from symloss.audit.recheck.choices import Unclear, resolved
from symloss.audit.recheck.ends import cells_of
from symloss.audit.recheck.formulas import plain
from symloss.audit.recheck.sides import WIDTH
from symloss.audit.recheck.stretches import Stretch, X, inside_of
from symloss.audit.recheck.whole import Whole
from symloss.audit.recheck.witnesses import Case, NotReplayable
from symloss.language import Finite
from symloss.program import Program

FAR = 2**12
Names = Mapping[str, Expr]
Aim = tuple[Expr, int, int]
"""A place, a side of it, and the order of a derivative."""


def limits(
    case: Case, told: Mapping[str, Any], step: Mapping[str, Expr], aim: Aim
) -> Iterator[tuple[Names, Expr]]:
    """What the parameters are, and the limit there, on a line that moves by `step`.

    Raises:
        NotReplayable: a choice, or a limit, is not clear.
    """
    formula = _along(case.program, told, step)
    inputs = [entry.name for entry in case.program.inputs]
    for _, part in cells_of(case.program, but=inputs):
        for names in _values(part):
            yield names, _limit(plain(put(formula, names)), names, aim)


def put(formula: Expr, names: Names) -> Expr:
    """A formula in the parameters with what they are."""
    return formula.subs({Symbol(name, real=True): form for name, form in names.items()})


def _values(program: Program) -> Iterator[dict[str, Expr]]:
    """The parameters as symbols with signs, once for each choice of those with few values."""
    every = [
        entry.domain.values if isinstance(entry.domain, Finite)
        else (inside_of(entry.name, entry.domain),)
        for entry in program.parameters
    ]  # fmt: skip
    for choice in itertools.product(*every):
        yield {e.name: form for e, form in zip(program.parameters, choice, strict=True)}


def _along(program: Program, told: Mapping[str, Any], step: Mapping[str, Expr]) -> Expr:
    try:
        loss = Whole(program, told["sizes"], told["places"], {}).element("loss", ())
    except KeyError:
        raise NotReplayable("a place of an extremum on a line") from None
    moved = {
        Symbol(label, real=True): Rational(start) + X * step.get(label, S.Zero)
        for label, start in told["point"].items()
    }
    return loss.subs(moved, simultaneous=True)


def _limit(formula: Expr, names: Names, aim: Aim) -> Expr:
    place, side, order = aim
    low, high = (place, place + WIDTH) if side > 0 else (place - WIDTH, place)
    if place.is_infinite:
        low, high = _far(names), sympy.oo
        low, high = (low, high) if place > 0 else (-high, -low)
    try:
        settled = resolved(formula, X, Stretch(formula, low, high).inside)
    except Unclear:
        raise NotReplayable("a choice beside a place on a line") from None
    upper = place == sympy.oo or (place.is_finite and side < 0)
    return Stretch(settled, low, high).limit(sympy.diff(settled, X, order), upper=bool(upper))


def _far(names: Names) -> Expr:
    """Beyond all parameters and their inverses."""
    symbols = {s for form in names.values() for s in form.free_symbols}
    sizes = [form for form in names.values() if form.is_nonnegative]
    return FAR + sympy.Add(*sizes, *(1 / s for s in symbols if s.is_positive))
