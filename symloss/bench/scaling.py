"""How time grows with the number of items, and with the sizes of their axes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from symloss import pipeline
from symloss.bench import memory
from symloss.bench.cases import Shape, arrays, scaling_shapes
from symloss.bench.contenders import Contenders, contenders
from symloss.bench.engines import Task
from symloss.bench.measure import Settings, loss_of
from symloss.bench.rounds import interleave
from symloss.program import Program
from symloss.publish import Case

TYPE = np.dtype(np.float32)
MOST_NUMBERS, QUICK_NUMBERS = 10**8, 10**5
ROUNDS, QUICK_ROUNDS = 7, 3
# A contender is not asked for a call that is expected to take longer.
PATIENCE = 4.0
# Below so many times the quickest call, a time is mostly that of a call at all.
ABOVE_FLOOR = 4.0
Enter = Callable[[Shape, Sequence[str]], Contenders]


@dataclass(frozen=True)
class Slope:
    """The slope of time on logarithmic axes, fitted from a size on: 1 is in proportion."""

    slope: float
    start: int


@dataclass(frozen=True)
class Sweep:
    """What came of one axis.

    Attributes:
        axis: "items", or "size": of every core dimension at once.
        shapes: as they are written.
        sizes: what grows, in each shape.
        seconds: for each contender the median of a call at each size; None where it was not timed.
        slopes: for each contender with two times at least.
        stopped: for contenders that were not taken to the end, why.
        left_out: peers that took no part, or do not agree, and why.
        disputed: whether one that does not agree may be right.
    """

    loss: str
    axis: str
    dtype: str
    shapes: tuple[str, ...]
    sizes: tuple[int, ...]
    seconds: dict[str, tuple[float | None, ...]]
    slopes: dict[str, Slope]
    stopped: dict[str, str]
    left_out: dict[str, str]
    disputed: bool


def sweeps(
    case: Case, settings: Settings, available: Callable[[], int] = memory.available
) -> Iterator[Sweep]:
    """The axes of a loss: its value with its gradient, in float32."""
    spec = pipeline.read_spec(case.spec)
    gradient = pipeline.derive_spec(spec).gradient
    most = QUICK_NUMBERS if settings.quick else MOST_NUMBERS
    with TemporaryDirectory(prefix="symloss-", ignore_cleanup_errors=True) as folder:
        loss = loss_of(case, spec, Path(folder))

        def enter(shape: Shape, peers: Sequence[str]) -> Contenders:
            return contenders(Task(spec, arrays(spec, shape, TYPE)), loss, peers)

        for axis, shapes in scaling_shapes(spec, most).items():
            climb = Climb(gradient, settings, available() // 2)
            for shape in shapes:
                climb.step(shape, enter)
            yield climb.sweep(axis)


class Climb:
    """One axis while it is measured, within so many bytes."""

    def __init__(self, program: Program, settings: Settings, budget: int) -> None:
        self.program = program
        self.budget = budget
        self.rounds = QUICK_ROUNDS if settings.quick else ROUNDS
        self.going = ["ours", *settings.peers]
        self.shapes: list[Shape] = []
        self.times: dict[str, list[float]] = {name: [] for name in self.going}
        self.stopped: dict[str, str] = {}
        self.left_out: dict[str, str] = {}
        self.disputed = False

    def step(self, shape: Shape, enter: Enter) -> None:
        """Time those that are still going, as long as the emitted loss is one of them."""
        for name in tuple(self.going):
            reason = self._too_much(name, shape)
            if reason:
                self.stopped[name] = f"{shape} {reason}"
                self.going.remove(name)
        if "ours" not in self.going:
            return
        field = enter(shape, self.going[1:])
        out = field.left_out | field.disagreements
        self.left_out |= {name: f"{shape}: {why}" for name, why in out.items()}
        self.disputed |= field.disputed
        self.going = list(field.works)
        found = interleave(field.works, self.rounds)
        self.shapes.append(shape)
        for name in self.going:
            self.times[name].append(found.median(name))

    def _too_much(self, name: str, shape: Shape) -> str:
        size = TYPE.itemsize
        kept = memory.turns(self.program, shape) * size
        if name == "ours":
            kept = memory.stored(self.program, shape, size)
        need = memory.held(self.program, shape, size) + max(kept, memory.drawn(self.program, shape))
        if need > self.budget:
            return (
                f"would take {need / 1e9:.1f} GB of memory, and {self.budget / 1e9:.1f} may be used"
            )
        if self.times[name]:
            growth = memory.turns(self.program, shape) / memory.turns(self.program, self.shapes[-1])
            expected = self.times[name][-1] * growth
            if expected > PATIENCE:
                return f"would take {expected:.0f} s a call"
        return ""

    def sweep(self, axis: str) -> Sweep:
        """What came of it."""
        sizes = tuple(
            shape.items if axis == "items" else max(shape.sizes.values()) for shape in self.shapes
        )
        times = {name: found for name, found in self.times.items() if found}
        return Sweep(
            loss=self.program.name,
            axis=axis,
            dtype=TYPE.name,
            shapes=tuple(map(str, self.shapes)),
            sizes=sizes,
            seconds={name: _filled(found, len(sizes)) for name, found in times.items()},
            slopes={
                name: fit(sizes[: len(found)], found)
                for name, found in times.items()
                if len(found) > 1
            },
            stopped=self.stopped,
            left_out=self.left_out,
            disputed=self.disputed,
        )


def _filled(found: list[float], count: int) -> tuple[float | None, ...]:
    return (*found, *[None] * (count - len(found)))


def fit(sizes: Sequence[int], seconds: Sequence[float]) -> Slope:
    """Least squares of the logarithms, from where the time of a call at all no longer counts.

    Where that is nowhere, or leaves fewer than three, of the last three sizes.
    """
    floor = ABOVE_FLOOR * min(seconds)
    below = [place for place, time in enumerate(seconds) if time < floor]
    start = max(0, min(below[-1] + 1, len(seconds) - 3))
    x, y = (np.log(np.asarray(part[start:], float)) for part in (sizes, seconds))
    x -= x.mean()
    return Slope(float(x @ y / (x @ x)), sizes[start])
