"""What is allowed: the bound on mixed errors, and the exceptions that a spec makes."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from symloss.spec import Spec
from symloss.verify.accuracy.format import Format
from symloss.verify.accuracy.place import Place, moving
from symloss.verify.accuracy.starts import variants

BOUND = 4.0
"""Ulps of mixed error for items without core dimensions; log2 of the item's size is added."""


@dataclass(frozen=True)
class Allowed:
    """What one function may be off in one format.

    Attributes:
        bound: the mixed error, in ulps.
        reasons: those of the exceptions that the spec makes.
        magnitudes: the least and the largest that inputs may have for the bound to hold, 0 aside;
            None where it holds for all.
        names: the arguments that have magnitudes.
    """

    bound: float
    reasons: tuple[str, ...]
    magnitudes: tuple[float, float] | None
    names: tuple[str, ...]

    def covers(self, place: Place) -> bool:
        """Whether the bound holds at a point."""
        if self.magnitudes is None:
            return True
        low, high = self.magnitudes
        return all(low <= size <= high for size in self._sizes(place) if size)

    def _sizes(self, place: Place) -> Iterator[float]:
        for name in self.names:
            yield from np.abs(np.ravel(place.values[name])).astype(float).tolist()


def allowed(spec: Spec, function: str, form: Format) -> Allowed:
    """The usual bound, or what the exceptions of a spec leave of it."""
    granted = [
        entry
        for entry in spec.accuracy
        if function in entry.functions and form.dtype.name in entry.types
    ]
    bounds = [entry.bound for entry in granted if entry.bound is not None]
    part = min((entry.magnitudes for entry in granted), default=1.0)
    info = np.finfo(form.dtype)
    return Allowed(
        max([BOUND + math.log2(_largest_item(spec)), *bounds]),
        tuple(dict.fromkeys(entry.reason for entry in granted)),
        None if part == 1 else (float(info.tiny) ** part, float(info.max) ** part),
        tuple(moving(spec)),
    )


def _largest_item(spec: Spec) -> int:
    """The number of elements of the largest input among the items that are tried."""
    shapes = (
        [sizes.get(str(size)) or int(size) for size in entry.shape]
        for sizes in variants(spec)
        for entry in spec.inputs
    )
    return max(1, *map(math.prod, shapes))
