"""Exact rational points of a box, on purpose: ends, kinks, powers of two, small and large."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from functools import lru_cache

import sympy
from sympy import Rational, Symbol

from symloss.language import Interval

_STEPS = [Rational(n, d) for n, d in (
    (0, 1), (1, 1), (1, 2), (2, 1), (1, 10), (1, 4), (3, 4), (3, 2), (3, 1), (5, 1), (10, 1),
    (1, 100), (9, 10), (99, 100), (101, 100), (30, 1), (100, 1), (1, 1000), (7, 3), (1000, 1),
)]  # fmt: skip


@lru_cache(maxsize=512)
def of_interval(interval: Interval) -> tuple[Rational, ...]:
    """Points of an interval, the ordinary ones first."""
    low, high = interval.low, interval.high
    found = [step * way for step in _STEPS for way in (1, -1)]
    if low.is_finite:
        found += [low + step for step in _STEPS]
    if high.is_finite:
        found += [high - step for step in _STEPS]
    if low.is_finite and high.is_finite:
        found += [low + (high - low) * Rational(n, 16) for n in (8, 4, 12, *range(17))]
    rational = (point for point in found if point.is_Rational)  # ends may be roots
    unique = dict.fromkeys(point for point in rational if interval.contains(point))
    return tuple(unique)


def points(
    box: Mapping[Symbol, Interval], number: int, seed: int = 0
) -> Iterator[dict[Symbol, Rational]]:
    """Points of a box; the same for the same seed."""
    names = sorted(box, key=str)
    choices = {name: of_interval(box[name]) for name in names}
    if len(names) == 1:
        yield from ({names[0]: point} for point in choices[names[0]])
        return
    chance = random.Random(seed)
    for _ in range(number):
        yield {name: chance.choice(choices[name]) for name in names if choices[name]}


def text(point: Mapping[Symbol, Rational]) -> dict[str, str]:
    """A point as the strings of a witness."""
    return {str(symbol): str(sympy.Rational(number)) for symbol, number in point.items()}
