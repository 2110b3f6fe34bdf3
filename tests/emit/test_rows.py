"""Items whose loops run in turn are what they are alone, whatever their number and neighbours."""

import numpy as np
import pytest

from symloss import pipeline
from symloss.runtime.lanes import ROW_COUNT, SHORT

# Calls between loops, of one number and of an element; an element under a condition; two scatters.
SPEC = """
title = "Turns"
summary = "Calls between loops."
source = "-"
math = '''
next = where(label + 1 < K, y[label], x[label])
loss = log(1 + sum(exp(x[k]), k)) + exp(y[label]/2) - x[label] + next**2 + heat*sum(x[k]**2, k)
'''
[inputs]
x = { shape = ["K"] }
y = { shape = ["K"] }
label = { domain = "index(K)" }
[parameters]
heat = { domain = "positive", default = 1 }
"""
SIZE = SHORT


def by_hand(x, y, label, heat=1.0):
    rows = np.arange(len(x))
    at = np.where(label + 1 < x.shape[1], y[rows, label], x[rows, label])
    total = np.exp(x).sum(1)
    value = np.log1p(total) + np.exp(y[rows, label] / 2) - x[rows, label] + at**2
    slope = np.exp(x) / (1 + total)[:, None] + 2 * np.reshape(heat, (-1, 1)) * x
    slope[rows, label] -= 1
    last = label + 1 == x.shape[1]
    slope[rows[last], label[last]] += 2 * at[last]
    return value + heat * (x**2).sum(1), slope


@pytest.fixture(scope="module")
def loss(tmp_path_factory):
    folder = tmp_path_factory.mktemp("rows")
    (folder / "turns.toml").write_text(SPEC)
    return pipeline.draft(pipeline.read_spec(folder / "turns.toml"), folder)


def numbers(items, dtype=np.float64):
    random = np.random.default_rng(items)
    x, y = random.normal(size=(2, items, SIZE)).astype(dtype)
    label = random.integers(0, SIZE, items)
    label[-1:] = SIZE - 1
    return x, y, label


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("items", [1, ROW_COUNT - 1, ROW_COUNT, 2 * ROW_COUNT + 3])
def test_blocks_of_any_number_of_items(loss, items, dtype):
    x, y, label = numbers(items, dtype)
    close = 1e-5 if dtype == np.float32 else 1e-13
    value, slope = loss.value_and_gradient(x, y, label)
    expected, slopes = by_hand(x, y, label)
    np.testing.assert_allclose(value, expected, rtol=close)
    np.testing.assert_allclose(slope, slopes, rtol=close, atol=close)


def test_an_item_does_not_depend_on_its_neighbours(loss):
    x, y, label = numbers(ROW_COUNT + 3)
    value, slope = loss.value_and_gradient(x, y, label)
    for n in (0, ROW_COUNT - 1, ROW_COUNT + 2):
        one, part = loss.value_and_gradient(x[n : n + 1], y[n : n + 1], label[n : n + 1])
        np.testing.assert_array_equal(one, value[n : n + 1])
        np.testing.assert_array_equal(part, slope[n : n + 1])


def test_places_that_are_not_there_and_nan_spoil_their_own_items(loss):
    x, y, label = numbers(ROW_COUNT + 3)
    x[4, 1], label[0], label[7], label[ROW_COUNT] = np.nan, -1, SIZE, 10**9
    value, slope = loss.value_and_gradient(x, y, label)
    bad = [0, 4, 7, ROW_COUNT]
    assert np.isnan(value[bad]).all()
    assert np.isnan(slope[bad]).all()
    rest = np.setdiff1d(np.arange(len(x)), bad)
    expected, slopes = by_hand(x[rest], y[rest], label[rest])
    np.testing.assert_allclose(value[rest], expected, rtol=1e-13)
    np.testing.assert_allclose(slope[rest], slopes, rtol=1e-13, atol=1e-13)


def test_parameters_and_weights_of_each_item(loss):
    x, y, label = numbers(ROW_COUNT + 3)
    heat, weight = np.random.default_rng(1).uniform(1, 2, (2, len(x)))
    expected, _ = by_hand(x, y, label, heat)
    given = loss.value(x, y, label, heat=heat, weight=weight, reduction="mean")
    np.testing.assert_allclose(given, np.average(expected, weights=weight), rtol=1e-13)


def test_no_items_and_no_classes(loss):
    none = np.empty((0, SIZE))
    assert loss.value(none, none, np.empty(0, int)).shape == (0,)
    value, slope = loss.value_and_gradient(np.empty((20, 0)), np.empty((20, 0)), np.zeros(20, int))
    assert np.isnan(value).all()
    assert slope.shape == (20, 0)
