"""Powers with parameters for exponents: common ones, and those whose tangents cancel."""

from __future__ import annotations

import mpmath
import numpy as np
import pytest

from symloss import pipeline
from symloss.program import text
from symloss.spec import read_spec
from symloss.stable import powers_apart

ARGUMENTS = """
[inputs]
x = { domain = "(0, oo)" }
y = { domain = "[0, oo)" }

[parameters]
a = { domain = "(-1, 0)", default = -0.5 }
"""
BOX_COX = "b = 1 + a\nloss = x**b/b - x**a/a + 1/(a*b)"
SCALED = "b = 1 + a\nloss = x**b/b - y*x**a/a + y**b/(a*b)"
OTHER = "b = 1 + a\nloss = x**b/b - y*x**a/a + y**a/(a*b)"


def spec_of(folder, math):
    file = folder / "tried.toml"
    kept = [
        line for line in ARGUMENTS.splitlines() if line[:3] not in ("x =", "y =") or line[0] in math
    ]
    file.write_text(f"title = 't'\nmath = '''\n{math}\n'''\n" + "\n".join(kept), "utf-8")
    return read_spec(file)


@pytest.mark.parametrize(
    ("math", "expected"),
    [
        (BOX_COX, "expm1mx"),
        (SCALED, "expm1mx"),
        (OTHER, "x**b*quotient(x/b - y/a, x)"),
        ("loss = y*x**a - 2*x**(a + 2)", "x**(a + 2)*quotient(-2*x**2 + y, x**2)"),
        ("loss = y**a - y**(a + 1)", ""),
        ("loss = x**a - x**(2*a)", ""),
        ("loss = where(Eq(a, 0), 0, x**a)", "loss = x**a"),
        ("loss = where(Eq(2*a, -1), 0, x**a)", "Piecewise"),
    ],
)
def test_forms(math, expected, tmp_path):
    program = pipeline.read_program(spec_of(tmp_path, math))
    found = text(powers_apart(program))
    assert expected in found
    if not expected:
        assert found == text(program)


def test_all_digits_are_kept(tmp_path):
    loss = pipeline.draft(spec_of(tmp_path, SCALED), tmp_path)
    x = 0.3 * np.array([1 + 1e-9, 0.7, 1e6])
    for a in (-1e-9, -0.5, -0.999999):
        found = loss.value_and_gradient(x, 0.3, a=a)
        for place, number in enumerate(x.tolist()):
            with mpmath.workdps(60):
                exact, u, v = mpmath.mpf(a), mpmath.mpf(number), mpmath.mpf(0.3)
                b = 1 + exact
                truth = u**b / b - v * u**exact / exact + v**b / (exact * b)
                slope = (u - v) * u ** (exact - 1)
            assert found[0][place] == pytest.approx(float(truth), rel=3e-15, abs=0)
            assert found[1][place] == pytest.approx(float(slope), rel=3e-15, abs=0)
    assert loss.value(x, 0.0, a=-0.5) == pytest.approx(2 * x**0.5, rel=1e-15, abs=0)
