"""The judge measures again where the worst errors were: what got worse is refused, with its point."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest

from symloss.spec import read_spec
from symloss.verify import certify, verify
from symloss.verify.accuracy import check_accuracy
from symloss.verify.accuracy.format import FORMATS
from symloss.verify.accuracy.measure import Gauge
from symloss.verify.accuracy.place import place_of
from symloss.verify.accuracy.starts import Starts, variants
from symloss.verify.tally import Tally
from tests.verify.test_accuracy import SOFTPLUS, Cancelling, Infinite, Naive, Stable


@pytest.fixture(scope="module")
def spec(tmp_path_factory):
    file = tmp_path_factory.mktemp("again") / "softplus_loss.toml"
    file.write_text(SOFTPLUS)
    return read_spec(file)


def record(spec, loss):
    found = certify(spec, loss, rounds=2, starts=32)
    return json.loads(json.dumps([row.to_record() for row in found.rows]))


@pytest.fixture(scope="module")
def good(spec):
    return record(spec, Stable())


def checked(spec, loss, rows, dtype="float64"):
    tally = Tally("accuracy", dtype, "a bound", "a remedy")
    with np.errstate(all="ignore"):
        check_accuracy(tally, spec, loss, rows)
    return tally.done()


@pytest.mark.parametrize("dtype", FORMATS)
def test_what_held_is_held_again(spec, good, dtype):
    check = checked(spec, Stable(), good, dtype)
    assert check.passed
    assert check.comparisons >= 4 * 7
    assert 0 < check.worst <= 1


@pytest.mark.parametrize("dtype", FORMATS)
@pytest.mark.parametrize(("loss", "function"), [(Naive(), "value"), (Cancelling(), "hessian")])
def test_what_lost_its_digits_is_refused(spec, good, loss, function, dtype):
    check = checked(spec, loss, good, dtype)
    assert not check.passed
    for failure in check.failures:
        assert failure.component.startswith(function)
        assert failure.error > failure.allowed == 4
        assert "x=" in failure.point


def test_without_a_record_nothing_is_measured(spec):
    assert checked(spec, Naive(), []).comparisons == 0
    assert "accuracy" not in {check.function for check in verify(spec, Naive(), points=1).checks}


def test_the_recorded_points_are_among_those_tried(spec, good, monkeypatch):
    """An error at one point alone: no sample meets it."""
    monkeypatch.setattr("symloss.verify.accuracy.again._sample", lambda gauge, leave: [])
    (row,) = [one for one in good if (one["function"], one["type"]) == ("value", "float64")]
    point = float.fromhex(row["at"][0]["values"]["x"])

    class Spotted(Stable):
        def value(self, x):
            return np.where(x == point, 1.001, 1.0) * Stable().value(x)

    assert checked(spec, Stable(), good).passed
    check = checked(spec, Spotted(), good)
    assert check.failures[0].point.startswith(f"x={point!r}")


def test_what_was_broken_may_not_get_worse(spec):
    had = record(spec, Cancelling())
    assert checked(spec, Cancelling(), had).passed

    class Worse(Cancelling):
        def hessian(self, x):
            return 1e6 * Cancelling().hessian(x)

    rows = [row for row in had if not row["lost"]]
    assert any(not row["holds"] for row in rows)
    assert not checked(spec, Worse(), rows).passed


def test_a_limit_that_was_lost_is_on_record(spec):
    rows = [row for row in record(spec, Infinite()) if row["function"] == "gradient"]
    assert all(row["lost"] and not row["holds"] for row in rows)
    assert any("inf" in json.dumps(row["at"]) for row in rows)
    mended = [{**row, "lost": 0, "holds": True} for row in rows]
    assert checked(spec, Stable(), mended).passed
    assert not checked(spec, Infinite(), mended).passed


def test_the_judge_says_what_broke_and_what_to_do(spec, good):
    found = verify(spec, Naive(), points=1, dtypes=("float64",), record=good)
    assert not found.passed
    text = str(found)
    for word in ("accuracy float64", "value at x=", "allowed 4", "[[accuracy]]"):
        assert word in text


@pytest.mark.parametrize("dtype", FORMATS)
def test_a_point_comes_back_as_it_was_kept(tmp_path, dtype):
    file = tmp_path / "picked.toml"
    file.write_text(
        'title = "Picked"\nmath = "loss = scale*x[label]"\nwrt = ["x", "scale"]\n'
        '[inputs]\nx = { domain = "real", shape = ["K"] }\nlabel = { domain = "index(K)" }\n'
        '[parameters]\nscale = { domain = "real", default = 1 }\n'
    )
    spec, form = read_spec(file), FORMATS[dtype]
    random = np.random.default_rng(1)
    for _ in range(20):
        place = Starts(spec, form, variants(spec)[0], random).draw()
        kept = json.loads(json.dumps(place.to_json(directed=True)))
        again = place_of(spec, form, kept)
        for name, value in place.values.items():
            assert np.array_equal(again.values[name], value)
            assert again.values[name].dtype == np.asarray(value).dtype
        for name, value in place.vector.items():
            assert np.array_equal(again.vector[name], value)
    gauge = Gauge(spec, None, "value", form)
    assert math.isfinite(gauge.true(gauge.around(again), again, ())[0])
