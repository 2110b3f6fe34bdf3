"""A limit to how long one finding is replayed: SymPy's limits may take for ever."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager

SECONDS = 10.0


class OutOfPatience(BaseException):
    """The CPU time for one finding is spent; no handler in SymPy catches this."""


@contextmanager
def patience(seconds: float = SECONDS) -> Iterator[None]:
    """Ends what takes more CPU seconds with OutOfPatience; in a main thread, where timers ring."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def ring(*_: object) -> None:
        raise OutOfPatience

    before = signal.signal(signal.SIGVTALRM, ring)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds, 0.1)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)
