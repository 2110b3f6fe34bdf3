"""Points of the hunt: values of every argument in the tried format, and their neighbours."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from flint import arb

from symloss.language import Domain, Finite, Index, Interval, Simplex
from symloss.spec import Input, Spec
from symloss.verify.accuracy.format import Format
from symloss.verify.accuracy.truth import Key

OFF = 2.0**-20
"""How far from 1 the sum of a simplex may be, and be called rounding."""
REACH = 4
"""Ulps by which an input is moved to see what the truth does there."""


@dataclass(frozen=True)
class Place:
    """One point: arrays and scalars of the tried type by argument, and a direction by variable."""

    values: Mapping[str, Any]
    vector: Mapping[str, Any]

    def tables(self, spec: Spec) -> dict[str, dict[tuple[int, ...], Any]]:
        """The arguments' elements as exact balls; indices as whole numbers."""
        return {name: _table(spec, name, value) for name, value in self.values.items()}

    def direction(self) -> dict[Key, arb]:
        """The direction's components."""
        return {
            (name, place): arb(float(array[place]))
            for name, array in self.vector.items()
            for place in np.ndindex(array.shape)
        }

    def to_json(self, *, directed: bool) -> dict[str, Any]:
        """The point exactly, floats in hexadecimal; with its direction if that is wanted."""
        values = {name: _hexadecimal(value) for name, value in self.values.items()}
        if not directed:
            return {"values": values}
        vector = {name: _hexadecimal(value) for name, value in self.vector.items()}
        return {"values": values, "vector": vector}

    def label(self) -> str:
        """The point, to the last digit."""
        parts = [f"{name}={_shown(value)}" for name, value in self.values.items()]
        parts += [f"vector {name}={_shown(value)}" for name, value in self.vector.items()]
        return " ".join(parts)


def place_of(spec: Spec, form: Format, document: Mapping[str, Any]) -> Place:
    """The point that `to_json` wrote."""
    values = {
        name: _array(document["values"][name], np.dtype(np.int64) if index else form.dtype)
        for name, entry in spec.arguments.items()
        for index in [isinstance(entry, Input) and entry.is_index]
    }
    vector = document.get("vector")
    return Place(
        values,
        {
            name: np.ones_like(values[name]) if vector is None else _array(vector[name], form.dtype)
            for name in spec.wrt
        },
    )


def stack(places: Sequence[Place], name: str, *, vector: bool = False) -> np.ndarray:
    """One argument of several points."""
    return np.stack([(place.vector if vector else place.values)[name] for place in places])


def moving(spec: Spec) -> list[str]:
    """Arguments that rounding may have moved: those that range over a continuum."""
    return [entry.name for entry in spec.arguments.values() if is_continuous(entry.domain)]


def is_continuous(domain: Domain) -> bool:
    """Whether a domain's numbers have neighbours in it."""
    return isinstance(domain, Simplex) or (isinstance(domain, Interval) and not domain.integer)


def holds(domain: Domain, values: Any) -> bool:
    """Whether floats lie in a domain, infinities left out."""
    array = np.asarray(values, np.float64)
    if isinstance(domain, Interval):
        low, high = float(domain.low), float(domain.high)
        above = array > low if domain.low_open else array >= low
        below = array < high if domain.high_open else array <= high
        whole = not domain.integer or bool((np.floor(array) == array).all())
        return whole and bool((above & below & np.isfinite(array)).all())
    if isinstance(domain, Finite):
        return bool(np.isin(array, [float(value) for value in domain.values]).all())
    if isinstance(domain, Simplex):
        return bool((array >= 0).all() and (abs(array.sum(-1) - 1) <= OFF).all())
    return isinstance(domain, Index)


def nearby(spec: Spec, place: Place, form: Format, keys: Sequence[Key]) -> Iterator[list[Place]]:
    """For each coordinate the points that differ by some ulps in it, inside its domain."""
    for name, at in keys:
        value = np.asarray(place.values[name])
        step = REACH * float(form.spacing(float(value[at])))
        found = []
        for side in (1, -1):
            moved = value.copy()
            with np.errstate(over="ignore"):
                moved[at] += form.dtype.type(side * step)
            if holds(spec.arguments[name].domain, moved):
                found.append(Place({**place.values, name: moved}, place.vector))
        yield found


def _table(spec: Spec, name: str, value: Any) -> dict[tuple[int, ...], Any]:
    array = np.asarray(value)
    entry = spec.arguments[name]
    if isinstance(entry, Input) and entry.is_index:
        return {place: int(array[place]) for place in np.ndindex(array.shape)}
    return {place: arb(float(array[place])) for place in np.ndindex(array.shape)}


def _hexadecimal(value: Any) -> Any:
    array = np.asarray(value)
    if array.ndim:
        return [_hexadecimal(part) for part in array]
    return float(array).hex() if array.dtype.kind == "f" else int(array)


def _array(document: Any, dtype: np.dtype[Any]) -> np.ndarray:
    return np.array(_numbers(document), dtype)


def _numbers(document: Any) -> Any:
    if isinstance(document, list):
        return [_numbers(part) for part in document]
    return float.fromhex(document) if isinstance(document, str) else document


def _shown(value: Any) -> str:
    array = np.asarray(value)
    return repr(array.tolist()) if array.shape else repr(array.item())
