"""The processes that symloss starts.

How many threads they use, what Ctrl-C does to them, how often they look for garbage.
"""

from __future__ import annotations

import gc
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager

_THREADS = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
    "NPROC",
    "SYMLOSS_NUM_THREADS",
)
_MASKS = hasattr(signal, "pthread_sigmask")


def limit_threads(count: int) -> None:
    """One number for all libraries: BLAS reads it when NumPy is imported, XLA when JAX is."""
    for name in _THREADS:
        os.environ[name] = str(count)
    eigen = "true" if count > 1 else "false"
    flags = f"--xla_cpu_multi_thread_eigen={eigen} intra_op_parallelism_threads={count}"
    os.environ["XLA_FLAGS"] = f"{os.environ.get('XLA_FLAGS', '')} {flags}".strip()


@contextmanager
def uninterrupted() -> Iterator[None]:
    """Ctrl-C waits for the block's end in this thread, and for `listen` in processes started in it.

    A terminal sends Ctrl-C to every process, and a child that is still importing would answer
    with a traceback of its own.
    """
    if not _MASKS:
        yield
        return
    from multiprocessing import resource_tracker

    resource_tracker.ensure_running()  # it lifts the mask when it starts, so it starts first
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextmanager
def apart_from_main() -> Iterator[None]:
    """Processes started in the block do not run the caller's script again.

    Python would import it in every child, and a script without `if __name__ == "__main__"` would
    there start what its parent is doing. Nothing that symloss sends to a child lives in it.
    """
    names = vars(sys.modules["__main__"])
    hidden = {name: names.pop(name) for name in ("__file__", "__spec__") if name in names}
    names["__spec__"] = None
    try:
        yield
    finally:
        names.update({"__spec__": None} | hidden)


def listen() -> None:
    """In a child: from now on Ctrl-C ends it at once and silently; its parent answers for all."""
    signal.signal(signal.SIGINT, lambda *_: os._exit(130))
    if _MASKS:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})


def collect_rarely() -> None:
    """In a child: look for garbage rarely, and never in what is there already.

    Compilers and provers make much that lives long, and each collection walks through all of it.
    """
    gc.freeze()
    gc.set_threshold(100_000, 50, 100)
