"""Helpers of kernels, compiled and as Python; that loops over them vectorise."""

import math

import numba
import numpy as np
import pytest
from numba import njit

from symloss.runtime import HELPER, LOOP, at, fill, in_range, item, like, part, put

compiled = pytest.mark.skipif(
    bool(numba.config.DISABLE_JIT), reason="judges compiled code, and NUMBA_DISABLE_JIT is set"
)


def no_cache(options):
    return {**options, "cache": False}


@njit(**no_cache(HELPER))
def compiled_at(x, n):
    return at(x, n)


@njit(**no_cache(HELPER))
def compiled_part(x, start, stop):
    return part(x, start, stop)


@njit(**no_cache(HELPER))
def compiled_put(x, n, v):
    put(x, n, v)


@njit(**no_cache(HELPER))
def compiled_item(x, n):
    return item(x, n)


@njit(**no_cache(HELPER))
def compiled_like(x, constant):
    return like(x, constant) * x


@njit(**no_cache(HELPER))
def compiled_in_range(x, size):
    return in_range(x, size)


@njit(**no_cache(HELPER))
def compiled_fill(x, value):
    fill(x, value)


@pytest.mark.parametrize("function", [at, compiled_at])
def test_at(function):
    assert function(np.array([1.0, 2.0]), 1) == 2.0
    assert function(3.0, 1) == 3.0


@pytest.mark.parametrize("function", [part, compiled_part])
def test_part(function):
    assert function(np.arange(5.0), 1, 3).tolist() == [1.0, 2.0]
    assert function(3.0, 1, 3) == 3.0
    assert function(None, 1, 3) is None


@pytest.mark.parametrize("function", [put, compiled_put])
def test_put(function):
    x = np.zeros(3)
    function(x, 1, 2.0)
    function(None, 1, 2.0)
    assert x.tolist() == [0.0, 2.0, 0.0]


@pytest.mark.parametrize("function", [item, compiled_item])
def test_item(function):
    rows = np.arange(6.0).reshape(3, 2)
    assert function(rows, 2).tolist() == [4.0, 5.0]
    assert function(rows[:1], 2).tolist() == [0.0, 1.0]
    assert function(None, 2) is None


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
    function(None, 1.0)
    np.testing.assert_array_equal(x, [[0.0, 5.0], [math.nan, math.nan]])


@njit(**no_cache(LOOP))
def loop(count, scale, x, y, weight, out):
    total = scale.dtype.type(0)
    for n in range(count):
        r = at(x, n) - at(y, n)
        v = at(weight, n) * (r if r > like(r, 0) else like(r, 0.5) * r)
        total += v
        put(out, n, scale[0] * v)
    return total


@compiled
def test_loops_vectorise():
    for dtype in (np.float32, np.float64):
        x = np.ones(100, dtype)
        for y in (x, dtype(1)):
            for out in (None, np.empty(100, dtype)):
                loop(100, np.ones(1, dtype), x, y, dtype(1), out)
    for signature, code in loop.inspect_llvm().items():
        word = "float" if "float32" in str(signature[2]) else "double"
        lanes = (4, 8, 16) if word == "float" else (2, 4, 8)
        assert any(f"<{n} x {word}>" in code for n in lanes), signature
