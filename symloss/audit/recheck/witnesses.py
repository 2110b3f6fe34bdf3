"""Witnesses of refutations, evaluated anew at exact rational points.

Each checker takes the case and the finding; it returns whether the witness shows what it is to
show, or raises `NotReplayable`.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import sympy
from flint import arb
from sympy import Rational, S

from symloss.audit.recheck.evaluate import Instance, Unsettled, at_point, label_of
from symloss.derive import derive
from symloss.language import Domain, Finite, Index, Interval, Simplex
from symloss.program import Program
from symloss.spec import Spec, dimension_symbol

Point = Mapping[str, str]
Finding = Mapping[str, Any]


class NotReplayable(Exception):  # noqa: N818 - an answer, not a mistake
    """The checker has no way to replay this; its text says what is missing."""


@dataclass(frozen=True)
class Case:
    """A spec, its program with the audit's settings put in, and those settings by name."""

    spec: Spec
    program: Program
    setting: Mapping[str, str]

    def at(self, witness: Mapping[str, Any], point: Point) -> Instance:
        """The loss at a point of the domain.

        Raises:
            Unsettled: the point lies outside the domain, or names what is not there.
        """
        if not self.contains(witness, point):
            raise Unsettled("a point outside the domain")
        return at_point(self.program, witness, point)

    def labels(self, witness: Mapping[str, Any], name: str) -> list[str]:
        """The labels of an argument's elements, row by row."""
        return list(self.places(witness, name).values())

    def places(self, witness: Mapping[str, Any], name: str) -> dict[tuple[int, ...], str]:
        """The labels of an argument's elements by their places."""
        spans = map(range, self.shape(witness, name))
        return {at: label_of(name, at) for at in itertools.product(*spans)}

    def shape(self, witness: Mapping[str, Any], name: str) -> list[int]:
        """The core dimensions of an argument at the sizes of a witness."""
        sizes = {dimension_symbol(n): S(size) for n, size in witness.get("sizes", {}).items()}
        return [int(dimension_symbol(d).subs(sizes)) for d in self.program.core_shape(name)]

    def contains(self, witness: Mapping[str, Any], point: Point) -> bool:
        """Whether the point has a value in its domain for every element, and no others."""
        known: set[str] = set()
        for entry in self.program.arguments:
            if isinstance(entry.domain, Index):
                continue
            labels = self.labels(witness, entry.name)
            if not set(labels) <= set(point):
                return False
            known |= set(labels)
            width = [1, *self.shape(witness, entry.name)][-1]
            if not _is_inside(entry.domain, [Rational(point[n]) for n in labels], width):
                return False
        return known == set(point)


def _is_inside(domain: Domain, values: list[Rational], width: int) -> bool:
    if isinstance(domain, Simplex):
        rows = [values[n : n + width] for n in range(0, len(values), width)]
        return all(sum(row) == 1 and min(row) >= 0 for row in rows)
    return isinstance(domain, Interval | Finite) and all(map(domain.contains, values))


_REFUTED_BY = {
    "convex": {"convex", "affine", "strictly_convex", "strongly_convex"},
    "concave": {"concave", "affine"},
    "quasiconvex": {"quasiconvex", "convex", "affine", "strictly_convex", "strongly_convex"},
}


def chord(case: Case, finding: Finding) -> bool:
    """Two points and their middle, which move `wrt` only, against the claim."""
    witness = finding["witness"]
    one, other = witness["points"]
    middle, claim = witness["middle"], witness["claim"]
    if _named(finding) not in _REFUTED_BY.get(claim, ()):
        return False
    moving = {label for name in finding["wrt"] for label in case.labels(witness, name)}
    if not _is_middle(one, other, middle, moving) or has_whole(case, finding["wrt"]):
        return False
    first, last, between = (case.at(witness, point).loss() for point in (one, other, middle))
    if claim == "quasiconvex":
        return bool(first < between) and bool(last < between)
    gap = first + last - 2 * between
    return bool(gap < 0) if claim == "convex" else bool(gap > 0)


def _named(finding: Finding) -> str:
    return str(finding["property"]).partition(" in ")[0]


def _is_middle(one: Point, other: Point, middle: Point, moving: set[str]) -> bool:
    if not set(one) == set(other) == set(middle):
        return False
    return all(
        2 * Rational(middle[n]) == Rational(one[n]) + Rational(other[n])
        and (n in moving or one[n] == other[n])
        for n in middle
    )


def has_whole(case: Case, names: Iterable[str]) -> bool:
    """Whether something that varies has no intermediate values: chords of it mean nothing."""
    return not all(_is_convex_set(e.domain) for e in case.program.arguments if e.name in names)


def varying(case: Case, finding: Finding) -> Program:
    """The program as a function of what the finding is about.

    Raises:
        NotReplayable: those are none of the names that the spec varies by.
    """
    wrt = tuple(finding["wrt"])
    if not wrt or not set(wrt) <= set(case.program.wrt):
        raise NotReplayable("the names that vary are not those of the spec")
    return replace(case.program, wrt=wrt)


def _is_convex_set(domain: Domain) -> bool:
    return isinstance(domain, Simplex) or (isinstance(domain, Interval) and not domain.integer)


def affine_segment(case: Case, finding: Finding) -> bool:
    """Three points in a line at which the loss is exactly affine: it is not strictly convex."""
    if _named(finding) not in ("strictly_convex", "strongly_convex"):
        return False
    witness = finding["witness"]
    ends = [Rational(text) for text in witness["t"]]
    if len(ends) != 2 or ends[0] == ends[1] or not any(
        Rational(step) != 0 for step in witness["direction"].values()
    ):  # fmt: skip
        return False
    moving = {label for name in finding["wrt"] for label in case.labels(witness, name)}
    if not {n for n, step in witness["direction"].items() if Rational(step) != 0} <= moving:
        return False
    places = (ends[0], sum(ends) / 2, ends[1])
    one, middle, other = (_exact(case, witness, place) for place in places)
    gap = sympy.expand(one + other - 2 * middle)
    return bool(gap == 0) or bool(sympy.simplify(gap) == 0)


def _exact(case: Case, witness: Mapping[str, Any], place: Rational) -> Any:
    """The loss on the line as an exact number."""
    point = {n: str(Rational(v) + place * Rational(witness["direction"].get(n, "0")))
             for n, v in witness["point"].items()}  # fmt: skip
    point |= witness.get("parameters", {})
    found = case.at(witness, point).element("loss", ())
    return found.subs({s: Rational(point[s.name]) for s in found.free_symbols})


def motion(case: Case, finding: Finding) -> bool:
    """Scaled or shifted inputs give values that no law of the claim allows."""
    witness = finding["witness"]
    scaled = _named(finding) != "translation_invariant"
    every = [witness, *witness.get("also", ())]
    return all(_moves(case, one, scaled=scaled, name=_named(finding)) for one in every)


def _moves(case: Case, witness: Mapping[str, Any], *, scaled: bool, name: str) -> bool:
    by = Rational(witness["by"])
    labels = {label for n in witness["inputs"] for label in case.labels(witness, n)}
    if case.spec.wrt[0] not in witness["inputs"] or (scaled and by <= 0):
        return False

    def moved(times: int) -> arb:
        point = {
            n: str(_moved(Rational(v), by, times, scaled=scaled) if n in labels else v)
            for n, v in witness["point"].items()
        }
        return case.at(witness, point).loss()

    if name == "homogeneous":
        gap = moved(0) * moved(2) - moved(1) ** 2
    else:
        gap = moved(0) - moved(1)
    return not gap.contains(0)


def _moved(value: Rational, by: Rational, times: int, *, scaled: bool) -> Rational:
    return value * by**times if scaled else value + by * times


def exchange(case: Case, finding: Finding) -> bool:
    """The value changes when two inputs are exchanged, or one is reflected."""
    witness = finding["witness"]
    point = dict(witness["point"])
    for name, (other, sign) in witness["image"].items():
        mine, theirs = case.labels(witness, name), case.labels(witness, other)
        for label, image in zip(mine, theirs, strict=True):
            point[label] = str(int(sign) * Rational(witness["point"][image]))
    one, moved = (case.at(witness, p).loss() for p in (witness["point"], point))
    return not (one - moved).contains(0)


def match(case: Case, finding: Finding) -> bool:
    """Not zero at a match, or not positive away from one."""
    witness = finding["witness"]
    own, target = witness["inputs"]
    if own not in case.spec.wrt or own == target:
        return False
    point = witness["point"]
    pairs = zip(case.labels(witness, own), case.labels(witness, target), strict=True)
    apart = any(Rational(point[mine]) != Rational(point[theirs]) for mine, theirs in pairs)
    value = case.at(witness, point).loss()
    return bool(value < 0 or value.is_zero()) if apart else not value.contains(0)


def zero_gradient(case: Case, finding: Finding) -> bool:  # noqa: ARG001 - a checker
    """The derivative, derived anew, is 0."""
    return derive(case.program).gradient_is_zero


def gradient(case: Case, witness: Mapping[str, Any]) -> bool:
    """A component of the gradient is not 0 on a box around the point."""
    name, *at = witness["component"]
    if name not in case.program.wrt or not case.contains(witness, witness["point"]):
        return False
    radius = arb(0, arb(2) ** -40)
    derived = derive(case.program).gradient
    near = at_point(derived, witness, witness["point"], radius)
    return not near.enclosed(f"grad_{name}", tuple(at)).contains(0)


def permutation(case: Case, finding: Finding) -> bool:
    """The value changes when the first two places along an axis are exchanged everywhere."""
    witness = finding["witness"]
    axis = witness["axis"]
    point, places = dict(witness["point"]), dict(witness["places"])
    for entry in case.program.inputs:
        labels = case.places(witness, entry.name)
        for at, label in labels.items():
            there = labels[_exchanged(at, entry.shape, axis)]
            if not isinstance(entry.domain, Index):
                point[label] = witness["point"][there]
                continue
            value = witness["places"][there]
            along = entry.domain.dimension == axis
            places[label] = {0: 1, 1: 0}.get(value, value) if along else value
    one = case.at(witness, witness["point"]).loss()
    other = case.at({**witness, "places": places}, point).loss()
    return not (one - other).contains(0)


def _exchanged(at: tuple[int, ...], shape: tuple[Any, ...], axis: str) -> tuple[int, ...]:
    return tuple(
        {0: 1, 1: 0}.get(n, n) if size == axis else n for n, size in zip(at, shape, strict=True)
    )


WITNESSES: dict[str, Callable[[Case, Finding], bool]] = {
    "chord": chord,
    "affine segment": affine_segment,
    "motion": motion,
    "exchange": exchange,
    "match": match,
    "permutation": permutation,
    "zero gradient": zero_gradient,
}
"""By kind; other kinds cannot be replayed."""
