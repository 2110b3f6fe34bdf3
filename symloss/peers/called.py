"""A row, called the way an emitted loss is called: what measures the one measures the other."""

from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import numpy as np

from symloss.peers.items import items_of
from symloss.peers.model import Array, Library, Row


class Called:
    """A package's implementation with the functions of an emitted loss.

    Parameters that a caller gives are ignored: a row was made for its own.
    """

    def __init__(self, host: Library, row: Row, inputs: Sequence[str], wrt: Sequence[str]) -> None:
        """Tell the loss's inputs by name, and those that derivatives are taken by."""
        self.host = host
        self.row = row
        self.wrt = tuple(wrt)
        self.by = [inputs.index(name) for name in wrt]

    def has_gradient(self) -> bool:
        """Whether the package has derivatives of it, tried at two items."""
        random = np.random.default_rng(0)
        arrays = [array[:2] for array in items_of(self.row, random)]
        return self.host.evaluate(self.row.call, arrays, self.by)[1] is not None

    def value(self, *arrays: Array, **_parameters: Any) -> Array:
        """The values of the items."""
        return self.host.evaluate(self.row.call, list(arrays), self.by)[0]

    def gradient(self, *arrays: Array, **_parameters: Any) -> Any:
        """The gradients of the items: an array, or one for each name of several."""
        return self.value_and_gradient(*arrays)[1]

    def value_and_gradient(self, *arrays: Array, **_parameters: Any) -> tuple[Array, Any]:
        """Both; None instead of gradients that the package does not have."""
        values, slopes = self.host.evaluate(self.row.call, list(arrays), self.by)
        if slopes is None or len(self.wrt) == 1:
            return values, None if slopes is None else slopes[0]
        return values, SimpleNamespace(**dict(zip(self.wrt, slopes, strict=True)))
