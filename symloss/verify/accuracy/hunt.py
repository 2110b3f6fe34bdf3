"""The hunt for the worst error of one function: many starts, then climbing from the best of them.

What it tries depends on nothing but the seed: a larger budget only goes on.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from time import monotonic
from zlib import crc32

import numpy as np

from symloss.verify.accuracy.measure import Gauge, Miss
from symloss.verify.accuracy.place import Place
from symloss.verify.accuracy.starts import Starts, neighbour, variants

STARTS = 192
"""Points drawn in the first round, over all sizes together."""
CLIMBERS = 8
CHILDREN = 6
"""Climbers of each size, and the neighbours each tries in a round."""
LOST = float("inf")


@dataclass
class Trail:
    """What a hunt has found so far.

    Attributes:
        points: points with a true number.
        skipped: points at which the mathematics has none.
        lost: points at which the result is no number, or overflows, though the truth does not.
        worst: the largest mixed error that is finite.
        first_lost: the first of the lost points.
        plain: the largest plain error that is finite.
    """

    points: int = 0
    skipped: int = 0
    lost: int = 0
    worst: Miss | None = None
    first_lost: Miss | None = None
    plain: Miss | None = None

    def note(self, miss: Miss | None) -> None:
        """Count one point."""
        if miss is None:
            self.skipped += 1
            return
        self.points += 1
        if miss.mixed == LOST:
            self.lost += 1
            self.first_lost = self.first_lost or miss
            return
        if self.worst is None or miss.mixed > self.worst.mixed:
            self.worst = miss
        if self.plain is None or self.plain.plain < miss.plain < LOST:
            self.plain = miss


@dataclass
class Hunt:
    """One function of one loss in one format.

    Attributes:
        gauge: measures it.
        allowed: tells whether a point counts; others are not tried.
        seed: the same seed, the same points.
        rounds: how often every climber tries its neighbours.
        until: the time, by the monotonic clock, at which to stop between rounds.
    """

    gauge: Gauge
    allowed: Callable[[Place], bool]
    seed: int = 0
    rounds: int = 12
    starts: int = STARTS
    until: float = LOST
    trail: Trail = field(default_factory=Trail)

    def run(self) -> Trail:
        """Hunt with items of every size."""
        sizes = variants(self.gauge.spec)
        herds = [_Herd(self, size, self.starts // len(sizes)) for size in sizes]
        for number in range(self.rounds + 1):
            for herd in herds:
                if number and monotonic() > self.until:
                    return self.trail
                herd.step(first=number == 0)
        return self.trail


def starts_of(gauge: Gauge, size: dict[str, int], seed: int) -> Starts:
    """The points with items of a size: the first are always the same, however many are drawn."""
    name = f"{gauge.spec.name} {gauge.function} {gauge.form.dtype} {size}"
    random = np.random.default_rng([seed, crc32(name.encode())])
    return Starts(gauge.spec, gauge.form, size, random)


class _Herd:
    """Climbers of one size."""

    def __init__(self, hunt: Hunt, size: dict[str, int], starts: int) -> None:
        self.hunt, self.count = hunt, starts
        self.starts = starts_of(hunt.gauge, size, hunt.seed)
        self.random = self.starts.random
        self.climbers: list[tuple[Place, float]] = []

    def step(self, *, first: bool) -> None:
        if first:
            self._begin()
        else:
            self._climb()

    def _begin(self) -> None:
        places = [self.starts.draw() for _ in range(self.count)]
        places = [place for place in places if self.hunt.allowed(place)]
        found = self._measure(places, [0.0] * len(places))
        scored = [(place, miss.mixed) for place, miss in zip(places, found, strict=True) if miss]
        finite = [pair for pair in scored if pair[1] != LOST]
        self.climbers = sorted(finite, key=lambda pair: -pair[1])[:CLIMBERS]

    def _climb(self) -> None:
        gauge = self.hunt.gauge
        children = [
            (number, child)
            for number, (place, _) in enumerate(self.climbers)
            for _ in range(CHILDREN)
            if (child := self._child(place, gauge)) is not None
        ]
        limits = [self.climbers[number][1] for number, _ in children]
        found = self._measure([child for _, child in children], limits)
        for (number, child), miss in zip(children, found, strict=True):
            if miss and self.climbers[number][1] < miss.mixed < LOST:
                self.climbers[number] = (child, miss.mixed)

    def _child(self, place: Place, gauge: Gauge) -> Place | None:
        child: Place | None = place
        for _ in range(1 + int(self.random.random() < 0.3)):
            if child is not None:
                child = neighbour(gauge.spec, gauge.form, child, self.starts.notable, self.random)
        return child if child is not None and self.hunt.allowed(child) else None

    def _measure(self, places: list[Place], limits: list[float]) -> list[Miss | None]:
        if not places:
            return []
        found = self.hunt.gauge.misses(places, self.random, limits)
        for miss in found:
            self.hunt.trail.note(miss)
        return found
