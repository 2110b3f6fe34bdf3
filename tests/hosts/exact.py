"""High-precision values and slopes of a formula at one item, by mpmath alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import mpmath
import numpy as np
from numpy.typing import NDArray

# A slope next to a value of 1 is seen down to the smallest float64, 1e-324.
DIGITS = 420
STEP = mpmath.mpf(10) ** -50


def judged(
    formula: Callable[..., Any], point: list[Any], by: list[int], rounded: list[int]
) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
    """The least and greatest one-sided value and slopes, and how far relative changes move them.

    At a kink the slopes are the ends of what a subgradient may be; elsewhere they are the same.
    """
    with mpmath.workdps(DIGITS):
        item = [_exact(part) for part in point]
        low, high = _sides(formula, item, by)
        moved = [mpmath.mpf(0)] * len(low)
        for place in rounded:
            for entry in np.ndindex(np.shape(point[place])):
                if place not in by and _at(item[place], entry) == 1:
                    continue  # a label that is certain, not a number that was rounded
                near = _moved(item, place, entry, -STEP * _at(item[place], entry))
                ends = _sides(formula, near, by)
                changes = [
                    max(abs(a - b), abs(c - d))
                    for a, b, c, d in zip(low, ends[0], high, ends[1], strict=True)
                ]
                moved = [old + new / STEP for old, new in zip(moved, changes, strict=True)]
        return _floats(low), _floats(high), _floats(moved)


def _sides(formula: Any, item: list[Any], by: list[int]) -> tuple[list[Any], list[Any]]:
    """The value, and the smaller and larger of the one-sided slopes along every variable."""
    value = formula(*item)
    low, high = [value], [value]
    for place, entry in _entries(item, by):
        step = STEP * (abs(_at(item[place], entry)) or STEP)
        up = (formula(*_moved(item, place, entry, step)) - value) / step
        down = (value - formula(*_moved(item, place, entry, -step))) / step
        low.append(min(up, down))
        high.append(max(up, down))
    return low, high


def _entries(item: list[Any], by: list[int]) -> Iterator[tuple[int, tuple[int, ...]]]:
    for place in by:
        shape = np.shape(np.array(item[place], dtype=object))
        yield from ((place, entry) for entry in np.ndindex(shape))


def _exact(part: Any) -> Any:
    """The same numbers: integers stay such, floats become mpmath's, arrays nested lists."""
    if np.ndim(part):
        return [_exact(entry) for entry in part]
    return (
        int(part) if np.issubdtype(np.asarray(part).dtype, np.integer) else mpmath.mpf(float(part))
    )


def _at(part: Any, entry: tuple[int, ...]) -> Any:
    return _at(part[entry[0]], entry[1:]) if entry else part


def _moved(item: list[Any], place: int, entry: tuple[int, ...], step: Any) -> list[Any]:
    """The item with one number changed."""
    return [
        _replaced(part, entry, step) if index == place else part for index, part in enumerate(item)
    ]


def _replaced(part: Any, entry: tuple[int, ...], step: Any) -> Any:
    if not entry:
        return part + step
    changed = list(part)
    changed[entry[0]] = _replaced(part[entry[0]], entry[1:], step)
    return changed


def _floats(numbers: list[Any]) -> NDArray[Any]:
    return np.array([float(number) for number in numbers])
