"""Constants of losses in one variable, replayed as inequalities, and as limits that reach them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import sympy
from sympy import Expr, S, Symbol

from symloss.audit.recheck import formulas
from symloss.audit.recheck.ends import cells_of
from symloss.audit.recheck.orders import Orders
from symloss.audit.recheck.places import places_of_sum
from symloss.audit.recheck.rules import Rules
from symloss.audit.recheck.stretches import OneLine, Stretch, W, X, has_sign, lines_of
from symloss.audit.recheck.witnesses import Case, Finding, NotReplayable, chord, varying

BOUNDED = {
    "lower_bound": (0, (-1,)), "upper_bound": (0, (1,)), "lipschitz": (1, (1, -1)),
    "gradient_lipschitz": (2, (1, -1)), "strong_convexity_constant": (2, (-1,)),
}  # fmt: skip
"""Which derivative, times what, has the constant (times the last, for lower ones) as supremum."""


def constant(case: Case, finding: Finding) -> bool:
    """The constant bounds its derivative on every stretch, and some value or limit reaches it.

    Bounds of the loss itself in several variables may be seen in one of them, the others being any.
    """
    order, ways = BOUNDED[str(finding["property"]).partition(" in ")[0]]
    if order == 0 and len(finding["wrt"]) > 1:
        return _in_one_of_several(case, finding)
    lines = lines_of(case, finding)
    value = formulas.read(finding["value"], formulas.names_of(case.program))
    value = value if len(ways) == 2 else ways[0] * value
    reached = [(line, at) for line in _at_ends_of_inputs(case, finding)
               for at in _ends(line, order, ways)]  # fmt: skip
    if value.is_infinite:
        return value == sympy.oo and any(at == sympy.oo for _, at in reached)
    if order and not _joins(case, finding, order, ways):
        raise NotReplayable("joints beyond the checker's rules")
    if not all(_is_bound(line, order, way, _put(value, line)) for line in lines for way in ways):
        raise NotReplayable("a bound that the checker's algebra does not show")
    every = value.args if isinstance(value, sympy.Max) else (value,)
    if finding["tight"] and not all(
        any(_same(_put(one, line), at) for line, at in reached) for one in every
    ):
        raise NotReplayable("a place that reaches the constant")
    return True


def _put(value: Expr, line: OneLine) -> Expr:
    """A value in the symbols of a line."""
    swap = {case_symbol(name): form for name, form in line.names.items()}
    return value.subs(swap, simultaneous=True)


def _in_one_of_several(case: Case, finding: Finding) -> bool:
    missing = NotReplayable("several variables")
    for name in finding["wrt"]:
        try:
            if constant(case, {**finding, "wrt": [name]}):
                return True
        except NotReplayable as reason:
            missing = reason
    raise missing


def terms(case: Case, finding: Finding) -> bool:
    """A sum over places that have values of their own: so many times what holds of one."""
    if finding["property"] not in BOUNDED:
        raise NotReplayable(f"no checker for {finding['property']} of a sum over places")
    order, _ = BOUNDED[finding["property"]]
    places = places_of_sum(case)
    weight = sympy.diff(places.outer, places.total)
    names = formulas.names_of(case.program)
    if places.outer.subs(places.total, 0) != 0 or weight.free_symbols - set(names.values()):
        raise NotReplayable("a loss that is not proportional to the sum")
    known = Rules(case.program).of(weight)
    if not known.low >= 0:
        raise NotReplayable("a sum with a weight that may be negative")
    times = weight * {0: places.count, 1: sympy.sqrt(places.count), 2: S.One}[order]
    value = formulas.read(finding["value"], names)
    own = value if value.is_infinite else sympy.simplify(value / times)
    if own.free_symbols - {entry.symbol for entry in case.program.parameters}:
        raise NotReplayable("a constant of one place that depends on the sizes")
    if value.is_infinite and not known.positive:
        raise NotReplayable("a sum with a weight that may be 0")
    return constant(places.one, {**finding, "value": str(own)})


def case_symbol(name: str) -> Symbol:
    """The symbol of a scalar argument."""
    return Symbol(name, real=True)


def _at_ends_of_inputs(case: Case, finding: Finding) -> Iterator[OneLine]:
    """The loss with other inputs inside their domains, and at closed ends of these."""
    program = varying(case, finding)
    kept = [*program.wrt, *(entry.name for entry in program.parameters)]
    for _, part in cells_of(program, but=kept):
        yield from lines_of(replace(case, program=part), finding)


def _joins(case: Case, finding: Finding, order: int, ways: tuple[int, ...]) -> bool:
    """Whether what holds on stretches holds across places: values, or slopes, do not jump there."""
    program = varying(case, finding)
    if len(ways) == 1 and Rules(program).known["loss"].convex:
        return True
    return bool(Orders(program).steps["loss"] >= order - 1)


def _is_bound(line: OneLine, order: int, way: int, bound: Expr) -> bool:
    if order == 0:
        every = bound.args if isinstance(bound, sympy.Max) else (bound,)
        for value in line.values:
            if not any(has_sign(one - way * value, "nonnegative") for one in every):
                return False
    return all(
        part.is_at_most(way * sympy.diff(part.formula, X, order), bound) for part in line.stretches
    )


def _ends(line: OneLine, order: int, ways: tuple[int, ...]) -> Iterator[Expr]:
    """Limits at the ends of stretches, values at places."""
    for part in line.stretches:
        for way, upper in ((way, upper) for way in ways for upper in (False, True)):
            limit = part.limit(sympy.diff(part.formula, X, order), upper=upper)
            yield from _at_corners(way * limit, line.inputs)
    if order == 0:
        yield from (ways[0] * value for value in line.values)


def _at_corners(limit: Expr, inputs: frozenset[Symbol]) -> Iterator[Expr]:
    """A limit, and what it comes to where one input does to an end of its domain."""
    yield limit
    for symbol in limit.free_symbols & inputs if limit.is_finite is not False else ():
        for end in (S.Zero, sympy.oo) if symbol.is_positive else (S.Zero, sympy.oo, -sympy.oo):
            yield sympy.limit(limit, symbol, end)


def _same(one: Expr, other: Expr) -> bool:
    return bool(one == other) or (other.is_finite is not False and sympy.simplify(one - other) == 0)


def not_convex(case: Case, finding: Finding) -> bool:
    """A constant of strong convexity that is 0 since the loss is not convex."""
    told = {**finding, "property": "convex", "witness": finding["certificate"]}
    named = str(finding["property"]).partition(" in ")[0]
    return named == "strong_convexity_constant" and finding["value"] == "0" and chord(case, told)


def growth(case: Case, finding: Finding) -> bool:
    """How the loss grows at infinite ends of its domain, by limits."""
    pairs = [rates(line) for line in lines_of(case, finding)]
    return str(finding["value"]) in _words(pairs)


def rates(line: OneLine) -> tuple[str, ...]:
    """How the loss grows towards its ends, the infinite ones if there are any."""
    ends = [(line.stretches[0], False), (line.stretches[-1], True)]
    chosen = [(part, up) for part, up in ends if (part.high if up else part.low).is_infinite]
    if not chosen:
        return tuple(_rate_at_end(part, upper=up) for part, up in ends)
    return tuple(_rate(part, upper=up) for part, up in chosen)


def _rate_at_end(part: Stretch, *, upper: bool) -> str:
    """How a loss grows towards a finite end, where its domain has no other ends."""
    if part.limit(part.formula, upper=upper).is_finite:
        return "bounded"
    near = part.high - 1 / W if upper else part.low + 1 / W
    ratio = _far(part.formula.subs(X, near) / sympy.log(W))
    if ratio.is_finite and has_sign(ratio**2, "positive"):
        return "logarithmic"
    raise NotReplayable("another rate of growth at a finite end")


def _rate(part: Stretch, *, upper: bool) -> str:
    form = part.formula.subs(X, W if upper else -W)
    if not form.has(W) or _far(form).is_finite:
        return "bounded"
    for name, other in (("linear", W), ("quadratic", W**2), ("logarithmic", sympy.log(W))):
        ratio = _far(form / other)
        if ratio.is_finite and has_sign(ratio**2, "positive"):
            return name
    rate = _far(sympy.log(form) / W)
    if rate == sympy.oo or has_sign(rate, "positive"):
        return "exponential"
    raise NotReplayable("another rate of growth")


def _far(form: Expr) -> Expr:
    found = sympy.limit(form, W, sympy.oo)
    if found.has(sympy.Limit, sympy.AccumBounds, sympy.nan, sympy.zoo):
        raise NotReplayable("a limit")
    return found


def _words(pairs: list[tuple[str, ...]]) -> set[str]:
    """What may be said of the rates: one for all, one a side, or one on each side in turn."""
    if len({frozenset(pair) for pair in pairs}) > 1:
        return set()
    first, *rest = dict.fromkeys(pairs)
    if len(set(first)) == 1:
        return {first[0]}
    one, other = first
    if not rest:
        return {f"left: {one}, right: {other}"}
    one, other = sorted(first)
    return {f"{one} on one side, {other} on the other"}


def slopes_vanish(case: Case, finding: Finding) -> bool:
    """The slope tends to 0 at both infinities, and is not 0 throughout."""
    slopes = _far_slopes(case, finding)
    moves = any(sympy.diff(part.formula, X) != 0
                for line in lines_of(case, finding) for part in line.stretches)  # fmt: skip
    return moves and all(slope == 0 for slope in slopes)


def a_slope_stays(case: Case, finding: Finding) -> bool:
    """The slope does not tend to 0 at some infinity."""
    return any(slope.is_infinite or has_sign(slope**2, "positive")
               for slope in _far_slopes(case, finding))  # fmt: skip


def _far_slopes(case: Case, finding: Finding) -> list[Expr]:
    if finding["property"] != "redescending":
        raise NotReplayable("slopes far out")
    lines = lines_of(case, finding)
    if any(end.is_finite for line in lines for end in (line.domain.low, line.domain.high)):
        raise NotReplayable("a domain that is not the whole line")
    ends = [end for line in lines
            for end in ((line.stretches[0], False), (line.stretches[-1], True))]  # fmt: skip
    return [part.limit(sympy.diff(part.formula, X), upper=upper) for part, upper in ends]
