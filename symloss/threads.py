"""How many threads the libraries of a process may use, told before any of them is imported."""

from __future__ import annotations

import os

NAMES = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
    "NPROC",
    "SYMLOSS_NUM_THREADS",
)


def limit_threads(count: int) -> None:
    """One number for all: BLAS reads it when NumPy is imported, XLA when JAX is."""
    for name in NAMES:
        os.environ[name] = str(count)
    eigen = "true" if count > 1 else "false"
    flags = f"--xla_cpu_multi_thread_eigen={eigen} intra_op_parallelism_threads={count}"
    os.environ["XLA_FLAGS"] = f"{os.environ.get('XLA_FLAGS', '')} {flags}".strip()
