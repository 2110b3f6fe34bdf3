"""Domains, checked on demand."""

import math

import numpy as np
import pytest

from symloss.runtime import Argument, Domain


def test_inside_changes_nothing(huber, cross_entropy, tilted):
    assert huber.value(3.0, 0.0, validate=True) == 2.5
    assert huber.value([3.0], 0, delta=[1.0], validate=True).tolist() == [2.5]
    cross_entropy.gradient(np.zeros((2, 3)), [0, 2], validate=True)
    cross_entropy.value(np.zeros((0, 3)), np.zeros(0, int), validate=True)
    tilted.hessian([1.0, 2.0], [1, -1], tilt=1, validate=True)


@pytest.mark.parametrize("method", ["value", "gradient", "value_and_gradient", "hessian"])
def test_every_function_validates(huber, method):
    with pytest.raises(ValueError, match=r"delta must lie in its domain, positive; got 0.0$"):
        getattr(huber, method)(1.0, 0.0, delta=0.0, validate=True)


def test_message_names_the_first_offender(huber, cross_entropy, tilted):
    prediction = np.zeros((2, 3))
    prediction[1, 2] = prediction[1, 1] = math.nan
    with pytest.raises(ValueError, match=r"prediction must .* real; got nan at position \(1, 1\)"):
        huber.value(prediction, 0.0, validate=True)
    with pytest.raises(ValueError, match=r"target .* real; got inf"):
        huber.value(prediction[:1], math.inf, validate=True)
    with pytest.raises(ValueError, match=r"label .* index\(K\); got 3 at position \(1,\)"):
        cross_entropy.value(np.zeros((3, 3)), [0, 3, -1], validate=True)
    with pytest.raises(ValueError, match=r"label .* index\(K\); got -1"):
        cross_entropy.value(np.zeros(3), -1, validate=True)
    with pytest.raises(ValueError, match=r"target .* \{-1, 1\}; got 0 at position \(1,\)"):
        tilted.value(1.0, [1, 0], tilt=0.5, validate=True)
    with pytest.raises(ValueError, match=r"tilt .* \[0, 1\]; got 1.5"):
        tilted.hessian_vector_product(1.0, 1.0, tilt=1.5, vector=(1.0, 1.0), validate=True)


@pytest.mark.parametrize(
    ("domain", "inside", "outside"),
    [
        (Domain("real"), [0, -1e308], [math.nan, math.inf, -math.inf]),
        (Domain("(0, oo)", low=0.0), [5e-324, 1e308], [0, -1, math.inf, math.nan]),
        (Domain("[0, oo)", low=0.0, low_open=False), [0, 2], [-5e-324, math.nan]),
        (
            Domain("[0, 1)", low=0.0, high=1.0, low_open=False),
            [0, 0.5],
            [1, 1.5, -0.1, math.nan],
        ),
        (Domain("[-1, 1]", "interval", -1.0, 1.0, False, False), [-1, 1], [1.1, math.nan]),
        (Domain("integer", integer=True), [-3, 0, 2], [0.5, math.inf, math.nan]),
        (Domain("{0, 1}", kind="finite", values=(0.0, 1.0)), [0, 1], [2, 0.5, math.nan]),
        (Domain("index(3)", kind="index", dimension="3"), [0, 2], [3, -1]),
        (Domain("index(K)", kind="index", dimension="K"), [0, 3], [4, -1]),
    ],
)
def test_domains(domain, inside, outside):
    for x in inside:
        assert domain.holds(np.asarray(x), {"K": 4}).all(), x
    for x in outside:
        assert not domain.holds(np.asarray(x), {"K": 4}).any(), x


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_simplex(dtype):
    domain = Domain("simplex(K)", kind="simplex", dimension="K")
    rows = np.array([[0.5, 0.5, 0], [0.6, 0.6, 0], [1.5, -0.5, 0], [math.nan, 1, 0]], dtype)
    assert domain.holds(rows, {}).all(-1).tolist() == [True, False, False, False]
    thirds = np.full((1, 3000), 1 / 3000, dtype)
    assert domain.holds(thirds, {}).all()
    assert Argument("p", ("K",), domain).core == "(K)"


def test_a_third_in_float32():
    domain = Domain("[1/3, 1]", "interval", 1 / 3, 1.0, False, False)
    assert domain.holds(np.asarray(np.float32(0.34)), {}).all()
