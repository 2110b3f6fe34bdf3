"""Sums and means, their gradients, weights, threads."""

import math
from concurrent.futures import ThreadPoolExecutor

import numba
import numpy as np
import pytest

compiled = pytest.mark.skipif(
    bool(numba.config.DISABLE_JIT), reason="judges compiled code, and NUMBA_DISABLE_JIT is set"
)

RNG = np.random.default_rng(1)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("weight", [None, 0.5, "items", "rows"])
def test_sum_and_mean(huber, dtype, weight):
    p, t = RNG.normal(size=(2, 7, 500)).astype(dtype) * 3
    w = {"items": RNG.uniform(0, 2, p.shape), "rows": RNG.uniform(0, 2, (7, 1))}.get(weight, weight)
    w = w.astype(dtype) if isinstance(w, np.ndarray) else w
    items = huber.value(p, t, weight=w).astype(float)
    divisor = np.broadcast_to(1.0 if w is None else w, p.shape).sum(dtype=float)
    close = {"rtol": 1e-6 if dtype == np.float32 else 1e-13}
    for reduction, scale in (("sum", 1.0), ("mean", 1 / divisor)):
        value, gradient = huber.value_and_gradient(p, t, weight=w, reduction=reduction)
        assert value.dtype == gradient.dtype == dtype
        assert isinstance(value, dtype)
        np.testing.assert_allclose(value, items.sum() * scale, **close)
        slopes = huber.gradient(p, t, weight=w)
        np.testing.assert_allclose(gradient, slopes * scale, rtol=1e-6)
        assert huber.value(p, t, weight=w, reduction=reduction) == value
        alone = huber.gradient(p, t, weight=w, reduction=reduction)
        np.testing.assert_allclose(alone, gradient, rtol=1e-6)
        hessian = huber.hessian(p, t, weight=w, reduction=reduction)
        np.testing.assert_allclose(hessian, huber.hessian(p, t, weight=w) * scale, rtol=1e-6)
        product = huber.hessian_vector_product(p, t, vector=t, weight=w, reduction=reduction)
        np.testing.assert_allclose(product, hessian * t, rtol=1e-6)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_weights_of_vectors(huber, dtype):
    """The short way for vectors that fit as they are, against the long one."""
    p, t = RNG.normal(size=(2, 50)).astype(dtype)
    w = RNG.uniform(size=50).astype(dtype)
    for reduction in ("none", "sum", "mean"):
        short = huber.value_and_gradient(p, t, weight=w, reduction=reduction)
        long = huber.value_and_gradient(
            p[:, None], t[:, None], weight=w[:, None], reduction=reduction
        )
        np.testing.assert_array_equal(short[0], np.squeeze(long[0]))
        np.testing.assert_array_equal(short[1], long[1][:, 0])
    for weight in (w[:1], w.astype(np.float16), 2):
        np.testing.assert_array_equal(
            huber.value(p, t, weight=weight),
            huber.value(p[:, None], t[:, None], weight=np.reshape(weight, (-1, 1)))[:, 0],
        )
    assert huber.value(p, t, weight=w.astype(float)).dtype == np.float64
    with pytest.raises(ValueError, match="weight has shape"):
        huber.value(p, t, weight=w[:7])


def test_mean_is_numpys_average(cross_entropy):
    x, label, w = RNG.normal(size=(9, 4)), RNG.integers(0, 4, 9), RNG.uniform(size=9)
    unweighted = cross_entropy.value(x, label)
    mean = cross_entropy.value(x, label, weight=w, reduction="mean")
    np.testing.assert_allclose(mean, np.average(unweighted, weights=w), rtol=1e-14)
    hessian = cross_entropy.hessian(x, label, weight=w, reduction="mean")
    expected = cross_entropy.hessian(x, label) * (w / w.sum())[:, None, None]
    np.testing.assert_allclose(hessian, expected, rtol=1e-12, atol=1e-18)


@compiled
def test_mean_in_float32_is_summed_in_float64(huber):
    p = np.full(1_000_000, 0.1, np.float32)
    exact = float(np.float32(0.1)) ** 2 / 2
    assert abs(huber.value(p, 0.0, reduction="mean") - exact) < 1e-7 * exact


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_empty(huber, cross_entropy, dtype):
    p = np.empty((0, 3), dtype)
    for reduction, expected in (("sum", 0.0), ("mean", math.nan)):
        value, gradient = huber.value_and_gradient(p, p, reduction=reduction)
        np.testing.assert_equal(value, dtype(expected))
        assert value.dtype == dtype
        assert gradient.shape == (0, 3)
        np.testing.assert_equal(cross_entropy.value(p, 0, reduction=reduction), dtype(expected))
        assert cross_entropy.gradient(p, 0, reduction=reduction).shape == (0, 3)


def test_weights_that_sum_to_zero_have_no_mean(huber):
    value, gradient = huber.value_and_gradient([1.0, 2.0], 0.0, weight=[1, -1], reduction="mean")
    assert math.isnan(value)
    assert np.isnan(gradient).all()


@pytest.mark.parametrize("reduction", ["avg", None, "Mean", "batchmean", ["mean"]])
def test_unknown_reduction(huber, reduction):
    message = r'unknown reduction .*; expected "none", "sum" or "mean"'
    functions = [huber.value, huber.gradient, huber.value_and_gradient, huber.hessian]
    for function in functions:
        with pytest.raises(ValueError, match=message):
            function(1.0, 0.0, reduction=reduction)
    with pytest.raises(ValueError, match=message):
        huber.hessian_vector_product(1.0, 0.0, vector=1.0, reduction=reduction)


def test_threads_agree(huber, cross_entropy):
    x, label = RNG.normal(size=(5000, 6)), RNG.integers(0, 6, 5000)
    flat, shift = x.ravel(), RNG.normal(size=x.size)

    def work(_):
        value, gradient = huber.value_and_gradient(flat, shift, weight=flat, reduction="mean")
        entropy = cross_entropy.value(x, label, reduction="sum")
        return value.tobytes(), gradient.tobytes(), entropy.tobytes()

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(work, range(64)))) == 1
