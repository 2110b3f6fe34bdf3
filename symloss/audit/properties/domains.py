"""Where a loss is a finite number: for one variable on pieces, for any size by ranges."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping

import sympy
from sympy import Expr, S, Symbol

from symloss.audit.composition import Walk
from symloss.audit.findings import Finding
from symloss.audit.signs import cells
from symloss.audit.signs.decide import split
from symloss.audit.subject import Case, Subject
from symloss.audit.verdicts import Proved, Unknown
from symloss.language import BY_NODE, Interval
from symloss.program import Program

NAME = "domain"
PIECES = "every logarithm, root and quotient is defined on every piece"
RANGES = "every logarithm, root and quotient is defined by the ranges of its arguments"
MOST_CORNERS = 64
_INFINITE = (sympy.nan, sympy.zoo, sympy.oo, -sympy.oo)
Box = Mapping[Symbol, Interval]


def domain(subject: Subject, seconds: float) -> list[Finding]:  # noqa: ARG001 - a property
    """The declared domain, where the loss is shown to be finite on all of it."""
    told = ", ".join(f"{entry.name} in {entry.domain}" for entry in subject.program.arguments)
    if subject.cases and all(is_defined(case.formula, case.box) for case in subject.cases):
        return [Finding(NAME, Proved(PIECES, (), {"kind": "definedness"}), told)]
    if not _undefined(subject.program):
        return [Finding(NAME, Proved(RANGES, (), {"kind": "definedness"}), told)]
    tried = (PIECES if subject.cases else RANGES,)
    corner = next(filter(None, map(_bad_corner, subject.cases)), "")
    return [Finding(NAME, Unknown(tried), detail=f"not finite at {corner}" if corner else "")]


def is_defined(formula: Expr, box: Box) -> bool:
    """Whether the formula is a finite number at every point of the box."""
    used = {name: span for name, span in box.items() if formula.has(name)}
    for count, cell in enumerate(split(formula, used)):
        if cell is None or count >= cells.MOST_CELLS or not _is_defined_on(formula, cell):
            return False
    return True


def _is_defined_on(formula: Expr, cell: cells.Cell) -> bool:
    smooth = cells.resolved(formula, cell)
    if smooth is None:
        return False
    inside = smooth.subs(cell)
    return not inside.has(*_INFINITE) and cells.defined(inside)


def _bad_corner(case: Case) -> str:
    """A corner of the closed box at which exact evaluation gives no finite number."""
    ends = [
        [(name, end) for end, is_open in ((d.low, d.low_open), (d.high, d.high_open))
         if not is_open]
        for name, d in case.box.items() if case.formula.has(name)
    ]  # fmt: skip
    if not all(ends):
        return ""
    for corner in itertools.islice(itertools.product(*ends), MOST_CORNERS):
        if case.formula.subs(dict(corner)).has(*_INFINITE):
            return ", ".join(f"{name} = {end}" for name, end in corner)
    return ""


def _undefined(program: Program) -> list[str]:
    """Operations whose arguments may leave their domain, as far as ranges tell."""
    walk = Walk(program, program.wrt)
    return [str(node) for step in program.steps for node in _open(step.expression, walk)]


def _open(expression: Expr, walk: Walk) -> Iterator[Expr]:
    for node in sympy.preorder_traversal(expression):
        if node in _INFINITE or (isinstance(node, Expr) and node.args and not _is_safe(node, walk)):
            yield node


def _is_safe(node: Expr, walk: Walk) -> bool:
    if node.is_Pow:
        return _is_safe_power(node, walk)
    row = BY_NODE.get(type(node))
    if row is None:
        return True
    spans = itertools.chain(row.domain, itertools.repeat(row.domain[-1]))
    return all(_lies_in(walk.of(part).range, span)
               for part, span in zip(node.args, spans, strict=False))  # fmt: skip


def _is_safe_power(node: Expr, walk: Walk) -> bool:
    base = walk.of(node.base).range
    if node.exp.is_Integer and node.exp > 0:
        return True
    if node.base == S.Exp1 or base.low > 0 or (base.low == 0 and base.low_open):
        return True
    if node.exp.is_Integer:
        return bool(base.high < 0) or (base.high == 0 and base.high_open)
    return bool(base.low >= 0) and node.exp.is_number and bool(node.exp > 0)


def _lies_in(inner: Interval, outer: Interval) -> bool:
    low = inner.low > outer.low or (
        inner.low == outer.low and (inner.low_open or not outer.low_open)
    )
    high = inner.high < outer.high or (
        inner.high == outer.high and (inner.high_open or not outer.high_open)
    )
    return bool(low) and bool(high)
