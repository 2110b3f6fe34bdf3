"""Helpers of kernels, compiled and as Python; that loops over them vectorise."""

import math
import sys

import numba
import numpy as np
import pytest
from numba import njit

from symloss.runtime import (
    CHUNK,
    at,
    borrowing,
    fill,
    in_range,
    item,
    like,
    part,
    plus,
    put,
    room,
    share,
    times,
    weigh,
)
from symloss.runtime.access import STRICT

compiled = pytest.mark.skipif(
    bool(numba.config.DISABLE_JIT), reason="judges compiled code, and NUMBA_DISABLE_JIT is set"
)


@njit(**STRICT)
def compiled_at(x, n):
    return at(x, n)


@njit(**STRICT)
def compiled_part(x, start):
    return part(x, start)


@njit(**STRICT)
def compiled_put(x, n, v):
    put(x, n, v)


@njit(**STRICT)
def compiled_item(x, n):
    return item(x, n)


@njit(**STRICT)
def compiled_like(x, constant):
    return like(x, constant) * x


@njit(**STRICT)
def compiled_in_range(x, size):
    return in_range(x, size)


@njit(**STRICT)
def compiled_fill(x, value):
    fill(x, value)


@pytest.mark.parametrize("function", [at, compiled_at])
def test_at(function):
    assert function(np.array([1.0, 2.0]), 1) == 2.0
    assert function(3.0, 1) == 3.0


@borrowing
def borrowing_total(x):
    total = 0.0
    for n in range(x.shape[0]):
        total += x[n]
    return total


@compiled
def test_borrowing_kernels_count_no_references():
    x = np.arange(4.0)
    before = sys.getrefcount(x)
    assert borrowing_total(x) == 6.0
    assert sys.getrefcount(x) == before
    borrowing_total.recompile()  # what comes from a cache on disk cannot be looked into
    (code,) = borrowing_total.inspect_llvm().values()
    assert "NRT_" not in code


@pytest.mark.parametrize("function", [part, compiled_part])
def test_part(function):
    assert function(np.arange(CHUNK + 5.0), CHUNK).tolist() == [CHUNK + n for n in range(5)]
    assert len(function(np.arange(3.0 * CHUNK), CHUNK)) == CHUNK
    assert function(3.0, 1) == 3.0


@pytest.mark.parametrize("function", [put, compiled_put])
def test_put(function):
    x = np.zeros(3)
    function(x, 1, 2.0)
    function(x, 3, 2.0)
    assert x.tolist() == [0.0, 2.0, 0.0]


def test_room_is_the_chunks_part_or_a_scratch():
    wanted, scratch = np.zeros(CHUNK + 5), np.zeros(CHUNK)
    assert len(room(wanted, CHUNK, CHUNK + 5)) == 5
    assert len(room(scratch, CHUNK, CHUNK + 5)) == 5


def test_weigh_multiplies_in_place_and_sums():
    x, weight = np.array([1.0, 2.0]), np.arange(CHUNK + 2.0)
    assert weigh(x, weight, CHUNK) == CHUNK + 2 * (CHUNK + 1)
    assert x.tolist() == [CHUNK, 2 * (CHUNK + 1)]


@njit(**STRICT)
def compiled_share(weight, n, whole):
    return share(weight, n, whole)


@pytest.mark.parametrize("function", [share, compiled_share])
def test_share(function):
    assert function(np.array([2.0, 3.0]), 1, 1.0) == 3.0
    assert function(np.empty(0), 1, 1.0) == 1.0


def test_plus_and_times():
    assert plus(2.0, 3.0) == 5.0
    assert times(2.0, 3.0) == 6.0


@pytest.mark.parametrize("function", [item, compiled_item])
def test_item(function):
    rows = np.arange(6.0).reshape(3, 2)
    assert function(rows, 2).tolist() == [4.0, 5.0]
    assert function(rows[:1], 2).tolist() == [0.0, 1.0]


@compiled
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_like(dtype):
    assert np.dtype(type(like(dtype(2), 0.1))) == dtype
    assert np.dtype(type(like(np.ones(2, dtype), 1))) == dtype
    compiled_like(dtype(2), 0.1)
    assert compiled_like(np.ones(2, dtype), 3).dtype == dtype
    returned = {str(entry.signature.return_type) for entry in compiled_like.overloads.values()}
    assert f"{np.dtype(dtype)}" in returned


@pytest.mark.parametrize("function", [in_range, compiled_in_range])
def test_in_range(function):
    assert function(0, 3)
    assert function(2, 3)
    assert not function(3, 3)
    assert not function(-1, 3)
    assert function(np.array([[0, 1], [2, 0]]), 3)
    assert not function(np.array([[0, 1], [3, 0]]), 3)
    assert not function(np.array([0, -1]), 3)
    assert function(np.empty(0, np.int64), 0)


@pytest.mark.parametrize("function", [fill, compiled_fill])
def test_fill(function):
    x = np.zeros((2, 2))
    function(x[1], math.nan)
    function(x[0, 1:], 5.0)
    np.testing.assert_array_equal(x, [[0.0, 5.0], [math.nan, math.nan]])


@njit(**STRICT)
def loop(count, scale, x, y, out):
    total = scale.dtype.type(0)
    for start in range(0, count, CHUNK):
        left, right, losses = part(x, start), part(y, start), room(out, start, count)
        for n in range(min(CHUNK, count - start)):
            r = left[n] - at(right, n)
            losses[n] = scale[0] * (r if r > like(r, 0) else like(r, 0.5) * r)
            total = plus(total, losses[n])
    return total


@compiled
def test_loops_vectorise():
    for dtype in (np.float32, np.float64):
        x = np.ones(100, dtype)
        for y in (x, dtype(1)):
            loop(100, np.ones(1, dtype), x, y, np.empty(100, dtype))
    for signature, code in loop.inspect_llvm().items():
        word = "float" if "float32" in str(signature[2]) else "double"
        lanes = (4, 8, 16) if word == "float" else (2, 4, 8)
        assert any(f"<{n} x {word}>" in code for n in lanes), signature
