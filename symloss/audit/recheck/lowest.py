"""Minimisers, replayed: where a loss in one variable is least, and that it is so nowhere else."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import sympy
from sympy import Expr

from symloss.audit.recheck import formulas
from symloss.audit.recheck.course import is_continuous, vanishes, way_of
from symloss.audit.recheck.ends import cells_of
from symloss.audit.recheck.places import keeps_zero, places_of_sum
from symloss.audit.recheck.stretches import OneLine, X, has_sign, lines_of, ordered
from symloss.audit.recheck.witnesses import Case, Finding, NotReplayable, has_whole, varying


def minimiser(case: Case, finding: Finding) -> bool:
    """The loss is least at the place that is told and nowhere else, or comes to no least value."""
    if finding["property"] != "minimiser" or has_whole(case, finding["wrt"]):
        return False
    told = _told(str(finding["value"]))
    return all(_holds(line, told) for line in every_line(case, finding))


def match(case: Case, finding: Finding) -> bool:
    """The loss is 0 where variable and target are equal, and above 0 elsewhere."""
    own, target = finding["certificate"]["inputs"]
    if not _is_named(case, finding, own, target):
        return False
    return all(_is_zero_at(line, target) for line in every_line(case, finding))


def match_of_places(case: Case, finding: Finding) -> bool:
    """The same of a sum over places of such losses, or of what grows with the sum from 0."""
    own, target = finding["certificate"]["inputs"]
    if not _is_named(case, finding, own, target):
        return False
    places = places_of_sum(case)
    if not keeps_zero(places):
        raise NotReplayable("whether the loss grows with the sum from 0")
    return all(_is_zero_at(line, target) for line in every_line(places.one, finding))


def _is_named(case: Case, finding: Finding, own: str, target: str) -> bool:
    names = {entry.name for entry in case.program.inputs}
    if list(finding["wrt"]) != [own] or target not in names or own == target:
        return False
    if finding["property"] == "minimiser":
        return bool(finding["value"] == f"{own} = {target}")
    return bool(finding["property"] == "zero_at_match")


def every_line(case: Case, finding: Finding) -> Iterator[OneLine]:
    """The loss in one variable, for other arguments inside their domains and at closed ends."""
    program = varying(case, finding)
    for _, part in cells_of(program, but=program.wrt):
        yield from lines_of(replace(case, program=part), finding)


def _is_zero_at(line: OneLine, target: str) -> bool:
    place = line.names[target]
    if not vanishes(line.formula.subs(X, place)):
        return False
    return is_least_at(line, place)


def is_least_at(line: OneLine, place: Expr) -> bool:
    """Whether values elsewhere are above the one at a place."""
    least = line.formula.subs(X, place)
    split = _split(line, place)
    others = [
        value for at, value in zip(_all_places(split), split.values, strict=True)
        if not vanishes(at - place)
    ]  # fmt: skip
    above = all(part.is_positive(part.formula - least) for part in split.stretches)
    if not above or not all(has_sign(value - least, "positive") for value in others):
        raise NotReplayable("values above the least that the checker's algebra does not show")
    return True


def _all_places(line: OneLine) -> list[Expr]:
    """Places and the ends that belong to the domain, as `values` has them."""
    ends = [line.domain.low] if not line.domain.low_open else []
    ends += [line.domain.high] if not line.domain.high_open else []
    return [*line.places, *ends]


def _split(line: OneLine, place: Expr) -> OneLine:
    """The line with the place among its places.

    Raises:
        NotReplayable: whether it lies in the domain is not clear.
    """
    low, high = line.domain.low, line.domain.high
    gaps = [gap for gap in (place - low, high - place) if gap.is_finite is not False]
    if all(has_sign(gap, "positive") for gap in gaps):
        return replace(line, places=ordered([*line.places, place]))
    closed = {low: not line.domain.low_open, high: not line.domain.high_open}
    if closed.get(place):
        return line
    raise NotReplayable("a place that may lie outside the domain")


def _told(value: str) -> list[tuple[str, str]]:
    """Places with what they hold under: `prediction = 1 (target = 0); ...`."""
    found = []
    for part in value.split("; "):
        place, _, given = part.partition(" (")
        found.append((place, given.removesuffix(")")))
    return found


def _holds(line: OneLine, told: list[tuple[str, str]]) -> bool:
    mine = [place for place, given in told if _applies(given, line)]
    if len(mine) != 1:
        return False
    if mine[0] == "none":
        return _comes_to_no_least(line)
    left, equals, right = mine[0].partition(" = ")
    if not equals:
        return False
    names = {**line.names, line.variable: X}
    gap = formulas.read(left, names) - formulas.read(right, names)
    if sympy.diff(gap, X) != 1:
        return False
    return is_least_at(line, sympy.simplify(-gap.subs(X, 0)))


def _applies(given: str, line: OneLine) -> bool:
    for clause in filter(None, given.split(", ")):
        name, _, value = clause.partition(" = ")
        if not vanishes(line.names[name] - formulas.read(value, {})):
            return False
    return True


def _comes_to_no_least(line: OneLine) -> bool:
    """Whether it falls all the way towards an open end.

    Raises:
        NotReplayable: it does not go one way.
    """
    ways = {way_of(part) for part in line.stretches}
    if len(ways) != 1 or 0 in ways or not is_continuous(line):
        raise NotReplayable("a loss that does not go one way")
    falls = ways == {-1}
    return line.domain.high_open if falls else line.domain.low_open
