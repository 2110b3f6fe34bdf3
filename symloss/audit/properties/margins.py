"""Losses of a margin: f(prediction, target) = phi(target*prediction) with targets -1 and 1.

Labels 0 and 1 are labels as well as -1 and 1, if exchanging them reflects the prediction.

Calibration is that of Bartlett, Jordan and McAuliffe (2006), Convexity, classification, and risk
bounds. A convex phi is calibrated if and only if it is differentiable at 0 with phi'(0) < 0
(theorem 2 there). For others their definition is used: with

    C(eta, v) = eta*phi(v) + (1 - eta)*phi(-v),

phi is calibrated if for eta > 1/2 the infimum over v <= 0 exceeds the infimum over all v. That
follows, with a = phi(oo) and b = phi(-oo), from phi(v) + phi(-v) >= a + b for v >= 0 and
inf phi(-v) > a over v >= 0, since C(eta, -v) - C(eta, oo) is a mean of these two gaps. An even phi
is never calibrated.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import sympy
from sympy import Expr, Rational, S, Symbol

from symloss.audit.findings import Finding
from symloss.audit.signs import balls, cells, chain, samples
from symloss.audit.signs.convexity import on_line, one_sided
from symloss.audit.signs.decide import decided, ordered_breaks
from symloss.audit.signs.extrema import infimum
from symloss.audit.signs.zeros import vanishes
from symloss.audit.subject import REALS, Case, Subject
from symloss.audit.verdicts import Answer, Proved, Refuted, Unknown
from symloss.language import Interval

NAMES = ("classification_calibrated", "upper_bounds_zero_one")
NONE = "no loss of a margin: two labels whose exchange reflects a real prediction"
CALIBRATED = {"kind": "calibrated margin"}
WRONG = Interval(-sympy.oo, S.Zero, True, False)
RIGHT = Interval(S.Zero, sympy.oo, False, True)


def margins(subject: Subject, seconds: float) -> list[Finding]:  # noqa: ARG001 - a property
    """Calibration for classification, and the multiple of the zero-one loss that lies below."""
    phi = margin(subject)
    if phi is None:
        return [Finding(name, Unknown((NONE,))) for name in NAMES]
    return [Finding(NAMES[0], _calibrated(phi)), _above_zero_one(phi)]


def margin(subject: Subject) -> Case | None:
    """The loss as a function of the margin, if it is one."""
    labelled = {
        Rational(case.chosen[0][1]): case for case in _labelled(subject) if len(case.chosen) == 1
    }
    if set(labelled) not in ({-1, 1}, {0, 1}):
        return None
    right, wrong = labelled[max(labelled)], labelled[min(labelled)]
    if len(right.varying) != 1 or right.fixed or right.widened:
        return None
    v = right.varying[0]
    if right.box[v] != REALS:
        return None
    return right if _mirrored(right.formula, wrong.formula, v) else None


def _labelled(subject: Subject) -> Sequence[Case]:
    """The cases of two labels; a target in [0, 1] is a label at its ends."""
    if len(subject.cases) != 1 or len(subject.cases[0].fixed) != 1:
        return subject.cases
    (case,) = subject.cases
    (target,) = case.fixed
    if (case.box[target].low, case.box[target].high) != (0, 1):
        return subject.cases
    box = {name: span for name, span in case.box.items() if name != target}
    return [
        replace(case, chosen=((str(target), end),), box=box, fixed=(), widened=(),
                formula=cells.plain(case.formula.subs(target, int(end))))
        for end in ("0", "1") if case.box[target].contains(Rational(end))
    ]  # fmt: skip


def _mirrored(one: Expr, other: Expr, v: Symbol) -> bool:
    """Whether one(v) is other(-v): by algebra, or the same formula on every piece."""
    back = other.subs(v, -v)
    if one == back or vanishes(one - back):
        return True
    box = dict.fromkeys(one.free_symbols | back.free_symbols, REALS)
    if set(box) != {v}:
        return False
    return isinstance(decided(one - back, box, "=="), Proved)


def _calibrated(phi: Case) -> Answer:
    v = phi.varying[0]
    shape = on_line(phi.formula, v, dict(phi.box))
    if isinstance(shape, Proved):
        return _by_slope(phi)
    if _is_even(phi):
        even = {"kind": "even", "formula": str(phi.formula)}
        return Refuted("phi(v) = phi(-v): both signs are as good", even)
    return _by_definition(phi)


def _by_slope(phi: Case) -> Answer:
    v = phi.varying[0]
    rest = {name: domain for name, domain in phi.box.items() if name != v}
    for outer in cells.cells(rest):
        sides = _slopes_at_zero(phi.formula.subs(outer), v)
        if sides is None:
            return Unknown(("the slopes at 0",))
        before, after = sides
        witness = {"kind": "slopes at 0", "before": str(before), "after": str(after)}
        if cells.sign_in(sympy.expand(after - before), 2) == "+":
            return Refuted("phi is convex and not differentiable at 0", witness)
        if not vanishes(before - after):
            return Unknown(("the slopes at 0",))
        sign = cells.sign_in(before, 2)
        if sign in ("+", "0", "0+"):
            return Refuted("phi is convex and phi'(0) is not negative", witness)
        if sign != "-":
            return Unknown(("the sign of the slope at 0",))
    steps = ("phi is convex", "phi is differentiable at 0", "phi'(0) < 0")
    return Proved("Bartlett, Jordan and McAuliffe (2006), theorem 2", steps, CALIBRATED)


def _slopes_at_zero(formula: Expr, v: Symbol) -> tuple[Expr, Expr] | None:
    """The slopes on either side of 0."""
    places = ordered_breaks(formula, v, REALS)
    if places is None:
        return None
    at = places.index(S.Zero)
    found = []
    for low, high, way in ((places[at - 1], S.Zero, "-"), (S.Zero, places[at + 1], "+")):
        piece = cells.resolved(formula, {v: cells.open_cell(low, high)[1]})
        slope = None if piece is None else one_sided(sympy.diff(piece, v), v, S.Zero, way)
        if slope is None or not slope.is_finite:
            return None
        found.append(slope)
    return found[0], found[1]


def _is_even(phi: Case) -> bool:
    v = phi.varying[0]
    return _mirrored(phi.formula, phi.formula, v)


def _by_definition(phi: Case) -> Answer:
    v = phi.varying[0]
    tried = ("convexity", "limits of phi and the sum phi(v) + phi(-v)")
    if set(phi.box) != {v}:
        return Unknown(tried)
    ends = [_end(phi.formula, v, way) for way in (1, -1)]
    if ends[0] is None or ends[1] is None:
        return Unknown(tried)
    a, b = ends[0], ends[1]
    half = {v: RIGHT}
    both = decided(phi.formula + phi.formula.subs(v, -v) - a - b, half, ">=")
    least = infimum(phi.formula, {v: WRONG}, [v])
    if not isinstance(both, Proved) or least.value is None:
        return Unknown(tried)
    if (
        not isinstance(least.answer, Proved)
        or sympy.simplify(least.value - a).is_positive is not True
    ):
        return Unknown(tried)
    steps = (f"phi tends to {a} and {b} at oo and -oo",
             f"phi(v) + phi(-v) >= {sympy.simplify(a + b)} for v >= 0",
             f"phi >= {least.value} > {a} for v <= 0")  # fmt: skip
    return Proved(
        "the definition: wrong signs cost more than the limit at infinity", steps, CALIBRATED
    )


def _end(formula: Expr, v: Symbol, way: int) -> Expr | None:
    """The limit at infinity, if it is finite."""
    places = ordered_breaks(formula, v, REALS)
    if places is None:
        return None
    span = places[-2:] if way > 0 else places[:2]
    piece = cells.resolved(formula, {v: cells.open_cell(span[0], span[1])[1]})
    if piece is None:
        return None
    y = sympy.Dummy("y", positive=True)
    found = chain.limit(piece.subs(v, way * y), y, sympy.oo)
    return found if found is not None and found.is_finite else None


def _above_zero_one(phi: Case) -> Finding:
    """The largest c with phi >= c for wrong signs, given phi >= 0."""
    name = NAMES[1]
    v = phi.varying[0]
    below = decided(phi.formula, dict(phi.box), ">=")
    if isinstance(below, Refuted):
        return Finding(name, Refuted("the loss is negative somewhere", below.witness))
    least = infimum(phi.formula, {**phi.box, v: WRONG}, [v])
    if not isinstance(below, Proved) or least.value is None or not isinstance(least.answer, Proved):
        return Finding(name, Unknown(("infimum over margins that are not positive",)))
    value = sympy.simplify(least.value)
    if value == 0:
        near = _near_zero(phi)
        told = {"kind": "infimum", "value": "0", "place": str(least.place), **near}
        return Finding(name, Refuted("no multiple: the infimum over wrong signs is 0", told))
    if not _is_positive(value, phi):
        return Finding(name, Unknown((f"the sign of {value}",)))
    steps = ("the loss is not negative", f"it is at least {value} where target*prediction <= 0")
    data = {"kind": "margin above zero-one"}
    return Finding(name, Proved("infimum over margins that are not positive", steps, data),
                   str(value), f"{value}*zero_one <= loss", formula=value)  # fmt: skip


def _near_zero(phi: Case) -> dict[str, object]:
    """A wrong or undecided margin at which the loss is small."""
    v = phi.varying[0]
    box = {**phi.box, v: WRONG}
    for point in samples.points(box, 60):
        found = balls.value(phi.formula, point)
        if found is not None and bool(found < 1e-3):
            return {"point": samples.text(point)}
    return {}


def _is_positive(value: Expr, phi: Case) -> bool:
    if value.is_number:
        return value.is_positive is True
    box = {name: domain for name, domain in phi.box.items() if value.has(name)}
    return isinstance(decided(value, box, ">"), Proved)
