"""Where the hunt starts: the whole range of a format in every argument, and what lies close.

Numbers come from all magnitudes evenly, from a list of notable ones, from ends of domains and from
other numbers of the same point a few ulps or a small part away, so that differences cancel.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from symloss.language import Domain, Finite, Index, Interval, Simplex
from symloss.spec import Input, Parameter, Spec
from symloss.verify.accuracy.format import Format
from symloss.verify.accuracy.place import Place, holds, is_continuous

SIZES = ((3, 2, 4, 2), (2, 3, 2, 3), (1, 1, 1, 1), (5, 2, 3, 2))
"""Sizes of core dimensions, in turn; small ones, for each element is a number to hunt with."""
NOTABLE = (
    *(0.0, 1e-12, 1e-8, 1e-5, 1e-3, 0.1, 0.25, 0.5, 0.6931471805599453, 0.9, 1.0, 1.5, 2.0, 3.0),
    *(5.0, 10.0, 17.0, 20.0, 36.5, 50.0, 87.5, 88.5, 103.5, 300.0, 690.0, 709.5, 720.0, 745.0),
    *(1e3, 1e4, 1e6, 1e8, 1e16),
)
USUAL = 0.6
"""How often a parameter has its default."""
TOGETHER = 0.25
"""How often all numbers of a point are of one size."""
SCALE = 2.0**10
"""Parameters and directions are of magnitudes from its inverse to itself, or an end of a domain.

Inputs have the whole range: they are data. A scale of 1e-300 is a mistake of its caller's.
"""


def variants(spec: Spec) -> list[dict[str, int]]:
    """The sizes of items to hunt with; one, without dimensions, where an item has none."""
    names = spec.dimensions
    if not names:
        return [{}]
    return [dict(zip(names, sizes * 2, strict=False)) for sizes in SIZES]


@dataclass
class Starts:
    """Draws points of one size."""

    spec: Spec
    form: Format
    sizes: Mapping[str, int]
    random: np.random.Generator
    notable: np.ndarray = field(init=False)
    together: float | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        info = np.finfo(self.form.dtype)
        eps, tiny, top = float(info.eps), float(info.tiny), float(info.max)
        extremes = [
            *(float(info.smallest_subnormal), 3 * float(info.smallest_subnormal), tiny, tiny / 2),
            *(math.sqrt(tiny), tiny * top, eps, eps / 2, math.sqrt(eps), 1 - eps / 2, 1 + eps),
            *(1 / eps, 2 / eps, math.sqrt(top), math.sqrt(top) * 2, top / 2, top / 4, top),
        ]
        self.notable = np.array([*NOTABLE, *extremes])

    def draw(self) -> Place:
        """One point."""
        self.together = self._scale_of_all()
        values: dict[str, Any] = {}
        for entry in self.spec.arguments.values():
            values[entry.name] = self._argument(entry, values)
        return Place(values, self._vector(values))

    def _scale_of_all(self) -> float | None:
        """At times all numbers of a point are of one size: that is where differences are small."""
        if self.random.random() > TOGETHER:
            return None
        return math.exp(self.random.uniform(-28.0, 7.0))

    def calm(self) -> Place:
        """One point of ordinary magnitudes, parameters at their defaults where they have one."""
        values: dict[str, Any] = {}
        for entry in self.spec.arguments.values():
            if isinstance(entry.domain, Interval):
                shape = self._shape(entry)
                numbers = self._inside(entry.domain, self._ordinary, shape)
                default = getattr(entry, "default", None)
                numbers = numbers if default is None else float(default)
                values[entry.name] = self._rounded(numbers)
            else:
                values[entry.name] = self._argument(entry, values)
        return Place(values, self._vector(values))

    def _ordinary(self, count: int) -> np.ndarray:
        numbers = self.random.normal(0, 2, count)
        return np.where(self.random.random(count) < 0.25, np.round(numbers), numbers)

    def _shape(self, entry: Input | Parameter) -> tuple[int, ...]:
        shape = entry.shape if isinstance(entry, Input) else ()
        return tuple(size if isinstance(size, int) else self.sizes[size] for size in shape)

    def _vector(self, values: Mapping[str, Any]) -> dict[str, Any]:
        return {
            name: self._rounded(self.random.normal(size=np.shape(values[name])))
            for name in self.spec.wrt
        }

    def _argument(self, entry: Input | Parameter, known: Mapping[str, Any]) -> Any:
        if isinstance(entry, Parameter):
            return self._parameter(entry, known)
        shape = self._shape(entry)
        if isinstance(entry.domain, Index):
            dimension = entry.domain.dimension
            top = self.sizes[dimension] if dimension in self.sizes else int(dimension)
            return self.random.integers(0, top, shape)
        return self._values(entry.domain, shape, known)

    def _parameter(self, entry: Parameter, known: Mapping[str, Any]) -> Any:
        if entry.default is not None and self.random.random() < USUAL:
            return self._rounded(float(entry.default))
        if isinstance(entry.domain, Finite):
            return self._values(entry.domain, (), known)
        for _ in range(20):
            value = self._values(entry.domain, (), known)
            if is_sane(entry.domain, value) and holds(entry.domain, value):
                return value
        return self._rounded(self._inside(entry.domain, lambda n: np.ones(n), ()))

    def _values(self, domain: Domain, shape: tuple[int, ...], known: Mapping[str, Any]) -> Any:
        if isinstance(domain, Finite):
            return self._rounded(self.random.choice([float(v) for v in domain.values], shape))
        if isinstance(domain, Interval):
            style = self._style(known)
            return self._rounded(self._inside(domain, style, shape))
        return self._simplex(shape)

    def _style(self, known: Mapping[str, Any]) -> Callable[[int], np.ndarray]:
        """How the numbers of one array are drawn."""
        random, info, together = self.random, np.finfo(self.form.dtype), self.together
        if together is not None:
            return lambda n: random.normal(0, together, n)
        lowest, highest = math.log(float(info.smallest_subnormal)), math.log(float(info.max))
        base = random.uniform(lowest, highest) if random.random() < 0.5 else random.normal(0, 3)
        lift = random.exponential(60.0)
        styles: list[Callable[[int], np.ndarray]] = [
            lambda n: random.normal(0, 2, n),
            lambda n: self._signed(np.exp(random.uniform(lowest, highest, n))),
            lambda n: self._signed(np.exp(random.uniform(-20.0, 10.0, n))),
            lambda n: self._signed(random.choice(self.notable, n)),
            lambda n: random.normal(0, 1, n) * math.exp(base),
            lambda n: random.normal(0, 1, n) + lift * (np.arange(n) == random.integers(0, n)),
        ]
        real = [value for value in known.values() if np.asarray(value).dtype.kind == "f"]
        if real:
            styles += 2 * [lambda n: self._close(real[random.integers(len(real))], n)]
        return styles[random.integers(len(styles))]

    def _close(self, other: Any, count: int) -> np.ndarray:
        """Numbers close to those of another argument: equal, ulps away, a small part away."""
        numbers = np.resize(np.ravel(np.asarray(other, np.float64)), count)
        part = np.exp(self.random.uniform(math.log(2.0**-self.form.digits), 0.0, count))
        ulps = self.random.integers(-3, 4, count) * 2.0**-self.form.digits
        kind = self.random.integers(0, 4, count)
        by = np.choose(kind, [np.zeros(count), ulps, self._signed(part), ulps])
        with np.errstate(over="ignore"):  # beside the largest: `_rounded` brings it back
            return numbers * (1 + by)

    def _signed(self, sizes: np.ndarray) -> np.ndarray:
        return np.where(self.random.random(len(sizes)) < 0.5, -sizes, sizes)

    def _inside(
        self, domain: Domain, style: Callable[[int], np.ndarray], shape: tuple[int, ...]
    ) -> Any:
        """Numbers of a style, folded into an interval: distances from its ends have that style."""
        count = int(np.prod(shape, dtype=int))
        numbers = np.asarray(style(max(count, 1)), np.float64)
        assert isinstance(domain, (Interval, Finite))
        if isinstance(domain, Finite):
            return self.random.choice([float(v) for v in domain.values], shape)
        numbers = fold(domain, numbers, self.random)[: max(count, 1)]
        return numbers.reshape(shape) if shape else float(numbers[0])

    def _simplex(self, shape: tuple[int, ...]) -> Any:
        """Points inside, near faces and vertices, and on them."""
        spread = self.random.exponential(20.0) if self.random.random() < 0.5 else 1.0
        logits = self.random.normal(0, spread, shape)
        logits = np.where(self.random.random(shape) < 0.2, -np.inf, logits)
        logits = np.where(logits.max(-1, keepdims=True) == -np.inf, 0.0, logits)
        weights = np.exp(logits - logits.max(-1, keepdims=True))
        return self._rounded(weights / weights.sum(-1, keepdims=True))

    def _rounded(self, values: Any) -> Any:
        with np.errstate(over="ignore", under="ignore"):
            array = np.asarray(values, self.form.dtype)
        top = np.finfo(self.form.dtype).max
        return np.clip(array, -top, top)


def fold(domain: Interval, numbers: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """Numbers brought into an interval, those inside left alone."""
    low, high = float(domain.low), float(domain.high)
    if domain.integer:
        numbers = np.round(np.clip(numbers, -(2.0**24), 2.0**24))
    inside = np.array([holds(domain, number) for number in numbers])
    size = np.abs(numbers)
    if math.isfinite(low) and math.isfinite(high):
        gap = np.minimum(size, 1 / np.maximum(size, 1e-300)) * (high - low) / 2
        folded = np.where(random.random(len(numbers)) < 0.5, low + gap, high - gap)
    elif math.isfinite(low):
        folded = low + size
    else:
        folded = high - size if math.isfinite(high) else numbers
    numbers = np.where(inside, numbers, folded)
    good = np.array([holds(domain, number) for number in numbers])
    middle = (max(low, -1.0) + min(high, max(low, -1.0) + 2)) / 2
    return np.where(good, numbers, np.round(middle) if domain.integer else middle)


def is_sane(domain: Domain, value: Any) -> bool:
    """Whether a parameter's value is one to hold a loss to account at."""
    size = float(np.abs(value))
    if 1 / SCALE <= size <= SCALE:
        return True
    closed = isinstance(domain, Interval) and holds(domain, 0.0)
    return isinstance(domain, Finite) or (closed and (size == 0 or size < 1 / SCALE))


def neighbour(
    spec: Spec, form: Format, place: Place, notable: np.ndarray, random: np.random.Generator
) -> Place | None:
    """The point with one number changed; None where that leaves the domain."""
    free = [e.name for e in spec.arguments.values() if is_continuous(e.domain)]
    names = [*free, *(f"vector {name}" for name in place.vector)]
    if not free:
        return None
    name = names[random.integers(len(names))] if random.random() < 0.1 else random.choice(free)
    moved, array = name.removeprefix("vector "), None
    source = place.values if moved == name else place.vector
    array = np.array(source[moved], form.dtype)
    if not array.size:
        return None
    at = np.unravel_index(random.integers(array.size), array.shape)
    array[at] = _changed(array[at], place, form, notable, random)
    if moved != name:
        if not 1 / SCALE <= abs(array[at]) <= SCALE:
            return None
        return Place(place.values, {**place.vector, moved: array})
    entry = spec.arguments[name]
    if isinstance(entry.domain, Simplex):
        array = whole(array)
    if not np.isfinite(array).all() or not holds(entry.domain, array):
        return None
    if isinstance(entry, Parameter) and not is_sane(entry.domain, array):
        return None
    return Place({**place.values, name: array}, place.vector)


def whole(array: np.ndarray) -> np.ndarray:
    """Numbers as a point of the simplex: a change of one is at the others' expense."""
    with np.errstate(all="ignore"):
        sizes = abs(array)
        return sizes / sizes.sum(-1, keepdims=True, dtype=array.dtype)


def _changed(
    number: Any, place: Place, form: Format, notable: np.ndarray, random: np.random.Generator
) -> Any:
    """Some ulps, powers of two, a part, a sign, another number of the point, a notable one."""
    kind = random.integers(9)
    with np.errstate(all="ignore"):
        if kind <= 2:
            return number + form.dtype.type(
                random.integers(-8, 9) * float(form.spacing(float(number)))
            )
        if kind == 3:
            return number * form.dtype.type(2.0 ** random.integers(-12, 13))
        if kind <= 5:
            return number * form.dtype.type(1 + random.normal() * 10.0 ** -random.uniform(0, 7))
        if kind == 6:
            return -number
        if kind == 7:
            others = [np.ravel(v) for v in place.values.values() if np.asarray(v).dtype.kind == "f"]
            return form.dtype.type(random.choice(np.concatenate(others))) * form.dtype.type(
                1 + random.integers(-3, 4) * 2.0**-form.digits
            )
        return form.dtype.type(random.choice(notable) * random.choice([-1, 1]))
