"""Buffers that callers give, and named results."""

import copy
import pickle

import numpy as np
import pytest

RNG = np.random.default_rng(2)
P, T = RNG.normal(size=(2, 4, 5))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_out_is_filled_and_returned(huber, cross_entropy, dtype):
    p, t = P.astype(dtype), T.astype(dtype)
    out = np.empty((4, 5), dtype)
    for function in (huber.value, huber.gradient, huber.hessian):
        assert function(p, t, out=out) is out
        np.testing.assert_array_equal(out, function(p, t))
    assert huber.hessian_vector_product(p, t, vector=2.0, out=out) is out
    np.testing.assert_array_equal(out, 2 * huber.hessian(p, t))
    assert huber.gradient(p, t, reduction="mean", out=out) is out
    np.testing.assert_array_equal(out, huber.gradient(p, t, reduction="mean"))
    block = np.empty((4, 5, 5), dtype)
    assert cross_entropy.hessian(p, 1, out=block) is block
    np.testing.assert_array_equal(block, cross_entropy.hessian(p, 1))


def test_both_outs(huber):
    value, gradient = np.empty((4, 5)), np.empty((4, 5))
    expected = huber.value_and_gradient(P, T)
    got = huber.value_and_gradient(P, T, out=(value, gradient))
    assert got[0] is value
    assert got[1] is gradient
    np.testing.assert_array_equal(got, expected)
    assert huber.value_and_gradient(P, T, out=(None, gradient))[1] is gradient
    assert huber.value_and_gradient(P, T, out=(value, None))[0] is value
    reduced, same = huber.value_and_gradient(P, T, reduction="sum", out=(None, gradient))
    assert same is gradient
    assert reduced == huber.value(P, T, reduction="sum")


def test_zero_dimensional_out(huber, cross_entropy):
    out = np.empty(())
    assert huber.value(3.0, 0.0, out=out) is out
    assert out == 2.5
    row = np.empty(3)
    assert cross_entropy.gradient(np.zeros(3), 0, out=row) is row


@pytest.mark.parametrize("layout", [np.s_[::2], np.s_[::-1]])
def test_strided_out(huber, layout):
    memory = np.full((8, 5) if layout == np.s_[::2] else (4, 5), 7.0)
    out = memory[layout]
    assert huber.gradient(P, T, out=out) is out
    np.testing.assert_array_equal(out, huber.gradient(P, T))
    if layout == np.s_[::2]:
        assert (memory[1::2] == 7.0).all()


def test_fortran_out(cross_entropy):
    out = np.asfortranarray(np.empty((4, 5, 5)))
    assert cross_entropy.hessian(P, 1, out=out) is out
    np.testing.assert_array_equal(out, cross_entropy.hessian(P, 1))


def test_out_over_an_input(huber, cross_entropy):
    expected = huber.gradient(P[1:], P[:-1])
    memory = P.copy()
    assert huber.gradient(memory[1:], memory[:-1], out=memory[1:]).base is memory
    np.testing.assert_array_equal(memory[1:], expected)
    x = P.copy()
    np.testing.assert_array_equal(cross_entropy.gradient(x, 0, out=x), cross_entropy.gradient(P, 0))
    weight = np.full((4, 5), 0.5)
    expected = huber.value(P, T, weight=weight)
    np.testing.assert_array_equal(huber.value(P, T, weight=weight, out=weight), expected)


@pytest.mark.parametrize(
    ("out", "error", "message"),
    [
        ([0.0], TypeError, r"out is of type list; expected a writeable array of shape \(4, 5\)"),
        (np.empty((4, 5), np.float32), TypeError, r"out has type float32; .* type float64"),
        (np.empty((4, 5), ">f8"), TypeError, r"out has type >f8"),
        (np.empty((5, 4)), ValueError, r"out has shape \(5, 4\); .* of shape \(4, 5\)"),
        (np.empty(20), ValueError, r"out has shape \(20,\)"),
        (np.broadcast_to(1.0, (4, 5)), ValueError, r"out is read-only; "),
    ],
)
def test_bad_out(huber, out, error, message):
    for function in (huber.value, huber.gradient, huber.hessian):
        with pytest.raises(error, match=message):
            function(P, T, out=out)


def test_out_for_a_reduced_value(huber):
    with pytest.raises(ValueError, match="out cannot take a reduced value, which is a number"):
        huber.value(P, T, reduction="sum", out=np.empty(()))
    with pytest.raises(ValueError, match=r"out\[0\] cannot take a reduced value"):
        huber.value_and_gradient(P, T, reduction="mean", out=(np.empty(()), None))


def test_outs_must_be_tuples_of_separate_arrays(huber, tilted):
    one = np.empty((4, 5))
    with pytest.raises(TypeError, match=r"of type ndarray; expected a tuple \(value, gradient\)"):
        huber.value_and_gradient(P, T, out=one)
    with pytest.raises(ValueError, match=r"out has 1 parts; expected a tuple \(value, gradient\)"):
        huber.value_and_gradient(P, T, out=(one,))
    with pytest.raises(ValueError, match="overlap in memory"):
        huber.value_and_gradient(P, T, out=(one, one))
    with pytest.raises(TypeError, match=r"expected a tuple \(prediction, tilt\)"):
        tilted.gradient(P, T, tilt=0.5, out=one)
    with pytest.raises(ValueError, match="overlap in memory"):
        tilted.gradient(P, T, tilt=0.5, out=(one, one[::-1]))
    with pytest.raises(ValueError, match="overlap in memory"):
        tilted.value_and_gradient(P, T, tilt=0.5, out=(one, (np.empty((4, 5)), one)))
    with pytest.raises(ValueError, match="overlap in memory"):
        tilted.hessian(P, T, tilt=0.5, out=((one, None), (one, None)))
    with pytest.raises(ValueError, match=r"out.tilt has shape \(3,\)"):
        tilted.gradient(P, T, tilt=0.5, out=(one, np.empty(3)))


def test_named_results(tilted, dense_tilted):
    value, gradient = tilted.value_and_gradient(P, T, tilt=0.5)
    np.testing.assert_allclose(value, 0.5 * P**2 - T)
    np.testing.assert_allclose(gradient.prediction, P)
    np.testing.assert_allclose(gradient.tilt, P**2)
    assert gradient._fields == ("prediction", "tilt")
    assert type(gradient) is tilted.Gradient is type(tilted.gradient(1.0, 2.0, tilt=0.5))
    hessian = tilted.hessian(P, T, tilt=0.5)
    np.testing.assert_allclose(hessian.prediction.prediction, np.ones_like(P))
    np.testing.assert_allclose(hessian.prediction.tilt, 2 * P)
    np.testing.assert_allclose(hessian.tilt.tilt, 0 * P)
    np.testing.assert_array_equal(np.array(dense_tilted.hessian(P, T, tilt=0.5)), np.array(hessian))
    product = tilted.hessian_vector_product(P, T, tilt=0.5, vector=(1.0, T))
    np.testing.assert_allclose(product.prediction, 1 + 2 * P * T)
    np.testing.assert_allclose(product.tilt, 2 * P)


def test_named_outs(tilted):
    outs = tilted.Gradient(np.empty((4, 5)), np.empty((4, 5)))
    gradient = tilted.gradient(P, T, tilt=0.5, out=outs)
    assert gradient.prediction is outs.prediction
    assert gradient.tilt is outs.tilt
    block = np.empty((4, 5))
    hessian = tilted.hessian(P, T, tilt=0.5, out=((None, block), None))
    assert hessian.prediction.tilt is block


def test_results_survive_pickle_and_copy(tilted, huber):
    gradient = tilted.gradient(P, T, tilt=0.5)
    for again in (pickle.loads(pickle.dumps(gradient)), copy.deepcopy(gradient)):
        assert type(again) is type(gradient)
        np.testing.assert_array_equal(again, gradient)
    again = pickle.loads(pickle.dumps(huber))
    assert again.value(3.0, 0.0) == 2.5


def test_vector_must_have_a_part_for_each(tilted):
    with pytest.raises(TypeError, match=r"vector is of type float; .* \(prediction, tilt\)"):
        tilted.hessian_vector_product(P, T, tilt=0.5, vector=1.0)
    with pytest.raises(ValueError, match=r"vector has 3 parts; expected a tuple"):
        tilted.hessian_vector_product(P, T, tilt=0.5, vector=(1.0, 2.0, 3.0))
    with pytest.raises(ValueError, match=r"vector.tilt \(3,\)"):
        tilted.hessian_vector_product(P, T, tilt=0.5, vector=(1.0, np.ones(3)))


def test_hessian_beyond_reason(cross_entropy):
    logits = np.zeros((1, 50_000))
    message = r"Hessian of 1 items with core shapes logits \(50000,\) has 2500000000 numbers"
    with pytest.raises(ValueError, match=message):
        cross_entropy.hessian(logits, 0)


def test_missing_parameter_is_pythons_own_error(tilted):
    with pytest.raises(TypeError, match="missing 1 required keyword-only argument: 'tilt'"):
        tilted.value(1.0, 1.0)


def test_repr_and_attributes(huber, cross_entropy):
    assert repr(huber) == "<loss huber(prediction, target, *, delta): (),()->()>"
    assert repr(cross_entropy) == "<loss cross_entropy(logits, label): (K),()->()>"
    assert huber.__doc__.startswith("Huber loss")
    assert huber.spec_hash == "0123"


def never(*_):
    raise AssertionError("the whole should have been called")


@pytest.mark.parametrize("shape", [(5,), (4, 5), (3, 1000), (5000,)])
@pytest.mark.parametrize("reduction", ["none", "mean"])
def test_a_gradient_that_is_computed_with_the_value(huber, tilted, shape, reduction):
    x, y = np.random.default_rng(3).normal(size=(2, *shape))
    for loss, rest in ((huber, {"delta": 0.5}), (tilted, {"tilt": 0.5})):
        wrapper = lambda *given: never(*given)  # noqa: E731 - a function to set an attribute on
        wrapper.whole = "value_and_gradient"
        within = type("Within", (type(loss),), {"kernels": {**loss.kernels, "gradient": wrapper}})()
        given = {**rest, "reduction": reduction}
        expected = np.array(loss.gradient(x, y, **given))
        for _ in range(3):  # the general way, then the swift one
            np.testing.assert_array_equal(np.array(within.gradient(x, y, **given)), expected)
        weighted = within.gradient(x, y, weight=2.0, **rest)
        np.testing.assert_array_equal(np.array(weighted), 2 * np.array(loss.gradient(x, y, **rest)))


@pytest.mark.parametrize("shape", [(5,), (4, 5)])
def test_few_items_are_called_for_at_once(tilted, monkeypatch, shape):
    """Whatever the number of outputs and leading dimensions, once the call is known."""
    x, y = np.random.default_rng(4).normal(size=(2, *shape))
    first = tilted.value_and_gradient(x, y, tilt=0.5, reduction="mean")
    monkeypatch.setattr("symloss.runtime.swift.in_blocks", never)
    again = tilted.value_and_gradient(x, y, tilt=0.5, reduction="mean")
    assert again[0] == first[0]
    np.testing.assert_array_equal(np.array(again[1]), np.array(first[1]))
    assert type(again[1]) is tilted.Gradient
