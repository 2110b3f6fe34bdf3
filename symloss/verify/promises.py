"""What the functions promise together, in situations that single items do not show.

Defaults left to the code, batches beyond one chunk, arguments that broadcast, weights in
derivatives, buffers, integers, and NaN and refusals in every function. What is expected comes
from the emitted items themselves, which other checks hold to the mathematics.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from sympy import Integer

from symloss.language import Finite, Interval
from symloss.spec import Input
from symloss.verify.derivatives import Batch, by_name
from symloss.verify.tally import Tally

LONG = 5003
"""Items in a long batch: more than two chunks of 2048, and a rest."""
SECOND = ("hessian", "hessian_vector_product")


def check_defaults(tally: Tally, batch: Batch, loss: Any) -> None:
    """Parameters that are left out mean what the spec says."""
    defaults = {
        entry.name: float(entry.default)
        for entry in batch.spec.parameters
        if entry.default is not None
    }
    required = {n: a for n, a in batch.parameters.items() if n not in defaults}
    tally.points += 1
    for name in ("value", "gradient", "value_and_gradient", *SECOND):
        call = _caller(batch, loss, name)
        _equal(tally, f"{name}, defaults", call(**required), call(**required, **defaults))


def check_batches(tally: Tally, batch: Batch, loss: Any) -> None:
    """Long batches, broadcasting, weights of every function, integers, no items."""
    tally.points += 1
    _check_long(tally, batch, loss)
    _check_weights(tally, batch, loss)
    _check_broadcasting(tally, batch, loss)
    _check_integers(tally, batch, loss)
    none = [array[:0] for array in batch.inputs]
    given = {name: array[:0] for name, array in batch.parameters.items()}
    nothing = float(loss.value(*none, **given, reduction="sum"))
    tally.require(nothing == 0, point="sum of no items", expected="0.0", got=repr(nothing))


def _check_long(tally: Tally, batch: Batch, loss: Any) -> None:
    """Items of a long batch are those of a short one; their sum is the exact sum."""
    short = np.asarray(_caller(batch, loss, "value")(**batch.parameters), np.float64)
    good = np.flatnonzero(np.isfinite(short))
    places = np.resize(good, LONG)
    inputs = [array[places] for array in batch.inputs]
    given = {name: array[places] for name, array in batch.parameters.items()}
    _equal(tally, "value of a long batch", loss.value(*inputs, **given), short[places])
    total, size = math.fsum(short[places]), math.fsum(np.abs(short[places]))
    got = float(loss.value(*inputs, **given, reduction="sum"))
    # Recursive summation in any order: Higham, Accuracy and Stability, (4.4).
    slack = LONG * float(np.finfo(batch.dtype).eps) / 2 * size
    tally.compare(got, total, total, slack, point="sum of a long batch")
    weight = np.linspace(0.5, 2.0, LONG).astype(batch.dtype)
    weighted = short[places] * weight
    total, size = math.fsum(weighted), math.fsum(np.abs(weighted))
    got = float(loss.value(*inputs, **given, weight=weight, reduction="sum"))
    slack = (LONG + 2) * float(np.finfo(batch.dtype).eps) / 2 * size
    tally.compare(got, total, total, slack, point="weighted sum of a long batch")
    slopes = by_name(batch.spec, loss.gradient(*inputs, **given))
    items = by_name(batch.spec, _caller(batch, loss, "gradient")(**batch.parameters))
    for name, part in slopes.items():
        _equal(tally, f"gradient by {name} of a long batch", part, np.asarray(items[name])[places])


def _check_weights(tally: Tally, batch: Batch, loss: Any) -> None:
    """Second derivatives take weights and reductions as first ones do."""
    count = len(batch.trials)
    weight = np.linspace(0.5, 2.0, count).astype(batch.dtype)
    share = {"none": weight, "sum": weight, "mean": weight / weight.sum()}
    for name in ("value_and_gradient", *SECOND):
        call = _caller(batch, loss, name)
        plain = call(**batch.parameters)
        plain = plain[1] if name == "value_and_gradient" else plain
        for reduction, factor in share.items():
            got = call(**batch.parameters, weight=weight, reduction=reduction)
            got = got[1] if name == "value_and_gradient" else got
            _equal(tally, f"{name}, weighted {reduction}", got, _scaled(plain, factor))


def _check_broadcasting(tally: Tally, batch: Batch, loss: Any) -> None:
    """Inputs and weights of other leading shapes are those of the batch they broadcast to."""
    first, *rest = (array[:6] for array in batch.inputs)
    count = len(first)
    column = np.broadcast_to(first[:, None], (count, count, *first.shape[1:]))
    rows = [column.copy(), *(np.repeat(array[None], count, axis=0) for array in rest)]
    given = {name: array[0] for name, array in batch.parameters.items()}
    weight = np.linspace(0.5, 2.0, count).astype(batch.dtype)
    full = np.broadcast_to(weight, (count, count)).copy()
    for name in ("value", "gradient"):
        call = getattr(loss, name)
        spread = call(first[:, None] if rest else column, *rest, **given, weight=weight)
        _equal(tally, f"{name}, broadcast", spread, call(*rows, **given, weight=full))
        flat = call(*rows, **given)
        _equal(tally, f"{name}, weight of lower rank", spread, _scaled(flat, full))


def _check_integers(tally: Tally, batch: Batch, loss: Any) -> None:
    """Integers are taken for the numbers they are."""
    inputs = dict(zip((entry.name for entry in batch.spec.inputs), batch.inputs, strict=True))
    whole = {
        entry.name: np.full(inputs[entry.name].shape, number, np.int64)
        for entry in batch.spec.inputs
        if (number := _whole(entry)) is not None
    }
    given = {name: array.astype(np.float64) for name, array in batch.parameters.items()}
    got = loss.value(*(inputs | whole).values(), **given)
    # Beside numbers of another type, integers take that one.
    exact = {name: array.astype(np.asarray(got).dtype) for name, array in whole.items()}
    _equal(tally, "integer inputs", got, loss.value(*(inputs | exact).values(), **given))


def _whole(entry: Input) -> int | None:
    """A whole number that an input may be filled with, if there is one."""
    if not isinstance(entry.domain, (Interval, Finite)):
        return None
    return next((n for n in (1, 0, -1, 2) if entry.domain.contains(Integer(n))), None)


def check_buffers(tally: Tally, batch: Batch, loss: Any) -> None:
    """Results are the caller's to keep, `out=` is filled, inputs are left alone."""
    tally.points += 1
    for name in ("value", "gradient", "value_and_gradient", *SECOND):
        before = [array.copy() for array in batch.inputs]
        call = _caller(batch, loss, name)
        kept = call(**batch.parameters)
        copies = [part.copy() for part in _leaves(kept)]
        other = Batch(batch.spec, batch.trials[::-1], batch.dtype)
        _caller(other, loss, name)(**other.parameters)
        same = all(map(_identical, _leaves(kept), copies))
        tally.require(same, point=f"{name}, twice", expected="the first result kept", got="another")
        intact = all(map(_identical, batch.inputs, before))
        tally.require(intact, point=name, expected="inputs left alone", got="inputs overwritten")
        for array, original in zip(batch.inputs, before, strict=True):
            array[...] = original
    plain = _caller(batch, loss, "gradient")(**batch.parameters)
    target = _mapped(plain, lambda part: np.full_like(part, 7))
    _caller(batch, loss, "gradient")(**batch.parameters, out=target)
    _equal(tally, "gradient, out=", target, plain)


def check_refusals(tally: Tally, batch: Batch, loss: Any) -> None:
    """NaN shows in every function's item, and every function refuses it when asked to validate."""
    for entry in batch.spec.inputs:
        if entry.is_index:
            continue
        tally.points += 1
        inputs = [array.copy() for array in batch.inputs]
        place = [other.name for other in batch.spec.inputs].index(entry.name)
        inputs[place][(0, *[-1] * (inputs[place].ndim - 1))] = math.nan
        for name in ("gradient", "value_and_gradient", *SECOND):
            _check_refusal(tally, batch, loss, name, inputs, entry)


def _check_refusal(
    tally: Tally, batch: Batch, loss: Any, name: str, inputs: list[Any], entry: Input
) -> None:
    call = _caller(batch, loss, name, inputs)
    point = f"{name}, {entry.name} = nan"
    shown = any(np.isnan(part[0]).any() for part in _leaves(call(**batch.parameters)))
    tally.require(shown, point=point, expected="nan", got="numbers")
    try:
        call(**batch.parameters, validate=True)
        answer = "no error"
    except ValueError as error:
        answer = str(error)
    tally.require(
        entry.name in answer,
        point=f"{point}, validate=True",
        expected=f"a ValueError that names {entry.name}",
        got=answer,
    )


def _caller(batch: Batch, loss: Any, name: str, inputs: list[Any] | None = None) -> Any:
    """One function at the batch's inputs; a product gets a fixed random vector."""
    given = batch.inputs if inputs is None else inputs
    more: dict[str, Any] = {}
    if name == "hessian_vector_product":
        # Not a constant: that is in the null space of every translation-invariant loss.
        random = np.random.default_rng(19)
        shapes = [batch.stack(wrt).shape for wrt in batch.spec.wrt]
        parts = tuple(random.normal(size=shape).astype(batch.dtype) for shape in shapes)
        more["vector"] = parts[0] if len(parts) == 1 else parts
    return lambda **named: getattr(loss, name)(*given, **more, **named)


def _leaves(result: Any) -> list[np.ndarray[Any, Any]]:
    """The arrays of a result, however nested."""
    if isinstance(result, tuple):
        return [leaf for part in result for leaf in _leaves(part)]
    return [np.asarray(result)]


def _mapped(result: Any, change: Any) -> Any:
    if isinstance(result, tuple):
        parts = [_mapped(part, change) for part in result]
        return type(result)(*parts) if hasattr(result, "_fields") else tuple(parts)
    return change(result)


def _scaled(result: Any, factor: Any) -> Any:
    """Every array times a factor of the leading shape."""
    return _mapped(
        result, lambda a: a * factor.reshape(factor.shape + (1,) * (a.ndim - factor.ndim))
    )


def _identical(one: Any, other: Any) -> bool:
    return bool(np.array_equal(one, other, equal_nan=True))


def _equal(tally: Tally, point: str, got: Any, expected: Any) -> None:
    """Two results up to the rounding of another order of the same operations."""
    pairs = list(zip(_leaves(got), _leaves(expected), strict=True))
    same = all(one.shape == other.shape and _close(one, other) for one, other in pairs)
    shapes = ", ".join(str(one.shape) for one, _ in pairs)
    tally.require(same, point=point, expected="the same numbers", got=f"others, of shape {shapes}")


def _close(one: Any, other: Any) -> bool:
    """Within 64 roundoffs of the number or of the typical one; infinities count as equal."""
    one, other = np.asarray(one), np.asarray(other)
    kind = one.dtype if one.dtype.kind == "f" else np.dtype(np.float64)
    unit = 64 * float(np.finfo(kind).eps)
    finite = np.abs(other[np.isfinite(other)])
    floor = unit * float(np.median(finite)) if finite.size else 0.0
    return bool(np.allclose(one, other, rtol=unit, atol=floor, equal_nan=True))
