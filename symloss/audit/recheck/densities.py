"""Likelihoods, replayed: the loss and the logarithm of the density differ by what does not vary.

The density is the spec's own. Where it is given at single outcomes it is compared at those. What
choices there are is made in every way that may occur: all must come to the same.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import sympy
from sympy import Expr, Symbol

from symloss.audit.recheck.choices import Unclear
from symloss.audit.recheck.choices import formulas as every_formula
from symloss.audit.recheck.formulas import plain
from symloss.audit.recheck.stretches import inside_of
from symloss.audit.recheck.whole import Whole
from symloss.audit.recheck.witnesses import Case, Finding, NotReplayable, varying
from symloss.language import Finite, Interval
from symloss.program import Program


def likelihood(case: Case, finding: Finding) -> bool:
    """The loss plus the log-density does not depend on what varies."""
    told, program = case.spec.likelihood, varying(case, finding)
    if told is None or finding["value"] != told.density or finding["property"] != "likelihood":
        return False
    if not program.is_scalar or set(program.wrt) != set(case.spec.wrt):
        raise NotReplayable("losses with core dimensions, or a part of what varies")
    total = Whole(program, {}, {}, {}).element("loss", ()) + _by_name(told.log_density)
    return all(
        _is_still(total.subs(outcome), program)
        for outcome in _outcomes(total, Symbol(told.variable, real=True), program)
    )


def _by_name(formula: Expr) -> Expr:
    """With the symbols that elements of an instance have."""
    return formula.xreplace({s: Symbol(s.name, real=True) for s in formula.free_symbols})


def _outcomes(total: Expr, target: Symbol, program: Program) -> Iterator[dict[Symbol, Expr]]:
    """The values that conditions single out, and those of inputs with finitely many."""
    tests = [test for test in total.atoms(sympy.Eq, sympy.Ne) if test.has(target)]
    single = {side for test in tests for side in test.args if side.is_Rational}
    finite = {
        Symbol(e.name, real=True): e.domain.values
        for e in program.arguments if isinstance(e.domain, Finite)
    }  # fmt: skip
    if single:
        finite[target] = tuple(sorted(single & set(finite.get(target, single))))
    for values in itertools.product(*finite.values()):
        yield dict(zip(finite, values, strict=True))


def _is_still(total: Expr, program: Program) -> bool:
    """Whether a formula does not depend on what varies."""
    inside = {
        Symbol(e.name, real=True): inside_of(e.name, e.domain)
        for e in program.arguments if isinstance(e.domain, Interval)
    }  # fmt: skip
    formula = plain(total).subs(inside, simultaneous=True)
    for name in program.wrt:
        for u in inside[Symbol(name, real=True)].free_symbols:
            try:
                first, *others = every_formula(sympy.simplify(formula), u, None)
            except Unclear:
                raise NotReplayable("choices of the loss and the density") from None
            gaps = [sympy.diff(first, u), *(first - other for other in others)]
            if not all(_vanishes(gap) for gap in gaps):
                raise NotReplayable("a difference to the density that algebra does not settle")
    return True


def _vanishes(gap: Expr) -> bool:
    return bool(sympy.simplify(sympy.expand_log(gap)) == 0)
