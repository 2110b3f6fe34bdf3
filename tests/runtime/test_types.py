"""Which type a computation has, and what is no number."""

import math

import numpy as np
import pytest

SINGLE = np.array([0.5, 2.0, -3.0], np.float32)
DOUBLE = SINGLE.astype(np.float64)
BINARY = (1, 0, 1)


@pytest.mark.parametrize(
    ("prediction", "target", "extra", "expected"),
    [
        (SINGLE, SINGLE, {}, np.float32),
        (DOUBLE, DOUBLE, {}, np.float64),
        (SINGLE, DOUBLE, {}, np.float64),
        (SINGLE, 0.5, {}, np.float32),
        (SINGLE, np.float64(0.5), {}, np.float64),
        (SINGLE.astype(np.float16), 0, {}, np.float32),
        (SINGLE, np.arange(3), {}, np.float32),
        (SINGLE, np.array([True, False, True]), {}, np.float32),
        (np.arange(3), np.arange(3), {}, np.float64),
        (np.arange(3), np.float32(1), {}, np.float32),
        ([1.0, 2.0], (3, 4), {}, np.float64),
        (1.0, 2, {}, np.float64),
        (SINGLE, SINGLE, {"delta": 2}, np.float32),
        (SINGLE, SINGLE, {"delta": 0.1}, np.float32),
        (SINGLE, SINGLE, {"delta": np.float32(2)}, np.float32),
        (SINGLE, SINGLE, {"delta": np.ones(3)}, np.float64),
        (SINGLE, SINGLE, {"weight": 0.5}, np.float32),
        (SINGLE, SINGLE, {"weight": np.arange(3)}, np.float32),
        (SINGLE, SINGLE, {"weight": np.ones(3)}, np.float64),
        (SINGLE, SINGLE, {"weight": np.ones(3, np.float32)}, np.float32),
    ],
)
def test_type_of_results(huber, prediction, target, extra, expected):
    given = (prediction, target)
    results = [
        huber.value(*given, **extra),
        huber.gradient(*given, **extra),
        huber.hessian(*given, **extra),
        huber.hessian_vector_product(*given, vector=1.0, **extra),
        *huber.value_and_gradient(*given, **extra),
        *huber.value_and_gradient(*given, reduction="mean", **extra),
        huber.value(*given, reduction="sum", **extra),
        huber.gradient(*given, reduction="sum", **extra),
    ]
    assert {result.dtype for result in results} == {np.dtype(expected)}


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_type_beside_an_index(cross_entropy, dtype):
    logits = np.zeros((2, 3), dtype)
    for label in (np.array([0, 2]), np.array([0, 2], np.uint8), [0, 2], 1, np.int16(1)):
        assert cross_entropy.value(logits, label).dtype == dtype
        assert cross_entropy.gradient(logits, label, reduction="mean").dtype == dtype
        assert cross_entropy.hessian(logits, label).dtype == dtype


def test_vector_has_a_say(huber):
    product = huber.hessian_vector_product(SINGLE, SINGLE, vector=DOUBLE)
    assert product.dtype == np.float64


@pytest.mark.parametrize(
    "given",
    [
        np.array([1j]), np.array(["a"]), np.array([object()]), None, "text", np.longdouble(1),
        np.array(["2020-01-01"], "datetime64[D]"), [None, 1.0],
    ],
)  # fmt: skip
@pytest.mark.parametrize("name", ["prediction", "target", "delta", "weight"])
def test_not_a_number(huber, name, given):
    if name == "weight" and given is None:
        return
    arguments = {"prediction": 1.0, "target": 0.0, name: given}
    with pytest.raises(TypeError, match=rf"{name} must hold real numbers \(float64, .*\); got "):
        huber.value(**arguments)


@pytest.mark.parametrize("given", [[[1.0], [2.0, 3.0]], 10**400])
def test_no_array(huber, given):
    with pytest.raises(ValueError, match="target cannot be read as an array: "):
        huber.value(1.0, given)


@pytest.mark.parametrize("label", [0.0, [0.0, 1.0], True, [True, False], "a", None])
def test_index_must_be_integer(cross_entropy, label):
    with pytest.raises(TypeError, match=r"label must hold integers, as an index\(K\); got "):
        cross_entropy.value(np.zeros((2, 3)), label)


def test_large_numbers_become_infinite_quietly(huber):
    assert huber.value(SINGLE, np.float32(1), delta=1e300).dtype == np.float32
    assert huber.value(SINGLE, 1e300)[0] == math.inf
    huge = np.full(4, 3e38, np.float32)
    total = huber.value(huge, 0.0, reduction="sum")
    assert total == math.inf
    assert total.dtype == np.float32
    assert huber.value(huge[:1], 0.0, reduction="mean") == np.float32(3e38)


def test_big_python_integers_are_numbers(huber):
    assert huber.value(float(2**70), 2**70) == 0.0


def test_byte_order_alignment_and_subclasses(huber):
    expected = huber.value(DOUBLE, SINGLE + 1)
    swapped = DOUBLE.astype(">f8")
    packed = np.zeros(3, np.dtype([("a", "i1"), ("x", "f8")]))
    packed["x"] = DOUBLE
    unaligned = np.frombuffer(b"x" + DOUBLE.tobytes(), np.float64, offset=1)
    read_only = DOUBLE.copy()
    read_only.flags.writeable = False
    for given in (swapped, packed["x"], unaligned, read_only, memoryview(DOUBLE)):
        np.testing.assert_array_equal(huber.value(given, SINGLE + 1), expected)


def test_whatever_has_an_array(huber):
    class Series:
        def __array__(self, dtype=None, copy=None):
            return DOUBLE

    np.testing.assert_array_equal(huber.value(Series(), 0.0), huber.value(DOUBLE, 0.0))


@pytest.mark.parametrize("name", ["prediction", "target", "delta", "weight"])
def test_masked_elements(huber, name):
    masked = np.ma.masked_array([1.0, 2.0], [False, True])
    arguments = {"prediction": np.ones(2), "target": 0.0, name: masked}
    with pytest.raises(ValueError, match=f"{name} has masked elements.*; leave them out"):
        huber.value(**arguments)


def test_a_masked_array_without_masked_elements(huber):
    result = huber.value(np.ma.masked_array([3.0, 0.5]), 0.0)
    assert type(result) is np.ndarray
    assert result.tolist() == [2.5, 0.125]


@pytest.mark.parametrize("reduction", [None, ["mean"], {}, 1, "average"])
def test_a_wrong_reduction(huber, reduction):
    for function in (huber.value, huber.gradient, huber.value_and_gradient, huber.hessian):
        with pytest.raises(ValueError, match="unknown reduction"):
            function(np.ones(2), np.ones(2), reduction=reduction)
