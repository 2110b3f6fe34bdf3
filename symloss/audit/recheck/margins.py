"""Losses of a margin, replayed: f(prediction, target) = phi(target*prediction).

The two labels are -1 and 1, or 0 and 1; a target in [0, 1] is a label at its ends. The loss is phi
at the greater label, and phi reflected at the other. Calibration is that of Bartlett, Jordan and
McAuliffe (2006): a convex phi is calibrated if and only if it is differentiable at 0 and falls
there (theorem 2); an even one never is; any phi with limits a at oo and b at -oo is, if phi(v) +
phi(-v) >= a + b for v >= 0 and the infimum over v <= 0 exceeds a: wrong signs then cost more than
v -> oo.
"""

from __future__ import annotations

from dataclasses import replace

from sympy import Expr, S

from symloss.audit.recheck import formulas
from symloss.audit.recheck.choices import Unclear, places_of
from symloss.audit.recheck.course import (
    at,
    is_analytic,
    is_convex,
    is_joined,
    lowest,
    slopes_at,
    vanishes,
)
from symloss.audit.recheck.stretches import OneLine, X, has_sign, lines_of, ordered
from symloss.audit.recheck.witnesses import Case, Finding, NotReplayable
from symloss.language import Finite, Interval

LABELS = ({S.NegativeOne, S.One}, {S.Zero, S.One})


def calibrated(case: Case, finding: Finding) -> bool:
    """The loss is a margin's, and calibrated by its slope at 0 or by the definition."""
    if finding["property"] != "classification_calibrated":
        return False
    phi = _phi(case, finding)
    if not is_convex(phi):
        return _by_definition(phi)
    before, after = _slopes_at_zero(phi)
    return vanishes(after - before) and has_sign(before, "negative")


def not_calibrated(case: Case, finding: Finding) -> bool:
    """A convex phi that does not fall at 0, or has a kink there."""
    if finding["property"] != "classification_calibrated":
        return False
    phi = _phi(case, finding)
    if not is_convex(phi):
        raise NotReplayable("whether the loss is convex in the margin")
    before, after = _slopes_at_zero(phi)
    return has_sign(after - before, "positive") or has_sign(before, "nonnegative")


def even(case: Case, finding: Finding) -> bool:
    """Both signs of the margin are as good."""
    phi = _phi(case, finding)
    return finding["property"] == "classification_calibrated" and _is_zero(
        phi, phi.formula - phi.formula.subs(X, -X)
    )


def above_zero_one(case: Case, finding: Finding) -> bool:
    """The loss is not negative, and the value is its infimum over wrong signs."""
    value = formulas.read(finding["value"], formulas.names_of(case.program))
    least = _least_of_wrong(case, finding)
    moved = _phi(case, finding).read(value)
    return has_sign(moved, "positive") and vanishes(least - moved)


def not_above_zero_one(case: Case, finding: Finding) -> bool:
    """The infimum over wrong signs is 0."""
    return vanishes(_least_of_wrong(case, finding))


def _least_of_wrong(case: Case, finding: Finding) -> Expr:
    if finding["property"] != "upper_bounds_zero_one":
        raise ValueError("another property")
    phi = _phi(case, finding)
    zero = at(phi)
    total = lowest(phi.stretches, phi.values)
    if not (total == 0 or has_sign(total, "nonnegative")):
        raise ValueError("a loss that is negative")
    return lowest(phi.stretches[: zero + 1], phi.values[: zero + 1])


def _by_definition(phi: OneLine) -> bool:
    zero = at(phi)
    high, low = phi.stretches[-1], phi.stretches[0]
    a, b = high.limit(high.formula, upper=True), low.limit(low.formula, upper=False)
    if not (a.is_finite and b.is_finite):
        raise NotReplayable("a loss that is not convex and has no limits")
    both = _as_line(phi, phi.formula + phi.formula.subs(X, -X) - a - b)
    middle = at(both)
    lows = [*both.values[middle:], *(S.Zero,)]
    gap = lowest(both.stretches[middle + 1 :], lows)
    wrong = lowest(phi.stretches[: zero + 1], phi.values[: zero + 1])
    return has_sign(gap, "nonnegative") and has_sign(wrong - a, "positive")


def _slopes_at_zero(phi: OneLine) -> tuple[Expr, Expr]:
    zero = at(phi)
    left, right = phi.stretches[zero], phi.stretches[zero + 1]
    if not is_joined(phi, left, S.Zero, right):
        raise NotReplayable("a jump at 0")
    return slopes_at(left, right)


def _phi(case: Case, finding: Finding) -> OneLine:
    """The loss as a function of the margin.

    Raises:
        NotReplayable: it is none, as far as the checker sees.
    """
    lines = {line.names[name]: line for name, line in of_labels(case, finding)}
    if set(lines) not in LABELS:
        raise NotReplayable("labels that are not two")
    right, wrong = lines[max(lines)], lines[min(lines)]
    whole = right.domain.low.is_infinite and right.domain.high.is_infinite
    if right.inputs or not whole or S.Zero not in right.places:
        raise NotReplayable("no function of a margin")
    if not _is_zero(right, right.formula - wrong.formula.subs(X, -X)):
        raise NotReplayable("labels whose exchange does not reflect the loss")
    if not all(is_analytic(part.formula, part) for part in right.stretches):
        raise NotReplayable("a loss that may not be smooth between places")
    return right


def of_labels(case: Case, finding: Finding) -> list[tuple[str, OneLine]]:
    """The name of the one input beside what varies, and the loss at each of its labels.

    Raises:
        NotReplayable: it is no label.
    """
    others = [entry for entry in case.program.inputs if entry.name not in finding["wrt"]]
    if len(others) != 1:
        raise NotReplayable("another number of inputs than two")
    (target,) = others
    domain = target.domain
    if isinstance(domain, Interval) and (domain.low, domain.high) == (0, 1) and not (
        domain.low_open or domain.high_open
    ):  # fmt: skip
        labels = replace(target, domain=Finite((S.Zero, S.One)))
        inputs = tuple(labels if entry == target else entry for entry in case.program.inputs)
        case = replace(case, program=replace(case.program, inputs=inputs))
    elif not isinstance(domain, Finite):
        raise NotReplayable("a target that is no label")
    return [(target.name, line) for line in lines_of(case, finding)]


def _is_zero(line: OneLine, gap: Expr) -> bool:
    """Whether a formula is 0 on the whole line."""
    if vanishes(gap):
        return True
    moved = _as_line(line, gap)
    return all(vanishes(part.formula) for part in moved.stretches) and all(
        vanishes(value) for value in moved.values
    )


def _as_line(line: OneLine, formula: Expr) -> OneLine:
    """Another formula on the same line."""
    try:
        places = ordered([*places_of(formula, X), S.Zero])
    except Unclear as unclear:
        raise NotReplayable("places of choices") from unclear
    return replace(line, formula=formula, places=places)
