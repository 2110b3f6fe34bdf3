"""Counting comparisons: what passes, what fails, what a failure shows."""

from __future__ import annotations

import json
import math

import pytest

from symloss.verify import Verification
from symloss.verify.tally import Tally
from symloss.verify.verification import KEPT


def judged(got, low, high, slack, dtype="float64"):
    tally = Tally("value", dtype, "a bound")
    tally.compare(got, low, high, slack, point="here")
    return tally.done()


@pytest.mark.parametrize(
    ("got", "low", "high", "slack"),
    [
        (1.0, 1.0, 1.0, 0.0),
        (0.3, -1.0, 1.0, 0.0),
        (1.05, 0.0, 1.0, 0.1),
        (math.inf, 2e308, 2e308, 0),
    ],
)
def test_what_is_accepted(got, low, high, slack):
    assert judged(got, low, high, slack).passed


@pytest.mark.parametrize(
    ("got", "low", "high", "slack"),
    [
        (1.2, 0.0, 1.0, 0.1),
        (math.nan, 0.0, 1.0, 1e300),
        (math.inf, 0.0, 1.0, 1e300),
        (-math.inf, math.inf, math.inf, 1.0),
        (1.0, 0.0, 0.0, 0.0),
    ],
)
def test_what_is_refused(got, low, high, slack):
    assert not judged(got, low, high, slack).passed


def test_infinity_is_right_beyond_the_format_alone():
    assert judged(math.inf, 1e39, 1e39, 0.0, "float32").passed
    assert not judged(math.inf, 1e39, 1e39, 0.0, "float64").passed


def test_nothing_compared_is_no_success():
    check = Tally("value", "float64", "a bound").done()
    assert not check.passed
    assert not Verification("tried", (check,)).passed
    assert not Verification("tried", ()).passed


def test_few_failures_are_kept_and_all_are_counted():
    tally = Tally("value", "float64", "a bound")
    for number in range(20):
        tally.compare(number + 1.0, 0.0, 0.0, 0.5, point=f"point {number}", component="x")
    check = tally.done()
    assert (check.failed, len(check.failures)) == (20, KEPT)
    text = str(Verification("tried", (check,)))
    for word in ("tried", "FAILED", "point 0", "expected 0.0", "got 1.0", "allowed 0.5", "a bound"):
        assert word in text


def test_findings_are_plain_data():
    found = Verification("tried", (judged(1.0, 1.0, 1.0, 0.0),))
    assert json.loads(json.dumps(found.to_json()))["passed"] is True
    assert found.count == 1
