"""Curvature of an expression as a function of few operands, by decisions on signs.

h(u) is convex for u affine where h is convex on u's range; for u convex where h also rises there,
for u concave where it falls. With several operands all must be affine and h jointly convex.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

import sympy
from sympy import Add, Expr, Symbol

from symloss.audit.composition.fact import Fact, closed
from symloss.audit.composition.local import Local, locals_of
from symloss.audit.composition.variance import template
from symloss.audit.hessians import several
from symloss.audit.signs import convexity
from symloss.audit.signs.decide import Relation, decided
from symloss.audit.signs.worker import StepEnded, step
from symloss.audit.verdicts import Proved
from symloss.program import operands

if TYPE_CHECKING:
    from symloss.audit.composition.walk import Walk

Answer = TypeVar("Answer")
MOST_OPERANDS = 3
SECONDS = 3.0
_KINKS = (sympy.Abs, sympy.Max, sympy.Min, sympy.sign, sympy.Piecewise)


def by_signs(walk: Walk, expression: Expr, known: Fact) -> Fact:
    """The fact, with the curvature that signs show of the expression or of its groups of terms."""
    groups = grouped(walk, expression)
    facts = [_of_group(walk, group, known if len(groups) == 1 else None) for group in groups]
    convex, concave = all(f.convex for f in facts), all(f.concave for f in facts)
    if len(groups) > 1 and not (convex or concave):
        # Sums may be different functions of the same operands.
        convex = bool(within(walk, lambda: template(walk, expression, 1)))
        concave = not convex and bool(within(walk, lambda: template(walk, expression, -1)))
    return closed(replace(known, convex=convex, concave=concave))


def grouped(walk: Walk, expression: Expr) -> list[Expr]:
    """Terms that share no operand that varies, each group a sum of its own."""
    groups: list[tuple[set[Expr], list[Expr]]] = []
    for term in Add.make_args(expression):
        mine = {leaf for leaf in operands(term) if not walk.leaf(leaf).constant}
        touched = [group for group in groups if group[0] & mine]
        rest = [group for group in groups if not group[0] & mine]
        merged = (mine.union(*(g[0] for g in touched)), [t for g in touched for t in g[1]])
        groups = [*rest, (merged[0], [*merged[1], term])]
    return [Add(*terms) for _, terms in groups]


def _of_group(walk: Walk, group: Expr, known: Fact | None) -> Fact:
    fact = walk.of(group) if known is None else known
    if fact.convex or fact.concave:
        return fact
    convex = holds(walk, group, 1)
    return Fact(fact.range, convex, not convex and holds(walk, group, -1))


def holds(walk: Walk, expression: Expr, way: int) -> bool:
    """Whether the expression (way 1) or its negative (-1) is convex by signs."""
    return by_operands(walk, expression, way) or bool(
        within(walk, lambda: template(walk, expression, way))
    )


def by_operands(walk: Walk, expression: Expr, way: int) -> bool:
    """Whether the expression is convex as a function of its operands."""
    forms = locals_of(walk, expression)
    if not forms or any(not 1 <= len(form.moving) <= MOST_OPERANDS for form in forms):
        return False
    return all(within(walk, lambda form=form: _is_convex(form, way)) for form in forms)  # type: ignore[misc]


def within(walk: Walk, question: Callable[[], Answer]) -> Answer | None:
    """The answer, or None where it takes too long."""
    left = walk.deadline - time.process_time()
    if left <= 0:
        return None
    try:
        with step(min(SECONDS, left)):
            return question()
    except (StepEnded, NotImplementedError, ValueError, TypeError):
        return None


def _is_convex(form: Local, way: int) -> bool:
    symbols = tuple(s for s in form.moving if form.formula.has(s))
    formula = way * form.formula
    if not symbols:
        return True
    if not all(form.moving[s][1].affine for s in symbols):
        return len(symbols) == 1 and _composes(form, formula, symbols[0])
    return several.is_convex(formula, symbols, form.box)


def _composes(form: Local, formula: Expr, symbol: Symbol) -> bool:
    fact = form.moving[symbol][1]
    if not (fact.convex or fact.concave) or formula.has(*_KINKS):
        return False
    relation: Relation = ">=" if fact.convex else "<="
    slope = decided(sympy.diff(formula, symbol), form.box, relation)
    if not isinstance(slope, Proved):
        return False
    return isinstance(convexity.on_line(formula, symbol, form.box), Proved)
