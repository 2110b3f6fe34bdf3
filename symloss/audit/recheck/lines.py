"""Lines through small instances, replayed: jumps, limits, and values that are reached."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import flint
import sympy
from sympy import Expr, Rational, S, Symbol

from symloss.audit.recheck import families
from symloss.audit.recheck.evaluate import BITS, Unsettled, at_point, ball, enclosed
from symloss.audit.recheck.formulas import plain
from symloss.audit.recheck.sides import WIDTH, Side, T
from symloss.audit.recheck.whole import Whole
from symloss.audit.recheck.witnesses import Case, Finding, NotReplayable

FAR = 2**12


class Line:
    """A line of a witness: point + t*direction, in what varies only."""

    def __init__(self, case: Case, told: Mapping[str, Any], wrt: list[str]) -> None:
        """Keep the witness.

        Raises:
            Unsettled: its direction is none in what varies.
        """
        self.case, self.told = case, told
        self.point = {**told["point"], **told.get("parameters", {})}
        self.step = {n: Rational(v) for n, v in told["direction"].items() if Rational(v) != 0}
        moving = {label for name in wrt for label in case.labels(told, name)}
        if not self.step or not set(self.step) <= moving:
            raise Unsettled("a direction that is none of what varies")

    def at(self, t: Expr) -> dict[str, str]:
        """The point at a rational t."""
        return {n: str(Rational(v) + t * self.step.get(n, S.Zero)) for n, v in self.point.items()}

    def is_inside(self, t: Expr) -> bool:
        """Whether the point at t lies in the domain."""
        return self.case.contains(self.told, self.at(t))

    def beside(self, place: Expr, way: int) -> Expr | None:
        """The loss as a formula in t beside a place; None where the line leaves the domain."""
        t = _beside(place, way)
        if not self.is_inside(t):
            return None
        balls = {n: ball(Rational(v)) for n, v in self.at(t).items()}
        whole = Whole(
            self.case.program, self.told.get("sizes", {}), self.told.get("places", {}), balls
        )
        loss = whole.element("loss", ())
        moved = {s: Rational(self.point[s.name]) + T * self.step.get(s.name, S.Zero)
                 for s in loss.free_symbols}  # fmt: skip
        found = Side(place, way).settled(loss.subs(moved, simultaneous=True))
        self._compare(found, t)
        return found

    def _compare(self, formula: Expr, t: Expr) -> None:
        """Oppose the formula: it is the loss near the place."""
        value = at_point(self.case.program, self.told, self.at(t)).loss()
        with flint.ctx.workprec(BITS):
            if not value.overlaps(enclosed(formula, {T.name: ball(t)})):
                raise Unsettled("another formula than the loss")


def _rational(place: Expr) -> Rational:
    if not place.is_Rational:
        raise NotReplayable("a place that is no fraction")
    return place


def jumps(case: Case, told: Mapping[str, Any], wrt: list[str], order: int) -> bool:
    """Whether a derivative of this order differs on the two sides of t, or is infinite on one.

    The values themselves, of order 0, may differ from the value at t as well.
    """
    line, place = Line(case, told, wrt), Rational(told["t"])
    limits, is_defined = [], True
    for way in (-1, 1):
        formula = line.beside(place, way)
        if formula is not None:
            limits.append(Side(place, way).derivative(formula, order))
    if order == 0 and line.is_inside(place):
        here = at_point(case.program, told, line.at(place)).element("loss", ())
        value = here.subs({s: Rational(line.at(place)[s.name]) for s in here.free_symbols})
        is_defined = not value.has(sympy.nan, sympy.zoo)
        limits += [value] if is_defined else []
    if any(limit.is_infinite for limit in limits):
        return order > 0 or len(limits) > 1
    differ = any(_differ(limits[0], other) for other in limits[1:])
    if not differ and not is_defined:
        raise NotReplayable("a place where the loss is not defined")
    return differ


def _differ(one: Expr, other: Expr) -> bool:
    with flint.ctx.workprec(BITS):
        return not enclosed(one - other, {}).contains(0)


def joint(case: Case, finding: Finding) -> bool:
    """A line on which too few derivatives agree for what is refuted."""
    order = {"continuous": 0, "differentiable": 1}.get(str(finding["property"]))
    if order is None:
        return False
    told = finding["witness"]
    return any(jumps(case, told, finding["wrt"], n) for n in range(order + 1))


def flat(case: Case, finding: Finding) -> bool:
    """A line on which the second derivative comes to 0 or below: not strongly convex."""
    if str(finding["property"]).partition(" in ")[0] != "strongly_convex":
        return False
    told = finding["witness"]
    line = Line(case, told, finding["wrt"])
    place = end_of(told["t"])
    for way in (1,) if place.is_infinite else (-1, 1):
        formula = line.beside(place, way)
        if formula is not None and Side(place, way).derivative(formula, 2) <= 0:
            return True
    return False


def stays(case: Case, told: Mapping[str, Any], wrt: list[str], order: int) -> bool:
    """Whether a derivative on a line without end has another limit than 0."""
    place = end_of(told["t"])
    if not place.is_infinite or int(told["derivative"]) != order:
        return False
    formula = Line(case, told, wrt).beside(place, 1)
    if formula is None:
        return False
    limit = Side(place, 1).derivative(formula, order)
    return bool(limit.is_infinite) or _differ(limit, S.Zero)


def not_redescending(case: Case, finding: Finding) -> bool:
    """A line far out on which the slope does not vanish."""
    return finding["property"] == "redescending" and stays(
        case, finding["witness"], finding["wrt"], 1
    )


_UNBOUNDED = {
    "lower_bound": (0, (-1,)), "upper_bound": (0, (1,)), "lipschitz": (1, (1, -1)),
    "gradient_lipschitz": (2, (1, -1)),
}  # fmt: skip
"""Which derivative, times what, has no bound."""


def endless(case: Case, finding: Finding) -> bool:
    """A line on which the loss, or a derivative of it, grows without end."""
    told = finding["certificate"]
    named = str(finding["property"]).partition(" in ")[0]
    order, ways = _UNBOUNDED.get(named, (-1, ()))
    if int(told["derivative"]) != order or int(told["sign"]) not in ways:
        return False
    if finding["value"] != ("-oo" if named == "lower_bound" else "oo"):
        return False
    names = finding["wrt"] if order else [entry.name for entry in case.program.inputs]
    if case.program.parameters:
        return _endless_family(case, told, names, order)
    line, place = Line(case, told, names), end_of(told["t"])
    limits = (
        Side(place, side).derivative(formula, order)
        for side in ((1,) if place.is_infinite else (-1, 1))
        if (formula := line.beside(place, side)) is not None
    )
    return any(int(told["sign"]) * limit == sympy.oo for limit in limits)


def _endless_family(case: Case, told: Mapping[str, Any], names: list[str], order: int) -> bool:
    """The same for all values of parameters."""
    line, place = Line(_bare(case), told, names), end_of(told["t"])
    return any(
        all(int(told["sign"]) * limit == sympy.oo for _, limit in found)
        for found in _families(case, line, place, order)
    )


def _families(
    case: Case, line: Line, place: Expr, order: int
) -> Iterator[list[tuple[families.Names, Expr]]]:
    """The limits of a derivative on each side that lies in the domain, by values of parameters."""
    open_ = None
    for side in (1,) if place.is_infinite else (-1, 1):
        if line.is_inside(_beside(place, side)):
            try:
                yield list(families.limits(case, line.told, line.step, (place, side, order)))
            except NotReplayable as missing:
                open_ = missing
    if open_ is not None:
        raise open_


def _bare(case: Case) -> Case:
    return replace(case, program=replace(case.program, parameters=()))


def _beside(place: Expr, way: int) -> Expr:
    if place.is_infinite:
        return (FAR if place > 0 else -FAR) * S.One
    return _rational(place) + way * WIDTH / 2


def end_of(text: str) -> Expr:
    """A place as certificates spell it."""
    return {"oo": sympy.oo, "-oo": -sympy.oo}.get(text) or Rational(text)


def reaches(case: Case, told: Mapping[str, Any], value: Expr, names: list[str]) -> bool:
    """A line in these names on which the loss, or a derivative of it, comes to a value."""
    order, way = int(told["order"]), int(told["way"])
    place = end_of(told["t"])
    if order == 0 and place == 0 and _takes(case, told, value):
        return True
    line = Line(_bare(case) if case.program.parameters else case, told, names)
    goal = way * value * sympy.sqrt(sum(step**2 for step in line.step.values())) ** order
    if case.program.parameters:
        return any(
            all(_agree(limit, families.put(goal, names_)) for names_, limit in found)
            for found in _families(case, line, place, order)
        )
    for side in (1,) if place.is_infinite else (-1, 1):
        formula = line.beside(place, side)
        if formula is not None and _agree(Side(place, side).derivative(formula, order), goal):
            return True
    return False


def _takes(case: Case, told: Mapping[str, Any], value: Expr) -> bool:
    """Whether the loss has the value at the point, whatever its parameters are."""
    if not _bare(case).contains(told, told["point"]):
        raise Unsettled("a point outside the domain")
    item = at_point(case.program, told, told["point"])
    try:
        formula = item.element("loss", ())
    except (KeyError, Unsettled):  # a choice by a parameter, or at its border
        return False
    numbers = {Symbol(label, real=True): Rational(text) for label, text in told["point"].items()}
    return _agree(formula.subs(numbers, simultaneous=True), value)


def _agree(one: Expr, other: Expr) -> bool:
    return bool(one.is_finite) and bool(sympy.simplify(plain(one - other)) == 0)
