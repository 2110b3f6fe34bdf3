"""What holds for all tests."""

from __future__ import annotations

import gc
import signal

from symloss.processes import collect_rarely


def pytest_configure() -> None:
    """Ctrl-C is heard, also where the tests run in the background of a shell, which mutes it."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_finish() -> None:
    """Garbage is looked for rarely, as in the processes that symloss starts."""
    gc.collect()
    collect_rarely()
