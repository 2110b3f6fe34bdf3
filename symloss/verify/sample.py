"""Points to try, on purpose.

Interior, ends, near ends, both sides of every kink, ties, huge and tiny.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import sympy
from sympy.core.relational import Relational
from sympy.functions.elementary.miscellaneous import MinMaxBase

from symloss.language import Domain, Finite, Index, Interval
from symloss.spec import Input, Parameter, Spec
from symloss.verify.reference import evaluate, tables_of

SIZES = (5, 3, 7, 2, 4)
"""Sizes of core dimensions; different dimensions get different ones, so that swapped axes show."""
EXTREMES = {"float32": (1e3, 1e-4, 30.0), "float64": (1e4, 1e-12, 1e3, 30.0, 1e-4)}
"""Magnitudes whose squares and cubes both types can hold.

The whole range is a matter of its own.
"""


@dataclass(frozen=True)
class Point:
    """Values of all arguments of one item, in float64 that the tried type can hold."""

    values: Mapping[str, Any]
    sizes: tuple[tuple[str, int], ...]
    kind: str


def sample(spec: Spec, count: int, dtype: np.dtype, seed: int) -> list[Point]:
    """Points for a spec, the same for the same seed."""
    random = np.random.default_rng([seed, dtype.itemsize])
    points = list(_plain(spec, count, random))
    points += list(_extreme(spec, EXTREMES[dtype.name], random))[: max(2 * count, 8)]
    points += list(_ties(spec, max(count // 6, 2), random))
    if not any(entry.shape for entry in spec.inputs):
        points += list(_kinks(spec, points[: count // 2], dtype))
    held = [rounded(point, dtype) for point in points]
    return [point for point in held if is_inside(spec, point)]


def plain_point(
    spec: Spec,
    sizes: Mapping[str, int],
    dtype: np.dtype[Any],
    random: np.random.Generator,
    *,
    border: bool,
) -> Point:
    """A point of given sizes, with parameters at their defaults where they have one.

    Without `border`, no element lies at an end of its domain, where a loss may be infinite.
    """
    values = {
        entry.name: _values(entry.domain, _shape(entry, sizes), sizes, random, border=border)
        for entry in spec.inputs
    }
    given = {entry.name: _parameter(entry, 0, random) for entry in spec.parameters}
    return rounded(Point(values | given, tuple(sizes.items()), "interior"), dtype)


def _plain(spec: Spec, count: int, random: np.random.Generator) -> Iterator[Point]:
    for number in range(count):
        sizes = _sizes(spec, number)
        values = {
            entry.name: _values(entry.domain, _shape(entry, sizes), sizes, random)
            for entry in spec.inputs
        }
        given = {entry.name: _parameter(entry, number, random) for entry in spec.parameters}
        yield Point(values | given, tuple(sizes.items()), "interior")


def _sizes(spec: Spec, number: int) -> dict[str, int]:
    shift = number % len(SIZES)
    sizes = {
        name: SIZES[(shift + place) % len(SIZES)] for place, name in enumerate(spec.dimensions)
    }
    if number % 5 == 4:
        sizes = dict.fromkeys(sizes, 1)
    return sizes


def _shape(entry: Input | Parameter, sizes: Mapping[str, int]) -> tuple[int, ...]:
    shape = entry.shape if isinstance(entry, Input) else ()
    return tuple(size if isinstance(size, int) else sizes[size] for size in shape)


def _values(
    domain: Domain,
    shape: tuple[int, ...],
    sizes: Mapping[str, int],
    random: np.random.Generator,
    *,
    border: bool = True,
) -> Any:
    if isinstance(domain, Index):
        top = sizes.get(domain.dimension) or int(domain.dimension)
        return random.integers(0, top, shape)
    if isinstance(domain, Finite):
        return random.choice([float(value) for value in domain.values], shape)
    if isinstance(domain, Interval):
        return _interval(domain, shape, random, border=border)
    return _simplex(shape, random, border=border)


def _simplex(shape: tuple[int, ...], random: np.random.Generator, *, border: bool) -> Any:
    """Points inside; with `border` on faces and at vertices, too: targets are often one-hot."""
    weights = random.exponential(size=shape)
    if not border:
        return weights / weights.sum(axis=-1, keepdims=True)
    keep = random.random((*shape[:-1], 1)) * random.random(shape) < 0.4
    largest = weights == weights.max(axis=-1, keepdims=True)
    alone = random.random((*shape[:-1], 1)) < 0.15
    weights = np.where(largest | (keep & ~alone), weights, 0.0)
    return weights / weights.sum(axis=-1, keepdims=True)


def _interval(
    domain: Interval, shape: tuple[int, ...], random: np.random.Generator, *, border: bool
) -> Any:
    low, high = float(domain.low), float(domain.high)
    if math.isfinite(low) and math.isfinite(high):
        values = random.uniform(low, high, shape)
        if border:
            values = np.where(random.random(shape) < 0.1, _ends(domain, values, random), values)
    elif math.isfinite(low):
        values = low + random.exponential(2.0, shape)
    elif math.isfinite(high):
        values = high - random.exponential(2.0, shape)
    else:
        values = random.normal(0.0, 2.0, shape)
    return np.round(values) if domain.integer else values


def _ends(domain: Interval, values: Any, random: np.random.Generator) -> Any:
    """Ends that belong to the interval, elsewhere the values themselves."""
    low = values if domain.low_open else float(domain.low)
    high = values if domain.high_open else float(domain.high)
    return np.where(random.random(np.shape(values)) < 0.5, low, high)


def _parameter(entry: Parameter, number: int, random: np.random.Generator) -> float:
    if entry.default is not None and number % 2 == 0:
        return float(entry.default)
    drawn = float(np.asarray(_values(entry.domain, (), {}, random)))
    return round(drawn, 2) if _holds(entry.domain, round(drawn, 2)) else drawn


def _holds(domain: Domain, value: float) -> bool:
    if not isinstance(domain, (Interval, Finite)):
        return True
    return domain.contains(sympy.Rational(value))


def _extreme(spec: Spec, sizes: tuple[float, ...], random: np.random.Generator) -> Iterator[Point]:
    """Every magnitude in every real input, one at a time."""
    chosen = [
        (entry.name, entry.domain, size)
        for size in sizes
        for entry in spec.inputs
        if isinstance(entry.domain, Interval)
    ]
    for (name, domain, size), base in zip(chosen, _plain(spec, len(chosen), random), strict=True):
        moved = _squeezed(domain, np.asarray(base.values[name], float), size)
        yield Point({**base.values, name: moved}, base.sizes, "extreme")
        if not domain.low.is_finite and not domain.high.is_finite:
            yield Point({**base.values, name: -moved}, base.sizes, "extreme")


def _squeezed(domain: Interval, values: Any, size: float) -> Any:
    """The values brought to a magnitude, or as near to the ends as its inverse."""
    low, high = float(domain.low), float(domain.high)
    if math.isfinite(low) and math.isfinite(high):
        near = min(size, 1 / size, 0.25)
        ends = (low if domain.low_open is False else low + near, high - near)
        return np.where(values < (low + high) / 2, low + near, ends[1])
    if math.isfinite(low):
        return low + size * (np.abs(values - low) + 1e-3)
    if math.isfinite(high):
        return high - size * (np.abs(values - high) + 1e-3)
    return np.round(values * size) if domain.integer else values * size


def _ties(spec: Spec, count: int, random: np.random.Generator) -> Iterator[Point]:
    """Equal inputs, zeros, equal elements: where norms vanish and maxima tie."""
    real = [
        entry
        for entry in spec.inputs
        if isinstance(entry.domain, Interval) and not entry.domain.integer
    ]
    for number, base in enumerate(_plain(spec, count, random)):
        values = dict(base.values)
        for entry in real[1:] if number % 2 == 0 else real[:1]:
            first = np.asarray(values[real[0].name], float)
            shape = np.shape(values[entry.name])
            tied = (
                first
                if first.shape == shape
                else np.full(shape, float(first.flat[0]) if first.size else 0.0)
            )
            tied = tied if number % 2 == 0 else np.full(shape, 0.0)
            if all(_holds(entry.domain, float(value)) for value in np.ravel(tied)):
                values[entry.name] = tied
        yield Point(values, base.sizes, "tie")


def _kinks(spec: Spec, bases: list[Point], dtype: np.dtype[Any]) -> Iterator[Point]:
    """The floats at and beside each place where a condition or an Abs changes, by each input."""
    for surface in dict.fromkeys(_surfaces(spec)):
        for base in bases[:3]:
            for entry in spec.inputs:
                if isinstance(entry.domain, Interval):
                    line = _Line(spec, surface, base, entry.name, entry.domain)
                    yield from line.crossings(dtype.type)


@dataclass(frozen=True)
class _Line:
    """A surface seen along one input, all else as at the base point."""

    spec: Spec
    surface: sympy.Expr
    base: Point
    name: str
    domain: Interval

    def point(self, value: float) -> Point:
        return Point({**self.base.values, self.name: value}, self.base.sizes, "kink")

    def height(self, value: float) -> float:
        tables = tables_of(self.spec, self.point(value).values)
        return float(evaluate(self.spec, tables, expression=self.surface).mid())

    def crossings(self, kind: Any) -> Iterator[Point]:
        """Points at and beside each change of sign."""
        grid = [value for value in _grid(self.domain) if _holds(self.domain, value)]
        heights = [self.height(value) for value in grid]
        for left, right, one, other in zip(grid, grid[1:], heights, heights[1:], strict=False):
            if one == 0 or one * other < 0:
                middle = kind(left if one == 0 else self.bisect(left, right))
                beside = (np.nextafter(middle, kind(side * math.inf)) for side in (-1, 1))
                yield from (
                    self.point(float(v)) for v in (middle, *beside) if _holds(self.domain, float(v))
                )

    def bisect(self, left: float, right: float) -> float:
        """The first float, nearly, after the change of sign."""
        below = self.height(left) < 0
        for _ in range(80):
            middle = (left + right) / 2
            if (self.height(middle) < 0) == below:
                left = middle
            else:
                right = middle
        return right


def _grid(domain: Interval) -> list[float]:
    low = float(domain.low) if domain.low.is_finite else -8.0
    high = float(domain.high) if domain.high.is_finite else 8.0
    return [low + (high - low) * step / 16 for step in range(17)]


def _surfaces(spec: Spec) -> Iterator[sympy.Expr]:
    """What changes sign at kinks, in the inputs and parameters alone."""
    known: dict[sympy.Expr, sympy.Expr] = {}
    for definition in spec.definitions:
        expression = definition.expression.xreplace(known)
        known[sympy.Symbol(definition.name, real=True)] = expression
        for node in sympy.preorder_traversal(expression):
            if isinstance(node, (sympy.Abs, sympy.sign)):
                yield node.args[0]
            elif isinstance(node, MinMaxBase):
                yield node.args[0] - node.args[1]
            elif isinstance(node, Relational):
                yield node.lhs - node.rhs


def is_inside(spec: Spec, point: Point) -> bool:
    """Whether rounding has left every number in its domain."""
    return all(
        _holds(entry.domain, float(value))
        for entry in spec.arguments.values()
        if not isinstance(entry.domain, Index)
        for value in np.ravel(point.values[entry.name])
    )


def rounded(point: Point, dtype: np.dtype) -> Point:
    """The point with every number representable in the tried type."""
    values = {
        name: value
        if np.asarray(value).dtype.kind in "iu"
        else np.asarray(np.asarray(value, dtype), np.float64)
        for name, value in point.values.items()
    }
    return Point(values, point.sizes, point.kind)
