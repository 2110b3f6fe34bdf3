"""What a loss is timed on: shapes by its structure, numbers by its domains."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from symloss.language import Domain, Finite, Index, Interval, Simplex
from symloss.spec import Input, Spec

Array = NDArray[Any]
Sizes = Mapping[str, int]


@dataclass(frozen=True)
class Shape:
    """So many items, of core dimensions of such sizes."""

    items: int
    sizes: Sizes

    def __str__(self) -> str:
        core = " x ".join(_short(size) for size in self.sizes.values())
        return f"{_short(self.items)} x {core}" if core else _short(self.items)


def _short(count: int) -> str:
    for unit, letter in ((10**6, "M"), (1000, "k")):
        if (count >= 10 * unit and count % unit == 0) or count == unit:
            return f"{count // unit}{letter}"
    return str(count)


def shapes(spec: Spec, pairs: bool) -> list[Shape]:
    """Large shapes: many items, rows of classes, long items and short rows, matrices.

    An axis that an index or a distribution ranges over is one of classes; another that stands alone
    may be one of pixels or of an embedding: both are tried. With `pairs`, an axis is squared.
    """
    names = spec.dimensions
    if not names:
        return [Shape(10**6, {})]
    if _widest(spec) > 1 or len(names) > 2:
        return [Shape(1, _matrix(spec))]
    if pairs:
        return [Shape(4096, dict.fromkeys(names, 128)), Shape(1, dict.fromkeys(names, 4096))]
    if any(isinstance(entry.domain, (Index, Simplex)) for entry in spec.inputs):
        rows = ((100_000, 10), (20_000, 100), (2000, 1000), (64, 32_000))
        return [Shape(items, dict.fromkeys(names, size)) for items, size in rows]
    long = [Shape(1, dict.fromkeys(names, size)) for size in (10**6, 10**7)]
    return [Shape(4096, dict.fromkeys(names, 128)), *long]


def small_shapes(spec: Spec, pairs: bool) -> list[Shape]:
    """Batches so small that the call itself counts; an item with pairs is a batch by itself."""
    sizes = dict.fromkeys(spec.dimensions, 10)
    return [Shape(items, sizes) for items in ((1,) if pairs else (16, 100))]


def scaling_shapes(spec: Spec, most: int) -> dict[str, list[Shape]]:
    """Growing numbers of items, and growing sizes of the core dimensions, up to so many numbers."""
    names, widest = spec.dimensions, _widest(spec)
    core = 10**widest
    found = {"items": [Shape(n, dict.fromkeys(names, 10)) for n in _powers(10, 10, most // core)]}
    if names:
        rows = 100 if widest == 1 else 1
        largest = math.floor((most // rows) ** (1 / widest) + 1e-9)
        sizes = _powers(4, 4, largest)
        found["size"] = [Shape(rows, dict.fromkeys(names, n)) for n in sizes]
    return found


def _powers(first: int, base: int, most: int) -> list[int]:
    """The first number and its multiples by powers of a base, up to the largest."""
    found = [first]
    while found[-1] * base <= most:
        found.append(found[-1] * base)
    return found


def _widest(spec: Spec) -> int:
    return max((len(entry.shape) for entry in spec.inputs), default=0)


def _matrix(spec: Spec) -> dict[str, int]:
    """The last axis of a matrix is one of features, 128; the others count what has them, 1024."""
    last = {str(entry.shape[-1]) for entry in spec.inputs if len(entry.shape) > 1}
    first = {str(name) for entry in spec.inputs for name in entry.shape[:-1]}
    return {name: 128 if name in last - first else 1024 for name in spec.dimensions}


def arrays(spec: Spec, shape: Shape, kind: Any, seed: int = 5) -> list[Array]:
    """Inputs of a shape, ordinary numbers of their domains, floats of one type.

    They have memory of their own, as callers' have: calls on read-only ones go the general way.
    """
    random = np.random.default_rng(seed)
    return [np.array(part, order="C") for part in _arrays(spec, shape, kind, random)]


def _arrays(spec: Spec, shape: Shape, kind: Any, random: np.random.Generator) -> Iterator[Array]:
    for entry in spec.inputs:
        full = (shape.items, *(_size(axis, shape) for axis in entry.shape))
        made = _places(entry, full, shape, random)
        yield _numbers(entry.domain, full, random).astype(kind) if made is None else made


def _size(axis: int | str, shape: Shape) -> int:
    return axis if isinstance(axis, int) else shape.sizes[axis]


def _places(
    entry: Input, full: tuple[int, ...], shape: Shape, random: np.random.Generator
) -> Array | None:
    """Indices; those along the axis that their own input has point elsewhere, as partners do."""
    if not isinstance(entry.domain, Index):
        return None
    size = _size(entry.domain.dimension, shape)
    if entry.domain.dimension in entry.shape:
        return np.broadcast_to((np.arange(full[-1]) + size // 2) % size, full)
    return random.integers(0, size, full)


def _numbers(domain: Domain, full: tuple[int, ...], random: np.random.Generator) -> Array:
    if isinstance(domain, Finite):
        return random.choice([float(value) for value in domain.values], full)
    if isinstance(domain, Simplex):
        raw = random.exponential(1.0, full) + 1e-3
        return raw / raw.sum(axis=-1, keepdims=True)
    assert isinstance(domain, Interval)
    return _within(domain, full, random)


def _within(domain: Interval, full: tuple[int, ...], random: np.random.Generator) -> Array:
    low, high = float(domain.low), float(domain.high)
    if math.isfinite(low) and math.isfinite(high):
        return low + (high - low) * random.uniform(0.05, 0.95, full)
    if math.isfinite(low):
        drawn = low + 0.1 + random.exponential(1.0, full)
    elif math.isfinite(high):
        drawn = high - 0.1 - random.exponential(1.0, full)
    else:
        drawn = random.normal(0.0, 1.5, full)
    return np.ceil(10 * drawn) if domain.integer else drawn
