"""One loss against everyone else."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from symloss import pipeline
from symloss.bench.cases import Shape, arrays, shapes, small_shapes
from symloss.bench.contenders import contenders
from symloss.bench.engines import ENGINES, Task, What, sizes_moved
from symloss.bench.kinds import Kind, has_branches, kind_of
from symloss.bench.rounds import Work, interleave
from symloss.bench.targets import DISPATCH, TRIAD, Goal, goals, small_call_goal
from symloss.bench.triad import Triad, dispatch
from symloss.program import Program
from symloss.publish import Case
from symloss.spec import Spec

FUNCTIONS: tuple[What, ...] = ("value_and_gradient", "value", "gradient")
TYPES = (np.float32, np.float64)
QUICK_NUMBERS = 100_000
SMALL = "small calls"


@dataclass(frozen=True)
class Settings:
    """Whom to race, and how thoroughly; targets are stated for one thread."""

    peers: tuple[str, ...] = tuple(ENGINES)
    quick: bool = False
    threads: int = 1

    @property
    def rounds(self) -> int:
        """Samples of each contender."""
        return 5 if self.quick else 15


@dataclass(frozen=True)
class Race:
    """What came of one shape, type and function.

    Attributes:
        kind: the loss's, by its structure; of calls on few items, "small calls".
        seconds: a call of ours, the median.
        moved: the bytes that a fused pass reads and writes.
        ratios: for each peer, and `triad`, its time over ours: lower quartile, median, upper.
        left_out: peers that took no part, and why.
        disagreements: peers whose results differ from ours, and who is right; they are not timed.
        disputed: whether one of those may be our mistake.
        goals: the targets that apply, and what was reached.
    """

    loss: str
    kind: str
    shape: str
    dtype: str
    function: str
    seconds: float
    moved: int
    ratios: dict[str, tuple[float, float, float]]
    left_out: dict[str, str]
    disagreements: dict[str, str]
    disputed: bool
    goals: tuple[Goal, ...]


def races(case: Case, settings: Settings) -> Iterator[Race]:
    """All races of a loss, as they are run; then its calls on few items."""
    spec = pipeline.read_spec(case.spec)
    gradient = pipeline.derive_spec(spec).gradient
    pairs = kind_of(gradient) is Kind.PAIRS
    with TemporaryDirectory(prefix="symloss-", ignore_cleanup_errors=True) as folder:
        loss = loss_of(case, spec, Path(folder))
        for place, shape in enumerate(_shapes(spec, pairs, settings.quick)):
            for dtype in TYPES:
                for what in FUNCTIONS if place == 0 else FUNCTIONS[:1]:
                    task = Task(spec, arrays(spec, shape, dtype), what)
                    yield _race(task, loss, gradient, str(shape), settings)
        for shape in small_shapes(spec, pairs):
            for dtype in TYPES:
                task = Task(spec, arrays(spec, shape, dtype), FUNCTIONS[0])
                yield _small(task, loss, str(shape), settings)


def loss_of(case: Case, spec: Spec, folder: Path) -> Any:
    """The emitted loss, where it is kept; one that is nowhere is emitted into `folder`."""
    if case.code is None:
        return pipeline.draft(spec, folder)
    if isinstance(case.code, Path):
        return pipeline.load(case.code)
    return getattr(importlib.import_module(case.code), spec.name)


def _shapes(spec: Spec, pairs: bool, quick: bool) -> list[Shape]:
    found = shapes(spec, pairs)
    if not quick:
        return found
    first = found[0]
    if first.items == 1:
        return [Shape(1, {name: min(64, size) for name, size in first.sizes.items()})]
    width = max(1, int(np.prod(list(first.sizes.values()))))
    return [Shape(max(1, min(first.items, QUICK_NUMBERS // width)), first.sizes)]


def _race(task: Task, loss: Any, gradient: Program, shape: str, settings: Settings) -> Race:
    field = contenders(task, loss, settings.peers)
    works: dict[str, Work] = {**field.works, TRIAD: Triad(sizes_moved(task), task.dtype)}
    times = interleave(works, settings.rounds)
    kind, ratios = kind_of(gradient), {}
    for name in works:
        if name != "ours":
            low, high = times.spread(name, "ours")
            ratios[name] = (low, times.ratio(name, "ours"), high)
    medians = {name: ratio for name, (_, ratio, _) in ratios.items()}
    meant = goals(kind, task.dtype.name, has_branches(gradient), medians)
    return Race(
        loss=task.spec.name,
        kind=kind.value,
        shape=shape,
        dtype=task.dtype.name,
        function=task.what,
        seconds=times.median("ours"),
        moved=sizes_moved(task),
        ratios=ratios,
        left_out=field.left_out,
        disagreements=field.disagreements,
        disputed=field.disputed,
        goals=meant if settings.threads == 1 else (),
    )


def _small(task: Task, loss: Any, shape: str, settings: Settings) -> Race:
    """What a call on few items takes beyond one of a function that does nothing with them."""
    call = partial(getattr(loss, task.what), *task.arrays, **task.parameters, reduction="mean")
    works: dict[str, Work] = {"ours": call, DISPATCH: dispatch(task.arrays)}
    times = interleave(works, settings.rounds)
    return Race(
        loss=task.spec.name,
        kind=SMALL,
        shape=shape,
        dtype=task.dtype.name,
        function=task.what,
        seconds=times.median("ours"),
        moved=sizes_moved(task),
        ratios={},
        left_out={},
        disagreements={},
        disputed=False,
        goals=(small_call_goal(times.excess("ours", DISPATCH)),) if settings.threads == 1 else (),
    )
