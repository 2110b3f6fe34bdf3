"""Wrong code, one mistake each, that the judge must reject; and right code that it must not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from symloss import losses
from symloss.verify import verify
from tests.catalogue import spec_of
from tests.mutants.conftest import Spoiled, changed, rounded

POINTS = 5
SINGLE = {"half precision in single", "float32 that is promoted"}
"""Mistakes that show in float32 alone; the others are looked for in float64."""


def _value(change: Callable[..., Any]) -> dict[str, Any]:
    """Replace values; `change` gets the result and the call's arguments."""

    def spoiled(function, *given, **named):
        return change(function(*given, **named), *given, **named)

    return {"value": spoiled}


def _gradient(change: Callable[[Any], Any]) -> dict[str, Any]:
    return {
        "gradient": lambda function, *given, **named: changed(function(*given, **named), change)
    }


def _flipped(array):
    return -array


def _doubled(array):
    return 2 * array


def _dropped_weight(function, *given, weight=None, **named):
    return function(*given, **named)


def _mean_over_count(function, *given, weight=None, reduction="none", **named):
    if reduction != "mean" or weight is None:
        return function(*given, weight=weight, reduction=reduction, **named)
    total = function(*given, weight=weight, reduction="sum", **named)
    count = np.size(function(*given, **named))
    return type(total)(total / count)


def _last_item_lost(function, *given, reduction="none", **named):
    if reduction != "sum":
        return function(*given, reduction=reduction, **named)
    items = function(*given, **named)
    return items[:-1].sum(dtype=items.dtype)


def _rolled_classes(array):
    return np.roll(array, 1, axis=-1)


def _transposed(array):
    return np.swapaxes(array, -1, -2).reshape(array.shape)


def _shifted_kink(function, prediction, target, *, delta=1.0, **named):
    return function(prediction, target, delta=np.asarray(delta) * 1.01, **named)


def _wrong_default(function, *given, delta=1.0, **named):
    return function(
        *given, delta=np.where(np.asarray(delta) == 1, 1.001, delta).astype(given[0].dtype), **named
    )


def _kink_element(function, prediction, target, **named):
    slope = function(prediction, target, **named)
    return np.where(np.asarray(prediction) == target, 7, slope).astype(slope.dtype)


def _swallowed_nan(function, *given, **named):
    return np.nan_to_num(function(*given, **named))


def _unchecked_domain(function, prediction, target, **named):
    clean = np.clip(prediction, 0, 1)
    result = function(clean, np.clip(target, 0, 1), **named)
    nan = np.isnan(prediction).any(-1) | np.isnan(target).any(-1)
    return np.where(nan, np.nan, result).astype(result.dtype) if np.ndim(result) else result


def _label_off_by_one(function, logits, label, **named):
    return function(logits, (np.asarray(label) + 1) % np.shape(logits)[-1], **named)


def _naive_softplus(function, logit, target, **named):
    if "out" in named or named.get("reduction", "none") != "none":
        return function(logit, target, **named)
    checked = function(logit, target, **named)
    x = np.asarray(logit)
    naive = np.log(1 + np.exp(x)) - np.asarray(target) * x
    return np.where(np.isnan(checked), checked, naive).astype(checked.dtype)


def _missing_cross_term(function, *given, **named):
    rows = function(*given, **named)
    return type(rows)(
        type(rows[0])(rows[0][0], 0 * rows[0][1]), type(rows[0])(0 * rows[1][0], rows[1][1])
    )


def _ignored_vector(function, *given, vector, **named):
    return function(*given, vector=np.abs(vector), **named)


class _Stale:
    """Returns the array of the first call again and again, filled anew."""

    def __init__(self) -> None:
        self.kept: dict[Any, np.ndarray] = {}

    def __call__(self, function, *given, **named):
        result = np.asarray(function(*given, **named))
        return self.kept.setdefault(result.shape, result)


def _large_inputs(function, prediction, target, **named):
    result = function(prediction, target, **named)
    if np.ndim(result) == 0 or np.shape(result) != np.shape(np.asarray(prediction) - target):
        return result
    far = np.abs(np.asarray(prediction) - target) > 100
    return np.where(far, result * 1.001, result).astype(result.dtype)


def _one_class(function, logits, label, **named):
    result = function(logits, label, **named)
    return result + 1 if np.shape(logits)[-1] == 1 and np.ndim(result) else result


def _promoted(function, *given, **named):
    return np.asarray(function(*given, **named), np.float64)


def _swapped_variables(function, *given, **named):
    result = function(*given, **named)
    return type(result)(*result[::-1])


def _broken_inputs(function, *given, **named):
    if not all(np.asarray(array).flags.c_contiguous for array in given):
        given = tuple(np.zeros_like(array) for array in given)
    return function(*given, **named)


MUTANTS: dict[str, tuple[str, dict[str, Any], set[str]]] = {
    "a flipped sign": ("squared_error", _gradient(_flipped), {"gradient"}),
    "a factor of two": ("log_cosh", _gradient(_doubled), {"gradient"}),
    "a factor of two in the fused pass": (
        "huber",
        {"value_and_gradient": lambda f, *g, **n: (f(*g, **n)[0], 2 * f(*g, **n)[1])},
        {"value_and_gradient"},
    ),
    "a kink in the wrong place": ("huber", {"gradient": _shifted_kink}, {"gradient"}),
    "a value off by one in a thousand": (
        "dice",
        _value(lambda v, *g, **n: v * v.dtype.type(1.001)),
        {"value"},
    ),
    "no subgradient at the kink": ("absolute_error", {"gradient": _kink_element}, {"gradient"}),
    "a weight that is dropped": ("squared_error", {"value": _dropped_weight}, {"reductions"}),
    "a gradient without its weight": (
        "squared_error",
        {"gradient": _dropped_weight},
        {"reductions"},
    ),
    "a mean over the count of items": ("hinge", {"value": _mean_over_count}, {"reductions"}),
    "a sum without its last item": ("hinge", {"value": _last_item_lost}, {"reductions"}),
    "classes in the wrong order": ("cross_entropy", _gradient(_rolled_classes), {"gradient"}),
    "a transposed result": ("group_lasso", _gradient(_transposed), {"gradient"}),
    "a label that is off by one": ("cross_entropy", {"value": _label_off_by_one}, {"value"}),
    "overflow for confident predictions": (
        "binary_cross_entropy",
        {"value": _naive_softplus},
        {"value"},
    ),
    "single precision in double": (
        "log_cosh",
        _value(lambda v, *g, **n: rounded(v, np.float32)),
        {"value"},
    ),
    "half precision in single": (
        "log_cosh",
        _gradient(lambda g: rounded(g, np.float16)),
        {"gradient"},
    ),
    "a Hessian without its cross terms": (
        "gaussian_nll",
        {"hessian": _missing_cross_term},
        {"hessian"},
    ),
    "a product that ignores the vector's sign": (
        "dice",
        {"hessian_vector_product": _ignored_vector},
        {"hessian_vector_product"},
    ),
    "a swallowed NaN": ("squared_error", {"value": _swallowed_nan}, {"domain"}),
    "a domain that nobody checks": ("dice", {"value": _unchecked_domain}, {"domain"}),
    "a default that is not the spec's": ("huber", {"value": _wrong_default}, {"value"}),
    "the result of another call": (
        "log_cosh",
        {"value": _Stale()},
        {"domain", "layout", "reductions"},
    ),
    "wrong for large inputs alone": ("squared_error", {"value": _large_inputs}, {"value"}),
    "wrong for a single class": ("cross_entropy", {"value": _one_class}, {"value"}),
    "float32 that is promoted": ("huber", {"value": _promoted}, {"value"}),
    "derivatives by each other's variable": (
        "gaussian_nll",
        {"gradient": _swapped_variables},
        {"gradient"},
    ),
    "strides that are not looked at": ("squared_error", {"value": _broken_inputs}, {"layout"}),
    "an exception": ("hinge", {"hessian": lambda *g, **n: 1 / 0}, {"hessian"}),
}


def _kind(mistake):
    return "float32" if mistake in SINGLE else "float64"


@pytest.mark.parametrize("mistake", MUTANTS)
def test_a_mutant_is_rejected_by_the_check_that_is_made_for_it(mistake):
    name, replaced, expected = MUTANTS[mistake]
    spoiled = Spoiled(getattr(losses, name), **replaced)
    found = verify(spec_of(name), spoiled, points=POINTS, dtypes=(_kind(mistake),))
    assert not found.passed
    failed = {check.function for check in found.checks if not check.passed}
    assert failed & expected, str(found)
    assert any(check.failures for check in found.checks)


@pytest.mark.parametrize(
    ("name", "dtype"), sorted({(row[0], _kind(mistake)) for mistake, row in MUTANTS.items()})
)
def test_what_the_mutants_were_made_from_passes(name, dtype):
    found = verify(spec_of(name), Spoiled(getattr(losses, name)), points=POINTS, dtypes=(dtype,))
    assert found.passed, str(found)
    assert all(check.comparisons for check in found.checks)


def test_nothing_compared_is_a_failure():
    class Silent:
        def __getattr__(self, name):
            raise AttributeError(name)

    found = verify(spec_of("huber"), Silent(), points=POINTS)
    assert not found.passed
    assert not any(check.passed for check in found.checks if check.function not in ("relations",))
