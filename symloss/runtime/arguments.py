"""What a loss is called with: arguments, their domains, and the form that kernels take them in."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

_KINDS = "a real number, or an array of them"


@dataclass(frozen=True)
class Domain:
    """The set that an argument ranges over: an interval, a finite set, places, or a simplex."""

    text: str
    low: float = -math.inf
    high: float = math.inf
    low_open: bool = True
    high_open: bool = True
    integer: bool = False
    values: tuple[float, ...] = ()
    places: str = ""
    simplex: str = ""

    def outside(self, x: np.ndarray, sizes: dict[str, int]) -> np.ndarray:
        """Where an array has elements outside; a NaN is outside."""
        if self.places:
            size = sizes.get(self.places) or int(self.places)
            return (x < 0) | (x >= size)
        if self.values:
            return ~np.isin(x, self.values)
        if self.simplex:
            off = np.abs(x.sum(axis=-1, keepdims=True) - 1) > 1e-3
            return ~(x >= 0) | off
        above = x > self.low if self.low_open and math.isfinite(self.low) else x >= self.low
        below = x < self.high if self.high_open and math.isfinite(self.high) else x <= self.high
        whole = np.floor(x) == x if self.integer else True
        return ~(above & below & whole)


@dataclass(frozen=True)
class Argument:
    """An input or parameter: its core dimensions are names or fixed sizes."""

    name: str
    shape: tuple[str | int, ...]
    domain: Domain

    @property
    def expected(self) -> str:
        """Its shape, for messages."""
        return f"(..., {', '.join(map(str, self.shape))})" if self.shape else "(...)"


@dataclass(frozen=True)
class Operand:
    """A checked argument: its array, and where its core dimensions begin."""

    argument: Argument
    array: np.ndarray
    weak: bool

    @property
    def lead(self) -> tuple[int, ...]:
        """The shape without core dimensions."""
        return self.array.shape[: self.array.ndim - len(self.argument.shape)]

    @property
    def core(self) -> tuple[int, ...]:
        """The sizes of the core dimensions."""
        return self.array.shape[self.array.ndim - len(self.argument.shape) :]

    def for_kernel(self, lead: tuple[int, ...], count: int, dtype: np.dtype) -> Any:
        """A scalar, or a contiguous array with one axis of items; shared operands stay single."""
        kind = np.dtype(np.int64) if self.argument.domain.places else dtype
        if not self.core and not self.argument.shape:
            if self.array.size == 1:
                return kind.type(self.array.reshape(())[()])
            whole = self.array if self.array.shape == lead else np.broadcast_to(self.array, lead)
            return np.ascontiguousarray(whole, kind).reshape(count)
        if math.prod(self.lead) == 1:
            return np.ascontiguousarray(self.array.reshape(1, *self.core), kind)
        whole = np.broadcast_to(self.array, (*lead, *self.core))
        return np.ascontiguousarray(whole, kind).reshape(count, *self.core)


def operand(argument: Argument, value: Any, sizes: dict[str, tuple[int, str]]) -> Operand:
    """Check one argument; its core dimensions are added to `sizes`.

    Raises:
        TypeError: the value is not numeric, or an index is not an integer.
        ValueError: its core dimensions do not fit.
    """
    weak = isinstance(value, (bool, int, float)) and not isinstance(value, np.generic)
    try:
        array = np.asarray(value)
    except ValueError as error:
        raise ValueError(f"{argument.name}: {error}") from None
    _check_kind(argument, array)
    rank = len(argument.shape)
    if array.ndim < rank:
        raise ValueError(
            f"{argument.name} has shape {array.shape}; expected {argument.expected}: "
            f"{rank} core dimension{'s' if rank > 1 else ''} after any leading ones"
        )
    found = Operand(argument, array, weak)
    _bind(found, sizes)
    return found


def _check_kind(argument: Argument, array: np.ndarray) -> None:
    if argument.domain.places:
        if array.dtype.kind not in "iu" and array.size:
            raise TypeError(f"{argument.name} must hold integers that select places, not {array.dtype}")
        return
    if array.dtype.kind not in "fiub" or array.dtype.itemsize > 8:
        raise TypeError(f"{argument.name} must be {_KINDS} up to float64, not {array.dtype}")


def _bind(found: Operand, sizes: dict[str, tuple[int, str]]) -> None:
    name = found.argument.name
    for dimension, size in zip(found.argument.shape, found.core, strict=True):
        expected, owner = sizes.setdefault(str(dimension), (size, name))
        if isinstance(dimension, int) and size != dimension:
            raise ValueError(f"{name} has core shape {found.core}; expected {dimension} there")
        if size != expected:
            raise ValueError(
                f"{name} has {dimension} = {size}, but {owner} has {dimension} = {expected}"
            )


def common_type(operands: Iterable[Operand]) -> np.dtype:
    """float32 if that is all there is among floating arrays, else float64; integers have no say."""
    votes = {
        np.dtype(np.float32) if entry.array.dtype.itemsize <= 4 else np.dtype(np.float64)
        for entry in operands
        if entry.array.dtype.kind == "f" and not entry.weak
    }
    return np.dtype(np.float32) if votes == {np.dtype(np.float32)} else np.dtype(np.float64)


def common_lead(operands: Sequence[Operand]) -> tuple[int, ...]:
    """The leading shape that all operands broadcast to.

    Raises:
        ValueError: they do not broadcast.
    """
    try:
        return np.broadcast_shapes(*(entry.lead for entry in operands))
    except ValueError:
        shapes = ", ".join(f"{entry.argument.name} {entry.array.shape}" for entry in operands)
        raise ValueError(f"leading dimensions do not broadcast: {shapes}") from None


def check_domains(operands: Iterable[Operand], sizes: dict[str, int]) -> None:
    """Refuse values outside their domains.

    Raises:
        ValueError: names the argument, its domain, and the first value outside.
    """
    for entry in operands:
        bad = entry.argument.domain.outside(entry.array, sizes)
        if bad.any():
            place = tuple(map(int, np.argwhere(np.broadcast_to(bad, entry.array.shape))[0]))
            where = f" at {list(place)}" if place else ""
            raise ValueError(
                f"{entry.argument.name} must lie in {entry.argument.domain.text}; "
                f"it is {entry.array[place]}{where}"
            )
