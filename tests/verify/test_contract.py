"""Weighted and reduced values against the items' own: as far as last digits of inputs move them."""

from __future__ import annotations

import numpy as np
import pytest

from symloss.verify.contract import check_reductions
from symloss.verify.derivatives import Batch, Trial
from symloss.verify.promises import _check_integers
from symloss.verify.sample import Point
from symloss.verify.tally import Tally
from tests.verify.test_reference import spec_of

SINGLE = np.dtype("float32")
UNIT = 2.0**-24


class Difference:
    """`x - 1` near 1, and a compilation with weights whose items are off by `units` of 1."""

    def __init__(self, units):
        self.units = units

    def value(self, x, weight=None, reduction="none"):
        shares = self.gradient(x, weight, reduction)
        off = 0 if weight is None else self.units * UNIT
        items = (np.asarray(x, np.float64) - 1 + off) * shares
        return items if reduction == "none" else items.sum()

    def value_and_gradient(self, x, **how):
        return self.value(x, **how), self.gradient(x, **how)

    def gradient(self, x, weight=None, reduction="none"):
        shares = np.broadcast_to(1.0 if weight is None else weight, np.shape(x))
        return shares / (shares.sum() if reduction == "mean" else 1.0)


@pytest.mark.parametrize(("units", "passes"), [(0, True), (2, True), (40, False)])
def test_weighted_items_may_move_by_last_digits_of_inputs(units, passes, tmp_path):
    spec = spec_of(tmp_path, "loss = x - 1", 'x = { domain = "real" }')
    places = np.float32(1) + np.float32(2.0**-16) * np.arange(1, 9, dtype=np.float32)
    trials = [Trial(spec, Point({"x": float(x)}, (), "interior"), SINGLE, 0) for x in places]
    tally = Tally("reductions", SINGLE.name, "")
    check_reductions(tally, Batch(spec, trials, SINGLE), Difference(units), seed=0)
    failed = [str(failure) for failure in tally.done().failures]
    assert (failed == []) is passes
    assert any("weighted item" in one for one in failed) is not passes


class Edge(Difference):
    """At 1 + 2**-16 the loss is a number for one function, and none for the other."""

    def value_and_gradient(self, x, weight=None, reduction="none"):
        edge = np.where(np.asarray(x) < 1 + 2.0**-15, np.nan, 0.0)
        off = edge if reduction == "none" else edge.sum()
        return self.value(x, weight, reduction) + off, self.gradient(x, weight, reduction)


def test_sums_are_of_items_that_are_numbers_to_each_function(tmp_path):
    spec = spec_of(tmp_path, "loss = x - 1", 'x = { domain = "real" }')
    places = np.float32(1) + np.float32(2.0**-16) * np.arange(1, 9, dtype=np.float32)
    trials = [Trial(spec, Point({"x": float(x)}, (), "interior"), SINGLE, 0) for x in places]
    tally = Tally("reductions", SINGLE.name, "")
    check_reductions(tally, Batch(spec, trials, SINGLE), Edge(0), seed=0)
    assert tally.done().points == len(places) - 1
    assert not tally.done().failures


def test_integers_take_the_type_of_the_numbers_beside_them(tmp_path):
    inputs = "x = { domain = 'real' }\nw = { shape = [3], domain = 'simplex(3)' }"
    spec = spec_of(tmp_path, "loss = x - sum(w[i], i)", inputs)
    weights = (0.1, 0.2, 0.7)
    trials = [Trial(spec, Point({"x": 1.0, "w": weights}, (), "interior"), SINGLE, 0)]

    class Rest:
        def value(self, x, w):
            kind = np.float64 if x.dtype == np.float64 else w.dtype
            return x.astype(kind) - w.sum(axis=1).astype(kind) + np.finfo(kind).eps

    tally = Tally("batches", SINGLE.name, "")
    _check_integers(tally, Batch(spec, trials, SINGLE), Rest())
    assert not tally.done().failures
