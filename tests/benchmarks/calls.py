"""What a call on a few items costs beyond the kernel: `python tests/benchmarks/calls.py`.

Microseconds of processor time above an empty compiled function that takes as many arrays, first
as many as the caller gives, then as many as the kernel takes; the least of many rounds, all in one
process.
"""

import sys
from collections.abc import Callable
from time import process_time
from typing import Any

import numpy as np
from numba import njit
from symloss.losses import cross_entropy, huber, label_smoothing_cross_entropy

CALLS, ROUNDS = 1000, 60


@njit
def two(_a, _b):
    """Do nothing with what a caller gives."""
    return 0.0


@njit
def five(_count, _scale, _a, _b, _weight, _out, _more):
    """Do nothing with what a kernel takes."""
    return 0.0


def least(functions: dict[str, Callable[[], Any]]) -> dict[str, float]:
    """The least time of each function's call in microseconds, taken in turns."""
    best = dict.fromkeys(functions, float("inf"))
    for _ in range(ROUNDS):
        for name, function in functions.items():
            start = process_time()
            for _ in range(CALLS):
                function()
            best[name] = min(best[name], (process_time() - start) / CALLS * 1e6)
    return best


def cases(dtype: type[np.floating], items: int) -> dict[str, Callable[[], Any]]:
    """Calls of a loss of numbers and two losses of rows; a row has two classes."""
    p, t = np.ones(items, dtype), np.zeros(items, dtype)
    logits, label = np.ones((items, 2), dtype), np.zeros(items, np.int64)
    scale, none, out = np.ones(1, dtype), np.empty(0, dtype), np.empty(items, dtype)
    found: dict[str, Callable[[], Any]] = {
        "empty, the caller's arrays": lambda: two(p, t),
        "empty, the kernel's arrays": lambda: five(items, scale, p, t, none, out, out),
    }
    for reduction in ("none", "sum", "mean"):
        for name in ("value", "gradient", "value_and_gradient"):
            call = getattr(huber, name)
            found[f"huber.{name}, {reduction}"] = lambda call=call, reduction=reduction: call(
                p, t, reduction=reduction
            )
    found["huber.value, delta given"] = lambda: huber.value(p, t, delta=2.0)
    for loss in (cross_entropy, label_smoothing_cross_entropy):
        for name in ("value", "value_and_gradient"):
            call = getattr(loss, name)
            found[f"{loss.name}.{name}"] = lambda call=call: call(logits, label)
    return found


def main() -> None:
    """Print a table for each type."""
    items = int(sys.argv[1]) if len(sys.argv) > 1 else 16
    for dtype in (np.float64, np.float32):
        functions = cases(dtype, items)
        for function in functions.values():
            function()
        times = least(functions)
        callers, kernels = list(times.values())[:2]
        print(f"{items} items, {dtype.__name__}: microseconds above an empty function of")
        print(f"{'':56}{'the same inputs':>16}{'all its arrays':>16}")
        for name, time in list(times.items())[2:]:
            print(f"  {name:<54}{time - callers:16.2f}{time - kernels:16.2f}")


if __name__ == "__main__":
    main()
