"""Leading dimensions broadcast, core dimensions bind, any strides and any emptiness."""

import math

import numba
import numpy as np
import pytest

compiled = pytest.mark.skipif(
    bool(numba.config.DISABLE_JIT), reason="judges compiled code, and NUMBA_DISABLE_JIT is set"
)

RNG = np.random.default_rng(0)


def huber_value(prediction, target, delta=1.0):
    size = np.abs(prediction - target)
    return np.where(size <= delta, size**2 / 2, delta * (size - delta / 2))


def cross_entropy_value(logits, label):
    lse = np.log(np.exp(logits).sum(-1))
    picked = np.broadcast_to(label, lse.shape)[..., None]
    return lse - np.take_along_axis(logits, picked, -1)[..., 0]


@pytest.mark.parametrize(
    ("prediction", "target", "delta", "weight"),
    [
        ((), (), (), ()), ((5,), (5,), (), ()), ((5,), (), (), ()), ((), (5,), (), ()),
        ((4, 1), (5,), (), ()), ((2, 3, 4), (3, 4), (2, 1, 1), ()), ((5,), (5,), (5,), (5,)),
        ((1,), (1,), (1,), (1,)), ((3,), (1,), (1,), (1,)), ((), (), (6,), (1,)),
        ((1, 1), (3,), (), (3,)), ((4, 1), (5,), (4, 5), (4, 1)), ((0,), (0,), (), ()),
        ((0, 3), (3,), (), (3,)), ((0,), (1,), (1,), ()), ((3000,), (3000,), (), (3000,)),
    ],
)  # fmt: skip
def test_broadcasting(huber, prediction, target, delta, weight):
    p, t = RNG.normal(size=prediction) * 2, RNG.normal(size=target)
    d, w = RNG.uniform(0.5, 2, delta), RNG.uniform(0.5, 2, weight)
    shape = np.broadcast_shapes(prediction, target, delta)
    expected = np.asarray(w * huber_value(p, t, d))
    got = huber.value(p, t, delta=d, weight=w)
    assert got.shape == shape == expected.shape
    assert isinstance(got, np.ndarray if shape else np.float64)
    np.testing.assert_allclose(got, expected, rtol=1e-14)
    slope = np.asarray(w * np.clip(p - t, -d, d))
    value, gradient = huber.value_and_gradient(p, t, delta=d, weight=w)
    np.testing.assert_array_equal(value, got)
    np.testing.assert_allclose(gradient, slope, rtol=1e-14)
    assert gradient.shape == huber.hessian(p, t, delta=d, weight=w).shape == shape


@pytest.mark.parametrize(
    ("logits", "label"),
    [
        ((3,), ()), ((5, 3), (5,)), ((5, 3), ()), ((3,), (5,)), ((1, 3), (5,)), ((2, 5, 3), (5,)),
        ((5, 3), (2, 1)), ((0, 3), (0,)), ((0, 3), ()), ((3,), (0,)), ((1, 3), (1,)),
    ],
)  # fmt: skip
def test_core_dimensions(cross_entropy, logits, label):
    x, chosen = RNG.normal(size=logits), RNG.integers(0, 3, label)
    lead = np.broadcast_shapes(logits[:-1], label)
    value, gradient = cross_entropy.value_and_gradient(x, chosen)
    assert value.shape == lead
    assert gradient.shape == (*lead, 3)
    full = np.broadcast_to(x, (*lead, 3))
    np.testing.assert_allclose(value, cross_entropy_value(full, chosen), rtol=1e-12)
    softmax = np.exp(full) / np.exp(full).sum(-1, keepdims=True)
    np.testing.assert_allclose(gradient, softmax - np.eye(3)[chosen], atol=1e-14)
    hessian = cross_entropy.hessian(x, chosen)
    blocks = softmax[..., None] * np.eye(3) - softmax[..., None] * softmax[..., None, :]
    assert hessian.shape == (*lead, 3, 3)
    np.testing.assert_allclose(hessian, blocks, atol=1e-14)
    along = RNG.normal(size=3)
    product = cross_entropy.hessian_vector_product(x, chosen, vector=along)
    np.testing.assert_allclose(product, blocks @ along, atol=1e-14)


def test_zero_size_core(cross_entropy):
    x, label = np.zeros((4, 0)), np.zeros(4, int)
    assert np.isnan(cross_entropy.value(x, label)).all()
    assert cross_entropy.gradient(x, label).shape == (4, 0)
    assert cross_entropy.hessian(x, label).shape == (4, 0, 0)
    assert cross_entropy.hessian(x[:0], label[:0]).shape == (0, 0, 0)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_strides(huber, cross_entropy, dtype):
    base = RNG.normal(size=(6, 8, 3)).astype(dtype)
    label = RNG.integers(0, 3, (8, 12))[:, ::2].T
    for x in (base, base[::-1], base.transpose(2, 0, 1), base[:, ::2], np.asfortranarray(base)):
        packed = np.ascontiguousarray(x)
        np.testing.assert_array_equal(huber.value(x, x[0] * 2), huber.value(packed, packed[0] * 2))
        np.testing.assert_array_equal(huber.gradient(x, 0.0), huber.gradient(packed, 0.0))
    for x in (base, np.asfortranarray(base), base[..., ::-1], base[::-1]):
        packed = np.ascontiguousarray(x)
        assert label.shape == x.shape[:2]
        for function in (cross_entropy.value, cross_entropy.gradient, cross_entropy.hessian):
            expected = function(packed, np.ascontiguousarray(label))
            np.testing.assert_array_equal(function(x, label), expected)


@compiled
def test_one_item_runs_what_many_have_compiled(huber):
    huber.value(np.ones(3), np.ones(3))
    compiled = len(huber.kernels["value"].signatures)
    for p, t in [(1.0, 2.0), (np.ones(1), np.ones(1)), (np.ones((1, 1)), 2)]:
        huber.value(p, t)
    assert len(huber.kernels["value"].signatures) == compiled


def test_lists_and_nan_per_item(huber):
    assert huber.value([3.0, math.nan, 0.5], [0, 0, 0]).tolist()[0] == 2.5
    assert np.isnan(huber.value([3.0, math.nan, 0.5], 0)).tolist() == [False, True, False]
    assert np.isnan(huber.value([3.0, 1.0], 0, delta=[1.0, -1.0])).tolist() == [False, True]


def test_index_out_of_range_is_nan(cross_entropy):
    label = np.array([0, 3, -1, 2])
    value, gradient = cross_entropy.value_and_gradient(np.zeros((4, 3)), label)
    assert np.isnan(value).tolist() == [False, True, True, False]
    assert np.isnan(gradient).all(-1).tolist() == [False, True, True, False]
    np.testing.assert_array_equal(cross_entropy.value(np.zeros((4, 3)), label), value)


def test_leading_dimensions_that_do_not_broadcast(huber, cross_entropy):
    message = r"do not broadcast: prediction \(3,\), target \(4,\), delta \(\); .* \(\),\(\)->\(\)"
    with pytest.raises(ValueError, match=message):
        huber.value(np.ones(3), np.ones(4))
    with pytest.raises(ValueError, match=r"logits \(4, 3\), label \(5,\); .* \(K\),\(\)->\(\)"):
        cross_entropy.value(np.ones((4, 3)), np.zeros(5, int))


def test_missing_core_dimensions(cross_entropy):
    message = r"logits has shape \(\); expected its last dimensions to be the core dimensions \(K\)"
    with pytest.raises(ValueError, match=message):
        cross_entropy.value(1.0, 0)


def test_core_dimensions_that_disagree(cross_entropy):
    message = r"core dimension K is 3 in logits \(shape \(2, 3\)\) but 4 in vector \(shape \(4,\)\)"
    with pytest.raises(ValueError, match=message):
        cross_entropy.hessian_vector_product(np.ones((2, 3)), [0, 1], vector=np.ones(4))


def test_weight_may_not_enlarge(huber):
    message = r"weight has shape \(3,\); expected one that broadcasts to the items' shape "
    with pytest.raises(ValueError, match=message + r"\(4,\)"):
        huber.value(np.ones(4), 0.0, weight=np.ones(3))
    with pytest.raises(ValueError, match=message + r"\(\)"):
        huber.value(1.0, 0.0, weight=np.ones(3))
    with pytest.raises(ValueError, match=r"weight has shape \(1, 4\)"):
        huber.value(np.ones(4), 0.0, weight=np.ones((1, 4)))
