"""Losses in several plain variables: those with a constant Hessian, and roots of such."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import sympy
from sympy import Expr, Matrix, S

from symloss.audit.findings import Finding
from symloss.audit.signs import balls
from symloss.audit.subject import REALS, Case, in_signs
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
    spectra = [_spectrum(case) for case in cases]
    factors = {spectrum[0] for spectrum in spectra if spectrum}
    if len(factors) != 1 or not all(spectra):
        return []
    (factor,) = factors
    known = [spectrum[1] for spectrum in spectra if spectrum]
    values = [value for spectrum in known for value in spectrum]
    least = _least(values)
    largest = -_least([-abs(value) for value in values])
    times = "" if factor == 1 else f"{factor} times "
    steps = tuple(
        f"the Hessian's eigenvalues are {times}{', '.join(map(str, one))}" for one in known
    )
    constants = (factor * largest, factor * least if balls.sign(least, {}) == 1 else S.Zero)
    return [_exact(name, value, steps) for name, value in zip(NAMES, constants, strict=True)]


def _spectrum(case: Case) -> tuple[Expr, list[Expr]] | None:
    """A factor of parameters that is never negative, and the eigenvalues over it."""
    hessian = _hessian(case)
    entry = next((entry for entry in hessian or () if entry != 0), S.One)
    factor = entry.as_coeff_Mul()[1]
    signs = in_signs({symbol: case.box[symbol] for symbol in case.parameters})
    if hessian is None or factor.free_symbols - set(case.parameters):
        return None
    if not factor.xreplace(signs).is_nonnegative:
        return None
    values = _roots(hessian.applyfunc(lambda entry: sympy.cancel(entry / factor)))
    return (factor, values) if values else None


def _exact(name: str, value: Expr, steps: tuple[str, ...]) -> Finding:
    value = sympy.radsimp(sympy.simplify(value))
    return Finding(name, Proved(METHOD, steps, {"kind": "eigenvalues"}), str(value), formula=value)


def _eigenvalues(case: Case) -> list[Expr]:
    """All eigenvalues; none where the Hessian depends on anything, or is not there."""
    hessian = _hessian(case)
    return [] if hessian is None else _roots(hessian)


def _hessian(case: Case) -> Matrix | None:
    box = [case.box[symbol] for symbol in case.varying]
    if len(box) > MOST or case.formula.has(*_KINKS) or any(d.low == d.high for d in box):
        return None
    return sympy.hessian(case.formula, case.varying).applyfunc(sympy.expand)


def _roots(hessian: Matrix) -> list[Expr]:
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
