"""Whether a gradient says anything, and whether it is bounded, for every size.

The gradient program is evaluated in balls with a radius: if a ball does not contain 0, the gradient
is not 0 on an open set.

The gradient of a positively homogeneous loss of degree d is homogeneous of degree d - 1 (Euler), so
that one that is not 0 somewhere is unbounded along a ray unless d = 1.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import flint
import sympy
from flint import arb
from sympy import Expr, Symbol

from symloss.audit.findings import Finding
from symloss.audit.properties.invariance import invariances
from symloss.audit.properties.points import draws, small_of, smalls
from symloss.audit.signs import balls
from symloss.audit.subject import Subject
from symloss.audit.verdicts import Proved, Refuted, Unknown
from symloss.derive import derive
from symloss.language import Interval
from symloss.program import Program

NAMES = ("gradient_informative", "bounded_influence")
BALLS = "the gradient in balls with a radius"
EULER = "the gradient of a homogeneous loss is homogeneous"
RADIUS_BITS, BITS = 40, 128


def gradients(subject: Subject, seconds: float) -> list[Finding]:
    """Whether the gradient is zero almost everywhere, and whether rays show it to be unbounded."""
    derived = derive(subject.program)
    if derived.gradient_is_zero:
        witness = {"kind": "zero gradient", "surrogates": list(surrogates(subject))}
        told = ", ".join(witness["surrogates"])
        refuted = Refuted("the derived gradient is 0 almost everywhere", witness)
        detail = f"surrogates by relations: {told}" if told else ""
        return [Finding(NAMES[0], refuted, detail=detail), Finding(NAMES[1], _still())]
    place = next(_places(derived.gradient, subject.wrt), None)
    if place is None:
        unknown = Unknown((BALLS, "small instances"))
        return [Finding(NAMES[0], unknown), Finding(NAMES[1], unknown)]
    point = {"kind": "gradient", "radius": f"2**-{RADIUS_BITS}", **place}
    informative = Proved(BALLS, ("not 0 on an open set", str(point["point"])), point)
    return [Finding(NAMES[0], informative), _influence(subject, place, seconds)]


def _still() -> Unknown:
    return Unknown(("a loss whose gradient is zero almost everywhere",))


def surrogates(subject: Subject) -> Iterator[str]:
    """Losses that a relation `loss <= ...` of the spec names."""
    for relation in subject.spec.relations:
        sides = {"<=": relation.right, ">=": relation.left}
        told = str(sides.get(relation.operator, ""))
        mentioned = relation.law.split(relation.operator)
        for name in subject.spec.calls:
            if told and any(f"{name}(" in part for part in mentioned):
                yield name


def _places(gradient: Program, wrt: tuple[str, ...]) -> Iterator[dict[str, Any]]:
    """Points near which a component of the gradient is not 0."""
    for item in smalls(gradient):
        for name in wrt:
            for at in item.span(gradient.core_shape(name)):
                part = small_of(item, f"grad_{name}", at)
                for point in draws(item) if part is not None else ():
                    if _is_away_from_zero(part, point):
                        yield {**item.told(point), "component": [name, *at]}


def _is_away_from_zero(part: Expr, point: dict[Symbol, Any]) -> bool:
    with flint.ctx.workprec(BITS):
        wide = arb(0, arb(2) ** -RADIUS_BITS)
        near = {symbol: balls.exact(number) + wide for symbol, number in point.items()}
        try:
            value = balls.compiled(part)(near)
        except (balls.Undecided, NotImplementedError, KeyError, ZeroDivisionError):
            return False
    return bool(value.is_finite()) and not value.contains(0)


def _influence(subject: Subject, place: dict[str, Any], seconds: float) -> Finding:
    law = invariances(subject, seconds)[0]
    unknown = Finding(NAMES[1], Unknown(("Lipschitz constant", EULER)))
    if not isinstance(law.answer, Proved):
        return unknown
    degree = sympy.sympify(law.value)
    entries = {entry.name: entry.domain for entry in subject.program.inputs}
    inputs = law.answer.certificate["inputs"]
    cones = [entries[name] for name in inputs]
    if not degree.is_number or degree == 1 or not all(_is_cone(d) for d in cones):
        return unknown
    if place["component"][0] not in inputs:  # its derivative is of the loss's own degree
        return unknown
    way = "far out" if degree > 1 else "near 0"
    told = {"kind": "homogeneous gradient", "degree": str(degree - 1), "where": way,
            "inputs": inputs, **place}  # fmt: skip
    return Finding(NAMES[1], Refuted(EULER, told), detail=f"of degree {degree - 1}, {way}")


def _is_cone(domain: Any) -> bool:
    return isinstance(domain, Interval) and {domain.low, domain.high} <= {
        -sympy.oo, sympy.S.Zero, sympy.oo
    }  # fmt: skip
