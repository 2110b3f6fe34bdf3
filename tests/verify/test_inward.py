"""Points for losses whose inputs have to suit each other."""

from __future__ import annotations

import numpy as np
import pytest

from symloss import pipeline
from symloss.spec import read_spec
from symloss.verify.inward import brought_inside
from symloss.verify.sample import Point, sample
from symloss.verify.wide import wide_items

DOUBLE = np.dtype("float64")
BARRIER = """
title = "Logarithmic barrier"
math = "loss = -sum(log(b[n] - sum(A[n,d]*x[d], d)), n)"
[inputs]
x = { shape = ["D"] }
A = { shape = ["N", "D"] }
b = { shape = ["N"] }
"""
EVERY_KIND = """
title = "An input of every kind"
math = "loss = a + b + c + d + 0*sum(p[k], k)"
[inputs]
a = { domain = "real" }
b = { domain = "nonnegative" }
c = { domain = "(0, 1)" }
d = { domain = "integer" }
p = { domain = "simplex(K)", shape = ["K"] }
"""


@pytest.fixture
def spec_of(tmp_path):
    def make(text):
        file = tmp_path / "tried.toml"
        file.write_text(text, "utf-8")
        return read_spec(file)

    return make


def suits(point: Point) -> bool:
    gap = point.values["b"] - point.values["A"] @ point.values["x"]
    return bool(np.all(gap > 0))


def test_the_judge_finds_points_inside(spec_of, tmp_path):
    spec = spec_of(BARRIER)
    drawn = [point for point in sample(spec, 24, DOUBLE, 0) if point.kind == "interior"]
    assert sum(map(suits, drawn)) < 12
    loss = pipeline.draft(spec, tmp_path)
    verification = pipeline.verify(spec, loss, points=8, dtypes=("float64",))
    assert verification.passed, str(verification)
    (value,) = (check for check in verification.checks if check.function == "value")
    assert value.points > 8


def test_wide_items_are_brought_inside(spec_of):
    assert all(item.value.is_finite() for item in wide_items(spec_of(BARRIER), [DOUBLE], seed=0))


def test_points_stay_in_their_domains(spec_of):
    spec, random = spec_of(EVERY_KIND), np.random.default_rng(2)
    seen: list[Point] = []

    def watched(point: Point) -> bool:
        seen.append(point)
        return len(seen) > 20

    point = next(iter(sample(spec, 4, DOUBLE, 0)))
    assert brought_inside(spec, point, watched, DOUBLE, random) is seen[-1]
    for one in seen:
        assert one.values["b"] >= 0
        assert 0 < one.values["c"] < 1
        assert one.values["d"] == round(float(one.values["d"]))
        assert np.array_equal(one.values["p"], point.values["p"])


def test_where_there_is_none_it_says_so(spec_of):
    spec, random = spec_of(EVERY_KIND), np.random.default_rng(2)
    point = next(iter(sample(spec, 4, DOUBLE, 0)))
    assert brought_inside(spec, point, lambda _: False, DOUBLE, random) is None
