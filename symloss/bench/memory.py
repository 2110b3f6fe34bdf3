"""How much memory a measurement would take, and how much there is."""

from __future__ import annotations

import math
import os
from pathlib import Path

from symloss.bench.cases import Shape
from symloss.language import Index
from symloss.program import Program, Step

UNKNOWN = 4 * 2**30
# Random numbers are drawn as float64 and moved into their domain in a few operations.
DRAWING = 3 * 8


def held(program: Program, shape: Shape, itemsize: int) -> int:
    """Bytes of the inputs, twice, as a package may want its own, and of the gradients."""
    read = sum(
        _count(program, entry.name, shape) * (8 if isinstance(entry.domain, Index) else itemsize)
        for entry in program.inputs
    )
    return 2 * read + sum(_count(program, name, shape) for name in program.wrt) * itemsize


def drawn(program: Program, shape: Shape) -> int:
    """Bytes beyond those while inputs are drawn."""
    return DRAWING * max(_count(program, entry.name, shape) for entry in program.inputs)


def turns(program: Program, shape: Shape) -> int:
    """How often all the loops of a program turn: the work, but for a factor."""
    return shape.items * sum(_product(program, step, shape, bound=True) for step in program.steps)


def stored(program: Program, shape: Shape, itemsize: int) -> int:
    """Bytes of what emitted code keeps between loops, for an item at a time."""
    kept = sum(_product(program, step, shape, bound=False) for step in program.steps)
    return kept * itemsize


def available() -> int:
    """Bytes that can be had without swapping, as far as the system tells."""
    return min(_of_machine(), _of_group())


def _count(program: Program, name: str, shape: Shape) -> int:
    axes = program.core_shape(name)
    return shape.items * math.prod(a if isinstance(a, int) else shape.sizes[a] for a in axes)


def _product(program: Program, step: Step, shape: Shape, *, bound: bool) -> int:
    known = shape.sizes
    found = 1
    for index in step.loops if bound else step.indices:
        size = program.ranges[index]
        found *= int(size.xreplace({one: known[str(one)] for one in size.free_symbols}))
    return found


def _of_machine() -> int:
    try:
        told = Path("/proc/meminfo").read_text().split("MemAvailable:")[1]
        return int(told.split()[0]) * 1024
    except (OSError, IndexError, ValueError):
        pass
    try:
        return os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, OSError, ValueError):
        return UNKNOWN


def _of_group() -> int:
    """What a container leaves; without one, more than any machine has."""
    group = Path("/sys/fs/cgroup")
    try:
        most, used = ((group / f"memory.{name}").read_text() for name in ("max", "current"))
        return int(most) - int(used)
    except (OSError, ValueError):
        return 2**62
