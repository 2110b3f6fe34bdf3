"""One loss against everyone else."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from symloss import pipeline
from symloss.bench.agreement import disagreement
from symloss.bench.arrays import UnavailableError
from symloss.bench.cases import Shape, arrays, shapes
from symloss.bench.engines import ENGINES, Task, What, Work, ours, sizes_moved
from symloss.bench.rounds import interleave
from symloss.bench.triad import Triad
from symloss.publish import Case
from symloss.spec import Spec

FUNCTIONS: tuple[What, ...] = ("value_and_gradient", "value", "gradient")
QUICK_NUMBERS = 100_000


@dataclass(frozen=True)
class Settings:
    """Whom to race, and how thoroughly."""

    peers: tuple[str, ...] = tuple(ENGINES)
    quick: bool = False

    @property
    def rounds(self) -> int:
        """Samples of each contender."""
        return 5 if self.quick else 15


@dataclass(frozen=True)
class Race:
    """What came of one shape, type and function.

    Attributes:
        seconds: a call of ours, the median.
        ratios: for each peer, and `triad`, its time over ours: lower quartile, median, upper.
        left_out: peers that took no part, and why.
        disagreements: peers whose results differ from ours, and who is right; they are not timed.
        disputed: whether one of those may be our mistake.
    """

    loss: str
    shape: str
    dtype: str
    function: str
    seconds: float
    ratios: dict[str, tuple[float, float, float]]
    left_out: dict[str, str]
    disagreements: dict[str, str]
    disputed: bool


def races(case: Case, settings: Settings) -> Iterator[Race]:
    """All races of a loss, as they are run."""
    spec = pipeline.read_spec(case.spec)
    with TemporaryDirectory(prefix="symloss-", ignore_cleanup_errors=True) as folder:
        loss = _loss(case, spec, Path(folder))
        for place, shape in enumerate(_shapes(spec, settings.quick)):
            for kind in (np.float32, np.float64):
                for what in FUNCTIONS if place == 0 else FUNCTIONS[:1]:
                    task = Task(spec, arrays(spec, shape, kind), what)
                    yield _race(task, loss, str(shape), settings)


def _loss(case: Case, spec: Spec, folder: Path) -> Any:
    if case.code is None:
        return pipeline.draft(spec, folder)
    if isinstance(case.code, Path):
        return pipeline.load(case.code)
    return getattr(importlib.import_module(case.code), spec.name)


def _shapes(spec: Spec, quick: bool) -> list[Shape]:
    found = shapes(spec)
    if not quick:
        return found
    first = found[0]
    if first.items == 1:
        return [Shape(1, {name: min(64, size) for name, size in first.sizes.items()})]
    width = max(1, int(np.prod(list(first.sizes.values()))))
    return [Shape(max(1, min(first.items, QUICK_NUMBERS // width)), first.sizes)]


def _race(task: Task, loss: Any, shape: str, settings: Settings) -> Race:
    works: dict[str, Work] = {"ours": ours(task, loss)}
    left_out, disagreements, disputed = {}, {}, False
    expected = works["ours"]()
    for name in settings.peers:
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
    kind = next((part.dtype for part in task.arrays if part.dtype.kind == "f"), np.dtype(float))
    times = interleave({**works, "triad": Triad(sizes_moved(task), kind)}, settings.rounds)
    ratios = {}
    for name in [*works, "triad"]:
        if name != "ours":
            low, high = times.spread(name, "ours")
            ratios[name] = (low, times.ratio(name, "ours"), high)
    seconds = times.median("ours")
    return Race(
        task.spec.name,
        shape,
        kind.name,
        task.what,
        seconds,
        ratios,
        left_out,
        disagreements,
        disputed,
    )


THEIRS = "in extended precision ours is right: the peer is inaccurate"
OURS = "in extended precision ours is wrong, too"
UNSETTLED = "who is right is not settled"


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
