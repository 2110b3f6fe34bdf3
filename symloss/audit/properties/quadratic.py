"""Losses in several plain variables: those with a constant Hessian, and roots of such."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import sympy
from sympy import Expr, S

from symloss.audit.findings import Finding
from symloss.audit.signs import balls
from symloss.audit.subject import REALS, Case
from symloss.audit.verdicts import Proved

METHOD = "eigenvalues of a constant matrix"
NAMES = ("gradient_lipschitz", "strong_convexity_constant")
MOST = 4
_KINKS = (sympy.Abs, sympy.Max, sympy.Min, sympy.sign, sympy.Piecewise)


def of_cases(cases: Sequence[Case]) -> list[Finding]:
    """Constants that are exact; nothing where the loss is neither."""
    return _of_quadratics(cases) or (_of_norm(cases[0]) if len(cases) == 1 else [])


def _of_norm(case: Case) -> list[Finding]:
    """|Bx + d| on the whole space, as the root of x'Ax + 2b'x + c.

    Its gradient is B'u with a unit vector u, and longest far out; its Hessian is at most A/|Bx + d|
    and least far out along rays.
    """
    root = case.formula
    if not (root.is_Pow and root.exp == S.Half) or any(case.box[s] != REALS for s in case.varying):
        return []
    spectrum = _eigenvalues(replace(case, formula=root.base))
    if not spectrum or any(balls.sign(value, {}) == -1 for value in spectrum):
        return []
    places = sympy.solve([sympy.diff(root.base, s) for s in case.varying], case.varying, dict=True)
    least = sympy.expand(root.base.subs(places[0])) if places else sympy.nan
    if not least.is_Rational or least < 0:
        return []
    largest = -_least([-value for value in spectrum]) / 2
    found = {"lipschitz": sympy.sqrt(largest), "strong_convexity_constant": S.Zero}
    if least > 0:
        found["gradient_lipschitz"] = largest / sympy.sqrt(least)
    steps = (f"twice the quadratic's matrix has the eigenvalues {', '.join(map(str, spectrum))}",)
    return [_exact(name, value, steps) for name, value in found.items()]


def _of_quadratics(cases: Sequence[Case]) -> list[Finding]:
    """The gradient's Lipschitz constant and that of strong convexity."""
    spectra = [_eigenvalues(case) for case in cases]
    known = [spectrum for spectrum in spectra if spectrum]
    if not known or len(known) < len(cases):
        return []
    values = [value for spectrum in known for value in spectrum]
    least = _least(values)
    largest = -_least([-abs(value) for value in values])
    steps = tuple(f"the Hessian's eigenvalues are {', '.join(map(str, one))}" for one in known)
    constants = (largest, least if balls.sign(least, {}) == 1 else S.Zero)
    return [_exact(name, value, steps) for name, value in zip(NAMES, constants, strict=True)]


def _exact(name: str, value: Expr, steps: tuple[str, ...]) -> Finding:
    value = sympy.radsimp(sympy.simplify(value))
    return Finding(name, Proved(METHOD, steps, {"kind": "eigenvalues"}), str(value), formula=value)


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
