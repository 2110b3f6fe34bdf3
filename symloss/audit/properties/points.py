"""Small instances of a loss, exact points in them, and values there as balls."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from flint import arb
from sympy import Expr, Rational, Symbol

from symloss.audit.hessians.instance import Instance, TooLarge, element, instantiate, label_of
from symloss.audit.hessians.refute import draw
from symloss.audit.signs import balls
from symloss.language import Domain, Finite, Interval, Simplex
from symloss.program import Program
from symloss.spec import dimension_symbol, scalar_symbol

BITS = 256
TRIES = 12
Point = Mapping[Symbol, Rational]


@dataclass(frozen=True)
class Small:
    """A loss at given sizes, with the symbols of each input's elements by their places."""

    program: Program
    sizes: Mapping[str, int]
    places: Mapping[str, int]
    item: Instance

    def elements(self, name: str) -> dict[tuple[int, ...], Symbol]:
        """The symbols of an input or parameter, by place."""
        return {
            at: scalar_symbol(label_of(name, at)) for at in self.span(self.program.core_shape(name))
        }

    def span(self, shape: tuple[int | str, ...]) -> list[tuple[int, ...]]:
        """All places of an array of that shape."""
        lengths = [length(size, self.sizes) for size in shape]
        return list(itertools.product(*map(range, lengths)))

    def value(self, point: Point, bits: int = BITS) -> arb | None:
        """The loss at a point."""
        return balls.value(self.item.loss, point, bits)

    def contains(self, point: Point) -> bool:
        """Whether a point lies in the domain."""
        return all(
            inside(self.item.domains[row[0]], [point[symbol] for symbol in row])
            for row in self.item.rows
            if row[0] in self.item.domains
        )

    def told(self, point: Point) -> dict[str, Any]:
        """A point as the keys of a witness."""
        return {
            "sizes": dict(self.sizes),
            "places": dict(self.places),
            "point": {str(symbol): str(number) for symbol, number in point.items()},
        }


def length(size: int | str, sizes: Mapping[str, int]) -> int:
    """A core dimension's length at given sizes."""
    named = {dimension_symbol(name): number for name, number in sizes.items()}
    return int(dimension_symbol(size).subs(named))


def inside(domain: Domain, values: list[Expr]) -> bool:
    """Whether the numbers of a row lie in their domain."""
    if isinstance(domain, Simplex):
        return sum(values) == 1 and min(values) >= 0
    return isinstance(domain, (Interval, Finite)) and all(map(domain.contains, values))


def named_sizes(program: Program) -> tuple[str, ...]:
    """The core dimensions that have a name."""
    shapes = (size for entry in program.inputs for size in entry.shape)
    return tuple(dict.fromkeys(size for size in shapes if isinstance(size, str)))


def small(
    program: Program, sizes: Mapping[str, int], places: Mapping[str, int] | None = None
) -> Small | None:
    """The loss at these sizes; None where it cannot be written as one expression."""
    try:
        item = instantiate(program, program.wrt, sizes, places or {})
    except (TooLarge, TypeError, ValueError, IndexError, KeyError):
        return None
    return Small(program, dict(sizes), dict(places or {}), item)


def smalls(program: Program) -> Iterator[Small]:
    """The loss at a few small sizes."""
    names = named_sizes(program)
    for size in (2, 3, 1) if names else (0,):
        found = small(program, dict.fromkeys(names, size))
        if found is not None:
            yield found


def draws(item: Small, number: int = TRIES) -> Iterator[dict[Symbol, Rational]]:
    """Seeded points of the domain."""
    chance = random.Random(0)
    for _ in range(number):
        try:
            yield draw(item.item, chance)
        except TypeError:
            return


def differ(one: arb | None, other: arb | None) -> bool:
    """Whether two values surely differ."""
    return one is not None and other is not None and not (one - other).contains(0)


def small_of(item: Small, step: str, at: tuple[int, ...]) -> Expr | None:
    """An element of a step at the instance's sizes; None where it cannot be written out."""
    try:
        return element(item.program, item.sizes, item.places, step, at)
    except (TooLarge, TypeError, ValueError, IndexError, KeyError, StopIteration):
        return None
