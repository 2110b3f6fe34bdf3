"""Work spread over processes: results as they come, and no process left behind."""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import active_children, get_context
from typing import TypeVar

from symloss.processes import apart_from_main, collect_rarely, listen, uninterrupted

Item = TypeVar("Item")
Result = TypeVar("Result")

DIED = (
    "the process that worked on this died, of memory or in compiled code\n"
    "  --jobs 1 takes one loss after the other, in one process, and so shows which it is"
)


def available_jobs() -> int:
    """As many processes as there are cores to run on."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def spread(
    work: Callable[[Item], Result],
    items: Sequence[Item],
    jobs: int,
    *,
    lost: Callable[[Item], Result],
) -> Generator[Result, None, None]:
    """Results in the order they are ready; `lost` answers for an item whose process died.

    One job stays in this process. Closing the iterator, or an exception such as Ctrl-C, ends the
    others at once.
    """
    if jobs == 1 or len(items) < 2:
        yield from map(work, items)
        return
    # Processes are spawned: forking one that runs compiled code with threads is not safe.
    pool = ProcessPoolExecutor(min(jobs, len(items)), get_context("spawn"), _prepare)
    try:
        with uninterrupted(), apart_from_main():
            futures = {pool.submit(work, item): item for item in items}
        for future in as_completed(futures):
            yield _result(future, futures[future], lost)
    except BaseException:
        pool.shutdown(wait=False, cancel_futures=True)
        for child in active_children():
            child.terminate()
        raise
    pool.shutdown()


def _result(future: Future[Result], item: Item, lost: Callable[[Item], Result]) -> Result:
    try:
        return future.result()
    except BrokenProcessPool:
        return lost(item)


def _prepare() -> None:
    listen()
    collect_rarely()
