"""Rechecks chords of small instances; shares `instantiate` and the balls with the search."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sympy import Rational, Symbol

from symloss.audit.hessians.instance import instantiate
from symloss.audit.signs import balls
from symloss.language import Domain, Finite, Interval, Simplex
from symloss.program import read_program
from symloss.spec import Spec

BITS = 512


def confirms(spec: Spec, witness: Mapping[str, Any]) -> bool:
    """Whether the chord lies in the domain, moves only `wrt`, and violates the claim."""
    wrt = tuple(witness["wrt"])
    item = instantiate(read_program(spec), wrt, witness["sizes"], witness.get("places", {}))
    texts = (*witness["points"], witness["middle"])
    one, other, middle = ({s: Rational(t[str(s)]) for s in item.domains} for t in texts)
    if any(2 * middle[s] != one[s] + other[s] for s in middle):
        return False
    if any(one[s] != other[s] for s in middle if s not in item.varying):
        return False
    if not all(
        _is_inside(item.domains[row[0]], row, point) for row in item.rows for point in (one, other)
    ):
        return False
    if any(_is_whole(item.domains[row[0]]) and row[0] in item.varying for row in item.rows):
        return False
    found = [balls.value(item.loss, p, BITS) for p in (one, other, middle)]
    known = [ball for ball in found if ball is not None]
    if len(known) < len(found):
        return False
    if witness["claim"] == "quasiconvex":
        return bool(known[0] < known[2] and known[1] < known[2])
    gap = known[0] + known[1] - 2 * known[2]
    return bool(gap < 0) if witness["claim"] == "convex" else bool(gap > 0)


def _is_inside(domain: Domain, row: Sequence[Symbol], point: Mapping[Symbol, Rational]) -> bool:
    values = [point[symbol] for symbol in row]
    if isinstance(domain, Simplex):
        return sum(values) == 1 and min(values) >= 0
    return isinstance(domain, (Interval, Finite)) and all(map(domain.contains, values))


def _is_whole(domain: Domain) -> bool:
    return isinstance(domain, Interval) and domain.integer
