"""All that is decided of a loss in one variable whose parameters only scale it."""

from __future__ import annotations

import time
from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import replace

import sympy
from flint import arb
from sympy import Expr, Rational

from symloss.audit.findings import Finding
from symloss.audit.properties.constants import BOUNDS, SLOPES
from symloss.audit.properties.profiles import Known, known
from symloss.audit.properties.shape import shape
from symloss.audit.properties.shapes import convexity, shapes
from symloss.audit.signs import worker
from symloss.audit.signs.peaks import Peak, greatest, highest
from symloss.audit.signs.view import whole_below
from symloss.audit.subject import Subject, in_signs
from symloss.audit.verdicts import Answer, Proved, Refuted, Unknown

METHOD = "ends, joints and critical points, all found from signs of derivatives"
TRIED = ("greatest values on pieces",)
SHAPES = ("convex", "concave", "affine", "strictly_convex", "quasiconvex")


def line(
    subject: Subject, seconds: float, names: Collection[str] = (*SHAPES, *BOUNDS, *SLOPES)
) -> list[Finding]:
    """Shapes and constants of losses in one variable; nothing where other symbols are left.

    Those named are among what is told.

    What stays unknown here is listed as such: the slower search for constants would not find it.
    """
    until = time.process_time() + seconds
    told = ((shapes, SHAPES), (_bounds, BOUNDS), (_slopes, SLOPES))
    parts = [part for part, of in told if set(of) & set(names)]
    found: list[Finding] = []
    with suppress(worker.StepEnded), worker.step(seconds):
        found += _by_rules(subject, seconds / 4) if shapes in parts else []
        lines = known(subject, seconds) or []
        for part in parts if lines else ():
            left = until - time.process_time()
            with suppress(worker.StepEnded), worker.step(max(0.1, left * 0.7)):
                found += part(lines)
    return _best(found)


def _by_rules(subject: Subject, seconds: float) -> list[Finding]:
    """What the composition rules tell, which need no derivatives and explain themselves."""
    if not subject.cases or len(subject.cases[0].varying) != 1:
        return []
    with suppress(worker.StepEnded), worker.step(seconds):
        return shape(replace(subject, cases=()), seconds)
    return []


def _best(found: Sequence[Finding]) -> list[Finding]:
    """The first finding of each property that decides it."""
    best: dict[str, Finding] = {}
    for one in found:
        known = best.get(one.name)
        if known is None or known.verdict == "UNKNOWN":
            best[one.name] = one
        elif one.region and known.verdict == one.verdict:
            best[one.name] = replace(known, region=one.region, detail=one.detail)
    return list(best.values())


def _bounds(lines: Sequence[Known]) -> list[Finding]:
    return [_constant("lower_bound", lines, ((0, -1),)), _constant("upper_bound", lines, ((0, 1),))]


def _slopes(lines: Sequence[Known]) -> list[Finding]:
    joints = [joint for one in lines for joint in one.line.joints]
    orders = [joint.orders for joint in joints if joint.orders is not None]
    worst = min(orders, default=1)
    first = (
        _infinite("lipschitz", "it jumps")
        if worst < 0
        else _constant("lipschitz", lines, ((1, 1), (1, -1)))
    )
    second = (_infinite("gradient_lipschitz", "the slope jumps") if worst < 1
              else _constant("gradient_lipschitz", lines, ((2, 1), (2, -1))))  # fmt: skip
    return [first, second, _strong(lines)]


def _infinite(name: str, why: str) -> Finding:
    is_jump = name == "lipschitz"  # of values: the slopes beside it may be bounded
    data = {"kind": "consequence", "of": "smoothness", "why": why,
            "class": "discontinuous" if is_jump else "C0"}  # fmt: skip
    return Finding(name, Proved(why, (why,), data), "oo", formula=sympy.oo)


def _strong(lines: Sequence[Known]) -> Finding:
    name = "strong_convexity_constant"
    convex = convexity(lines, 1)
    if isinstance(convex, Refuted):
        answer = Proved("not convex", (), {**convex.witness, "kind": "not convex"})
        return Finding(name, answer, "0", formula=sympy.S.Zero)
    if isinstance(convex, Unknown):
        return Finding(name, Unknown(TRIED))
    return _constant(name, lines, ((2, -1),))


def _constant(name: str, lines: Sequence[Known], sides: tuple[tuple[int, int], ...]) -> Finding:
    """The highest of some suprema, times -1 for a lower bound."""
    peaks: list[tuple[Known, Peak]] = []
    for one in lines:
        for order, way in sides:
            peak = greatest(one.line, order, way)
            if peak is None:
                return Finding(name, Unknown(TRIED))
            peaks.append((one, peak))
    order, way = sides[0][0], sides[0][1] if len(sides) == 1 else 1
    exact = [(one, peak) for one, peak in peaks if peak.value is not None]
    if len(exact) < len(peaks):
        return _bracketed(name, peaks, order, way)
    signs = in_signs({symbol: span for one in lines for symbol, span in one.case.box.items()})
    values = [one.told(peak.value, order).xreplace(signs) for one, peak in exact]
    best = _largest(values)
    if best is None:
        return Finding(name, Unknown(TRIED))
    chosen = next(n for n, value in enumerate(values) if value == best or best.has(sympy.Max))
    back = {known: symbol for symbol, known in signs.items()}
    return _found(name, exact[chosen], sympy.simplify(way * best).xreplace(back), order)


def _largest(values: list[Expr]) -> Expr | None:
    if sympy.nan in values:
        return None
    if sympy.oo in values:
        return sympy.oo
    finite = [value for value in values if value != -sympy.oo]
    if not finite:
        return -sympy.oo
    if all(value.is_number for value in finite):
        peak = highest([Peak(value, None, "", False) for value in finite])
        return None if peak is None else peak.value
    return sympy.simplify(sympy.Max(*finite))


def _found(name: str, best: tuple[Known, Peak], value: Expr, order: int) -> Finding:
    one, peak = best
    verb = "attained at" if peak.attained else "approached at"
    stretch = "" if one.scale.stretch == 1 else f" ({one.symbol} in units of {one.scale.stretch})"
    data = {"kind": "peak", "order": order, "place": peak.place, "value": str(peak.value),
            "formula": sympy.srepr(one.line.formula), "symbol": str(one.line.symbol),
            "scale": str(one.scale.of_derivative(order)),
            "trusted": ["diff", "limit", "solve"]}  # fmt: skip
    answer: Answer = Proved(METHOD, (f"{verb} {peak.place}{stretch}",), data)
    return Finding(name, answer, str(value), f"{verb} {peak.place}{stretch}", value)


def _bracketed(name: str, peaks: list[tuple[Known, Peak]], order: int, way: int) -> Finding:
    """A bound in decimals where the critical point has no name; it says that it is not exact."""
    factors = {one.scale.of_derivative(order) for one, _ in peaks}
    inputs = {name for one, _ in peaks for name in one.case.fixed}
    if len(factors) != 1 or factors.pop().free_symbols & inputs:
        return Finding(name, Unknown(TRIED))
    best = highest([peak for _, peak in peaks])
    if best is not None and best.value is not None:
        chosen = next(pair for pair in peaks if pair[1] is best)
        value = chosen[0].told(best.value, order)
        return _found(name, chosen, sympy.simplify(way * value), order)
    if best is None or best.ball is None or not best.ball.is_finite():
        return Finding(name, Unknown(TRIED))
    one = peaks[0][0]
    lower, upper = _decimals(best.ball)
    bound = sympy.simplify(way * upper * one.scale.of_derivative(order))
    data = {"kind": "bracket", "low": str(way * lower), "high": str(way * upper)}
    told = f"between {way * lower} and {way * upper}, near {best.place}"
    return Finding(name, Proved(METHOD, (told,), data), str(bound), told, bound, tight=False)


def _decimals(ball: arb) -> tuple[Rational, Rational]:
    """The ends of a ball, rounded outwards to twelve decimals."""
    scaled = ball * 10**12
    return Rational(whole_below(scaled.lower()), 10**12), Rational(
        whole_below(scaled.upper()) + 1, 10**12
    )
