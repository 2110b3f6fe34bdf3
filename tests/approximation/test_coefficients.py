"""The run-time's coefficients are those of the script, and those are the best there are."""

from pathlib import Path

import flint
import pytest

import symloss.runtime
from symloss.approximation import coefficients_text
from symloss.approximation.polynomials import POLYNOMIALS
from symloss.approximation.remez import BITS, minimax, sampled


def test_the_run_time_holds_what_the_script_writes():
    held = Path(symloss.runtime.__file__).with_name("coefficients.py").read_text("utf-8")
    assert held == coefficients_text(), "run `python -m symloss.approximation`"


@pytest.mark.parametrize(("width", "bits"), [(32, 24), (64, 53)])
@pytest.mark.parametrize("row", POLYNOMIALS, ids=lambda row: row.name)
def test_a_polynomial_is_closer_than_its_format_resolves(row, width, bits):
    degree = row.degrees[width == 64]
    with flint.ctx.workprec(BITS):
        _, error = minimax(sampled(row.function, row.weight, row.interval, degree), degree)
    assert error < 2.0 ** -(bits + 1)


def test_the_exchange_finds_a_known_best_polynomial():
    """Of x**4 on [-1, 1], the best cubic leaves Chebyshev's T4 / 8."""
    with flint.ctx.workprec(BITS):
        target = sampled(lambda x: x**4, lambda x: flint.arb(1), (-1.0, 1.0), 3)
        coefficients, error = minimax(target, 3)
    assert [float(c) for c in coefficients] == pytest.approx([-1 / 8, 0, 1, 0], abs=2e-3)
    assert error == pytest.approx(1 / 8, rel=2e-3, abs=0)
