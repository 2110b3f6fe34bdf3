"""The judge's look at accuracy: the worst points on record once more, and a few that are hard.

The few are the first that a hunt would try: what a hunt has let pass, they let pass. A function
whose bound was broken when it was recorded is held to what it had then: it may not get worse.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain, islice
from typing import Any

import numpy as np

from symloss.spec import Spec
from symloss.verify.accuracy.allowed import Allowed, allowed
from symloss.verify.accuracy.certificate import Record
from symloss.verify.accuracy.format import FORMATS, Format
from symloss.verify.accuracy.hunt import starts_of
from symloss.verify.accuracy.limits import misses_at_infinity
from symloss.verify.accuracy.measure import Component, Gauge, Miss
from symloss.verify.accuracy.place import Place, place_of
from symloss.verify.accuracy.starts import variants
from symloss.verify.tally import Tally

SEED = 0
SIZES, SAMPLE, TRIES = 2, 96, 8
"""Sizes of items; points for an item of one number; how many more to draw for those at most."""
GROWTH = 1.5
"""A truth costs more with every number of an item, by about this power."""
LEEWAY = 2.0
"""How many times as large as recorded an error may be that was too large then."""
NUMBERS = 2
"""Numbers of a result that are looked at."""
REMEDY = """\
to keep the digits, write the mathematics in a form that does (README, "stable forms"); where none
      does, name the exception and its reason: [[accuracy]] functions, types, bound, reason"""


@dataclass(frozen=True)
class Probe:
    """A point, and the numbers of the result to look at there."""

    place: Place
    components: Sequence[Component]


def check_accuracy(tally: Tally, spec: Spec, loss: Any, record: Record) -> None:
    """Hold the functions on record, in the tally's format, to what they are allowed."""
    form = FORMATS[tally.dtype]
    for row in record:
        if row["type"] != tally.dtype:
            continue
        gauge = Gauge(spec, loss, row["function"], form)
        leave = allowed(spec, row["function"], form)
        known = (probe_of(spec, form, one) for one in row["at"])
        probes = [*(one for one in known if leave.covers(one.place)), *_sample(gauge, leave)]
        _hold(tally, misses(gauge, probes, leave.bound), max(leave.bound, _had(row)))


def _hold(tally: Tally, found: Iterable[Miss | None], most: float) -> None:
    for miss in found:
        if miss is None:
            tally.skipped += 1
            continue
        tally.points += 1
        got, expected = repr(miss.got), repr(miss.expected)
        tally.measure(
            miss.mixed, most, point=miss.place.label(), component=miss.name,
            expected=expected, got=got,
        )  # fmt: skip


def _had(row: Mapping[str, Any]) -> float:
    """What a row that broke its bound when it was recorded may have."""
    if row["holds"]:
        return 0.0
    return math.inf if row["lost"] else LEEWAY * float(row["mixed"])


def probe_of(spec: Spec, form: Format, document: Mapping[str, Any]) -> Probe:
    """A point on record."""
    component = tuple((name, tuple(at)) for name, at in document["component"])
    return Probe(place_of(spec, form, document), [component])


def misses(gauge: Gauge, probes: Sequence[Probe], enough: float) -> Iterator[Miss | None]:
    """The worst miss at each point; mixed errors below `enough` are not worked out."""
    for group in _alike(probes):
        results = gauge.run([probe.place for probe in group])
        for number, probe in enumerate(group):
            of_point = [partial(result, number) for result in results]
            if _is_finite(probe.place):
                yield gauge.worst(probe.place, of_point, probe.components, enough)
            else:
                yield from _at_infinity(gauge, probe, of_point)


def _at_infinity(gauge: Gauge, probe: Probe, results: Sequence[Any]) -> Iterator[Miss | None]:
    for component in probe.components:
        got = [result(component) for result in results]
        yield from misses_at_infinity(gauge, probe.place, component, got)


def _is_finite(place: Place) -> bool:
    return all(bool(np.isfinite(value).all()) for value in place.values.values())


def _alike(probes: Sequence[Probe]) -> list[list[Probe]]:
    """Points by the shapes of their arrays: those of one shape take one call."""
    groups: dict[Any, list[Probe]] = {}
    for probe in probes:
        shapes = tuple(np.shape(value) for value in probe.place.values.values())
        groups.setdefault(shapes, []).append(probe)
    return list(groups.values())


def _sample(gauge: Gauge, leave: Allowed) -> Iterator[Probe]:
    """The first points of a hunt, of few sizes, that the bound is about."""
    for size in variants(gauge.spec)[:SIZES]:
        starts = starts_of(gauge, size, SEED)
        first = starts.draw()
        count = _count(first)
        drawn = chain([first], (starts.draw() for _ in range(TRIES * count)))
        for place in list(islice(filter(leave.covers, drawn), count)):
            yield Probe(place, gauge.components(place, starts.random, NUMBERS))


def _count(place: Place) -> int:
    """How many points like this one are to be tried."""
    numbers = sum(np.size(value) for value in place.values.values())
    return max(2, int(SAMPLE / numbers**GROWTH))
