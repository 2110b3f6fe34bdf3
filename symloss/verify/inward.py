"""Points at which a loss is finite where the domains of its inputs do not tell.

`log(b - a*x)` is defined where its inputs suit each other, and random ones seldom do. Such points
are brought inside by chance: each input scaled and moved in its own way, several times.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from symloss.language import Interval
from symloss.spec import Spec
from symloss.verify.sample import Point, is_inside, rounded

ATTEMPTS = 24
SHIFTS = (-4.0, 0.0, 0.0, 4.0)
LEAST = 2.0**-8
"""What inputs are scaled by, at least."""


def brought_inside(
    spec: Spec,
    point: Point,
    is_finite: Callable[[Point], bool],
    dtype: np.dtype[Any],
    random: np.random.Generator,
) -> Point | None:
    """A point like this one at which the loss is finite, if a few attempts find one."""
    for _ in range(ATTEMPTS):
        moved = {
            entry.name: _moved(entry.domain, np.asarray(point.values[entry.name], float), random)
            for entry in spec.inputs
            if isinstance(entry.domain, Interval)
        }
        tried = rounded(replace(point, values={**point.values, **moved}), dtype)
        if is_inside(spec, tried) and is_finite(tried):
            return tried
    return None


def _moved(domain: Interval, values: Any, random: np.random.Generator) -> Any:
    """The values drawn together, towards a place of the domain."""
    low, high = float(domain.low), float(domain.high)
    scale = 2.0 ** random.uniform(math.log2(LEAST), 0.0)
    if math.isfinite(low) and math.isfinite(high):
        towards = random.uniform(low, high)
        moved = towards + scale * (values - towards)
    elif math.isfinite(low) or math.isfinite(high):
        end = low if math.isfinite(low) else high
        moved = end + (values - end) * random.choice([scale, 1.0, 1 / scale])
    else:
        moved = scale * values + random.choice(SHIFTS)
    return np.round(moved) if domain.integer else moved
