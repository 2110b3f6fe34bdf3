"""What every emitted function promises beside its numbers.

Reductions, weights, layouts, domains, NaN.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from symloss.language import Domain, Finite, Index, Interval
from symloss.verify.derivatives import Batch, Trial, by_name
from symloss.verify.tally import Tally


def schedules(loss: Any) -> list[Any]:
    """The loss, and as it is for long items; short ones may be computed otherwise, abreast."""
    if not getattr(loss, "abreast", None):
        return [loss]
    kind = type(loss)
    return [loss, type(kind.__name__, (kind,), {"abreast": {}, "__module__": kind.__module__})()]


def check_reductions(tally: Tally, batch: Batch, loss: Any, seed: int) -> None:
    """Sums, means and weights against exact sums of the items' own values."""
    random = np.random.default_rng([seed, 13])
    count = len(batch.trials)
    items = np.asarray(loss.value(*batch.inputs, **batch.parameters), np.float64)
    batch, items = _largest_last(batch, items)
    # Each function has its own rounding, which may cross the edge of where the loss is a number.
    beside = loss.value_and_gradient(*batch.inputs, **batch.parameters)[0]
    keep = np.isfinite(items) & np.isfinite(beside)
    weights = np.where(keep, random.uniform(0.1, 2.0, count), 0.0).astype(batch.dtype)
    weights[1 : count // 4] = 0
    batch = _finite(batch, keep)
    items, weights = items[keep], weights[keep]
    tally.points += len(items)
    for weight in (None, weights, batch.dtype.type(0.5)):
        factors = np.broadcast_to(
            1.0 if weight is None else np.asarray(weight, np.float64), items.shape
        )
        _check_totals(tally, batch, loss, items, weight, factors)
        _check_slopes(tally, batch, loss, weight, factors)


def _largest_last(batch: Batch, items: np.ndarray) -> tuple[Batch, np.ndarray]:
    """The items with the largest values at both ends, where code that loses one shows."""
    order = np.argsort(np.where(np.isfinite(items), np.abs(items), -1.0))
    order = np.concatenate([order[-2:-1], order[:-2], order[-1:]])
    return Batch(batch.spec, [batch.trials[place] for place in order], batch.dtype), items[order]


def _finite(batch: Batch, keep: np.ndarray) -> Batch:
    kept = [trial for trial, good in zip(batch.trials, keep, strict=True) if good]
    return Batch(batch.spec, kept, batch.dtype)


def _spread(trial: Trial) -> float:
    """How far the value moves with the last digits of its inputs.

    Two compilations of one item may differ by as much: they fuse products and sums otherwise. It
    is dear, and asked for only where a result is off by more than rounding.
    """
    return max(trial.values) - min(trial.values) if trial.values else 0.0


def _check_totals(
    tally: Tally,
    batch: Batch,
    loss: Any,
    items: np.ndarray,
    weight: Any,
    factors: np.ndarray,
) -> None:
    unit = float(np.finfo(batch.dtype).eps) / 2
    total = math.fsum(items * factors)
    size = math.fsum(np.abs(items * factors))
    weighted = np.asarray(loss.value(*batch.inputs, **batch.parameters, weight=weight), np.float64)
    least = float(np.finfo(batch.dtype).smallest_subnormal)
    rows = zip(weighted, items * factors, batch.trials, factors, strict=True)
    for number, (got, expected, trial, factor) in enumerate(rows):
        slack = 8 * unit * abs(expected) + least
        if not abs(got - expected) <= slack:
            slack += _spread(trial) * factor
        tally.compare(float(got), expected, expected, slack, point=f"weighted item {number}")
    divisor = {"sum": 1.0, "mean": math.fsum(factors)}
    for reduction, by in divisor.items():
        if not by:
            continue
        for name in ("value", "value_and_gradient"):
            got = getattr(loss, name)(
                *batch.inputs, **batch.parameters, weight=weight, reduction=reduction
            )
            number = got if name == "value" else got[0]
            slack = 64 * unit * size / by
            if not abs(number - total / by) <= slack:
                spreads = map(_spread, batch.trials)
                slack += math.fsum(s * f for s, f in zip(spreads, factors, strict=True)) / by
            tally.compare(
                float(number), total / by, total / by, slack, point=f"{name}, {reduction}"
            )


def _check_slopes(tally: Tally, batch: Batch, loss: Any, weight: Any, factors: np.ndarray) -> None:
    """Derivatives of reduced losses are the items' derivatives times their share."""
    unit = float(np.finfo(batch.dtype).eps) / 2
    plain = by_name(batch.spec, loss.gradient(*batch.inputs, **batch.parameters))
    scale = _largest_slopes(list(plain.values()))
    for reduction, by in {"none": 1.0, "sum": 1.0, "mean": math.fsum(factors)}.items():
        if not by:
            continue
        got = loss.gradient(*batch.inputs, **batch.parameters, weight=weight, reduction=reduction)
        for name, part in by_name(batch.spec, got).items():
            share = (factors / by).reshape(-1, *[1] * (part.ndim - 1))
            expected = np.asarray(plain[name], np.float64) * share
            good = np.isfinite(expected)
            error = np.abs(np.asarray(part, np.float64) - expected)[good]
            slack = np.broadcast_to(
                64 * unit * (scale * factors / by).reshape(share.shape), part.shape
            )
            slack = slack[good] + float(np.finfo(batch.dtype).tiny)
            given = "none" if weight is None else "given"
            tally.require(
                bool((error <= slack).all()),
                point=f"gradient by {name}, {reduction}, weights {given}",
                expected="the items' gradients times their share",
                got=f"off by up to {error.max() if error.size else 0:.3g}",
            )


def _largest_slopes(parts: list[Any]) -> np.ndarray:
    """For each item its largest derivative by any variable, but no less than their median.

    Infinities and NaN are left out.
    """
    rows = [np.abs(np.asarray(part, np.float64)).reshape(len(part), -1) for part in parts]
    whole = np.concatenate(rows, axis=1)
    largest = np.where(np.isfinite(whole), whole, 0.0).max(axis=1, initial=0.0)
    return np.maximum(largest, np.median(largest)) if largest.size else largest


def check_layout(tally: Tally, batch: Batch, loss: Any) -> None:
    """Strides, leading dimensions, out= and empty batches change nothing."""
    tally.points += 1
    plain = np.asarray(loss.value(*batch.inputs, **batch.parameters))
    strided = [_strided(array) for array in batch.inputs]
    spread = {name: _strided(array) for name, array in batch.parameters.items()}
    _same(tally, "strided inputs", loss.value(*strided, **spread), plain)
    folded = [array[:, None] for array in batch.inputs]
    columns = {name: array[:, None] for name, array in batch.parameters.items()}
    _same(tally, "a second leading dimension", loss.value(*folded, **columns), plain[:, None])
    slopes = by_name(batch.spec, loss.gradient(*batch.inputs, **batch.parameters))
    first = [array[:1] for array in batch.inputs]
    one = {name: array[:1] for name, array in batch.parameters.items()}
    _same(tally, "one item", loss.value(*first, **one), plain[:1])
    target = np.empty_like(plain)
    returned = loss.value(*batch.inputs, **batch.parameters, out=target)
    _same(tally, "out=", target, plain)
    _same(tally, "what out= returns", returned, plain)
    again = by_name(batch.spec, loss.gradient(*strided, **spread))
    for name, part in slopes.items():
        _same(tally, f"gradient by {name} of strided inputs", again[name], part)
    values, both = loss.value_and_gradient(*batch.inputs, **batch.parameters)
    for name, part in by_name(batch.spec, both).items():
        good = np.abs(slopes[name])[np.isfinite(slopes[name])]
        noise = 1e3 * float(np.finfo(batch.dtype).eps) * (np.median(good) if good.size else 0)
        close = np.allclose(part, slopes[name], rtol=1e-3, atol=noise, equal_nan=True)
        tally.require(
            close, point="value_and_gradient", expected="gradient's result", got="another"
        )
    tally.require(
        np.shape(values) == plain.shape,
        point="value_and_gradient",
        expected=f"{plain.shape}",
        got=f"{np.shape(values)}",
    )
    empty = loss.value(
        *(array[:0] for array in batch.inputs), **{n: a[:0] for n, a in batch.parameters.items()}
    )
    tally.require(
        np.shape(empty) == (0,), point="no items", expected="(0,)", got=str(np.shape(empty))
    )


def _same(tally: Tally, point: str, got: Any, expected: np.ndarray) -> None:
    got = np.asarray(got)
    same = got.shape == expected.shape and np.array_equal(got, expected, equal_nan=True)
    if got.shape == expected.shape and not same:
        unit = float(np.finfo(expected.dtype).eps)
        same = bool(np.allclose(got, expected, rtol=16 * unit, atol=0, equal_nan=True))
    tally.require(
        same, point=point, expected="the same result", got=f"shape {got.shape}, or other numbers"
    )


def _strided(array: np.ndarray) -> np.ndarray:
    """The same numbers, every other element of a larger array, in reverse memory order."""
    large = np.zeros((*array.shape[:-1], 2 * array.shape[-1]), array.dtype)
    large[..., ::2] = array
    return large[..., ::2]


def check_domains(tally: Tally, batch: Batch, loss: Any) -> None:
    """NaN and values outside a domain make their item NaN and no other.

    `validate=True` refuses them.
    """
    spec = batch.spec
    plain = np.asarray(loss.value(*batch.inputs, **batch.parameters))
    slopes = by_name(spec, loss.gradient(*batch.inputs, **batch.parameters))
    for entry in spec.arguments.values():
        for bad in _outside(entry.domain):
            arguments = {e.name: batch.stack(e.name) for e in spec.arguments.values()}
            array = arguments[entry.name].copy()
            where = len(array) // 2
            array[(where, *[-1] * (array.ndim - 1))] = bad
            arguments[entry.name] = array
            inputs = [arguments[e.name] for e in spec.inputs]
            given = {e.name: arguments[e.name] for e in spec.parameters}
            tally.points += 1
            got = np.asarray(loss.value(*inputs, **given))
            point = f"{entry.name} = {bad}"
            tally.require(
                bool(np.isnan(got[where])), point=point, expected="nan", got=repr(got[where])
            )
            others = np.arange(len(got)) != where
            tally.require(
                bool(np.array_equal(got[others], plain[others], equal_nan=True)),
                point=point,
                expected="other items unchanged",
                got="changed",
            )
            for name, part in by_name(spec, loss.gradient(*inputs, **given)).items():
                tally.require(
                    bool(np.isnan(part[where]).any()),
                    point=f"{point}, gradient by {name}",
                    expected="nan",
                    got="numbers",
                )
                tally.require(
                    bool(
                        np.allclose(
                            part[others], slopes[name][others], rtol=1e-4, atol=0, equal_nan=True
                        )
                    ),
                    point=point,
                    expected="other items' gradients unchanged",
                    got="changed",
                )
            tally.require(
                _refused(loss, inputs, given, entry.name),
                point=f"{point}, validate=True",
                expected="ValueError that names it",
                got="none",
            )


def _outside(domain: Domain) -> list[float]:
    if isinstance(domain, Index):
        return [-1, 10**6]
    if isinstance(domain, Finite):
        return [math.nan, float(domain.values[-1]) + 0.5]
    bad = [math.nan]
    if isinstance(domain, Interval):
        for end, is_open, side in (
            (domain.low, domain.low_open, -1),
            (domain.high, domain.high_open, 1),
        ):
            if end.is_finite:
                bad.append(float(end) if is_open else float(end) + 0.25 * side)
        if domain.integer:
            bad.append(float(domain.low if domain.low.is_finite else 0) + 0.5)
    else:
        bad.append(-0.5)
    return bad


def _refused(loss: Any, inputs: list[np.ndarray], given: dict[str, np.ndarray], name: str) -> bool:
    try:
        loss.value(*inputs, **given, validate=True)
    except ValueError as error:
        return name in str(error)
    return False
