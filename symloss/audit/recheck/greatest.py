"""How large a derivative of a function of one number may be, on an interval.

The interval is cut at 0 and where choices are made. Where the next derivative keeps one sign on a
part, the derivative lies between its limits at the ends: these are exact.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise

import sympy
from sympy import Expr, S, Symbol

from symloss.audit.recheck.choices import Unclear, places_of, resolved
from symloss.audit.recheck.formulas import plain
from symloss.audit.recheck.known import Known
from symloss.audit.recheck.stretches import Stretch, X, has_sign, ordered
from symloss.audit.recheck.witnesses import NotReplayable

LONGEST = 60


def greatest(
    formula: Expr, u: Symbol, order: int, span: Known, signed: Mapping[Symbol, Expr]
) -> Expr:
    """The supremum of the size of a derivative by u; oo where the checker does not see it.

    Args:
        formula: in u and parameters.
        u: what it is a function of.
        order: of the derivative.
        span: where u lies.
        signed: parameters in symbols that carry their signs.
    """
    if sympy.count_ops(formula) > LONGEST or formula.free_symbols - {u, *signed}:
        return sympy.oo
    moved = plain(formula).subs({**signed, u: X}, simultaneous=True)
    try:
        return _over(moved, order, span.low, span.high)
    except (Unclear, NotReplayable, NotImplementedError):
        return sympy.oo


def _over(formula: Expr, order: int, low: Expr, high: Expr) -> Expr:
    inner = [at for at in (*places_of(formula, X), S.Zero) if _is_between(low, at, high)]
    found = S.Zero
    for left, right in pairwise([low, *ordered(inner), high]):
        inside = Stretch(formula, left, right).inside
        part = Stretch(resolved(formula, X, inside), left, right)
        found = sympy.Max(found, _on(part, sympy.diff(part.formula, X, order)))
    return found


def _is_between(low: Expr, place: Expr, high: Expr) -> bool:
    gaps = [gap for gap in (place - low, high - place) if gap.is_finite is not False]
    if all(has_sign(gap, "positive") for gap in gaps):
        return True
    if any(has_sign(gap, "nonpositive") for gap in gaps):
        return False
    raise NotReplayable(f"whether {place} lies between")


def _on(part: Stretch, slope: Expr) -> Expr:
    if not slope.has(X):
        return _size(slope)
    turn = part.on(sympy.diff(slope, X))
    if not (has_sign(turn, "nonnegative") or has_sign(turn, "nonpositive")):
        raise NotReplayable("a derivative that may turn")
    return sympy.Max(*(_size(part.limit(slope, upper=upper)) for upper in (False, True)))


def _size(value: Expr) -> Expr:
    for sign, way in (("nonnegative", 1), ("nonpositive", -1)):
        if value.is_infinite or has_sign(value, sign):
            return abs(value) if value.is_infinite else way * value
    return sympy.Abs(value)
