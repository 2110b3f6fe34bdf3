"""Differences of distances from one point: the same numbers, with digits where the point is far."""

from __future__ import annotations

import pytest

from symloss import pipeline
from symloss.derive import derive
from symloss.program import read_program
from symloss.stable import distances_apart
from tests.derive.conftest import interpret

SHAPE = "shape = ['K']"
AT = {"a": ["0.3", "-1.2"], "p": ["0.7", "2.1"], "n": ["1.3", "-0.4"]}
SQUARES = "s = sum((a[k] - p[k])**2, k)\nt = sum((a[k] - n[k])**2, k)\n"
LOSSES = {
    "squares": SQUARES + "loss = exp(3*s - 3*t)",
    "squares, turned": SQUARES.replace("a[k] - n[k]", "n[k] - a[k]") + "loss = (t - s + 1)**2",
    "roots": SQUARES + "loss = (sqrt(s) - sqrt(t) + 1)**2",
    "named roots": SQUARES + "u = sqrt(s)\nv = sqrt(t)\nloss = exp(u - v)",
}


@pytest.mark.parametrize("name", LOSSES)
def test_values_and_derivatives_stay(spec_of, name):
    program = read_program(spec_of(LOSSES[name], dict.fromkeys(AT, SHAPE)))
    changed = distances_apart(program)
    assert (changed != program) == ("squares" in name)
    last = distances_apart(program, last=True)
    values = [interpret(one, AT, {"K": 2})["loss"][()] for one in (program, last)]
    assert values[1] == pytest.approx(values[0], rel=1e-25, abs=0)
    slopes = [interpret(derive(one).gradient, AT, {"K": 2})["grad_a"] for one in (program, changed)]
    assert all(slopes[1][at] == pytest.approx(slopes[0][at], rel=1e-25, abs=0) for at in slopes[0])


def test_distances_that_share_nothing_stay(spec_of):
    math = "loss = exp(sum((a[k] - p[k])**2, k) - sum(n[k]**2, k))"
    program = read_program(spec_of(math, dict.fromkeys(AT, SHAPE)))
    assert distances_apart(program, last=True) == program


@pytest.mark.parametrize("roots", [False, True])
def test_a_far_point_leaves_the_digits(spec_of, tmp_path, roots):
    loss = "loss = Max(0, sqrt(s) - sqrt(t))" if roots else "loss = Max(0, s - t)"
    far = 2.0**40
    loss = pipeline.draft(spec_of(SQUARES + loss, dict.fromkeys(AT, SHAPE)), tmp_path)
    found = loss.value([far, 0.0], [-1e-9, 0.0], [1e-9, 0.0])
    assert found == pytest.approx(2e-9 if roots else 4e-9 * far, rel=1e-15, abs=0)
