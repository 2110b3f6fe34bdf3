"""The certificate of accuracy: a fake loss in NumPy, right or wrong, is measured like an emitted one."""

from __future__ import annotations

import math

import numpy as np
import pytest
from flint import arb

from symloss.language import Simplex
from symloss.spec import read_spec
from symloss.verify.accuracy import certify
from symloss.verify.accuracy.format import FORMATS, exponent
from symloss.verify.accuracy.place import holds
from symloss.verify.accuracy.starts import whole

SOFTPLUS = """
title = "Softplus"
math = "loss = softplus(x)"

[inputs]
x = { domain = "real" }
"""


class Stable:
    def value(self, x):
        return np.maximum(x, 0) + np.log1p(np.exp(-abs(x)))

    def gradient(self, x):
        small = np.exp(-abs(x))
        return np.where(x >= 0, x.dtype.type(1), small) / (1 + small)

    def value_and_gradient(self, x):
        return self.value(x), self.gradient(x)

    def hessian(self, x):
        return self.gradient(x) * self.gradient(-x)

    def hessian_vector_product(self, x, *, vector):
        return self.hessian(x) * vector


class Naive(Stable):
    def value(self, x):
        return np.log(1 + np.exp(x))


class Cancelling(Stable):
    def hessian(self, x):
        slope = self.gradient(x)
        return slope * (1 - slope)

    def hessian_vector_product(self, x, *, vector):
        return Stable().hessian(x) * vector


class Infinite(Stable):
    def gradient(self, x):
        return np.where(np.isinf(x), np.nan, Stable().gradient(x)).astype(x.dtype)


@pytest.fixture
def spec(tmp_path):
    file = tmp_path / "softplus_loss.toml"
    file.write_text(SOFTPLUS)
    return read_spec(file)


def measured(spec, loss):
    return certify(spec, loss, rounds=4, starts=64)


def test_a_stable_loss_holds_and_points_are_the_same_each_time(spec):
    first, again = measured(spec, Stable()), measured(spec, Stable())
    assert first.holds
    assert first == again
    assert len(first.rows) == 8
    assert all(row.points > 60 for row in first.rows)


@pytest.mark.parametrize(
    ("loss", "function"), [(Naive(), "value"), (Cancelling(), "hessian"), (Infinite(), "gradient")]
)
def test_lost_digits_overflow_and_lost_limits_are_found(spec, loss, function):
    found = measured(spec, loss)
    assert {row.function for row in found.rows if not row.holds} == {function}
    row = next(row for row in found.rows if not row.holds)
    assert row.worst > 1e4
    assert "x=" in (row.first_lost or row.mixed).point
    assert "rows" in found.to_json()


def test_an_exception_needs_its_reason_and_concerns_what_it_names(tmp_path, spec):
    file = tmp_path / "excused.toml"
    table = '[[accuracy]]\nfunctions = ["hessian"]\nbound = 1e30\nreason = "a test of exceptions"\n'
    file.write_text(SOFTPLUS + table)
    excused = measured(read_spec(file), Cancelling())
    rows = [row for row in excused.rows if row.function == "hessian"]
    assert all(row.reasons == ("a test of exceptions",) for row in rows)
    assert all(not row.reasons for row in excused.rows if row.function == "value")


def test_ulps_are_those_of_the_format():
    form = FORMATS["float64"]
    for number in (1.0, 1.5, 2.0**-1074, 3e-310, 1e300):
        assert float(form.spacing(number)) == math.ulp(number)
        assert float(form.ulp(arb(number))) == max(math.ulp(number), 2.0**-1068)
        assert exponent(arb(number)) == math.frexp(number)[1] - 1
    assert float(FORMATS["float32"].ulp(arb(1.0))) == np.spacing(np.float32(1.0))
    assert form.error(math.inf, (arb(2) ** 5000, arb(2) ** 5000)) == 0
    assert not form.error(math.nan, (arb(1), arb(1))).is_finite()


def test_points_of_a_simplex_stay_on_it():
    numbers = whole(np.array([[0.25, -0.75, 1.0], [0.5, 0.0, 0.0]], np.float32))
    assert numbers.tolist() == [[0.125, 0.375, 0.5], [1.0, 0.0, 0.0]]
    assert holds(Simplex("K"), numbers)
    assert not holds(Simplex("K"), numbers * 1.01)
    assert not holds(Simplex("K"), [1.25, -0.25])
