"""What a measurement was made with."""

from __future__ import annotations

import os
import platform
from importlib.metadata import PackageNotFoundError, version

from llvmlite import binding

PACKAGES = ("numpy", "numba", "llvmlite", "torch", "jax", "optax", "scikit-learn", "scipy")


def machine() -> dict[str, str | int]:
    """The class of this machine."""
    return {
        "architecture": platform.machine(),
        "cpu": binding.get_host_cpu_name(),
        "cores": os.cpu_count() or 1,
        "python": platform.python_version(),
    }


def versions() -> dict[str, str]:
    """The packages that are installed, of those that take part."""
    found = {}
    for name in PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found
