"""Ratios of sums over the same places: where the denominator's terms exceed the numerator's.

With N >= 0 and D - N >= 0 the ratio N/D lies in [0, 1] wherever D is not 0. D - N is looked at
term by term: sums over as many places are added up under one index.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import sympy
from sympy import Add, Expr, Mul, Pow, S, Symbol

from symloss.audit.composition import ranges
from symloss.audit.composition.local import locals_of
from symloss.audit.signs.decide import decided
from symloss.audit.signs.worker import StepEnded
from symloss.audit.signs.worker import step as within
from symloss.audit.verdicts import Proved
from symloss.language import Interval
from symloss.program import Program, Step, name_of

if TYPE_CHECKING:
    from symloss.audit.composition.walk import Walk

STEP_SECONDS = 1.0
UNIT = Interval(S.Zero, S.One, False, False)


def span(walk: Walk, node: Expr) -> Interval:
    """Where a product lies, as far as it is a ratio of sums that can be compared."""
    below = [part for part in node.args if isinstance(part, Pow) and part.exp == -1]
    if len(below) != 1:
        return ranges.REALS
    whole = _written_out(walk.program, below[0].base)
    if not any(_sum_of(walk.program, leaf) for leaf in whole.atoms(Symbol)):
        return ranges.REALS
    above = _written_out(walk.program, node * below[0].base)
    for way, side in ((1, UNIT), (-1, ranges.negate(UNIT))):
        if walk.of(way * above).nonnegative and _is_nonnegative(walk, whole - way * above):
            return side
    return ranges.REALS


def _written_out(program: Program, expression: Expr) -> Expr:
    """With what definitions without places stand for, down to sums."""
    known = {
        step.element(): step.expression
        for step in program.steps if step.kind is None and not step.indices
    }  # fmt: skip
    while known.keys() & expression.atoms(Symbol):
        expression = expression.xreplace(known)
    return expression


def _sum_of(program: Program, leaf: Symbol) -> Step | None:
    step = program.by_name.get(name_of(leaf))
    return step if step is not None and step.kind == "sum" and not step.indices else None


def _is_nonnegative(walk: Walk, gap: Expr) -> bool:
    """Whether what is left beside sums is not below 0, nor any of their terms together."""
    bodies: dict[tuple[Expr, ...], Expr] = {}
    rest = S.Zero
    for term in Add.make_args(sympy.expand(gap)):
        factor, body, lengths = _read(walk, term)
        if lengths:
            bodies[lengths] = bodies.get(lengths, S.Zero) + factor * body
        else:
            rest += term
    if not bodies or not walk.of(rest).nonnegative:
        return False
    return all(_is_term_nonnegative(walk, body) for body in bodies.values())


def _read(walk: Walk, term: Expr) -> tuple[Expr, Expr, tuple[Expr, ...]]:
    """A term's factor, the body of the sum that it reads, and over how many places that is."""
    for leaf in Mul.make_args(term):
        step = _sum_of(walk.program, leaf) if isinstance(leaf, Symbol) else None
        if step is not None:
            lengths = tuple(walk.program.ranges[index] for index in step.bound)
            names = {old: Symbol(f"_place{n}", integer=True, nonnegative=True)
                     for n, old in enumerate(step.bound)}  # fmt: skip
            return term / leaf, step.expression.xreplace(names), lengths
    return term, S.One, ()


def _is_term_nonnegative(walk: Walk, body: Expr) -> bool:
    forms = locals_of(walk, body)
    try:
        with within(STEP_SECONDS):
            return bool(forms) and all(
                isinstance(decided(form.formula, form.box, ">="), Proved) for form in forms or ()
            )
    except StepEnded:
        return False
