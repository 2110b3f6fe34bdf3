"""A worker process that answers within a budget of CPU seconds or is killed.

SymPy calls may never return, and alarms inside a process can be swallowed: only a process that can
be killed keeps a budget. One worker is kept between calls, so that a call costs milliseconds.

Time is the worker's own CPU time, so that a busy machine gives the same verdicts as an idle one:
the kernel ends a worker whose budget is spent (SIGPROF, left to its default), and steps within it
end by SIGVTALRM. Only a worker that waits without working, which none should, is ended by the
clock on the wall. Workers hash strings alike, so that sets are walked in the same order.
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

from symloss.audit.signs.recall import recall
from symloss.processes import apart_from_main, collect_rarely, uninterrupted

# Forking a process that runs threads is not safe; the fork server is a process without any.
_CONTEXT = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload(["symloss.audit"])
SHORTEST = 0.001
"""A timer set to 0 would never ring."""
PATIENCE = 30
"""How many times its budget, and seconds besides, a worker may take on the wall's clock."""


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
        # The fork server, which the first one starts, is to hash alike, too.
        with uninterrupted(), apart_from_main(), _prepared():
            self.process.start()
        theirs.close()

    def end(self) -> None:
        self.process.kill()
        self.process.join()
        self.pipe.close()


@contextmanager
def _prepared() -> Iterator[None]:
    """What Python and SymPy read when the fork server starts, whose children all workers are.

    Strings are hashed alike, and SymPy remembers more than its usual 1000 results of a function:
    an audit needs many more, and would work them out again and again.
    """
    before = {name: os.environ.get(name) for name in _ENVIRONMENT}
    os.environ |= _ENVIRONMENT
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


_ENVIRONMENT = {"PYTHONHASHSEED": "0", "SYMPY_CACHE_SIZE": "20000"}
_state: dict[str, Any] = {"worker": None, "inside": False, "deadline": None}


def run(function: Callable[..., Any], *arguments: Any, seconds: float) -> Any:
    """What the function returns, computed in the worker within so many CPU seconds.

    Raises:
        OutOfTime: the worker was killed at the end of the budget, or died.
    """
    if _state["inside"]:
        return function(*arguments)
    worker = _state["worker"]
    if worker is None or worker.owner != os.getpid() or not worker.process.is_alive():
        worker = _state["worker"] = _Worker()
    with suppress(BrokenPipeError):
        worker.pipe.send((function, arguments, seconds))
    try:
        if worker.pipe.poll(PATIENCE * (1 + seconds)):
            good, found = worker.pipe.recv()
            if good:
                return found
            raise found
    except EOFError:
        pass
    worker.end()
    _state["worker"] = None
    raise OutOfTime


def renew() -> None:
    """The next call gets a worker that remembers nothing: caches change what a step can do."""
    if _state["worker"] is not None and _state["worker"].owner == os.getpid():
        _state["worker"].end()
    _state["worker"] = None


def _serve(pipe: Any) -> None:
    _state["inside"] = True
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGPROF, signal.SIG_DFL)
    collect_rarely()
    recall()
    threading.Thread(target=_end_with_parent, daemon=True).start()
    while True:
        try:
            function, arguments, seconds = pipe.recv()
        except EOFError:
            return
        signal.setitimer(signal.ITIMER_PROF, max(seconds, SHORTEST))
        try:
            pipe.send((True, function(*arguments)))
        except Exception as error:
            pipe.send((False, RuntimeError(f"{type(error).__name__}: {error}")))
        signal.setitimer(signal.ITIMER_PROF, 0)


def _end_with_parent() -> None:
    """Whoever asked may be gone, killed even: nobody waits for the answer then."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


@contextmanager
def step(seconds: float) -> Iterator[None]:
    """Ends a step of so many CPU seconds with StepEnded; they nest; only inside a worker."""
    if not _state["inside"]:
        yield
        return

    def ring(*_: object) -> None:
        raise StepEnded

    outer = _state["deadline"]
    end = time.process_time() + seconds
    _state["deadline"] = end if outer is None else min(end, outer)
    signal.signal(signal.SIGVTALRM, ring)
    signal.setitimer(signal.ITIMER_VIRTUAL, _left(_state["deadline"]), 0.05)
    try:
        yield
    finally:
        _state["deadline"] = outer
        signal.setitimer(signal.ITIMER_VIRTUAL, 0 if outer is None else _left(outer), 0.05)


def is_inside() -> bool:
    """Whether this process is a worker."""
    return bool(_state["inside"])


def is_late() -> bool:
    """Whether the time of the step that this is said in is over."""
    deadline = _state["deadline"]
    return deadline is not None and time.process_time() >= deadline


def _left(deadline: float) -> float:
    return max(deadline - time.process_time(), SHORTEST)
