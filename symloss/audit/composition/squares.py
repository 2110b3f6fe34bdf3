"""Quadratic polynomials in affine operands that are sums of squares: their roots are norms."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

import sympy
from sympy import Expr, Matrix, S

from symloss.audit.composition.fact import Fact, closed
from symloss.language import Interval
from symloss.program import operands

if TYPE_CHECKING:
    from symloss.audit.composition.walk import Walk

MOST = 4
TWO = S(2)


def as_squares(walk: Walk, node: Expr, span: Interval) -> Fact | None:
    """The fact of a sum of squares of affine functions; None where it is not shown to be one.

    The polynomial is z'Mz for z of the operands and 1; M is positive semidefinite.
    """
    leaves = sorted(operands(node), key=str)
    if not 0 < len(leaves) <= MOST or not all(walk.leaf(leaf).affine for leaf in leaves):
        return None
    names = [sympy.Dummy() for _ in leaves]
    plain = node.xreplace(dict(zip(leaves, names, strict=True)))
    if not plain.is_polynomial(*names) or plain.free_symbols - set(names):
        return None
    polynomial = sympy.Poly(plain, *names)
    if polynomial.total_degree() != 2 or not all(c.is_Rational for c in polynomial.coeffs()):
        return None
    minors = _minors(_matrix(polynomial, names))
    if any(minor < 0 for minor in minors):
        return None
    low = max(S.Zero, span.low)
    is_open = all(minor > 0 for minor in minors) if low == 0 else span.low_open
    return closed(Fact(Interval(low, span.high, is_open, span.high_open), True, root=TWO))


def _matrix(polynomial: sympy.Poly, names: list[sympy.Dummy]) -> Matrix:
    unit = sympy.Dummy()
    whole = polynomial.homogenize(unit).as_expr()
    return sympy.hessian(whole, [*names, unit]) / 2


def _minors(matrix: Matrix) -> list[Expr]:
    """All principal minors."""
    rows = range(matrix.rows)
    chosen = [r for n in range(1, matrix.rows + 1) for r in combinations(rows, n)]
    return [matrix.extract(list(r), list(r)).det() for r in chosen]
