"""One idea: a row ties a loss to another package's implementation, and every row is walked alike.

Both are asked for the value and the gradient of the same items. An item may differ by a few ulps of
its own result and of what rounding its own inputs explains (the mixed error of Higham, Accuracy and
stability of numerical algorithms, section 1.5); a large neighbour excuses nothing. The host always
computes in float64, on the very numbers that float32 kernels are given.

Where the two are further apart, the loss's formula, written apart from both and evaluated in high
precision, says who is right. It must be us. Where the host's number is not even a slope between the
two sides of a kink, the row must say in `differs` what is known. Where our own formula subtracts
numbers larger than its result, `tests.hosts.loses` owns up to it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from symloss import losses
from symloss.peers import FORMULAS, Library, Row, items_of
from tests.hosts.exact import judged
from tests.hosts.loses import LOSES

Array = NDArray[Any]
# Of the kernels' own arithmetic and of the host's, together.
ULPS = 16
# A relative step large enough that the host's rounding does not show in what it changes.
STEP = 2.0**-30


def items(row: Row, kind: str) -> list[Array]:
    """The row's items, rounded to a format."""
    random = np.random.default_rng(11)
    arrays = items_of(row, random)
    with np.errstate(over="ignore", under="ignore"):
        return [part if part.dtype.kind == "i" else part.astype(kind) for part in arrays]


def table(values: Any, gradients: Any) -> Array:
    """An item a row: its value, then every number of its gradient."""
    count = len(values)
    return np.column_stack([np.asarray(part).reshape(count, -1) for part in (values, *gradients)])


def ours(row: Row, arrays: list[Array]) -> Array:
    """What the emitted loss finds."""
    loss = getattr(losses, row.loss)
    values, gradient = loss.value_and_gradient(*arrays, **row.parameters)
    parts = [gradient] if len(loss.wrt) == 1 else list(gradient)
    assert {part.dtype for part in (values, *parts)} == {arrays[0].dtype}
    return table(values, parts)


def places(row: Row) -> list[int]:
    """Which inputs derivatives are taken by."""
    loss = getattr(losses, row.loss)
    names = [entry.name for entry in loss.inputs]
    return [names.index(name) for name in loss.wrt]


def theirs(host: Library, row: Row, arrays: list[Array]) -> Array:
    """What the host finds, in float64."""
    wide = [part if part.dtype.kind == "i" else part.astype(float) for part in arrays]
    with np.errstate(all="ignore"):
        values, gradients = host.evaluate(row.call, wide, places(row))
    return table(values, [] if gradients is None else gradients)


def sensitivity(host: Library, row: Row, arrays: list[Array], base: Array) -> Array:
    """How far a relative change of an item's own numbers moves its results, per unit of change."""
    total = np.zeros_like(base)
    for place in rounded_places(row, arrays):
        part = arrays[place].astype(float)
        for entry in np.ndindex(part.shape[1:]):
            moved = part.copy()
            moved[(slice(None), *entry)] *= 1 - STEP
            if place not in places(row):
                moved[part == 1] = 1  # a label that is certain, not a number that was rounded
            changed = [*arrays[:place], moved, *arrays[place + 1 :]]
            with np.errstate(invalid="ignore"):
                total += np.nan_to_num(np.abs(theirs(host, row, changed) - base)) / STEP
    return total


def rounded_places(row: Row, arrays: list[Any]) -> list[int]:
    """The inputs that stand for real numbers, not for one of a few labels."""
    entries = getattr(losses, row.loss).inputs
    return [
        place
        for place, (entry, part) in enumerate(zip(entries, arrays, strict=True))
        if np.asarray(part).dtype.kind == "f" and not entry.domain.values
    ]


def bound(result: Array, moved: Array, kind: str) -> Array:
    """The error allowed to each number: ulps of it, and of what the inputs' rounding explains."""
    limits = np.finfo(kind)
    with np.errstate(over="ignore", invalid="ignore"):
        relative = float(limits.eps) / 2 * (np.abs(result) + moved)
        return ULPS * (relative + float(limits.smallest_subnormal))


def lost(row: Row, arrays: list[Array], kind: str) -> Array:
    """The error allowed to an item, a row each, for what our formula is known to subtract."""
    loses = LOSES.get(row.loss)
    sizes = np.zeros(len(arrays[0])) if loses is None else loses(*arrays)
    return ULPS * float(np.finfo(kind).eps) / 2 * np.broadcast_to(sizes, len(arrays[0]))[:, None]


def apart(found: Array, expected: Array, allowed: Array, kind: str) -> Array:
    """Where two results are further from each other than allowed (or one is NaN)."""
    with np.errstate(all="ignore"):
        same = expected.astype(kind) == found.astype(kind)
        return ~(same | (np.abs(found.astype(float) - expected) <= allowed))


@dataclass(frozen=True)
class Compared:
    """A row's items in a format, what both find for them, and the error allowed."""

    arrays: list[Array]
    found: Array
    expected: Array
    allowed: Array
    kind: str

    @property
    def apart(self) -> Array:
        """The items that the two do not agree on."""
        return apart(self.found, self.expected, self.allowed, self.kind).any(axis=1)


@lru_cache
def expectation(host: Library, row: Row, kind: str) -> tuple[list[Array], Array, Array]:
    """A row's items in a format, what the host finds for them, and how far rounding moves it."""
    arrays = items(row, kind)
    expected = theirs(host, row, arrays)
    return arrays, expected, sensitivity(host, row, arrays, expected)


def compared(host: Library, row: Row, kind: str) -> Compared:
    """Ask both for a row's items."""
    arrays, expected, moved = expectation(host, row, kind)
    found = ours(row, arrays)[:, : expected.shape[1]]
    allowed = bound(expected, moved, kind) + lost(row, arrays, kind)
    return Compared(arrays, found, expected, allowed, kind)


def disputes(host: Library, row: Row, kind: str) -> list[str]:
    """Compare a row in a format; describe the items that the host has wrong, exactly computed.

    Raises:
        AssertionError: our result is wrong.
    """
    both = compared(host, row, kind)
    spare = lost(row, both.arrays, kind)
    told = []
    for item in np.flatnonzero(both.apart):
        point = [part[item] for part in both.arrays]
        results = both.found[item], both.expected[item]
        shown = f"{row.loss} {kind} at {point}: ours {results[0]}, {host.name}'s {results[1]}"
        if _settled(row, point, results, spare[item], kind, shown):
            told.append(shown)
    return told


def _settled(
    row: Row, point: list[Any], results: tuple[Array, Array], spare: Array, kind: str, shown: str
) -> bool:
    """Hold both results against the exact one: ours must be right; is theirs wrong?

    At a kink any slope between the two sides is right.
    """
    exactly = judged(
        FORMULAS[row.loss], row.parameters, point, places(row), rounded_places(row, point)
    )
    count = len(results[0])
    low, high = exactly.low[:count], exactly.high[:count]
    scale = np.maximum(np.abs(low), np.abs(high))
    allowed = bound(scale, exactly.moved[:count], kind) + spare
    wrong = [apart(part, np.clip(part.astype(float), low, high), allowed, kind) for part in results]
    assert not wrong[0].any(), f"ours is wrong: {shown}, exactly {low} to {high}"
    return bool(wrong[1].any())
