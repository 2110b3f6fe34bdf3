"""Interleaved rounds: A, B, A, B in one process, so that what disturbs one disturbs the other."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

Work = Callable[[], object]
Clock = Callable[[], float]
# A sample much shorter than this is made of the clock and the loop around it.
SHORTEST_SAMPLE = 2e-3
MOST_CALLS = 20_000


@dataclass(frozen=True)
class Times:
    """Seconds per call: for each contender a sample per round, in the same order of rounds."""

    samples: Mapping[str, tuple[float, ...]]

    def median(self, name: str) -> float:
        """The median of a contender's samples."""
        return statistics.median(self.samples[name])

    def ratio(self, name: str, base: str) -> float:
        """The median over the rounds of a contender's time over another's."""
        pairs = zip(self.samples[name], self.samples[base], strict=True)
        return statistics.median(theirs / ours for theirs, ours in pairs)

    def excess(self, name: str, base: str) -> float:
        """The median over the rounds of what a contender takes beyond another."""
        pairs = zip(self.samples[name], self.samples[base], strict=True)
        return statistics.median(theirs - ours for theirs, ours in pairs)

    def spread(self, name: str, base: str) -> tuple[float, float]:
        """The quartiles of those ratios."""
        pairs = zip(self.samples[name], self.samples[base], strict=True)
        ratios = [theirs / ours for theirs, ours in pairs]
        low, _, high = statistics.quantiles(ratios, n=4) if len(ratios) > 1 else ratios * 3
        return low, high


def interleave(works: Mapping[str, Work], rounds: int, clock: Clock = time.perf_counter) -> Times:
    """Time each work once a round, in turn, after a call of each that is not counted.

    A work that takes less than 2 ms is called so often in a row that a sample takes that long.
    Every other round goes through the works backwards, so that none always follows the same one.
    """
    calls = {name: calls_per_sample(work, clock) for name, work in works.items()}
    samples: dict[str, list[float]] = {name: [] for name in works}
    collecting = gc.isenabled()
    gc.disable()
    try:
        for number in range(rounds):
            order = list(works) if number % 2 == 0 else list(works)[::-1]
            for name in order:
                samples[name].append(_sample(works[name], calls[name], clock))
    finally:
        if collecting:
            gc.enable()
    return Times({name: tuple(found) for name, found in samples.items()})


def calls_per_sample(work: Work, clock: Clock) -> int:
    """How many calls in a row fill a sample, judged by the quicker of two after a first one."""
    work()
    quicker = min(_sample(work, 1, clock) for _ in range(2))
    if quicker <= 0:
        return MOST_CALLS
    return max(1, min(MOST_CALLS, round(SHORTEST_SAMPLE / quicker)))


def _sample(work: Work, calls: int, clock: Clock) -> float:
    start = clock()
    for _ in range(calls):
        work()
    return (clock() - start) / calls
