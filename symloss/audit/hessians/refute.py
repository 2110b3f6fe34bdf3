"""A chord that shows a loss not convex: sought at seeded rational points, decided in balls."""

from __future__ import annotations

import itertools
import random
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any

from sympy import Rational, Symbol

from symloss.audit.hessians.instance import Instance, TooLarge, instantiate, label_of
from symloss.audit.signs import balls
from symloss.language import Domain, Finite, Index, Interval, Simplex
from symloss.program import Program

Point = dict[Symbol, Rational]
SIZES = (2, 1, 3)
LARGER = 6
"""A size at which what holds for a few terms may fail."""
TRIES = 400
BITS = 256


def refuted(
    program: Program, wrt: tuple[str, ...], claim: str, seconds: float
) -> dict[str, Any] | None:
    """A witness against the claim "convex", "concave" or "quasiconvex", or None."""
    end = time.process_time() + seconds
    for sizes, places, instance in instances(program, wrt, (*SIZES, LARGER)):
        chance = random.Random(0)
        for _ in range(TRIES):
            if time.process_time() > end:
                return None
            chord = _chord(instance, chance)
            if fails(instance, chord, claim):
                return _witness(program, wrt, claim, (sizes, places), chord)
    return None


def instances(
    program: Program, wrt: tuple[str, ...], chosen: tuple[int, ...] = SIZES
) -> Iterator[tuple[dict[str, int], dict[str, int], Instance]]:
    """Small instances: sizes, the places that index inputs select, and the loss."""
    for sizes in _sizes(program, chosen):
        for places in _places(program, sizes):
            with suppress(TooLarge, ValueError, TypeError, IndexError, KeyError):
                yield sizes, places, instantiate(program, wrt, sizes, places)


def _places(program: Program, sizes: Mapping[str, int]) -> list[dict[str, int]]:
    """Selections: each element its own place, all the first, each the next one's."""
    labels: dict[str, int] = {}
    for entry in program.inputs:
        if isinstance(entry.domain, Index):
            shape = [sizes[d] if isinstance(d, str) else int(d) for d in entry.shape]
            for at in itertools.product(*map(range, shape)):
                labels[label_of(entry.name, at)] = sum(at)
    if not labels:
        return [{}]
    return [labels, {name: at + 1 for name, at in labels.items()}, dict.fromkeys(labels, 0)]


def _sizes(program: Program, chosen: tuple[int, ...]) -> Iterator[dict[str, int]]:
    names = {d for entry in program.inputs for d in entry.shape if isinstance(d, str)}
    if not names:
        yield {}
        return
    for size in chosen:
        yield dict.fromkeys(sorted(names), size)


def _chord(instance: Instance, chance: random.Random) -> tuple[Point, Point, Point]:
    one = draw(instance, chance)
    far = draw(instance, chance)
    step = Rational(1, chance.choice((1, 1, 2, 8, 64)))
    moved = set(instance.varying)
    if chance.random() < 0.5:
        chosen = chance.choice([row for row in instance.rows if set(row) <= moved])
        moved = set(chosen)
    other = {s: v + step * (far[s] - v) if s in moved else v for s, v in one.items()}
    middle = {s: (v + other[s]) / 2 for s, v in one.items()}
    return one, middle, other


def draw(instance: Instance, chance: random.Random) -> Point:
    """A point of the domain."""
    point: Point = {}
    for row in instance.rows:
        domain = instance.domains[row[0]]
        if isinstance(domain, Simplex):
            parts = [Rational(chance.randint(1, 16)) for _ in row]
            point |= {s: part / sum(parts) for s, part in zip(row, parts, strict=True)}
        else:
            point |= {symbol: _number(domain, chance) for symbol in row}
    return point


def _number(domain: Domain, chance: random.Random) -> Rational:
    if isinstance(domain, Finite):
        return chance.choice(domain.values)
    if not isinstance(domain, Interval):
        raise TypeError(domain)
    if domain.integer:
        low = int(domain.low) if domain.low.is_finite else -4
        high = int(domain.high) if domain.high.is_finite else low + 8
        return Rational(chance.randint(low, high))
    scale = Rational(chance.choice((1, 1, 4, 16)))
    share = Rational(chance.randint(1, 63), 64)
    if domain.low.is_finite and domain.high.is_finite:
        return domain.low + share * (domain.high - domain.low)
    if domain.low.is_finite:
        return domain.low + scale * share
    if domain.high.is_finite:
        return domain.high - scale * share
    return scale * (2 * share - 1)


def fails(instance: Instance, chord: tuple[Point, Point, Point], claim: str) -> bool:
    """Whether the values at both ends and between them surely contradict the claim."""
    values = [balls.value(instance.loss, point, BITS) for point in chord]
    one, middle, other = values
    if one is None or middle is None or other is None:
        return False
    if claim == "quasiconvex":
        return bool(one < middle and other < middle)
    sign = 1 if claim == "convex" else -1
    return bool(sign * (one + other - 2 * middle) < 0)


def _witness(
    program: Program,
    wrt: tuple[str, ...],
    claim: str,
    place: tuple[Mapping[str, int], Mapping[str, int]],
    chord: tuple[Point, Point, Point],
) -> dict[str, Any]:
    one, middle, other = ({str(s): str(v) for s, v in point.items()} for point in chord)
    return {
        "kind": "chord",
        "claim": claim,
        "loss": program.name,
        "wrt": list(wrt),
        "sizes": dict(place[0]),
        "places": dict(place[1]),
        "weight": "1/2",
        "points": [one, other],
        "middle": middle,
    }
