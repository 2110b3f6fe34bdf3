"""What loops are written in: places, maxima, weights; stacked products."""

import math

import numba
import numpy as np
import pytest
from numba import njit

from symloss.runtime import (
    BLOCK,
    apply_weights,
    is_within,
    larger,
    multiply,
    own,
    portion,
    scratch_of,
    several,
    spoil,
    steady,
    turned,
    unsigned,
)
from symloss.runtime.access import STRICT

OPTIONS = {**STRICT, "cache": False}
ZERO, TWO = unsigned(0), unsigned(2)


@njit(**OPTIONS)
def largest(x):
    best = x.dtype.type(-math.inf)
    for n in range(unsigned(x.shape[0])):
        best = larger(best, x[n])
    return best


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_largest_of_all_is_nan_where_one_is(dtype):
    x = np.array([-2.0, -0.0, 5e-324, 1e30, -math.inf, 3.0], dtype)
    for numbers in (x, -np.abs(x), x[:1]):
        assert largest(numbers) == numbers.max()
    assert largest(np.array([], dtype)) == -math.inf
    assert math.isnan(largest(np.array([1.0, math.nan, math.inf], dtype)))
    assert math.isnan(largest(np.array([1.0, -math.nan], dtype)))


@pytest.mark.skipif(bool(numba.config.DISABLE_JIT), reason="judges compiled code")
def test_maxima_vectorise():
    largest(np.ones(3, np.float32))
    code = next(text for kind, text in largest.inspect_llvm().items() if "float32" in str(kind))
    assert any(f"<{lanes} x float>" in code for lanes in (4, 8, 16))


def test_an_array_of_one_item_is_every_items():
    assert own(np.zeros((3, 2)), TWO) == 2
    assert own(np.zeros((1, 2)), TWO) == 0
    assert several(np.zeros((1, 2)), 3, 5).shape == (1, 2)
    assert several(np.zeros((9, 2)), 3, 5).shape == (2, 2)


def test_indices_lie_within():
    assert is_within(np.array([0, 2]), unsigned(1), unsigned(3))
    assert not is_within(np.array([0, 3]), unsigned(1), unsigned(3))
    assert not is_within(np.array([0, -1]), unsigned(1), unsigned(3))
    assert is_within(np.array([[0, 1], [5, 0]]), ZERO, TWO)
    assert not is_within(np.array([[0, 1], [5, 0]]), unsigned(1), TWO)


def test_a_spoilt_item_is_nan_if_anybody_wants_it():
    out = np.zeros((2, 3))
    spoil(out, unsigned(1))
    spoil(out, TWO)
    np.testing.assert_array_equal(np.isnan(out), [[False] * 3, [True] * 3])


def test_weights_are_applied_in_place_and_summed():
    out, weight = np.array([1.0, 2.0]), np.array([9.0, 9.0, 3.0, 4.0])
    assert apply_weights(out, TWO, weight, TWO, unsigned(4)) == 11.0
    assert out.tolist() == [3.0, 8.0]


def test_a_sum_that_overflows_single_precision_is_added_up_in_double():
    out = np.array([3e38, 3e38, -3e38], np.float32)
    assert steady(np.float32(2.0), out, ZERO, unsigned(3)) == 2.0
    assert steady(np.float32(math.inf), out, ZERO, unsigned(3)) == pytest.approx(3e38)
    assert steady(np.float32(math.nan), out, ZERO, TWO) == pytest.approx(6e38)


def test_scratch_is_no_longer_than_a_block():
    assert scratch_of(5, np.zeros(1, np.float32)).shape == (5,)
    assert scratch_of(10**6, np.zeros(1, np.float32)).shape == (BLOCK,)


def test_portions_are_bounded_and_never_empty():
    assert portion(10, 1) == 10
    assert portion(10**6, 2**10) == 2**8
    assert portion(10, 10**9) == 1


@pytest.mark.parametrize("items", [1, 4])
def test_products_of_stacks(items):
    random = np.random.default_rng(1)
    x, y, v = (random.normal(size=shape) for shape in ((4, 3, 5), (items, 3, 5), (4, 5)))
    out, flat = np.empty((4, 3, 3)), np.empty((4, 3))
    multiply(x, turned(x), out)
    np.testing.assert_allclose(out, np.einsum("nid,njd->nij", x, x))
    multiply(y, turned(x), out)
    np.testing.assert_allclose(out, np.einsum("nid,njd->nij", np.broadcast_to(y, x.shape), x))
    multiply(x, v, flat)
    np.testing.assert_allclose(flat, np.einsum("nid,nd->ni", x, v))
    multiply(v, turned(x), flat)
    np.testing.assert_allclose(flat, np.einsum("nd,nid->ni", v, x))


def test_products_of_infinities_do_not_warn():
    multiply(np.full((1, 1, 2), np.inf), np.zeros((1, 2, 1)), np.empty((1, 1, 1)))
