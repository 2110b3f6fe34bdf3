"""Infinite inputs: the result must be the limit, where there is one.

One number of a calm point becomes infinite. The truth is followed along powers of two far beyond
the format: what settles has a limit, what keeps growing has an infinite one.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
from flint import arb

from symloss.language import Interval
from symloss.spec import Input
from symloss.verify.accuracy.format import Bounds
from symloss.verify.accuracy.hunt import Trail
from symloss.verify.accuracy.measure import Component, Gauge, Miss
from symloss.verify.accuracy.place import Place
from symloss.verify.accuracy.starts import Starts, variants
from symloss.verify.accuracy.truth import Truth

POINTS = 6
FAR = (2000, 2010, 2020, 2030)
"""Exponents of the powers of two that stand for infinity."""
NEAR = 2.0**-20


def chase(gauge: Gauge, trail: Trail, seed: int) -> None:
    """Add what infinite inputs give to a hunt's trail."""
    random = np.random.default_rng([seed, 23])
    for sizes in variants(gauge.spec)[:2]:
        starts = Starts(gauge.spec, gauge.form, sizes, random)
        places = [place for _ in range(POINTS) for place in _infinite(gauge, starts, random)]
        if not places:
            return
        results = gauge.run(places)
        for number, place in enumerate(places):
            for component in gauge.components(place, random):
                got = [result(number, component) for result in results]
                for miss in misses_at_infinity(gauge, place, component, got):
                    trail.note(miss)


def misses_at_infinity(
    gauge: Gauge, place: Place, component: Component, results: Sequence[float]
) -> Iterator[Miss | None]:
    """Whether results are the limit, in the terms of a hunt; None where there is no limit."""
    expected = _limit(gauge, place, component)
    top = float(np.finfo(gauge.form.dtype).max)
    for got in results:
        if expected is None:
            yield None
            continue
        beyond = abs(expected) > top and got == math.copysign(math.inf, expected)
        good = beyond or got == expected or abs(got - expected) <= NEAR * (1 + abs(expected))
        ulps = 0.0 if good else math.inf
        yield Miss(ulps, ulps, component, gauge.named(component), place, got, expected)


def _infinite(gauge: Gauge, starts: Starts, random: np.random.Generator) -> Iterator[Place]:
    """Calm points with one number made infinite."""
    base = starts.calm()
    for entry in gauge.spec.inputs:
        for sign in _open_ends(entry):
            array = np.array(base.values[entry.name], gauge.form.dtype)
            if array.size:
                at = np.unravel_index(random.integers(array.size), array.shape)
                array[at] = sign * math.inf
                yield replace(base, values={**base.values, entry.name: array})


def _open_ends(entry: Input) -> list[float]:
    domain = entry.domain
    if not isinstance(domain, Interval) or domain.integer:
        return []
    return [s for s, end in ((-1.0, domain.low), (1.0, domain.high)) if not end.is_finite]


def _limit(gauge: Gauge, place: Place, component: Component) -> float | None:
    """The limit of the truth as the infinite number grows; None where it has none."""
    far: list[arb] = []
    for power in FAR:
        found = gauge.true(_truth(gauge, place, power), place, component)
        if found is None or not _is_point(found):
            return None
        far.append((found[0] + found[1]) / 2)
    steps = [abs(one - other) for one, other in pairwise(far)]
    if steps[2] <= steps[1] / 4 <= steps[0] / 16 or steps[2].mid() <= NEAR * NEAR:
        return float(far[-1].mid())
    growing = abs(far[3]) > abs(far[2]) > abs(far[1]) > abs(far[0])
    kept = steps[2] >= steps[1] / 2 >= steps[0] / 4
    return math.copysign(math.inf, float(far[-1].mid())) if growing and kept else None


def _is_point(found: Bounds) -> bool:
    return bool(abs(found[1] - found[0]) <= NEAR * (abs(found[0]) + abs(found[1])))


def _truth(gauge: Gauge, place: Place, power: int) -> Truth:
    tables: dict[str, dict[tuple[int, ...], Any]] = place.tables(gauge.spec)
    for table in tables.values():
        for at, value in table.items():
            if isinstance(value, arb) and not value.is_finite():
                table[at] = arb(2) ** power * (1 if value > 0 else -1)
    return Truth(gauge.spec, tables, gauge.form)
