"""Several implementations of one loss, measured at the same points against the same truth.

The points: those on record, a logarithmic grid along every variable, and the worst that the hunt
finds for each of the implementations, all of ordinary size and such as everybody allows.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from time import monotonic
from typing import Any

import numpy as np
import sympy

from symloss.language import Domain, Finite, Interval, Simplex
from symloss.spec import Spec
from symloss.verify.accuracy.again import Probe, misses
from symloss.verify.accuracy.allowed import Allowed
from symloss.verify.accuracy.certificate import Record, Row
from symloss.verify.accuracy.certify import row_of
from symloss.verify.accuracy.format import FORMATS, Format
from symloss.verify.accuracy.hunt import Hunt, Trail
from symloss.verify.accuracy.line import Line
from symloss.verify.accuracy.measure import Gauge
from symloss.verify.accuracy.place import Place, moving, place_of
from symloss.verify.accuracy.truth import Key, Truth

RANGE = (1e-12, 1e3)
"""Magnitudes of what is compared: users' numbers, not the whole range of the format."""
SLACK = 1e-6
"""The ends of the range, rounded to a format, belong to it."""
DECADE = 2
"""Points of the grid for each power of ten."""
ROUNDS, STARTS = 6, 512
"""Many starts, for those beyond the range are not tried."""
COMPONENTS = 12
"""Numbers of a result that are looked at."""
Allows = Callable[[Mapping[str, Any]], bool]


@dataclass(frozen=True)
class Field:
    """The implementations of a loss at some values of its parameters.

    Attributes:
        spec: the loss, its parameters held.
        losses: objects with `value` and, for its derivatives, `gradient` and `value_and_gradient`.
        allows: whether everybody's documentation allows an item.
        span: the least and the largest magnitude of inputs, 0 aside.
    """

    spec: Spec
    losses: Mapping[str, Any]
    allows: Allows = lambda _: True
    span: tuple[float, float] = RANGE

    def covers(self, place: Place) -> bool:
        """Whether a point is one to compare at."""
        low, high = self.span
        size = (low * (1 - SLACK), high * (1 + SLACK))
        inside = Allowed(0.0, (), size, tuple(moving(self.spec))).covers(place)
        return inside and self.allows(place.values)


@dataclass(frozen=True)
class _Shared(Gauge):
    """A gauge with the truths at some points, which are worked out once for everybody."""

    truths: dict[int, Truth] = field(default_factory=dict)

    def around(self, place: Place) -> Truth:
        return self.truths.get(id(place)) or super().around(place)

    def _coordinates(self, place: Place) -> list[Key]:
        """A label that is certain is no number that was rounded."""
        return [
            (name, at)
            for name, at in super()._coordinates(place)
            if name in self.spec.wrt
            or not _is_end(self.spec.arguments[name].domain, np.asarray(place.values[name])[at])
        ]


def _is_end(domain: Domain, number: float) -> bool:
    """Whether a number is an end of a bounded domain: a probability of 0 or 1."""
    if isinstance(domain, Interval) and domain.low.is_finite and domain.high.is_finite:
        return number in (float(domain.low), float(domain.high))
    return isinstance(domain, Simplex) and number in (0, 1)


def held(spec: Spec, parameters: Mapping[str, float]) -> Spec:
    """The spec with parameters that are nothing but these numbers, which are exact."""
    fixed = []
    for entry in spec.parameters:
        if entry.name in parameters:
            number = sympy.Rational(parameters[entry.name])
            entry = replace(entry, default=number, domain=Finite((number,)))
        fixed.append(entry)
    return replace(spec, parameters=tuple(fixed))


def contest(
    group: Field,
    function: str,
    dtype: str,
    *,
    record: Record = (),
    seconds: float,
    seed: int = 0,
    starts: int = STARTS,
) -> dict[str, Row]:
    """The errors of every implementation, all at the same points.

    Args:
        group: the implementations.
        function: "value" or "gradient".
        dtype: the format.
        record: rows that tell of points that were hard before.
        seconds: how long to hunt at each implementation, after the first round.
        seed: the same seed, the same hunt.
        starts: points drawn first in each hunt.
    """
    spec, form = group.spec, FORMATS[dtype]
    truths: dict[int, Truth] = {}
    gauges = {
        name: _Shared(spec, loss, function, form, truths) for name, loss in group.losses.items()
    }
    hunted = [
        place for gauge in gauges.values() for place in _hunted(gauge, group, seconds, seed, starts)
    ]
    known = _recorded(spec, form, record, function, dtype)
    others = [*known, *_grid(group, form)]
    random = np.random.default_rng(seed)
    probes = []
    for place in filter(group.covers, [*hunted, *others]):
        undirected = replace(place, vector={})
        truths[id(undirected)] = Truth(spec, place.tables(spec), form)
        components = gauges[next(iter(gauges))].components(undirected, random, COMPONENTS)
        probes.append(Probe(undirected, components))
    return {name: _row(gauge, probes, len(hunted)) for name, gauge in gauges.items()}


def _row(gauge: Gauge, probes: Sequence[Probe], first: int) -> Row:
    """Measured at the worst points first: mixed errors below theirs need not be worked out."""
    trail = Trail()
    for part in (probes[:first], probes[first:]):
        enough = trail.worst.mixed if trail.worst else 0.0
        for miss in misses(gauge, part, enough):
            trail.note(miss)
    return row_of(gauge, trail, Allowed(math.inf, (), None, ()))


def _hunted(gauge: Gauge, group: Field, seconds: float, seed: int, starts: int) -> list[Place]:
    trail = Hunt(gauge, group.covers, seed, ROUNDS, starts, monotonic() + seconds).run()
    found = [trail.first_lost, trail.worst, trail.plain]
    return [miss.place for miss in found if miss is not None]


def _recorded(spec: Spec, form: Format, record: Record, function: str, dtype: str) -> list[Place]:
    """The points on record, the parameters as they are held."""
    documents = [
        one for row in record if (row["function"], row["type"]) == (function, dtype)
        for one in row["at"]
    ]  # fmt: skip
    fixed = {
        entry.name: form.dtype.type(float(entry.default))
        for entry in spec.parameters
        if entry.default is not None
    }
    places = (place_of(spec, form, document) for document in documents)
    return [replace(place, values={**place.values, **fixed}) for place in places]


def _grid(group: Field, form: Format) -> list[Place]:
    low, high = group.span
    count = 1 + round(DECADE * math.log10(high / low))
    sizes = np.geomspace(low, high, count)
    lines = [
        Line(entry.name, {}, end)
        for entry in group.spec.inputs
        if entry.name in group.spec.wrt
        for end in (0, 1)
    ]
    both = np.concatenate([sizes, -sizes])
    return [place for line in lines for place in line.places(group.spec, form, both)]


@dataclass(frozen=True)
class Curve:
    """The plain errors of one implementation along a line, in ulps; infinite where it is lost.

    `rest` tells where the other arguments stand.
    """

    name: str
    function: str
    dtype: str
    numbers: tuple[float, ...]
    ulps: tuple[float, ...]
    rest: str


def curves(
    group: Field, line: Line, numbers: Sequence[float], function: str, dtype: str
) -> list[Curve]:
    """One curve for each implementation, where the mathematics has a number."""
    form, found = FORMATS[dtype], []
    by = {
        id(place): place for place in line.places(group.spec, form, numbers)
        if group.allows(place.values)
    }  # fmt: skip
    truths = {place: Truth(group.spec, one.tables(group.spec), form) for place, one in by.items()}
    for name, loss in group.losses.items():
        gauge = _Shared(group.spec, loss, function, form, truths)
        random = np.random.default_rng(0)
        probes = [
            Probe(place, gauge.components(place, random, COMPONENTS)) for place in by.values()
        ]
        pairs = [
            (float(np.ravel(probe.place.values[line.name])[0]), miss.plain)
            for probe, miss in zip(probes, misses(gauge, probes, math.inf), strict=True)
            if miss is not None
        ]
        xs, ulps = zip(*pairs, strict=True) if pairs else ((), ())
        found.append(Curve(name, function, dtype, xs, ulps, line.rest(group.spec, form)))
    return found
