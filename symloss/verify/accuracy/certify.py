"""The certificate of a loss: a hunt for each function and format."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from time import monotonic
from typing import Any

import numpy as np

from symloss.spec import Allowance, Spec
from symloss.verify.accuracy.certificate import Certificate, Extreme, Row, allowances, bound
from symloss.verify.accuracy.format import FORMATS
from symloss.verify.accuracy.hunt import STARTS, Hunt
from symloss.verify.accuracy.limits import chase
from symloss.verify.accuracy.measure import FUNCTIONS, Gauge, Miss
from symloss.verify.accuracy.place import Place, moving
from symloss.verify.accuracy.starts import variants

ROUNDS = 12


def certify(
    spec: Spec,
    loss: Any,
    *,
    seconds: float = math.inf,
    seed: int = 0,
    rounds: int = ROUNDS,
    starts: int = STARTS,
    functions: Sequence[str] = FUNCTIONS,
    dtypes: Sequence[str] = tuple(FORMATS),
) -> Certificate:
    """Measure an emitted loss by its spec's own mathematics.

    Args:
        spec: what the loss should be.
        loss: an object with the functions of a generated loss.
        seconds: how long to hunt at each function in each format, after its first round.
        seed: the same seed, the same points.
        rounds: how often every climber tries its neighbours.
        starts: points drawn first.
        functions: those to measure.
        dtypes: the formats to measure in.
    """
    rows = []
    for function in functions:
        for dtype in dtypes:
            gauge = Gauge(spec, loss, function, FORMATS[dtype])
            granted = allowances(spec, function, dtype)
            hunt = Hunt(gauge, _within(gauge, granted), seed, rounds, starts, monotonic() + seconds)
            rows.append(_row(hunt, granted))
    return Certificate(spec.name, tuple(rows))


def _row(hunt: Hunt, granted: tuple[Allowance, ...]) -> Row:
    trail, gauge = hunt.run(), hunt.gauge
    if all(entry.magnitudes == 1 for entry in granted):
        chase(gauge, trail, hunt.seed)
    return Row(
        gauge.function,
        gauge.form.dtype.name,
        trail.points,
        trail.skipped,
        trail.lost,
        _extreme(trail.worst, trail.worst.mixed if trail.worst else 0.0),
        _extreme(trail.plain, trail.plain.plain if trail.plain else 0.0),
        _extreme(trail.first_lost, math.inf),
        bound(granted, max(_size(gauge.spec, sizes) for sizes in variants(gauge.spec))),
        tuple(dict.fromkeys(entry.reason for entry in granted)),
    )


def _extreme(miss: Miss | None, ulps: float) -> Extreme | None:
    if miss is None:
        return None
    return Extreme(ulps, miss.component, miss.place.label(), miss.got, miss.expected)


def _size(spec: Spec, sizes: dict[str, int]) -> int:
    """The number of elements of the largest input."""
    shapes = ((sizes.get(str(d)) or int(d) for d in entry.shape) for entry in spec.inputs)
    return max(math.prod(shape) for shape in shapes)


def _within(gauge: Gauge, granted: tuple[Allowance, ...]) -> Callable[[Place], bool]:
    """Whether all inputs are of the magnitudes that an exception leaves."""
    part = min((entry.magnitudes for entry in granted), default=1.0)
    if part == 1:
        return lambda _: True
    info = np.finfo(gauge.form.dtype)
    low, high = float(info.tiny) ** part, float(info.max) ** part
    names = moving(gauge.spec)

    def allowed(place: Place) -> bool:
        return all(low <= size <= high for size in _sizes(place, names) if size)

    return allowed


def _sizes(place: Place, names: list[str]) -> Iterator[float]:
    for name in names:
        yield from np.abs(np.ravel(place.values[name])).astype(float).tolist()
