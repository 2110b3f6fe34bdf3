"""Items computed abreast are what they are alone, whatever their shapes and neighbours."""

import re
import sys
from types import FunctionType

import numba
import numpy as np
import pytest
from numba import njit

from symloss import pipeline
from symloss.runtime.access import STRICT
from symloss.runtime.lanes import LANE_COUNT, SHORT

# A gather, a scatter, a largest element and its place, a mask, a sum, a parameter.
MATH = """
hardest = max(where(k != label, x[k] + margin, x[k]), k)
loss = hardest - x[label] + logsumexp(x[k], k) - x[label] + sum(x[k]**2, k)/2
"""
SPEC = f'''
title = "Bundle"
summary = "Reductions over classes."
source = "-"
math = """{MATH}"""
[inputs]
x = {{ shape = ["K"] }}
label = {{ domain = "index(K)" }}
[parameters]
margin = {{ domain = "positive", default = 1 }}
'''


@pytest.fixture(scope="module")
def losses(tmp_path_factory):
    """The loss, and the same without its functions for items abreast."""
    folder = tmp_path_factory.mktemp("lanes")
    (folder / "bundle.toml").write_text(SPEC)
    loss = pipeline.draft(pipeline.read_spec(folder / "bundle.toml"), folder)
    return loss, type("Alone", (type(loss),), {"abreast": {}})()


def numbers(items, size, dtype=np.float32):
    random = np.random.default_rng(items + size)
    return random.normal(size=(items, size)).astype(dtype), random.integers(0, size, items)


def agree(losses, x, label, **options):
    loss, alone = losses
    value, slope = loss.value_and_gradient(x, label, **options)
    expected, slopes = alone.value_and_gradient(x, label, **options)
    close = {"rtol": 2e-6 if x.dtype == np.float32 else 1e-14, "equal_nan": True}
    np.testing.assert_allclose(value, expected, atol=close["rtol"], **close)
    np.testing.assert_allclose(slope, slopes, atol=close["rtol"], **close)
    np.testing.assert_array_equal(loss.value(x, label, **options), value)
    return value, slope


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("items", [1, LANE_COUNT - 1, LANE_COUNT, 2 * LANE_COUNT + 3])
def test_blocks_of_any_number_of_items(losses, items, dtype):
    for size in (1, 2, 7):
        agree(losses, *numbers(items, size, dtype))


def test_no_items_and_no_classes(losses):
    loss, _ = losses
    assert loss.value(np.empty((0, 3)), np.empty(0, int)).shape == (0,)
    assert loss.gradient(np.empty((0, 3)), np.empty(0, int)).shape == (0, 3)
    value, slope = loss.value_and_gradient(np.empty((2, 0)), np.zeros(2, int))
    assert np.isnan(value).all()
    assert slope.shape == (2, 0)


def test_an_item_does_not_depend_on_its_neighbours(losses):
    x, label = numbers(LANE_COUNT + 5, 6)
    value, slope = losses[0].value_and_gradient(x, label)
    for n in (0, 3, LANE_COUNT + 4):
        one, part = losses[0].value_and_gradient(x[n : n + 1], label[n : n + 1])
        np.testing.assert_array_equal(one, value[n : n + 1])
        np.testing.assert_array_equal(part, slope[n : n + 1])


def test_nan_infinity_and_wrong_labels_spoil_their_own_items(losses):
    x, label = numbers(LANE_COUNT + 5, 6)
    x[2, 3], x[4, 0], x[5, 1], label[7], label[8] = np.nan, np.inf, -np.inf, 6, -1
    value, slope = agree(losses, x, label)
    assert np.isnan(value[[2, 7, 8]]).all()
    assert np.isnan(slope[[2, 7, 8]]).all()
    rest = np.setdiff1d(np.arange(len(x)), [2, 4, 5, 7, 8])
    assert np.isfinite(value[rest]).all()
    assert np.isfinite(slope[rest]).all()


def test_strides_leading_dimensions_and_shared_items(losses):
    x, label = numbers(2 * LANE_COUNT, 6)
    value, _slope = agree(losses, x[::2, ::-1], label[::2])
    folded = losses[0].value(x[::2, ::-1].reshape(2, -1, 6), label[::2].reshape(2, -1))
    np.testing.assert_array_equal(folded.ravel(), value)
    agree(losses, x[0], label)
    agree(losses, x[::2], label[::2], margin=np.arange(1.0, LANE_COUNT + 1).astype(np.float32))


@pytest.mark.parametrize("reduction", ["none", "sum", "mean"])
def test_weights_and_reductions(losses, reduction):
    x, label = numbers(LANE_COUNT + 5, 6, np.float64)
    weight = np.random.default_rng(3).uniform(size=len(x))
    agree(losses, x, label, reduction=reduction)
    agree(losses, x, label, reduction=reduction, weight=weight)


def test_long_items_are_computed_one_by_one(losses, monkeypatch):
    loss, _ = losses
    x, label = numbers(2, SHORT // 4)
    called = []
    kernels = {name: lambda *_, name=name: called.append(name) or 0.0 for name in loss.abreast}
    monkeypatch.setattr(type(loss), "abreast", kernels)
    loss.value(x, label, weight=1.0)
    loss.gradient(x, label, weight=1.0)
    loss.value(np.tile(x, 2), label, weight=1.0)
    assert called == ["value", "value_and_gradient"]  # which gives the gradient, too


@pytest.mark.skipif(bool(numba.config.DISABLE_JIT), reason="judges compiled code")
@pytest.mark.parametrize(("dtype", "name"), [(np.float32, "float"), (np.float64, "double")])
def test_runs_work_on_vectors(losses, dtype, name):
    """Numbers are computed alone only in loops for arrays that overlap, which there are not."""
    loss, _ = losses
    body = sys.modules[type(loss).__module__]._value_and_gradient_abreast
    body = getattr(body, "py_func", body)
    quiet = {name: njit(**STRICT)(function) for name, function in QUIET.items()}
    kernel = njit(**STRICT)(FunctionType(body.__code__, {**body.__globals__, **quiet}))
    x, label = numbers(LANE_COUNT, 3, dtype)
    outs = [np.empty(LANE_COUNT, dtype), np.empty_like(x)]
    margin = np.ones(LANE_COUNT, dtype)
    kernel(0, np.ones(1, dtype), x, label, margin, np.empty(0, dtype), *outs)
    (code,) = kernel.inspect_llvm().values()
    blocks = re.split(r"\n\n", code)
    vectors = [b for b in blocks if re.search(rf"= fmul [a-z ]*<(?:2|4|8|16) x {name}>", b)]
    alone = [b for b in blocks if re.search(rf"= fmul [a-z ]*{name} ", b)]
    assert len(vectors) > len(alone)  # of instructions there are as many as loops are unrolled


def nothing(*_):
    return 0.0


# Helpers that move items in and out; they do not work on vectors, and need not.
QUIET = {"abreast": nothing, "keep_within": nothing, "deliver": nothing, "deliver_losses": nothing}
