"""Who takes part in a race: those that compute what the emitted loss computes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from symloss.bench.agreement import disagreement
from symloss.bench.arrays import UnavailableError
from symloss.bench.engines import ENGINES, Task, Work, ours

THEIRS = "in extended precision ours is right: the peer is inaccurate"
OURS = "in extended precision ours is wrong, too"
UNSETTLED = "who is right is not settled"


@dataclass(frozen=True)
class Contenders:
    """Those that are timed, and why others are not.

    Attributes:
        works: what is timed; the emitted loss is "ours", the first.
        left_out: peers that took no part, and why.
        disagreements: peers whose results differ from ours, and who is right.
        disputed: whether one of those may be our mistake.
    """

    works: dict[str, Work]
    left_out: dict[str, str]
    disagreements: dict[str, str]
    disputed: bool


def contenders(task: Task, loss: Any, peers: Iterable[str]) -> Contenders:
    """Everyone who has the loss, once they have shown that they compute the same."""
    works: dict[str, Work] = {"ours": ours(task, loss)}
    left_out, disagreements, disputed = {}, {}, False
    expected = works["ours"]()
    for name in peers:
        try:
            work = ENGINES[name](task)
            problem = disagreement(expected, work())
        except UnavailableError as reason:
            left_out[name] = str(reason)
            continue
        if problem:
            blame = _blame(task, expected)
            disagreements[name] = f"{problem}; {blame}"
            disputed |= blame != THEIRS
        else:
            works[name] = work
    return Contenders(works, left_out, disagreements, disputed)


def _blame(task: Task, expected: Any) -> str:
    """Ask NumPy in extended precision, from the spec and apart from emitted code."""
    wide = [part if part.dtype.kind == "i" else part.astype(np.longdouble) for part in task.arrays]
    try:
        value, wide_slopes = ENGINES["numpy"](Task(task.spec, wide, task.what))()
    except UnavailableError:
        return UNSETTLED
    slopes = [
        slope.astype(mine.dtype) for slope, mine in zip(wide_slopes, expected[1], strict=True)
    ]
    value = None if value is None else np.asarray(value).astype(np.asarray(expected[0]).dtype)
    return OURS if disagreement(expected, (value, slopes)) else THEIRS
