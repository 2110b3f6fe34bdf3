"""The certificate of a loss: a hunt for each function and format."""

from __future__ import annotations

import math
from collections.abc import Sequence
from time import monotonic
from typing import Any

from symloss.spec import Spec
from symloss.verify.accuracy.allowed import Allowed, allowed
from symloss.verify.accuracy.certificate import Certificate, Extreme, Row
from symloss.verify.accuracy.format import FORMATS
from symloss.verify.accuracy.hunt import STARTS, Hunt, Trail
from symloss.verify.accuracy.limits import chase
from symloss.verify.accuracy.measure import FUNCTIONS, Gauge, Miss

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
            leave = allowed(spec, function, FORMATS[dtype])
            hunt = Hunt(gauge, leave.covers, seed, rounds, starts, monotonic() + seconds)
            trail = hunt.run()
            if leave.magnitudes is None:
                chase(gauge, trail, seed)
            rows.append(row_of(gauge, trail, leave))
    return Certificate(spec.name, tuple(rows))


def row_of(gauge: Gauge, trail: Trail, leave: Allowed) -> Row:
    """What a trail comes to, next to what is allowed."""
    return Row(
        gauge.function,
        gauge.form.dtype.name,
        trail.points,
        trail.skipped,
        trail.lost,
        _extreme(gauge, trail.worst, trail.worst.mixed if trail.worst else 0.0),
        _extreme(gauge, trail.plain, trail.plain.plain if trail.plain else 0.0),
        _extreme(gauge, trail.first_lost, math.inf),
        leave.bound,
        leave.reasons,
    )


def _extreme(gauge: Gauge, miss: Miss | None, ulps: float) -> Extreme | None:
    if miss is None:
        return None
    exact = {
        "component": [[name, list(at)] for name, at in miss.component],
        **miss.place.to_json(directed=gauge.function == "hessian_vector_product"),
    }
    return Extreme(ulps, miss.name, miss.place.label(), miss.got, miss.expected, exact)
