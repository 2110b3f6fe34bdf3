"""Whether a loss is the negative logarithm of the density that its spec names, up to what varies.

The difference between the loss and -log(density) must not depend on `wrt`: its derivative by each
name of `wrt` is 0 by algebra, or by signs on pieces; a rational point at which it surely is not 0
refutes. A density that is given at single outcomes (Bernoulli's) is compared at those.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import sympy
from sympy import Expr, Symbol

from symloss.audit.findings import Finding
from symloss.audit.signs import balls, cells, samples
from symloss.audit.signs.decide import decided
from symloss.audit.signs.inpieces import in_pieces
from symloss.audit.subject import Case, Subject
from symloss.audit.verdicts import Answer, Proved, Refuted, Unknown
from symloss.language import Interval
from symloss.spec import Likelihood, scalar_symbol

NAME = "likelihood"
METHOD = "loss + log(density) does not depend on what varies"
POINTS = 80


def likelihood(subject: Subject, seconds: float) -> list[Finding]:  # noqa: ARG001 - a property
    """The density of the spec's table `[likelihood]`, proved or refuted."""
    told = subject.spec.likelihood
    if told is None:
        return [Finding(NAME, Unknown(("the spec names no density",)))]
    if not subject.cases:
        return [Finding(NAME, Unknown(("losses without core dimensions",)))]
    answers = [_of_case(case, told) for case in subject.cases]
    for kind in (Refuted, Unknown):
        for answer in answers:
            if isinstance(answer, kind):
                return [Finding(NAME, answer, told.density, f"of {told.variable}")]
    return [Finding(NAME, answers[0], told.density, f"of {told.variable}")]


def _of_case(case: Case, told: Likelihood) -> Answer:
    chosen = {scalar_symbol(name): sympy.Rational(value) for name, value in case.chosen}
    total = case.formula + cells.plain(told.log_density.subs(chosen))
    target = scalar_symbol(told.variable)
    steps = []
    for outcome in _outcomes(total, target):
        at = {} if outcome is None else {target: outcome}
        where = "" if outcome is None else f" at {target} = {outcome}"
        for symbol in case.varying:
            answer = _vanishes(sympy.diff(in_pieces(total.subs(at)), symbol), case)
            if not isinstance(answer, Proved):
                return answer
            steps.append(f"the derivative of loss + log(density) by {symbol} is 0{where}")
    return Proved(METHOD, tuple(steps), {"kind": "identity", "trusted": ["diff", "simplify"]})


def _outcomes(total: Expr, target: Symbol) -> list[Expr | None]:
    """The values that conditions single out; None: every value."""
    tests = total.atoms(sympy.Eq)
    values = {side for test in tests if test.has(target) for side in test.args if side.is_Rational}
    return sorted(values) or [None]


def _vanishes(slope: Expr, case: Case) -> Answer:
    if slope.has(sympy.nan, sympy.zoo):
        return Unknown((METHOD,))
    witness = next(_nonzero(slope, case), None)
    if witness is not None:
        told = {"kind": "value", "expression": sympy.srepr(slope), "relation": "==",
                "point": samples.text(witness)}  # fmt: skip
        return Refuted("the difference to the density depends on what varies", told)
    if _is_zero(slope, case.box):
        return Proved(METHOD)
    box = {name: span for name, span in case.box.items() if slope.has(name)}
    answer = decided(slope, box, "==")
    return answer if isinstance(answer, Proved) else Unknown((METHOD,))


def _nonzero(slope: Expr, case: Case) -> Iterator[dict[Symbol, sympy.Rational]]:
    names = {name: span for name, span in case.box.items() if slope.has(name)}
    for point in samples.points(names, POINTS) if names else [{}]:
        if any(not point[name].is_Integer for name in case.widened if name in point):
            continue
        found = balls.value(slope, point)
        if found is not None and not found.contains(0):
            yield point


def _is_zero(slope: Expr, box: Mapping[Symbol, Interval]) -> bool:
    """By algebra, with the signs that the box gives, on every branch."""
    signs = {
        name: sympy.Dummy(name.name, positive=True)
        for name, span in box.items()
        if span.low >= 0 and span.low_open
    }
    return bool(sympy.simplify(sympy.piecewise_fold(slope.xreplace(signs))) == 0)
