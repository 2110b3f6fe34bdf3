"""A worker process that answers within a time or is killed.

SymPy calls may never return, and alarms inside a process can be swallowed: only a process that can
be killed keeps a budget. One worker is kept between calls, so that a call costs milliseconds.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from symloss.processes import uninterrupted

# Forking a process that runs threads is not safe; the fork server is a process without any.
_CONTEXT = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload(["symloss.audit"])


class OutOfTime(Exception):  # noqa: N818 - an answer, not a mistake
    """The budget ended before the call did."""


class StepEnded(BaseException):
    """A step inside the worker took longer than it may; no SymPy handler catches this."""


class _Worker:
    """One child process and the pipe to it."""

    def __init__(self) -> None:
        self.owner = os.getpid()
        self.pipe, theirs = _CONTEXT.Pipe()
        self.process = _CONTEXT.Process(target=_serve, args=(theirs,), daemon=True)
        with uninterrupted():  # the fork server too, which the first worker starts
            self.process.start()
        theirs.close()

    def end(self) -> None:
        self.process.kill()
        self.process.join()
        self.pipe.close()


_state: dict[str, Any] = {"worker": None, "inside": False, "deadline": None}


def run(function: Callable[..., Any], *arguments: Any, seconds: float) -> Any:
    """What the function returns, computed in the worker.

    Raises:
        OutOfTime: the worker was killed at the end of the budget, or died.
    """
    if _state["inside"]:
        return function(*arguments)
    worker = _state["worker"]
    if worker is None or worker.owner != os.getpid() or not worker.process.is_alive():
        worker = _state["worker"] = _Worker()
    with suppress(BrokenPipeError):
        worker.pipe.send((function, arguments))
    try:
        if worker.pipe.poll(seconds):
            good, found = worker.pipe.recv()
            if good:
                return found
            raise found
    except EOFError:
        pass
    worker.end()
    _state["worker"] = None
    raise OutOfTime


def _serve(pipe: Any) -> None:
    _state["inside"] = True
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    while True:
        try:
            function, arguments = pipe.recv()
        except EOFError:
            return
        try:
            pipe.send((True, function(*arguments)))
        except Exception as error:
            pipe.send((False, RuntimeError(f"{type(error).__name__}: {error}")))


def _end_with_parent() -> None:
    """Whoever asked may be gone, killed even: nobody waits for the answer then."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


@contextmanager
def step(seconds: float) -> Iterator[None]:
    """Ends a step with StepEnded; steps may be nested; only inside a worker."""
    if not _state["inside"]:
        yield
        return

    def ring(*_: object) -> None:
        raise StepEnded

    outer = _state["deadline"]
    end = time.monotonic() + seconds
    _state["deadline"] = end if outer is None else min(end, outer)
    signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, _left(_state["deadline"]), 0.05)
    try:
        yield
    finally:
        _state["deadline"] = outer
        signal.setitimer(signal.ITIMER_REAL, 0 if outer is None else _left(outer), 0.05)


def _left(deadline: float) -> float:
    return max(deadline - time.monotonic(), 0.001)
