"""One idea: a row ties a loss to another package's implementation, and every row is walked alike.

Both are asked for the value and the gradient of the same items. An item may differ by a few ulps of
its own result and of what rounding its own inputs explains (the mixed error of Higham, Accuracy and
stability of numerical algorithms, section 1.5); a large neighbour excuses nothing. The host always
computes in float64, on the very numbers that float32 kernels are given.

Where the two are further apart, the row's `exact` formula, written apart from both and evaluated in
high precision, says who is right: it must be us, and the row must say in `differs` what is known.
Where our own formula subtracts numbers larger than its result, the row owns up to it in `loses`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from symloss import losses
from tests.hosts.exact import judged

Array = NDArray[Any]
# Of the kernels' own arithmetic and of the host's, together.
ULPS = 16
# A relative step large enough that the host's rounding does not show in what it changes.
STEP = 2.0**-30


@dataclass(frozen=True)
class Case:
    """A loss and what another package has for it.

    Attributes:
        loss: its name here.
        theirs: arrays of items, in our order of arguments, to the host's value of each item (and,
            where the host has no automatic derivatives, to the gradients as a list, or to None).
        inputs: items from a random generator, adversarial ones among them; float arrays are float64
            and are rounded to the format under test.
        parameters: ours; numbers that float32 represents.
        exact: one item, of mpmath numbers in nested lists, to its value.
        differs: what the two are known to do differently; some item must show it.
        loses: our arrays to the size, item by item, of what our formula is known to subtract.
    """

    loss: str
    theirs: Callable[..., Any]
    inputs: Callable[[np.random.Generator], tuple[Array, ...]]
    parameters: Mapping[str, float] = field(default_factory=dict)
    exact: Callable[..., Any] | None = None
    differs: str = ""
    loses: Callable[..., Array] | None = None


@dataclass(frozen=True)
class Host:
    """A package: how it evaluates `theirs(*arrays)`, and the rows of losses that it has."""

    name: str
    evaluate: Callable[[Callable[..., Any], list[Array], list[int]], tuple[Array, Any]]
    cases: tuple[Case, ...]


def items_of(case: Case, kind: str) -> list[Array]:
    """The row's items, rounded to a format."""
    arrays = case.inputs(np.random.default_rng(11))
    with np.errstate(over="ignore", under="ignore"):
        return [part if part.dtype.kind == "i" else part.astype(kind) for part in arrays]


def table(values: Any, gradients: Any) -> Array:
    """An item a row: its value, then every number of its gradient."""
    count = len(values)
    return np.column_stack([np.asarray(part).reshape(count, -1) for part in (values, *gradients)])


def ours(case: Case, arrays: list[Array]) -> Array:
    """What the emitted loss finds."""
    loss = getattr(losses, case.loss)
    values, gradient = loss.value_and_gradient(*arrays, **case.parameters)
    parts = [gradient] if len(loss.wrt) == 1 else list(gradient)
    assert {part.dtype for part in (values, *parts)} == {arrays[0].dtype}
    return table(values, parts)


def places(case: Case) -> list[int]:
    """Which inputs derivatives are taken by."""
    loss = getattr(losses, case.loss)
    names = [entry.name for entry in loss.inputs]
    return [names.index(name) for name in loss.wrt]


def theirs(host: Host, case: Case, arrays: list[Array]) -> Array:
    """What the host finds, in float64."""
    wide = [part if part.dtype.kind == "i" else part.astype(float) for part in arrays]
    with np.errstate(all="ignore"):
        values, gradients = host.evaluate(case.theirs, wide, places(case))
    return table(values, [] if gradients is None else gradients)


def sensitivity(host: Host, case: Case, arrays: list[Array], base: Array) -> Array:
    """How far a relative change of an item's own numbers moves its results, per unit of change."""
    total = np.zeros_like(base)
    for place in rounded_places(case, arrays):
        part = arrays[place].astype(float)
        for entry in np.ndindex(part.shape[1:]):
            moved = part.copy()
            moved[(slice(None), *entry)] *= 1 - STEP
            if place not in places(case):
                moved[part == 1] = 1  # a label that is certain, not a number that was rounded
            changed = [*arrays[:place], moved, *arrays[place + 1 :]]
            with np.errstate(invalid="ignore"):
                total += np.nan_to_num(np.abs(theirs(host, case, changed) - base)) / STEP
    return total


def rounded_places(case: Case, arrays: list[Any]) -> list[int]:
    """The inputs that stand for real numbers, not for one of a few labels."""
    entries = getattr(losses, case.loss).inputs
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


def lost(case: Case, arrays: list[Array], kind: str) -> Array:
    """The error allowed to an item, a row each, for what our formula is known to subtract."""
    sizes = np.zeros(len(arrays[0])) if case.loses is None else case.loses(*arrays)
    return ULPS * float(np.finfo(kind).eps) / 2 * np.broadcast_to(sizes, len(arrays[0]))[:, None]


def apart(found: Array, expected: Array, allowed: Array, kind: str) -> Array:
    """Where two results are further from each other than allowed (or one is NaN)."""
    with np.errstate(all="ignore"):
        same = expected.astype(kind) == found.astype(kind)
        return ~(same | (np.abs(found.astype(float) - expected) <= allowed))


def compared(host: Host, case: Case, kind: str) -> tuple[list[Array], Array, Array, Array]:
    """A row's items, what both find for them, and the error allowed."""
    arrays = items_of(case, kind)
    expected = theirs(host, case, arrays)
    found = ours(case, arrays)[:, : expected.shape[1]]
    moved = sensitivity(host, case, arrays, expected)
    return arrays, found, expected, bound(expected, moved, kind) + lost(case, arrays, kind)


def disputes(host: Host, case: Case, kind: str) -> list[str]:
    """Compare a row in a format; describe the items that exact arithmetic had to settle.

    Raises:
        AssertionError: our result is wrong, or nothing says which one is.
    """
    arrays, found, expected, allowed = compared(host, case, kind)
    told = []
    for item in np.flatnonzero(apart(found, expected, allowed, kind).any(axis=1)):
        point = [part[item] for part in arrays]
        shown = f"{case.loss}, {kind}, {point}: ours {found[item]}, {host.name}'s {expected[item]}"
        assert case.exact is not None, f"nothing says who is right: {shown}"
        spare = lost(case, arrays, kind)[item]
        require_right(case, point, found[item], spare, kind, shown)
        told.append(shown)
    return told


def require_right(
    case: Case, point: list[Any], found: Array, spare: Array, kind: str, shown: str
) -> None:
    """Hold one of our results against the exact one; at a kink, any slope between the sides."""
    assert case.exact is not None
    exactly = judged(case.exact, point, places(case), rounded_places(case, point))
    low, high, moved = (part[: len(found)] for part in exactly)
    allowed = bound(np.maximum(np.abs(low), np.abs(high)), moved, kind) + spare
    wrong = apart(found, np.clip(found.astype(float), low, high), allowed, kind)
    assert not wrong.any(), f"ours is wrong: {shown}, exactly {low} to {high}"
