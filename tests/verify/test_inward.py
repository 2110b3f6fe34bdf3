"""Points for losses whose inputs have to suit each other."""

from __future__ import annotations

import numpy as np

from symloss import pipeline
from symloss.verify.inward import brought_inside
from symloss.verify.sample import Point, sample
from symloss.verify.wide import wide_items
from tests.verify.test_reference import spec_of

DOUBLE = np.dtype("float64")
BARRIER = (
    "loss = -sum(log(b[n] - sum(A[n,d]*x[d], d)), n)",
    """
x = { shape = ["D"] }
A = { shape = ["N", "D"] }
b = { shape = ["N"] }
""",
)
EVERY_KIND = (
    "loss = a + b + c + d + 0*sum(p[k], k)",
    """
a = { domain = "real" }
b = { domain = "nonnegative" }
c = { domain = "(0, 1)" }
d = { domain = "integer" }
p = { domain = "simplex(K)", shape = ["K"] }
""",
)


def suits(point: Point) -> bool:
    gap = point.values["b"] - point.values["A"] @ point.values["x"]
    return bool(np.all(gap > 0))


def test_the_judge_finds_points_inside(tmp_path):
    spec = spec_of(tmp_path, *BARRIER)
    drawn = [point for point in sample(spec, 24, DOUBLE, 0) if point.kind == "interior"]
    assert sum(map(suits, drawn)) < 12
    loss = pipeline.draft(spec, tmp_path)
    verification = pipeline.verify(spec, loss, points=8, dtypes=("float64",))
    assert verification.passed, str(verification)
    (value,) = (check for check in verification.checks if check.function == "value")
    assert value.points > 8


def test_wide_items_are_brought_inside(tmp_path):
    items = wide_items(spec_of(tmp_path, *BARRIER), [DOUBLE], seed=0)
    assert all(item.value.is_finite() for item in items)


def test_points_stay_in_their_domains(tmp_path):
    spec, random = spec_of(tmp_path, *EVERY_KIND), np.random.default_rng(2)
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


def test_what_rounding_takes_out_of_its_domain_is_no_point(tmp_path):
    math, inputs = EVERY_KIND
    spec = spec_of(tmp_path, math, inputs.replace("(0, 1)", "(1, 1.00000001)"))
    random, single = np.random.default_rng(2), np.dtype("float32")
    point = next(iter(sample(spec, 4, DOUBLE, 0)))
    assert brought_inside(spec, point, lambda _: True, single, random) is None


def test_sums_are_taken_where_the_loss_is_a_number(tmp_path):
    """Of five elements and more it is none; points of five come first."""
    math = "loss = log(4.5 - K)*sum(x[k]**2, k)"
    spec = spec_of(tmp_path, math, 'x = { shape = ["K"] }')
    loss = pipeline.draft(spec, tmp_path)
    verification = pipeline.verify(spec, loss, points=8, dtypes=("float64",))
    checks = {check.function: check for check in verification.checks}
    assert all(checks[name].passed for name in ("reductions", "batches")), str(verification)


def test_where_there_is_none_it_says_so(tmp_path):
    spec, random = spec_of(tmp_path, *EVERY_KIND), np.random.default_rng(2)
    point = next(iter(sample(spec, 4, DOUBLE, 0)))
    assert brought_inside(spec, point, lambda _: False, DOUBLE, random) is None
