"""What a peer is: another package's implementation of one of our losses, and how it is asked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Call = Callable[..., Any]
Maker = Callable[[np.random.Generator], tuple[Array, ...]]


@dataclass(frozen=True)
class Row:
    """A loss, and what a package has for it.

    Attributes:
        loss: its name in symloss's catalogue.
        call: the package's own arrays, a leading axis of items each, in the catalogue's order of
            inputs, to the value of each item. Conventions (order of arguments, factors, what is
            averaged) are reconciled in here; `convention` says which.
        parameters: the loss's parameters that `call` was made for; float32 represents them.
        convention: how the package's words differ from the catalogue's, where they do.
        composed: whether `call` is a formula over the package's elementary functions, as its users
            write it, and no loss of the package's own.
        reduced: the same arrays to the mean over items, where the package has that in one call.
        items: items to compare at, where the package cannot take all those of `items_of`.
        allows: one item's arrays to whether the package's documentation allows them; None where it
            allows all that the loss's domains hold or, if there are `items`, nobody has said.
        differs: what the package is known to get wrong on those items, and why.
    """

    loss: str
    call: Call
    parameters: Mapping[str, float] = field(default_factory=dict, hash=False)
    convention: str = ""
    composed: bool = False
    reduced: Call | None = None
    items: Maker | None = None
    allows: Call | None = None
    differs: str = ""


@dataclass(frozen=True)
class Library:
    """A package, and its rows.

    Attributes:
        name: as its makers write it.
        evaluate: `(call, arrays, by)` to the values of the items and the gradients by the arrays at
            the places `by`; None instead of gradients where the package has none. NumPy arrays in
            and out; the type of the floats is kept.
        rows: one per loss, or several where the package has several implementations.
    """

    name: str
    evaluate: Callable[[Call, list[Array], list[int]], tuple[Array, list[Array] | None]]
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Arrays:
    """The elementary functions that formulas are written in, as one package spells them.

    Reductions that are methods everywhere (`x.sum(-1)`, `x.mean(-1)`) and operators are not listed.
    All that take an axis take the last one.
    """

    exp: Call
    log: Call
    log1p: Call
    sqrt: Call
    abs: Call
    softplus: Call
    logsigmoid: Call
    sigmoid: Call
    logcosh: Call
    xlogy: Call
    relu: Call
    maximum: Call
    minimum: Call
    where: Call
    max: Call
    logsumexp: Call
    tails: Call
    pick: Call
    one_hot: Call
    diagonal: Call
    eye: Call
    norm: Call
    held: Call


@dataclass(frozen=True)
class Formula:
    """A loss written apart from its spec, `function(arrays, *inputs, **parameters)`, item by item.

    Attributes:
        loss: its name.
        function: takes the functions of an `Arrays`, then its arrays, with a leading axis of items.
        parameters: numbers that float32 represents, none of them the spec's default if that can
            be, so that a loss that forgot its parameter is seen.
    """

    loss: str
    function: Call
    parameters: Mapping[str, float] = field(default_factory=dict)
