"""Results are compared before they are timed: a fast wrong answer is no answer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

# Of the largest number of a result. Packages may sum a million float32 numbers one after the other
# (an error of some 1e-5), and lose digits that are compared elsewhere: this is about meaning.
TOLERANCES = {np.dtype(np.float32): 1e-3, np.dtype(np.float64): 1e-8}
Result = tuple[Any, Sequence[Any]]


def disagreement(ours: Result, theirs: Result) -> str:
    """What is wrong with a peer's value or gradients; nothing, if they agree with ours.

    A value or gradients that were not asked for are None and empty.
    """
    if (ours[0] is None) != (theirs[0] is None) or len(ours[1]) != len(theirs[1]):
        return "it computed something else than was asked for"
    pairs = [] if ours[0] is None else [("the value", ours[0], theirs[0])]
    gradients = zip(ours[1], theirs[1], strict=True)
    pairs += [(f"gradient {place}", *pair) for place, pair in enumerate(gradients, 1)]
    told = (_off(name, np.asarray(mine), np.asarray(other)) for name, mine, other in pairs)
    return next((text for text in told if text), "")


def _off(name: str, mine: Any, other: Any) -> str:
    kind = mine.dtype
    if other.dtype != kind:
        return f"{name} is {other.dtype}, ours {kind}"
    if np.broadcast_shapes(other.shape, mine.shape) != mine.shape:
        return f"{name} has shape {other.shape}, ours {mine.shape}"
    gap = float(np.max(np.abs(mine.astype(float) - other.astype(float)), initial=0.0))
    scale = float(np.max(np.abs(mine.astype(float)), initial=0.0))
    if not gap <= TOLERANCES[kind] * scale:
        return f"{name} is off by {gap:.1e}, next to {scale:.1e}"
    return ""
