"""One less a quotient of sums, without what both share."""

from __future__ import annotations

import re

import numpy as np
import pytest

from symloss import pipeline
from symloss.program import text
from symloss.spec import read_spec
from symloss.stable import complemented

SHARES = """
[inputs]
p = { shape = ["I", "C"], domain = "[0, 1]" }
t = { shape = ["I", "C"], domain = "[0, 1]" }
x = { shape = ["I"] }
w = { shape = ["I"], domain = "{0, 1}" }

[parameters]
a = { domain = "nonnegative", default = 1 }
"""
DIFFERENT = "(1 - p[i, c])*t[i, c] + (1 - t[i, c])*p[i, c]"


def spec_of(folder, math):
    words = set(re.findall(r"\w+", math))
    names = [line for line in SHARES.splitlines() if " =" not in line or line.split()[0] in words]
    file = folder / "tried.toml"
    file.write_text(f"title = 't'\nmath = '''\n{math}\n'''\n" + "\n".join(names), "utf-8")
    return read_spec(file)


DICE = "s = sum(p[i,c] + t[i,c], i, c)\nloss = 1 - (2*sum(p[i,c]*t[i,c], i, c) + a)/(s + a)"


@pytest.mark.parametrize(
    ("math", "expected"),
    [
        (DICE, [f"_gap = sum({DIFFERENT}, i, c)", "_gap/(a + s)"]),
        (
            "o[c] = sum(p[i,c]*t[i,c], i)\ns[c] = sum(p[i,c] + t[i,c], i)\n"
            "loss = 1 - 2*sum(o[c], c)/sum(s[c], c)",
            [f"_gap[c] = sum({DIFFERENT}, i)"],
        ),
        (
            "q[i] = sigmoid(x[i])\nloss = a - a*sum(q[i]*w[i], i)/sum(q[i], i)",
            ["_gap = sum((1 - w[i])*q[i], i)", "loss = a*loss_sum"],
        ),
        ("loss = 1 - sum(p[i,c]*t[i,c], i, c)/sum(t[i,c]**2, i, c)", []),
        ("loss = 1 - sum(x[i]*w[i], i)/sum(x[i], i)", ["_gap = sum((1 - w[i])*x[i], i)"]),
        ("loss = 1 - sum(w[i]*w[i]*x[i], i)/sum(x[i], i)", []),
        ("loss = 1 - 3*sum(p[i,c], i, c)/sum(2*p[i,c] + t[i,c], i, c)", []),
    ],
)
def test_forms(math, expected, tmp_path):
    found = text(complemented(pipeline.read_program(spec_of(tmp_path, math))))
    assert ("gap" in found) == bool(expected), found
    assert all(line in found for line in expected), found


def test_nearly_perfect_overlap_keeps_its_digits(tmp_path):
    loss = pipeline.draft(spec_of(tmp_path, DICE), tmp_path)
    t = np.array([[1.0, 0.0, 1.0]])
    p = np.array([[1.0, 1e-30, 1.0]])
    value, gradient = loss.value_and_gradient(p, t, a=0.0)
    assert value == pytest.approx(1e-30 / 4, rel=1e-14, abs=0)
    np.testing.assert_allclose(gradient, [[-0.25, 0.25, -0.25]], rtol=1e-14)
    few = loss.gradient(np.array([[1.0, 1.0]]), np.array([[1e-20, 0.0]]), a=0.0)
    np.testing.assert_allclose(few, [[-0.5e-20, 0.5e-20]], rtol=1e-14)
