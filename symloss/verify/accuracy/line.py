"""Points on a line: one number of an input varies, all others stand where they are told to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from symloss.language import Domain, Finite, Index, Interval, Simplex
from symloss.spec import Input, Spec
from symloss.verify.accuracy.format import Format
from symloss.verify.accuracy.place import Place, holds
from symloss.verify.accuracy.starts import variants


@dataclass(frozen=True)
class Line:
    """What varies, and where the rest stands.

    Of an array the first number varies: of logits, that of class 0, which is the label unless
    `at` says otherwise. Of a distribution, as much is taken from the others.

    Attributes:
        name: the input that varies.
        at: what others are set to; of an array, all its numbers.
        end: which ends of finite sets and intervals the rest stands at: 0, a label that is certain
            (1, class 0), or 1, the opposite.
    """

    name: str
    at: Mapping[str, float]
    end: int = 0

    def places(self, spec: Spec, form: Format, numbers: Iterable[float]) -> Iterator[Place]:
        """The points at which the number has these values, but for those outside a domain."""
        base = {name: self._base(spec, form, name) for name in spec.arguments}
        domain = spec.arguments[self.name].domain
        for number in numbers:
            varied = _varied(domain, base[self.name], form.dtype.type(number))
            values = {**base, self.name: varied}
            if all(holds(spec.arguments[name].domain, value) for name, value in values.items()):
                yield Place(values, {})

    def rest(self, spec: Spec, form: Format) -> str:
        """Where the rest stands, in words."""
        others = [name for name in spec.arguments if name != self.name]
        values = (np.asarray(self._base(spec, form, name)).tolist() for name in others)
        return ", ".join(f"{name}={value}" for name, value in zip(others, values, strict=True))

    def _base(self, spec: Spec, form: Format, name: str) -> Any:
        entry = spec.arguments[name]
        sizes = variants(spec)[0]
        axes = entry.shape if isinstance(entry, Input) else ()
        shape = tuple(axis if isinstance(axis, int) else sizes[axis] for axis in axes)
        index = isinstance(entry.domain, Index)
        dtype = np.dtype(np.int64) if index else form.dtype
        if name in self.at:
            return np.full(shape, self.at[name], dtype)
        if isinstance(entry.domain, Index):
            return _index(entry.domain, axes, shape, sizes, self.end)
        default = getattr(entry, "default", None)
        if default is not None:
            return np.full(shape, float(default), dtype)
        rows = any(isinstance(one.domain, (Index, Simplex)) for one in spec.inputs)
        return _numbers(entry.domain, shape, self.end, level=rows).astype(dtype)


def _index(
    domain: Index, axes: tuple[int | str, ...], shape: tuple[int, ...], sizes: Any, end: int
) -> Any:
    """The first or the last place; along its own axis the next one, as partners do."""
    size = sizes[domain.dimension] if domain.dimension in sizes else int(domain.dimension)
    if domain.dimension in axes:
        return np.broadcast_to((np.arange(shape[-1]) + 1) % size, shape)
    return np.full(shape, (size - 1) * end, np.int64)


def _numbers(domain: Domain, shape: tuple[int, ...], end: int, *, level: bool) -> Any:
    """Ordinary numbers of a domain that all formats hold."""
    if isinstance(domain, Simplex):
        share = 2.0 ** -np.minimum(np.arange(1, shape[-1] + 1), max(shape[-1] - 1, 0))
        return np.broadcast_to(share, shape)
    if isinstance(domain, Finite):
        return np.full(shape, [max, min][end](map(float, domain.values)))
    assert isinstance(domain, Interval)
    if not (domain.low.is_finite or domain.high.is_finite):
        # Vectors of zeros have no direction; scores of classes that are level are ordinary.
        count = 0 if level or not shape else int(np.prod(shape))
        return (-0.5) ** np.arange(count).reshape(shape) if count else np.zeros(shape)
    ends = [float(side) for side in (domain.high, domain.low) if side.is_finite]
    middle = sum(ends) / len(ends) if len(ends) == 2 else ends[0]
    tried = [1.0, *ends, middle, middle + 1, middle - 1]
    order = sorted(tried) if end else tried
    return np.full(shape, next(number for number in order if holds(domain, number)))


def _varied(domain: Domain, base: Any, number: Any) -> Any:
    """The array with another first number; a distribution's others give what it takes."""
    array = np.array(base)
    first = (0,) * array.ndim
    if isinstance(domain, Simplex):
        array[..., 1:] -= number / array.dtype.type(array.shape[-1] - 1)
        array[..., 0] += number
    else:
        array[first] = number
    return array
