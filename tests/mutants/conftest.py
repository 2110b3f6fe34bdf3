"""Correct losses to spoil."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np


class Spoiled:
    """A generated loss of which some functions are replaced; the others still work.

    A replacement takes the original function and its arguments.
    """

    abreast: ClassVar[dict[str, Any]] = {}  # replaced under every schedule alike: one tells

    def __init__(self, original: Any, **replaced: Any) -> None:
        self.original = original
        self.replaced = replaced

    def __getattr__(self, name: str) -> Any:
        function = getattr(self.original, name)
        if name not in self.replaced:
            return function
        replacement = self.replaced[name]
        return lambda *given, **named: replacement(function, *given, **named)


def changed(result: Any, change: Any) -> Any:
    """A derivative with every part changed, named tuple or not."""
    if isinstance(result, tuple):
        return type(result)(*(changed(part, change) for part in result))
    return change(result)


def rounded(array: Any, kind: type) -> Any:
    """The numbers as a narrower type would hold them, in the type they had."""
    array = np.asarray(array)
    return array.astype(kind).astype(array.dtype)
