"""Joint convexity in several plain symbols: constant Hessians, differences, principal minors."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import sympy
from sympy import Expr, Matrix, Rational, S, Symbol

from symloss.audit.signs import cells, convexity, samples
from symloss.audit.signs.decide import Box, Relation, decided
from symloss.audit.verdicts import Proved
from symloss.language import Interval

CHORDS = 60
REALS = Interval(-sympy.oo, sympy.oo, True, True)
_KINKS = (sympy.Abs, sympy.Max, sympy.Min, sympy.sign, sympy.Piecewise)


def is_convex(formula: Expr, symbols: Sequence[Symbol], box: Box) -> bool:
    """Whether joint convexity in the symbols was shown, for all values of the box's others."""
    if len(symbols) == 1:
        return isinstance(convexity.on_line(formula, symbols[0], box), Proved)
    if chord_fails(formula, symbols, box):
        return False
    if not formula.has(*_KINKS):
        hessian = sympy.hessian(formula, symbols)
        if not set(symbols) & hessian.free_symbols:
            return is_semidefinite(hessian, box)
    return _in_difference(formula, symbols, box) or _by_minors(formula, symbols, box)


def chord_fails(formula: Expr, symbols: Sequence[Symbol], box: Box) -> bool:
    """Whether a midpoint of two points of the box surely lies above their chord."""
    points = list(samples.points(box, 2 * CHORDS))
    for one, far in zip(points[:CHORDS], points[CHORDS:], strict=False):
        for step in (Rational(1), Rational(1, 32)):
            other = {s: v + step * (far[s] - v) if s in symbols else v for s, v in one.items()}
            middle = {s: (v + other[s]) / 2 for s, v in one.items()}
            if convexity.gap(formula, one, other, middle) is not None:
                return True
    return False


def is_semidefinite(hessian: Matrix, box: Box) -> bool:
    """Whether all principal minors are not negative on the box."""
    size = hessian.rows
    rows = [r for n in range(1, size + 1) for r in combinations(range(size), n)]
    return all(_holds(sympy.factor(hessian.extract(r, r).det()), box, ">=") for r in rows)


def is_definite(formula: Expr, symbols: Sequence[Symbol], box: Box) -> bool:
    """Whether the leading minors are positive but, perhaps, at points that are single in each line.

    Where a Hessian that is nowhere indefinite is definite but at one point, the function is
    strictly convex: on a segment its second derivative is positive but at one place.
    """
    if formula.has(*_KINKS):
        return False
    hessian = sympy.hessian(formula, symbols)
    minors = [sympy.factor(hessian[:n, :n].det()) for n in range(1, len(symbols) + 1)]
    if all(_holds(minor, box, ">") for minor in minors):
        return True
    fixed = {s: d for s, d in box.items() if s not in symbols}
    return not fixed and all(_positive_but_at_zero(minor, symbols, box) for minor in minors)


def least_eigenvalue(formula: Expr, symbols: Sequence[Symbol]) -> Expr:
    """Of a Hessian that is a matrix of numbers; otherwise 0."""
    hessian = sympy.hessian(formula, symbols)
    if hessian.free_symbols or hessian.rows > 3:
        return S.Zero
    roots = sympy.real_roots(hessian.charpoly().as_expr())
    return min(roots, key=lambda value: value.evalf(30))


def _positive_but_at_zero(minor: Expr, symbols: Sequence[Symbol], box: Box) -> bool:
    """Positive on the box but at the origin; only for polynomials, which are defined everywhere."""
    if not minor.is_polynomial(*symbols):
        return False
    for cell in cells.cells(box):
        if all(form == 0 for form in cell.values()):
            continue
        if cells.sign_in_forms(minor.subs(cell)) != "+":
            return False
    return True


def _in_difference(formula: Expr, symbols: Sequence[Symbol], box: Box) -> bool:
    """A convex function of x - y or x + y is convex in both."""
    if len(symbols) != 2:
        return False
    x, y = symbols
    for way in (1, -1):
        t = sympy.Dummy("t", real=True)
        moved = formula.xreplace({x: t + way * y}).replace(lambda node: node.is_Add, sympy.expand)
        line = {**box, t: REALS}
        if not moved.has(y) and isinstance(convexity.on_line(moved, t, line), Proved):
            return True
    return False


def _by_minors(formula: Expr, symbols: Sequence[Symbol], box: Box) -> bool:
    if len(symbols) > 3 or formula.has(*_KINKS):
        return False
    cover = list(cells.cells(box))
    if len(cover) > cells.MOST_CELLS or not all(cells.defined(formula.subs(c)) for c in cover):
        return False
    return is_semidefinite(sympy.hessian(formula, symbols), box)


def _holds(expression: Expr, box: Box, relation: Relation) -> bool:
    if expression.is_Rational:
        return bool(expression > 0 or (expression == 0 and relation == ">="))
    used = {s: d for s, d in box.items() if expression.has(s)}
    return isinstance(decided(expression, used, relation), Proved)
