"""Items of many elements against the reference: rests of vector registers, and second chunks."""

from __future__ import annotations

from typing import Any

import numpy as np
from sympy import Symbol

from symloss.spec import Spec, dimension_symbol
from symloss.verify.derivatives import Batch, Trial, by_name
from symloss.verify.reference import evaluate
from symloss.verify.sample import plain_point
from symloss.verify.tally import Tally

WIDE = 17
"""Elements of a wide item: more than one vector register holds."""
WIDEST = 2500
"""For items of a single axis: more than one chunk."""
TERMS = 20_000
"""Fewer elements where they are combined in pairs or triples: the reference adds term by term."""
COORDINATES = 4


def check_wide(tally: Tally, batch: Batch, loss: Any, typical: float, seed: int) -> None:
    """Items of many elements against the reference, slopes at a few coordinates."""
    names = batch.spec.dimensions
    sizes = [{one: WIDE if one == name else 3 for one in names} for name in names]
    if len(names) == 1:
        sizes.append({names[0]: min(WIDEST, round(TERMS ** (1 / _order(batch.spec, names[0]))))})
    for number, size in enumerate(sizes):
        random = np.random.default_rng([seed, 17, number])
        trial = Trial(
            batch.spec, plain_point(batch.spec, size, batch.dtype, random), batch.dtype, seed
        )
        _check_wide_item(tally, trial, Batch(batch.spec, [trial], batch.dtype), loss, typical)


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


def _check_wide_item(tally: Tally, trial: Trial, one: Batch, loss: Any, typical: float) -> None:
    exact = evaluate(trial.spec, trial.tables)
    if not exact.is_finite():
        tally.skipped += 1
        return
    tally.points += 1
    expected, unit = float(exact.mid()), trial.constant * trial.unit
    got = float(loss.value(*one.inputs, **one.parameters)[0])
    tally.compare(got, expected, expected, unit * (abs(expected) + 1), point=_size(trial))
    parts = by_name(trial.spec, loss.gradient(*one.inputs, **one.parameters))
    for name, place in _few(trial.keys):
        slope = trial.differences.slope(name, place)
        if slope is None:
            continue
        slack = unit * (max(abs(slope.low), abs(slope.high)) + typical)
        found = float(np.asarray(parts[name])[(0, *place)])
        where = f"{name}{list(place)}"
        tally.compare(found, slope.low, slope.high, slack, point=_size(trial), component=where)


def _few(keys: list[Any]) -> list[Any]:
    """The last coordinates, where rests of vectors lie, and some before them."""
    steps = np.linspace(0, len(keys) - 1, COORDINATES).round().astype(int)
    return [keys[place] for place in dict.fromkeys(steps.tolist())]


def _size(trial: Trial) -> str:
    return "wide item, " + ", ".join(f"{name} = {size}" for name, size in trial.point.sizes)
