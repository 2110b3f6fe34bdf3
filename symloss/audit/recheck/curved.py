"""Shapes replayed by signs on stretches, in one variable, and by eigenvalues if quadratic."""

from __future__ import annotations

from collections.abc import Callable

import sympy
from sympy import Expr, Symbol

from symloss.audit.recheck import bends, curvatures, formulas, proofs
from symloss.audit.recheck.choices import CHOICES
from symloss.audit.recheck.course import is_convex, is_quasiconvex, vanishes
from symloss.audit.recheck.lowest import every_line
from symloss.audit.recheck.stretches import has_sign, inside_of
from symloss.audit.recheck.whole import Whole
from symloss.audit.recheck.witnesses import Case, Finding, NotReplayable, has_whole, varying
from symloss.language import Interval

Checker = Callable[[Case, Finding], bool]


def convex(case: Case, finding: Finding) -> bool:
    """The curvature of the loss by rules, or by second derivatives on stretches."""
    return _or_on_lines(proofs.composition, case, finding, "convex")


def strictly_convex(case: Case, finding: Finding) -> bool:
    """What a convex loss bends in, or that its second derivative is positive on stretches."""
    return _or_on_lines(bends.proof, case, finding, "strictly_convex")


def _or_on_lines(by_rules: Checker, case: Case, finding: Finding, name: str) -> bool:
    try:
        return by_rules(case, finding)
    except NotReplayable:
        one = str(finding["property"]).partition(" in ")[0] == name
        if not one or len(finding["wrt"]) != 1 or has_whole(case, finding["wrt"]):
            raise
        strictly = name == "strictly_convex"
        if not all(is_convex(line, strictly=strictly) for line in every_line(case, finding)):
            raise
        return True


def quasiconvex(case: Case, finding: Finding) -> bool:
    """In one variable: the loss does not fall once it has risen."""
    named = str(finding["property"]).partition(" in ")[0]
    if named != "quasiconvex" or has_whole(case, finding["wrt"]):
        return False
    return all(map(is_quasiconvex, every_line(case, finding)))


def eigenvalues(case: Case, finding: Finding) -> bool:
    """The constants of a quadratic loss: the extreme eigenvalues of its one Hessian."""
    program = varying(case, finding)
    if not program.is_scalar or has_whole(case, finding["wrt"]):
        return curvatures.proof(case, finding)
    inside = {Symbol(e.name, real=True): inside_of(e.name, e.domain)
              for e in program.parameters if isinstance(e.domain, Interval)}  # fmt: skip
    loss = Whole(program, {}, {}, {}).element("loss", ())
    if loss.has(*CHOICES):
        raise NotReplayable("a quadratic loss that makes choices")
    varied = [Symbol(name, real=True) for name in program.wrt]
    matrix = sympy.hessian(loss, varied).applyfunc(lambda node: sympy.simplify(node).subs(inside))
    if matrix.free_symbols - {s for form in inside.values() for s in form.free_symbols}:
        raise NotReplayable("a Hessian that is not the same everywhere")
    value = formulas.read(finding["value"], formulas.names_of(case.program)).subs(inside)
    every = list(matrix.eigenvals())
    if finding["property"] == "strong_convexity_constant":
        return _is_least(value, every)
    sizes = [-sympy.Abs(one) for one in every]
    return finding["property"] == "gradient_lipschitz" and _is_least(-value, sizes)


def _is_least(value: Expr, every: list[Expr]) -> bool:
    gaps = [one - value for one in every]
    return any(map(vanishes, gaps)) and all(
        vanishes(gap) or has_sign(gap, "nonnegative") for gap in gaps
    )
