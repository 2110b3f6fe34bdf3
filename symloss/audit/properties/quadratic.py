"""Losses in several plain variables whose Hessian is a matrix of numbers."""

from __future__ import annotations

from collections.abc import Sequence

import sympy
from sympy import Expr, S

from symloss.audit.findings import Finding
from symloss.audit.signs import balls
from symloss.audit.subject import Case
from symloss.audit.verdicts import Proved

METHOD = "eigenvalues of a constant Hessian"
NAMES = ("gradient_lipschitz", "strong_convexity_constant")
MOST = 4
_KINKS = (sympy.Abs, sympy.Max, sympy.Min, sympy.sign, sympy.Piecewise)


def of_cases(cases: Sequence[Case]) -> list[Finding]:
    """The gradient's Lipschitz constant and that of strong convexity, both exact."""
    spectra = [_eigenvalues(case) for case in cases]
    known = [spectrum for spectrum in spectra if spectrum]
    if not known or len(known) < len(cases):
        return []
    values = [value for spectrum in known for value in spectrum]
    least = _least(values)
    largest = -_least([-abs(value) for value in values])
    steps = tuple(f"the Hessian's eigenvalues are {', '.join(map(str, one))}" for one in known)
    constants = (largest, least if balls.sign(least, {}) == 1 else S.Zero)
    return [
        Finding(name, Proved(METHOD, steps, {"kind": "eigenvalues"}), str(value), formula=value)
        for name, value in zip(NAMES, constants, strict=True)
    ]


def _eigenvalues(case: Case) -> list[Expr]:
    """All eigenvalues; none where the Hessian depends on anything, or is not there."""
    box = [case.box[symbol] for symbol in case.varying]
    if len(box) > MOST or case.formula.has(*_KINKS) or any(d.low == d.high for d in box):
        return []
    hessian = sympy.hessian(case.formula, case.varying).applyfunc(sympy.expand)
    if not all(entry.is_Rational for entry in hessian):
        return []
    return list(sympy.real_roots(hessian.charpoly().as_expr()))


def _least(values: Sequence[Expr]) -> Expr:
    """The least of some exact numbers."""
    least = values[0]
    for value in values[1:]:
        if balls.sign(value - least, {}) == -1:
            least = value
    return sympy.radsimp(sympy.simplify(least))
