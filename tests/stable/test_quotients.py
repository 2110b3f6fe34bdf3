"""Sums of quotients that cancel to one without negative terms."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

import numpy as np
import pytest
from sympy import Rational

from symloss import pipeline
from symloss.language import quotient
from symloss.program import operands, text
from symloss.spec import read_spec
from symloss.stable import quotients_apart

INPUTS = """
x = { domain = "nonnegative" }
y = { domain = "positive" }
z = { domain = "real" }
"""
ROWS = """
p = { shape = ["K"], domain = "nonnegative" }
t = { shape = ["K"], domain = "positive" }
"""
SKEW = "loss = sum(xlogy(p[k], p[k]) - xlogy(p[k], p[k] + 3*t[k]), k)"


def spec_of(folder, math, inputs=INPUTS):
    file = folder / "tried.toml"
    used = [line for line in inputs.splitlines() if line[:1] and line[0] in math]
    lines = "\n".join(used)
    file.write_text(f"title = 't'\nmath = '''\n{math}\n'''\n[inputs]\n{lines}\n", "utf-8")
    return read_spec(file)


@pytest.mark.parametrize(
    ("math", "found"),
    [
        ("loss = z/y - z/(x + y)", "z*quotient(x, x + y)/y"),
        ("m = (x + y)/2\nloss = 1/y - 1/(2*m)", "quotient(x, x + y)/y"),
        ("loss = 1/y - 2/(x + y) + y/(x + y)**2", "quotient(x, x + y)**2/y"),
        ("m = x + y\nloss = 1/y - where(Eq(x, 0), 0, x/(y*m)) - 1/(2*m)", "/(2*(x + y))"),
        ("loss = where(x > 0, y/x - y/(x + y), z)", "y*quotient(y, x + y)/x"),
        ("loss = where(Eq(z, 0), 0, z/x) - z/(x + y)", "Eq(z, 0)"),
        ("loss = 1/(x + y) - 1/(2*x + 3*y)", "(x + 2*y)/((x + y)*(2*x + 3*y))"),
        ("loss = z/(x + y) - 1/y", ""),
        ("loss = 1/(y + z) - 1/(2*y + z)", "y/((y + z)*(2*y + z))"),
        ("loss = 1/(x + z) - 1/(2*y + z)", ""),
        ("loss = 1/(x + y) + 1/y", ""),
        ("loss = log(x) - 1/(x + y)", ""),
    ],
)
def test_forms_are_identities(math, found, tmp_path):
    before = pipeline.read_program(spec_of(tmp_path, math))
    after = quotients_apart(before)
    if not found:
        assert text(after) == text(before)
        return
    assert found in text(after)
    for numbers in product((Rational(0), Rational(3, 7)), (Rational(5, 3), Rational(1, 9)), (0, 2)):
        at = dict(zip("xyz", numbers, strict=True))
        assert value(after, at) == value(before, at) or (at["x"] == 0 and "/x" in math)


def value(program, at):
    """The loss at some numbers."""
    known = dict(at)
    for step in program.steps:
        swaps = {leaf: known[leaf.name] for leaf in operands(step.expression)}
        plain = step.expression.replace(quotient, lambda upper, lower: upper / lower)
        known[step.name] = plain.xreplace(swaps)
    return known["loss"]


def test_second_derivatives_keep_their_digits(tmp_path):
    """Of x*log(x/(x + 3*y)): 1/x - 2/m + x/m**2 with m = x + 3*y is 9*y**2/(x*m**2)."""
    loss = pipeline.draft(spec_of(tmp_path, SKEW, ROWS), tmp_path)
    p, t = np.array([0.3, 1e-200, 1e-12]), np.array([1e-30, 1e-200, 4.0])
    found = loss.hessian_vector_product(p, t, vector=np.ones(3))
    for got, x, y in zip(found.tolist(), map(Fraction, p), map(Fraction, t), strict=True):
        assert got == pytest.approx(float(9 * y**2 / (x * (x + 3 * y) ** 2)), rel=1e-15, abs=0)


def test_what_stays_at_the_pole_of_a_logarithm_has_no_rate(tmp_path):
    """A slope log(x) is infinite at 0, and so is its rate, but not along what keeps x there."""
    loss = pipeline.draft(
        spec_of(tmp_path, "loss = sum(t[k]*xlogy(p[k], p[k]), k)", ROWS), tmp_path
    )
    found = loss.hessian(np.array([0.0, 2.0]), np.array([1.0, 3.0]))
    np.testing.assert_array_equal(found, [[np.inf, 0.0], [0.0, 1.5]])
