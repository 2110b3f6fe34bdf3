"""Items of many elements against the reference: rests of vector registers, and second chunks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from flint import arb
from sympy import Symbol

from symloss.spec import Spec, dimension_symbol
from symloss.verify.derivatives import Batch, Key, Trial, by_name
from symloss.verify.inward import brought_inside
from symloss.verify.reference import evaluate, tables_of
from symloss.verify.sample import Point, plain_point
from symloss.verify.slopes import Differences, Slope
from symloss.verify.tally import Tally

WIDE = 17
"""Elements of a wide item: more than one vector register holds."""
WIDEST = 2500
"""For items of a single axis: more than one chunk."""
TERMS = 20_000
"""Fewer elements where they are combined in pairs or triples: the reference adds term by term."""
COORDINATES = 4


@dataclass(frozen=True)
class WideItem:
    """An item of many elements, and what the reference says of it: the same for every type."""

    spec: Spec
    point: Point
    slopes: dict[Key, Slope | None] = field(default_factory=dict)

    @cached_property
    def value(self) -> arb:
        """The loss."""
        return evaluate(self.spec, self.differences.tables)

    @cached_property
    def differences(self) -> Differences:
        """Differences around the item."""
        return Differences(self.spec, tables_of(self.spec, self.point.values))

    def slope(self, key: Key) -> Slope | None:
        """The derivative by a coordinate."""
        if key not in self.slopes:
            self.slopes[key] = self.differences.slope(*key)
        return self.slopes[key]


def wide_items(spec: Spec, dtypes: Sequence[np.dtype[Any]], seed: int) -> list[WideItem]:
    """Items for a spec, of numbers that each of the types holds."""
    names = spec.dimensions
    sizes = [{one: WIDE if one == name else 3 for one in names} for name in names]
    if len(names) == 1:
        sizes.append({names[0]: min(WIDEST, round(TERMS ** (1 / _order(spec, names[0]))))})
    narrowest = min(dtypes, key=lambda dtype: dtype.itemsize)
    return [_wide_item(spec, size, narrowest, [seed, 17, n]) for n, size in enumerate(sizes)]


def _wide_item(
    spec: Spec, size: dict[str, int], dtype: np.dtype[Any], seeds: list[int]
) -> WideItem:
    """An item with elements at the ends of their domains; inside, if the loss is infinite there."""
    random = np.random.default_rng(seeds)
    item = WideItem(spec, plain_point(spec, size, dtype, random, border=True))
    if item.value.is_finite():
        return item
    plain = plain_point(spec, size, dtype, random, border=False)
    item = WideItem(spec, plain)
    if item.value.is_finite():
        return item
    inside = brought_inside(
        spec, plain, lambda point: bool(WideItem(spec, point).value.is_finite()), dtype, random
    )
    return item if inside is None else WideItem(spec, inside)


def check_wide(
    tally: Tally,
    items: Sequence[WideItem],
    dtype: np.dtype[Any],
    loss: Any,
    typical: float,
    seed: int,
) -> None:
    """Items of many elements against the reference, slopes at a few coordinates."""
    for item in items:
        _check_wide_item(tally, item, Trial(item.spec, item.point, dtype, seed), loss, typical)


def _order(spec: Spec, dimension: str) -> int:
    """How many indices run over a dimension at once, at most: 2 for a sum over pairs."""
    over = {index for index, size in spec.ranges.items() if size == dimension_symbol(dimension)}
    return (
        max(
            len({*entry.indices, *entry.expression.atoms(Symbol)} & over)
            for entry in spec.definitions
        )
        or 1
    )


def _check_wide_item(tally: Tally, item: WideItem, trial: Trial, loss: Any, typical: float) -> None:
    if not item.value.is_finite():
        tally.skipped += 1
        return
    tally.points += 1
    one = Batch(trial.spec, [trial], trial.dtype)
    expected, unit = float(item.value.mid()), trial.constant * trial.unit
    got = float(loss.value(*one.inputs, **one.parameters)[0])
    tally.compare(got, expected, expected, unit * (abs(expected) + 1), point=_size(trial))
    parts = by_name(trial.spec, loss.gradient(*one.inputs, **one.parameters))
    for name, place in _few(trial.keys):
        slope = item.slope((name, place))
        if slope is None:
            continue
        slack = unit * (slope.size + typical) + trial.constant * trial.floors[name] + slope.error
        found = float(np.asarray(parts[name])[(0, *place)])
        where = f"{name}{list(place)}"
        tally.compare(found, slope.low, slope.high, slack, point=_size(trial), component=where)


def _few(keys: list[Any]) -> list[Any]:
    """The last coordinates, where rests of vectors lie, and some before them."""
    steps = np.linspace(0, len(keys) - 1, COORDINATES).round().astype(int)
    return [keys[place] for place in dict.fromkeys(steps.tolist())]


def _size(trial: Trial) -> str:
    return "wide item, " + ", ".join(f"{name} = {size}" for name, size in trial.point.sizes)
