"""Loss functions written once as mathematics: derived, emitted as fast code, and verified.

    from symloss.losses import huber            # a generated loss: NumPy in, NumPy out
    with symloss.threads(2): ...                # how many threads calls in the block may use
    python -m symloss --help                    # build, verify, list, show

Importing this package, or a generated loss, imports no SymPy; the map is `symloss.pipeline`.
"""

from typing import Any

__version__ = "0.1.0"

__all__ = ["__version__", "threads"]


def __getattr__(name: str) -> Any:
    """Import what needs Numba when it is first asked for: `symloss --help` does not."""
    if name == "threads":
        from symloss.runtime import threads

        return threads
    raise AttributeError(f"module 'symloss' has no attribute {name!r}")
