"""Wrong code of the kinds that show between items, functions and calls; each must be rejected."""

from __future__ import annotations

import numpy as np
import pytest

from symloss import losses
from symloss.verify import verify
from tests.catalogue import spec_of
from tests.mutants.conftest import Spoiled, changed, rounded


def default_of(f, *g, **n):
    n.setdefault("delta", 1.5)
    return f(*g, **n)


def far_items(f, *g, **n):
    r = f(*g, **n)
    if np.ndim(r) and len(r) > 2048:
        r = r.copy()
        r[2048:] *= 2
    return r


def far_sum(f, *g, reduction="none", **n):
    r = f(*g, reduction=reduction, **n)
    if reduction == "none" or np.size(g[0]) <= 2048:
        return r
    return type(r)(r * 2)


def wide_core(f, *g, **n):
    r = f(*g, **n)
    return r * 2 if np.shape(g[0])[-1] > 7 else r


def no_outer(f, *g, **n):
    shapes = {np.shape(a) for a in g}
    r = f(*g, **n)
    return r if len(shapes) == 1 or np.ndim(r) < 2 else r * 2


def weight_rank(f, *g, weight=None, **n):
    r = f(*g, weight=weight, **n)
    return r * 2 if weight is not None and 0 < np.ndim(weight) < np.ndim(g[0]) else r


def no_weight(f, *g, weight=None, **n):
    return f(*g, **n)


def fused_gradient_no_weight(f, *g, weight=None, **n):
    v, _ = f(*g, weight=weight, **n)
    return v, f(*g, **n)[1]


def fused_mean_gradient_is_sum(f, *g, reduction="none", **n):
    v, _ = f(*g, reduction=reduction, **n)
    return v, f(*g, reduction="sum" if reduction == "mean" else reduction, **n)[1]


def out_ignored(f, *g, out=None, **n):
    return f(*g, **n)


def mutates(f, *g, **n):
    r = f(*g, **n)
    a = np.asarray(g[0])
    if a.flags.writeable and a.ndim:
        a += 0.5
    return r


class Stale:
    def __init__(self):
        self.kept = {}

    def __call__(self, f, *g, **n):
        r = f(*g, **n)
        if not isinstance(r, np.ndarray):
            return r
        b = self.kept.setdefault((r.shape, r.dtype), r)
        b[...] = r
        return b


def nan_gone(f, *g, **n):
    return changed(f(*g, **n), np.nan_to_num)


def fused_nan_gone(f, *g, **n):
    v, s = f(*g, **n)
    return np.nan_to_num(v), changed(s, np.nan_to_num)


def slope(change):
    return lambda f, *g, **n: changed(f(*g, **n), change)


def no_validate(f, *g, validate=False, **n):
    return f(*g, **n)


def empty_sum(f, *g, reduction="none", **n):
    if np.size(g[0]) == 0 and reduction == "sum":
        return np.float64(np.nan)
    return f(*g, reduction=reduction, **n)


def ints_truncate(f, *g, **n):
    r = f(*g, **n)
    return r + 1 if all(np.asarray(a).dtype.kind == "i" for a in g) else r


def tail(f, x, t, **n):
    r = f(x, t, **n)
    return (
        np.where(np.asarray(x) * (2 * np.asarray(t) - 1) > 36, 0 * r, r).astype(r.dtype)
        if np.ndim(r)
        else r
    )


MUTANTS = {
    "default, value": ("huber", {"value": default_of}),
    "default, gradient": ("huber", {"gradient": default_of}),
    "items beyond 2048": ("squared_error", {"value": far_items}),
    "sum beyond 2048": ("squared_error", {"value": far_sum}),
    "core wider than 7": ("cross_entropy", {"value": wide_core}),
    "core wider than 7, gradient": ("dice", {"gradient": wide_core}),
    "inputs broadcast against each other": ("squared_error", {"value": no_outer}),
    "weight of lower rank": ("squared_error", {"value": weight_rank}),
    "hessian drops weight": ("squared_error", {"hessian": no_weight}),
    "hvp drops weight": ("squared_error", {"hessian_vector_product": no_weight}),
    "fused gradient drops weight": (
        "squared_error",
        {"value_and_gradient": fused_gradient_no_weight},
    ),
    "fused gradient of mean is of sum": (
        "squared_error",
        {"value_and_gradient": fused_mean_gradient_is_sum},
    ),
    "gradient ignores out": ("squared_error", {"gradient": out_ignored}),
    "inputs overwritten by value": ("squared_error", {"value": mutates}),
    "inputs overwritten by hvp": ("log_cosh", {"hessian_vector_product": mutates}),
    "stale value buffer": ("log_cosh", {"value": Stale()}),
    "stale gradient buffer": ("log_cosh", {"gradient": Stale()}),
    "NaN swallowed by fused": ("squared_error", {"value_and_gradient": fused_nan_gone}),
    "NaN swallowed by hessian": ("log_cosh", {"hessian": nan_gone}),
    "NaN swallowed by hvp": ("log_cosh", {"hessian_vector_product": nan_gone}),
    "validate ignored by gradient": ("dice", {"gradient": no_validate}),
    "empty sum": ("squared_error", {"value": empty_sum}),
    "integers": ("squared_error", {"value": ints_truncate}),
    "tail flushed": ("binary_cross_entropy", {"value": tail}),
    "gradient float32 in float64": (
        "log_cosh",
        {"gradient": slope(lambda a: rounded(a, np.float32))},
    ),
    "hessian float32 in float64": (
        "log_cosh",
        {"hessian": slope(lambda a: rounded(a, np.float32))},
    ),
    "hvp float32 in float64": (
        "cross_entropy",
        {"hessian_vector_product": slope(lambda a: rounded(a, np.float32))},
    ),
    "hessian half in single": ("log_cosh", {"hessian": slope(lambda a: rounded(a, np.float16))}),
    "hvp half in single": (
        "log_cosh",
        {"hessian_vector_product": slope(lambda a: rounded(a, np.float16))},
    ),
    "hvp off by 1e-3": (
        "dice",
        {"hessian_vector_product": slope(lambda a: a * a.dtype.type(1.001))},
    ),
}

EXPECTED = {
    "default, value": "defaults",
    "default, gradient": "defaults",
    "items beyond 2048": "batches",
    "sum beyond 2048": "batches",
    "core wider than 7": "wide items",
    "core wider than 7, gradient": "wide items",
    "inputs broadcast against each other": "batches",
    "weight of lower rank": "batches",
    "hessian drops weight": "batches",
    "hvp drops weight": "batches",
    "fused gradient drops weight": "batches",
    "fused gradient of mean is of sum": "batches",
    "gradient ignores out": "buffers",
    "inputs overwritten by value": "buffers",
    "inputs overwritten by hvp": "buffers",
    "stale value buffer": "buffers",
    "stale gradient buffer": "buffers",
    "NaN swallowed by fused": "refusals",
    "NaN swallowed by hessian": "refusals",
    "NaN swallowed by hvp": "refusals",
    "validate ignored by gradient": "refusals",
    "empty sum": "batches",
    "integers": "batches",
    "tail flushed": "value",
    "gradient float32 in float64": "gradient",
    "hessian float32 in float64": "hessian",
    "hvp float32 in float64": "hessian_vector_product",
    "hessian half in single": "batches",
    "hvp half in single": "batches",
    "hvp off by 1e-3": "hessian_vector_product",
}


def _kind(mistake):
    return "float32" if "single" in mistake else "float64"


@pytest.mark.parametrize("mistake", MUTANTS)
def test_a_mutant_is_rejected_by_the_check_that_is_made_for_it(mistake):
    name, replaced = MUTANTS[mistake]
    spoiled = Spoiled(getattr(losses, name), **replaced)
    found = verify(spec_of(name), spoiled, dtypes=(_kind(mistake),))
    failed = {check.function for check in found.checks if not check.passed}
    assert EXPECTED[mistake] in failed, str(found)


@pytest.mark.parametrize(
    ("name", "dtype"), sorted({(row[0], _kind(mistake)) for mistake, row in MUTANTS.items()})
)
def test_what_the_mutants_were_made_from_passes(name, dtype):
    found = verify(spec_of(name), Spoiled(getattr(losses, name)), dtypes=(dtype,))
    assert found.passed, str(found)
