"""Values and derivatives of emitted code against the reference.

What is allowed, Higham's mixed error: with u the unit roundoff of the type, results may be those of
inputs perturbed by some ulps (the interval over such perturbations is what `compare` gets), plus C
u (|result| + floor). C = 64 + 8 times the item's number of elements. The floor is what evaluating
the formula as written may lose: for values the radius of the spec's own mathematics in ball
arithmetic at the type's precision, over u; for derivatives the largest component of the same item
and the median magnitude of that function over interior points.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from zlib import crc32

import flint
import numpy as np
from flint import arb

from symloss.spec import Input, Spec
from symloss.verify.reference import evaluate, tables_of
from symloss.verify.sample import Point
from symloss.verify.slopes import Differences, Slope
from symloss.verify.tally import Tally

ULPS = 4
"""Relative perturbation of the inputs that is allowed, in unit roundoffs; zero may be tiny."""
PATTERNS = 6
MORE_PATTERNS = 32
MOST_COORDINATES = 16
_EXACT = 256
"""Bits that hold a float times one plus a few ulps without rounding."""
SECOND_ORDER_POINTS = 6
LARGEST_HESSIAN = 12
SECOND_ORDER = 4
"""How many times as many roundoffs second derivatives are allowed."""
Key = tuple[str, tuple[int, ...]]
Direction = Mapping[Key, arb]


@dataclass
class Trial:
    """One point in one type, with what the reference says about it, computed when asked for."""

    spec: Spec
    point: Point
    dtype: np.dtype
    seed: int

    @cached_property
    def tables(self) -> dict[str, Any]:
        """The point as exact balls."""
        return tables_of(self.spec, self.point.values)

    @cached_property
    def unit(self) -> float:
        """The unit roundoff of the type."""
        return float(np.finfo(self.dtype).eps) / 2

    @cached_property
    def keys(self) -> list[Key]:
        """The coordinates at which derivatives are tried: of many, some, others in each trial."""
        every = [(name, place) for name in self.spec.wrt for place in self.tables[name]]
        if len(every) <= MOST_COORDINATES:
            return every
        random = np.random.default_rng([self.seed, crc32(self.label.encode())])
        chosen = sorted(random.choice(len(every), MOST_COORDINATES, replace=False).tolist())
        return [every[place] for place in chosen]

    @cached_property
    def constant(self) -> float:
        """How many roundoffs an item of this size is allowed."""
        elements = sum(len(self.tables[entry.name]) for entry in self.spec.inputs)
        return 64.0 + 8.0 * elements

    @cached_property
    def perturbed(self) -> list[dict[str, Any]]:
        """The point with its real coordinates moved by some ulps, at random."""
        return self._moved(PATTERNS, 7)

    def _moved(self, patterns: int, stream: int) -> list[dict[str, Any]]:
        random = np.random.default_rng([self.seed, stream])
        moved = []
        for _ in range(patterns):
            tables = {}
            for name, table in self.tables.items():
                entry = self.spec.arguments[name]
                if isinstance(entry, Input) and entry.is_index:
                    tables[name] = table
                    continue
                with flint.ctx.workprec(_EXACT):
                    tables[name] = {
                        place: value * (1 + int(random.choice([-1, 1])) * ULPS * arb(self.unit))
                        + int(random.choice([-1, 1])) * arb(_tiny(self.dtype))
                        for place, value in table.items()
                    }
            moved.append(tables)
        return moved

    @cached_property
    def value(self) -> float | None:
        """The loss, where it is finite."""
        ball = evaluate(self.spec, self.tables)
        return _float(ball) if ball.is_finite() else None

    @cached_property
    def values(self) -> list[float]:
        """The loss here and at the perturbed points, where finite."""
        return [] if self.value is None else [self.value, *self._losses(self.perturbed)]

    def _losses(self, places: list[dict[str, Any]]) -> list[float]:
        balls = [evaluate(self.spec, tables) for tables in places]
        return [_float(ball) for ball in balls if ball.is_finite()]

    def value_hull(self, got: float) -> tuple[float, float, float]:
        """The interval of the loss around the point, as far as a result asks for it, and a slack.

        Perturbed points are dear, so they are only tried where they matter. At a jump, rounding
        may land on either side: with several arguments that make it up, few patterns may miss one.
        """
        assert self.value is not None
        low = high = self.value
        slack = self._value_slack([self.value])
        if not low - slack <= got <= high + slack:
            low, high, slack = min(self.values), max(self.values), self._value_slack(self.values)
        if not low - slack <= got <= high + slack:
            more = self._losses(self._moved(MORE_PATTERNS, 8))
            low, high = min([low, *more]), max([high, *more])
        return low, high, slack

    def _value_slack(self, values: list[float]) -> float:
        """What a value may be off its interval."""
        size = self.constant * self.unit * max(map(abs, values))
        return _sane(size + self.constant * self.rounding) + _tiny(self.dtype)

    @cached_property
    def rounding(self) -> float:
        """What evaluating the formula as written in the type's precision may lose."""
        bits = 53 if self.dtype.itemsize == 8 else 24
        ball = evaluate(self.spec, self.tables, precision=bits)
        return float(ball.rad()) if ball.is_finite() else math.inf

    @cached_property
    def floors(self) -> dict[str, float]:
        """What cancellation inside may cost a derivative, by argument: `rounding` over its size.

        The gradient of a cosine of vectors with one element is zero, but the parts of it that
        cancel are not: they are as large as the loss's own parts over the vector. So is that of
        |x - y|/(|x| + |y|) where x and y have unlike signs.
        """
        sizes = {
            name: max((abs(float(value)) for value in self.tables[name].values()), default=0.0)
            for name in self.spec.wrt
        }
        known = {name: self.rounding / size for name, size in sizes.items() if size}
        return dict.fromkeys(self.spec.wrt, 0.0) | {n: _sane(floor) for n, floor in known.items()}

    @cached_property
    def differences(self) -> Differences:
        """Differences around the point."""
        return Differences(self.spec, self.tables)

    @cached_property
    def others(self) -> list[Differences]:
        """Differences around the perturbed points."""
        return [Differences(self.spec, tables) for tables in self.perturbed]

    def reach(self, step: tuple[Key, arb]) -> float:
        """A step of a direction, relative to the size of the array it is taken in."""
        (name, _), by = step
        return abs(float(by)) * self.floors[name] / self.rounding if self.floors[name] else 0.0

    def second_hull(self, key: Key, along: Direction) -> tuple[float, float] | None:
        """The interval of a second derivative over the point and the perturbed points."""
        found = [place.second(*key, along) for place in (self.differences, *self.others)]
        values = [value for value in found if value is not None]
        return (min(values), max(values)) if values else None

    @cached_property
    def slopes(self) -> dict[Key, Slope | None]:
        """The derivative by each coordinate, at the point itself."""
        return {key: self.differences.slope(*key) for key in self.keys}

    def slope_hull(self, key: Key) -> tuple[float, float]:
        """The interval of a derivative over the point and the perturbed points."""
        if key not in self.slope_hulls:
            found = [place.slope(*key) for place in (self.differences, *self.others)]
            known = [slope for slope in found if slope is not None]
            self.slope_hulls[key] = min(s.low for s in known), max(s.high for s in known)
        return self.slope_hulls[key]

    @cached_property
    def slope_hulls(self) -> dict[Key, tuple[float, float]]:
        """The intervals that were asked for."""
        return {}

    @property
    def is_representable(self) -> bool:
        """Whether the loss is a number that the type can hold: beyond, derivatives mean nothing."""
        top = float(np.finfo(self.dtype).max)
        return self.value is not None and abs(self.value) < top

    @property
    def is_smooth(self) -> bool:
        """Whether second derivatives may be asked for."""
        plain = self.point.kind in ("interior", "extreme") and self.is_representable
        return plain and all(self._is_plain(slope) for slope in self.slopes.values())

    def _is_plain(self, slope: Slope | None) -> bool:
        """Whether a derivative is one number, and one that the type can hold."""
        top = float(np.finfo(self.dtype).max)
        return slope is not None and not slope.is_kink and abs(slope.high) < top

    @cached_property
    def label(self) -> str:
        """The point, short enough to read."""
        parts = []
        for name, value in self.point.values.items():
            shown = np.array2string(np.asarray(value), precision=17, threshold=12, separator=", ")
            parts.append(f"{name}={' '.join(shown.split())}")
        return f"{self.point.kind}: " + " ".join(parts)


@dataclass(frozen=True)
class Batch:
    """Trials of equal sizes, stacked for one call of the emitted code."""

    spec: Spec
    trials: list[Trial]
    dtype: np.dtype

    @cached_property
    def inputs(self) -> list[np.ndarray]:
        """Every input, stacked."""
        return [self.stack(entry.name) for entry in self.spec.inputs]

    @cached_property
    def parameters(self) -> dict[str, np.ndarray]:
        """Every parameter, one value an item."""
        return {entry.name: self.stack(entry.name) for entry in self.spec.parameters}

    def stack(self, name: str) -> np.ndarray:
        """All trials' values of one argument."""
        values = np.stack([np.asarray(trial.point.values[name]) for trial in self.trials])
        entry = self.spec.arguments[name]
        is_index = isinstance(entry, Input) and entry.is_index
        return values.astype(np.int64 if is_index else self.dtype)


def batches(spec: Spec, trials: list[Trial], dtype: np.dtype) -> list[Batch]:
    """Trials grouped by their core sizes."""
    groups: dict[tuple[tuple[str, int], ...], list[Trial]] = {}
    for trial in trials:
        groups.setdefault(trial.point.sizes, []).append(trial)
    return [Batch(spec, group, dtype) for group in groups.values()]


def by_name(spec: Spec, result: Any) -> Mapping[str, Any]:
    """A derivative's parts by variable, whether or not they came in a tuple."""
    if len(spec.wrt) == 1:
        return {spec.wrt[0]: result}
    return {name: getattr(result, name) for name in spec.wrt}


def check_values(tally: Tally, batch: Batch, got: Any) -> None:
    """Values, item by item."""
    _shape(tally, "value", np.shape(got), (len(batch.trials),), got, batch.dtype)
    for trial, number in zip(batch.trials, np.ravel(got), strict=False):
        if trial.value is None or math.isinf(trial.rounding):
            tally.skipped += 1
            continue
        tally.points += 1
        low, high, slack = trial.value_hull(float(number))
        tally.compare(float(number), low, high, slack, point=trial.label)


def check_gradient(tally: Tally, batch: Batch, got: Any, typical: float) -> None:
    """Derivatives, coordinate by coordinate."""
    parts = by_name(batch.spec, got)
    for name, part in parts.items():
        shape = np.shape(batch.stack(name))
        _shape(tally, name, np.shape(part), shape, part, batch.dtype)
    for number, trial in enumerate(batch.trials):
        if not trial.is_representable:
            tally.skipped += 1
            continue
        tally.points += 1
        largest = max((slope.size for slope in trial.slopes.values() if slope), default=0.0)
        floor = _sane(largest) + typical
        for (name, place), slope in trial.slopes.items():
            if slope is None:
                continue
            found = float(np.asarray(parts[name])[(number, *place)])
            slack = trial.constant * trial.unit * (_sane(slope.size) + floor)
            slack += trial.constant * trial.floors[name] + slope.error + _tiny(batch.dtype)
            low, high = slope.low, slope.high
            if not low - slack <= found <= high + slack:
                # Perturbed points are dear, so they are only tried where they matter.
                low, high = trial.slope_hull((name, place))
            where = f"{name}{list(place)}"
            tally.compare(found, low, high, slack, point=trial.label, component=where)


def typical_slope(trials: list[Trial]) -> float:
    """The median magnitude of a derivative over interior points."""
    sizes = [
        abs(slope.high)
        for trial in trials
        if trial.point.kind == "interior"
        for slope in trial.slopes.values()
        if slope and math.isfinite(slope.high)
    ]
    return float(np.median(sizes)) if sizes else 0.0


def check_products(tally: Tally, batch: Batch, loss: Any, typical: float, seed: int) -> None:
    """Hessian-vector products along a random direction, and whole Hessians of small items."""
    random = np.random.default_rng([seed, 11])
    spec = batch.spec
    vectors = [
        random.normal(size=np.shape(batch.stack(name))).astype(batch.dtype) for name in spec.wrt
    ]
    vector = vectors[0] if len(vectors) == 1 else tuple(vectors)
    parts = by_name(
        spec, loss.hessian_vector_product(*batch.inputs, vector=vector, **batch.parameters)
    )
    for number, trial in enumerate(batch.trials):
        if not trial.is_smooth:
            tally.skipped += 1
            continue
        direction = {
            (name, place): arb(float(array[(number, *place)]))
            for name, array in zip(spec.wrt, vectors, strict=True)
            for place in trial.tables[name]
        }

        def found(key: Key, n: int = number) -> float:
            return float(np.asarray(parts[key[0]])[(n, *key[1])])

        _second(tally, trial, direction, found, typical)


def check_hessian(tally: Tally, batch: Batch, loss: Any, typical: float) -> None:
    """Whole Hessians of small items."""
    spec = batch.spec
    rows = by_name(spec, loss.hessian(*batch.inputs, **batch.parameters))
    for number, trial in enumerate(batch.trials):
        if not trial.is_smooth or len(trial.keys) > LARGEST_HESSIAN:
            tally.skipped += 1
            continue
        for column in trial.keys:

            def found(key: Key, at: Key = column, n: int = number) -> float:
                block = by_name(spec, rows[key[0]])[at[0]]
                return float(np.asarray(block)[(n, *key[1], *at[1])])

            _second(tally, trial, {column: arb(1)}, found, typical)


def _second(
    tally: Tally, trial: Trial, along: Direction, found: Callable[[Key], float], typical: float
) -> None:
    """Second derivatives along a direction; perturbed points only where they matter."""
    tally.points += 1
    expected = {key: trial.differences.second(*key, along) for key in trial.keys}
    largest = max((abs(value) for value in expected.values() if value is not None), default=0.0)
    scale = largest + max((abs(s.high) for s in trial.slopes.values() if s), default=0.0)
    for key, value in expected.items():
        if value is None:
            continue
        size = _sane(abs(value)) + _sane(scale) + typical
        lost = trial.floors[key[0]] * max(map(trial.reach, along.items()))
        slack = SECOND_ORDER * trial.constant * (trial.unit * size + lost) + _tiny(trial.dtype)
        got = found(key)
        low, high = value, value
        if not abs(got - value) <= slack:
            low, high = trial.second_hull(key, along) or (value, value)
        where = f"{key[0]}{list(key[1])}"
        tally.compare(got, low, high, slack, point=trial.label, component=where)


def _shape(tally: Tally, name: str, shape: Any, wanted: Any, array: Any, dtype: np.dtype) -> None:
    kind = getattr(array, "dtype", None)
    tally.require(
        tuple(shape) == tuple(wanted) and kind == dtype,
        point=name,
        expected=f"{dtype} array of shape {tuple(wanted)}",
        got=f"{kind} of shape {tuple(shape)}",
    )


def _float(ball: arb) -> float:
    return float(ball.mid())


def _tiny(dtype: np.dtype) -> float:
    """Underflow: the smallest normal number."""
    return float(np.finfo(dtype).tiny)


def _sane(slack: float) -> float:
    return slack if math.isfinite(slack) else 0.0
