"""High-precision values and slopes of a formula at one item, by mpmath alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import mpmath
import numpy as np
from numpy.typing import NDArray

from symloss.peers import Formula
from tests.hosts.arrays import Held, exact_arrays

# A slope next to a value of 1 is seen down to the smallest float64, 1e-324.
DIGITS = 420
STEP = mpmath.mpf(10) ** -50


@dataclass(frozen=True)
class Judged:
    """The exact value and slopes of an item: the least and the greatest one-sided ones.

    At a kink the slopes are the ends of what a subgradient may be; elsewhere they are the same.
    `moved` is how far relative changes of the rounded inputs move them.
    """

    low: NDArray[Any]
    high: NDArray[Any]
    moved: NDArray[Any]


def judged(
    formula: Formula,
    parameters: Mapping[str, float],
    point: list[Any],
    by: list[int],
    rounded: list[int],
) -> Judged:
    """Evaluate a formula and its slopes at an item."""
    with mpmath.workdps(DIGITS):
        evaluate = _evaluator(formula, parameters)
        item = [_exact(part) for part in point]
        low, high = _sides(evaluate, item, by)
        moved = np.full(len(low), mpmath.mpf(0))
        for place in rounded:
            for entry in np.ndindex(item[place].shape):
                if place not in by and item[place][entry] == 1:
                    continue  # a label that is certain, not a number that was rounded
                near = _moved(item, place, entry, -STEP * item[place][entry])
                ends = _sides(evaluate, near, by)
                moved += np.maximum(np.abs(low - ends[0]), np.abs(high - ends[1])) / STEP
        return Judged(*(part.astype(float) for part in (low, high, moved)))


def _evaluator(formula: Formula, parameters: Mapping[str, float]) -> Any:
    held = Held()
    arrays = exact_arrays(held)
    numbers = {name: mpmath.mpf(value) for name, value in parameters.items()}

    def evaluate(item: list[Any]) -> Any:
        held.restart()
        return formula.function(arrays, *(part[None] for part in item), **numbers)[0]

    return evaluate


def _sides(evaluate: Any, item: list[Any], by: list[int]) -> tuple[Any, Any]:
    """The value, and the smaller and larger of the one-sided slopes along every variable."""
    value = evaluate(item)
    low, high = [value], [value]
    for place, entry in _entries(item, by):
        step = STEP * (abs(item[place][entry]) or STEP)
        up = (evaluate(_moved(item, place, entry, step)) - value) / step
        down = (value - evaluate(_moved(item, place, entry, -step))) / step
        low.append(min(up, down))
        high.append(max(up, down))
    return np.array(low), np.array(high)


def _entries(item: list[Any], by: list[int]) -> Iterator[tuple[int, tuple[int, ...]]]:
    for place in by:
        yield from ((place, entry) for entry in np.ndindex(item[place].shape))


def _exact(part: Any) -> Any:
    """The same numbers: integers stay such, floats become mpmath's."""
    part = np.asarray(part)
    if part.dtype.kind == "i":
        return part
    return np.array(np.frompyfunc(lambda number: mpmath.mpf(float(number)), 1, 1)(part), object)


def _moved(item: list[Any], place: int, entry: tuple[int, ...], step: Any) -> list[Any]:
    """The item with one number changed."""
    changed = np.array(item[place], dtype=object)
    changed[entry] = changed[entry] + step
    return [changed if index == place else part for index, part in enumerate(item)]
