"""Kernels on several threads: blocks of items, the same ones whatever the number of threads.

Kernels hold no lock of Python's, and what a block gives depends on no other: so results have the
same bits on one thread or many. Threads are started where the first block's time says that they
pay. The caller works, too, and helpers that are busy elsewhere are not
waited for: calls from several threads, or from a helper, cannot block each other.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from functools import cache
from time import perf_counter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from symloss.runtime.access import CHUNK

# Numbers that a block reads and writes: 0.03 ms of the cheapest work, where its call costs 0.001.
BLOCK_WORK = 2**18
MOST_BLOCKS = 64
# The first block is this part of the others: its time tells whether threads pay for the rest.
PROBE = 8
# Seconds of work that are worth the start of helpers, which takes 0.02 to 0.08 ms.
WORTHWHILE = 1.5e-4
VARIABLE = "SYMLOSS_NUM_THREADS"
_CHOSEN: ContextVar[int | None] = ContextVar("symloss_threads", default=None)
_POOL: dict[str, ThreadPoolExecutor] = {}


@contextmanager
def threads(count: int) -> Iterator[None]:
    """Let calls in this block, made by this thread or task, use so many threads at most.

    Raises:
        TypeError: the count is no whole number.
        ValueError: it is less than 1.
    """
    if not isinstance(count, int) or isinstance(count, bool):
        raise TypeError(f"the number of threads must be an int; got {count!r}")
    if count < 1:
        raise ValueError(f"the number of threads must be 1 or more; got {count}")
    token = _CHOSEN.set(count)
    try:
        yield
    finally:
        _CHOSEN.reset(token)


def thread_count() -> int:
    """How many threads a call may use: of `threads`, else of the environment, else every core.

    Raises:
        ValueError: SYMLOSS_NUM_THREADS holds something else than a positive whole number.
    """
    if chosen := _CHOSEN.get():
        return chosen
    given = os.environ.get(VARIABLE, "").strip()
    if not given:
        return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else _cores()
    if not given.isdecimal() or int(given) < 1:
        raise ValueError(f"{VARIABLE} is {given!r}; expected a whole number of 1 or more")
    return int(given)


def _cores() -> int:
    return os.cpu_count() or 1


def block_of(size: int, arrays: Sequence[Any]) -> int:
    """How many items a block has: all of them where more than one block would not pay."""
    work = sum(x.size for x in arrays if isinstance(x, np.ndarray) and len(x) == size)
    if work < 2 * BLOCK_WORK or size < 2:
        return size
    return _whole_chunks(-(-size // min(MOST_BLOCKS, work // BLOCK_WORK)))


def _whole_chunks(items: int) -> int:
    return -(-items // CHUNK) * CHUNK if items > CHUNK else items


def in_blocks(
    function: Callable[..., float],
    size: int,
    scale: NDArray[Any],
    inputs: Sequence[Any],
    outs: Sequence[NDArray[Any]],
) -> float:
    """The total of a compiled kernel, which fills `outs`; `inputs` are all that it reads."""
    block = block_of(size, (*inputs, *outs))
    if block >= size:
        return function(size, scale, *inputs, *outs)

    first = _whole_chunks(max(1, block // PROBE))
    bounds = [0, *range(first, size, block), size]

    def part(place: int) -> float:
        start, stop = bounds[place], bounds[place + 1]
        read = [_rows(x, size, start, stop) for x in inputs]
        written = [
            x[start:stop] if len(x) == size else np.empty(min(stop - start, CHUNK), x.dtype)
            for x in outs  # of the other length is a scratch, which every block needs for itself
        ]
        return function(stop - start, scale, *read, *written)

    began = perf_counter()
    total = part(0)
    share = (perf_counter() - began) / first
    for one in _map(part, len(bounds) - 1, share * (size - first)):
        total += one
    return total


def _rows(x: Any, size: int, start: int, stop: int) -> Any:
    """A block's rows; numbers, absent weights and arrays of one row are everybody's."""
    return x[start:stop] if isinstance(x, np.ndarray) and len(x) == size else x


def _map(part: Callable[[int], float], count: int, seconds: float) -> list[float]:
    """What all parts but the first give, in their order.

    Args:
        part: what is called with the places from 1 to `count` - 1.
        count: of parts.
        seconds: what one thread would take.
    """
    results = [0.0] * count
    waiting = deque(range(1, count))

    def work() -> None:
        while waiting:
            with suppress(IndexError):  # another thread was quicker
                place = waiting.popleft()
                results[place] = part(place)

    helpers = _start(work, count - 2) if seconds > WORTHWHILE else []
    try:
        work()
    finally:
        waiting.clear()
        for helper in helpers:
            if not helper.cancel():
                helper.result()
    return results[1:]


def _start(work: Callable[[], None], most: int) -> list[Future[None]]:
    """Helpers at work; fewer where no thread can be started: when the interpreter ends, say."""
    helpers: list[Future[None]] = []
    wanted = min(thread_count() - 1, most)
    with suppress(RuntimeError):
        for _ in range(wanted):
            helpers.append(_pool().submit(work))
    return helpers


def _pool() -> ThreadPoolExecutor:
    _mind_forks()
    return _POOL.get("") or _POOL.setdefault("", ThreadPoolExecutor(MOST_BLOCKS, "symloss"))


@cache
def _mind_forks() -> None:
    """A forked process has none of the threads: it starts its own, as its parent does again."""
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(before=_close, after_in_child=_POOL.clear)


def _close() -> None:
    if pool := _POOL.pop("", None):
        pool.shutdown()
