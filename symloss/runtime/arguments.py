"""What a loss takes: arguments, their core dimensions and their domains, and mistakes in them."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

DOUBLE: np.dtype[Any] = np.dtype(np.float64)
SINGLE: np.dtype[Any] = np.dtype(np.float32)
# How far from 1 a simplex may sum: float32 rounds, over many classes.
SIMPLEX_TOLERANCE = 1e-3


class Domain(NamedTuple):
    """The set that an argument ranges over.

    Attributes:
        text: how a spec spells it.
        kind: "interval", "finite", "index" or "simplex".
        low: an interval's lower end; `low_open` says that it does not belong to the interval.
        high: its upper end, likewise.
        low_open: see `low`.
        high_open: see `high`.
        integer: only the interval's whole numbers.
        values: a finite set's members.
        dimension: the core dimension that an index selects from: a name, or a size as digits.
    """

    text: str = "real"
    kind: str = "interval"
    low: float = -math.inf
    high: float = math.inf
    low_open: bool = True
    high_open: bool = True
    integer: bool = False
    values: tuple[float, ...] = ()
    dimension: str = ""

    def holds(self, x: NDArray[Any], sizes: dict[str, int]) -> NDArray[np.bool_]:
        """Which elements lie inside; NaN does not."""
        if self.kind == "index":
            name = self.dimension
            size = int(name) if name.isdigit() else sizes[name]
            return np.asarray((x >= 0) & (x < size))
        if self.kind == "finite":
            return np.isin(x, np.array(self.values, x.dtype))
        if self.kind == "simplex":
            total = x.sum(axis=-1, keepdims=True, dtype=np.float64)
            return np.asarray((x >= 0) & (abs(total - 1) <= SIMPLEX_TOLERANCE))
        above = x > self.low if self.low_open else x >= self.low
        below = x < self.high if self.high_open else x <= self.high
        whole = np.floor(x) == x if self.integer else True
        return np.asarray(above & below & whole)


class Argument(NamedTuple):
    """An input or parameter: its name, its core dimensions (names or sizes) and its domain."""

    name: str
    shape: tuple[str | int, ...] = ()
    domain: Domain = Domain()

    @property
    def is_index(self) -> bool:
        """Whether it selects places along a core dimension: integers, whatever the loss's type."""
        return self.domain.kind == "index"

    @property
    def core(self) -> str:
        """The core dimensions as NumPy writes them."""
        return f"({','.join(map(str, self.shape))})"


class Operand(NamedTuple):
    """An argument as a caller gave it; a weak one, a Python number, has no say in the type.

    `lead` are the dimensions before the core.
    """

    argument: Argument
    array: NDArray[Any]
    is_weak: bool
    lead: tuple[int, ...]


def read(argument: Argument, given: Any) -> Operand:
    """The array of an argument.

    Raises:
        TypeError: it does not hold real numbers, or an index does not hold integers.
        ValueError: it is no array: rows of different lengths; or it lacks core dimensions; or
            some of its elements are masked.
    """
    is_weak = False
    if type(given) is not np.ndarray:
        is_weak = type(given) in (float, int, bool)
        given = _array(argument, given)
    _require_numbers(argument, given.dtype)
    rank = len(argument.shape)
    if given.ndim < rank:
        message = f"{argument.name} has shape {given.shape}; expected its last dimensions to be"
        raise ValueError(f"{message} the core dimensions {argument.core}")
    return Operand(argument, given, is_weak, given.shape[: given.ndim - rank])


def _array(argument: Argument, given: Any) -> NDArray[Any]:
    if np.ma.is_masked(given):
        message = f"{argument.name} has masked elements, which stand for no number"
        raise ValueError(f"{message}; leave them out, or fill them and give their items weight 0")
    try:
        if type(given) is int and not argument.is_index:
            given = float(given)
        return np.asarray(given)
    except (ValueError, OverflowError) as error:
        raise ValueError(f"{argument.name} cannot be read as an array: {error}") from None


def _require_numbers(argument: Argument, kind: np.dtype[Any]) -> None:
    if argument.is_index:
        if kind.kind not in "iu":
            message = f"{argument.name} must hold integers, as an {argument.domain.text}"
            raise TypeError(f"{message}; got {kind}")
    elif kind.kind not in "fiub" or kind.itemsize > 8:
        expected = "float64, float32, float16, integers or booleans"
        raise TypeError(f"{argument.name} must hold real numbers ({expected}); got {kind}")


def computation_type(operands: list[Operand]) -> np.dtype[Any]:
    """float32 if arrays (or NumPy scalars) say so and none says float64; else float64."""
    narrow = False
    for _, array, is_weak, _ in operands:
        if not is_weak and array.dtype.kind == "f":
            if array.dtype.itemsize == 8:
                return DOUBLE
            narrow = True
    return SINGLE if narrow else DOUBLE


def bind(operands: list[Operand]) -> dict[str, int]:
    """The sizes of the named core dimensions.

    Raises:
        ValueError: two arguments disagree about a size, or one about a fixed size.
    """
    sizes: dict[str, int] = {}
    owners: dict[str, Operand] = {}
    for operand in operands:
        argument, array, _, lead = operand
        if not argument.shape:
            continue
        for dimension, size in zip(argument.shape, array.shape[len(lead) :], strict=True):
            if isinstance(dimension, int):
                if size != dimension:
                    message = f"{argument.name} has shape {array.shape}; expected core dimensions"
                    raise ValueError(f"{message} {argument.core}, the same sizes exactly")
            elif sizes.setdefault(dimension, size) != size:
                other = owners[dimension]
                raise ValueError(
                    f"core dimension {dimension} is {sizes[dimension]} in {other.argument.name} "
                    f"(shape {other.array.shape}) but {size} in {argument.name} "
                    f"(shape {array.shape})"
                )
            else:
                owners.setdefault(dimension, operand)
    return sizes


def broadcast(operands: list[Operand], signature: str) -> tuple[int, ...]:
    """The leading dimensions that all operands share.

    Raises:
        ValueError: they do not broadcast.
    """
    leads = {operand.lead for operand in operands} - {()}
    if len(leads) <= 1:
        return next(iter(leads), ())
    try:
        return np.broadcast_shapes(*leads)
    except ValueError:
        shapes = ", ".join(f"{given.argument.name} {given.array.shape}" for given in operands)
        message = f"leading dimensions do not broadcast: {shapes}"
        raise ValueError(f"{message}; the core dimensions are {signature}") from None


def require_inside(operands: list[Operand], sizes: dict[str, int], real: np.dtype[Any]) -> None:
    """Check every element against its argument's domain.

    Raises:
        ValueError: one lies outside; the message names the first.
    """
    for argument, array, _, _ in operands:
        x = array if argument.is_index else convert(array, real)
        outside = ~argument.domain.holds(x, sizes)
        if outside.any():
            place = tuple(int(index) for index in np.argwhere(outside)[0])
            where = f" at position {place}" if place else ""
            message = f"{argument.name} must lie in its domain, {argument.domain.text}"
            if argument.domain.kind == "simplex":
                message += f" (numbers >= 0 whose sum is 1 within {SIMPLEX_TOLERANCE:g})"
            raise ValueError(f"{message}; got {array[place]}{where}")


def convert(array: NDArray[Any], real: np.dtype[Any]) -> NDArray[Any]:
    """The array in another type; a number too large for it becomes infinite, without a warning."""
    if array.dtype == real:
        return array
    with np.errstate(over="ignore"):
        return array.astype(real)
