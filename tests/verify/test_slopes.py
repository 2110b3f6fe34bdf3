"""Differences of the reference: derivatives that are known, kinks, ends of domains."""

from __future__ import annotations

import math

import pytest
from flint import arb

from symloss.verify import slopes
from symloss.verify.reference import evaluate, tables_of
from symloss.verify.slopes import Differences
from tests.verify.test_reference import spec_of

REAL = 'x = { domain = "real" }'


def differences(folder, text, x, inputs=REAL):
    spec = spec_of(folder, f"loss = {text}", inputs)
    return Differences(spec, tables_of(spec, {"x": x}))


def test_slopes_know_what_they_may_be_off(tmp_path):
    """What is 0 but for rounding is 0 within the error that is told."""
    found = differences(tmp_path, "sqrt(2 + sin(x)**2 + cos(x)**2)", 2.0).slope("x", ())
    assert abs(found.low) <= found.error
    assert 0 < found.error < 1e-40


@pytest.mark.parametrize(
    ("text", "x", "slope"),
    [
        ("x**3", 2.0, 12.0),
        ("exp(x)", 1.0, math.e),
        ("sin(x)", 0.0, 1.0),
        ("x**2", 0.0, 0.0),
        ("logcosh(x)", 1e-12, 1e-12),
        ("softplus(x)", 800.0, 1.0),
        ("x**2", 1e6, 2e6),
    ],
)
def test_slopes_are_right_to_the_last_bit(text, x, slope, tmp_path):
    found = differences(tmp_path, text, x).slope("x", ())
    assert found is not None
    assert not found.is_kink
    assert found.low == pytest.approx(slope, rel=4e-16, abs=1e-60)


@pytest.mark.parametrize(
    ("text", "x", "low", "high"),
    [("Abs(x)", 0.0, -1, 1), ("Max(x, 0)", 0.0, 0, 1), ("Max(1 - x, 0)", 1.0, -1, 0)],
)
def test_a_kink_has_an_interval_of_slopes(text, x, low, high, tmp_path):
    found = differences(tmp_path, text, x).slope("x", ())
    assert found is not None
    assert found.is_kink
    assert (found.low, found.high) == pytest.approx((low, high))


def test_kinks_that_cancel_are_none(tmp_path):
    found = differences(tmp_path, "Max(x, 0) - Max(-x, 0)", 0.0).slope("x", ())
    assert found is not None
    assert not found.is_kink
    assert found.low == 1.0


def test_beside_a_kink_the_slope_is_one_sided(tmp_path):
    found = differences(tmp_path, "Abs(x)", math.ulp(1.0)).slope("x", ())
    assert found is not None
    assert (found.low, found.high) == (1.0, 1.0)


def test_what_is_held_does_not_move(tmp_path):
    found = differences(tmp_path, "x*stop_gradient(x)", 3.0).slope("x", ())
    assert found is not None
    assert found.low == pytest.approx(3.0, rel=1e-15, abs=0)


def test_at_the_end_of_a_domain_one_side_is_enough(tmp_path):
    inputs = 'x = { domain = "nonnegative" }'
    found = differences(tmp_path, "x**(3/2) + x", 0.0, inputs).slope("x", ())
    assert found is not None
    assert found.low == pytest.approx(1.0, rel=1e-15, abs=0)


@pytest.mark.parametrize(("text", "x", "second"), [("x**4", 2.0, 48.0), ("exp(x)", 0.0, 1.0)])
def test_second_differences(text, x, second, tmp_path):
    found = differences(tmp_path, text, x).second("x", (), {("x", ()): arb(1)})
    assert found == pytest.approx(second, rel=1e-15, abs=0)


def test_mixed_second_differences(tmp_path):
    inputs = 'x = { domain = "real", shape = ["K"] }'
    found = differences(tmp_path, "prod(x[k], k)", [2.0, 3.0, 5.0], inputs)
    assert found.second("x", (0,), {("x", (1,)): arb(1)}) == pytest.approx(5.0, rel=1e-15, abs=0)


def test_entries_of_a_hessian_share_what_they_are_made_of(tmp_path, monkeypatch):
    inputs = 'x = { domain = "real", shape = ["K"] }'
    found = differences(tmp_path, "exp(sum(x[k]**2, k))", [0.5, -0.25, 1.0, 0.125], inputs)
    asked = []
    monkeypatch.setattr(
        slopes, "evaluate", lambda *given, **named: asked.append(1) or evaluate(*given, **named)
    )
    rows = [
        [found.second("x", (i,), {("x", (j,)): arb(1)}) for j in range(4)] for i in range(4)
    ]  # fmt: skip
    assert rows[1][2] == rows[2][1]
    # Ahead and behind: of 4 coordinates, of 10 pairs of them; and the point itself.
    assert len(asked) == 2 * 4 + 2 * 10 + 1


def test_a_side_that_is_lost_nearer_by_gives_no_slope(tmp_path, monkeypatch):
    lost = arb("nan")
    found = differences(tmp_path, "x**2", 1.0)
    sides = lambda name, place, bits, closer=1: (lost, arb(2) if closer == 1 else lost)  # noqa: E731
    monkeypatch.setattr(found, "_sides", sides)
    assert found.slope("x", ()) is None
