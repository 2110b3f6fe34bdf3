"""Reductions that a spec writes twice are done once."""

from __future__ import annotations

import pytest

from symloss.derive import derive
from symloss.program import read_program, text, without_twins
from tests.derive.conftest import assert_same

X = [["0.5", "-1.1"], ["0.9", "0.2"]]
INPUTS = {"x": "shape = ['N', 'N']"}


@pytest.mark.parametrize(
    ("math", "sums"),
    [
        ("loss = sum(x[i,0], i)*sum(x[j,0], j)", 1),
        ("a = sum(x[i,0], i)\nb = sum(x[0,i], i)\nloss = a*b", 2),
        ("a[i] = sum(x[i,k], k)\nb[k] = sum(x[k,i], i)\nloss = sum(a[i]*b[i], i)", 2),
        ("a[i] = sum(x[i,k], k)\nb[k] = sum(x[i,k], i)\nloss = sum(a[i]*b[i], i)", 3),
        ("loss = max(sum(x[i,k], k), i) + max(sum(x[j,k]*1, k), j)", 2),
        ("loss = max(sum(x[i,k], k), i) + min(sum(x[j,k]*1, k), j)", 3),
        ("loss = sum(x[i,0], i)*stop_gradient(sum(x[j,0], j))", 1),
    ],
)
def test_twins_are_one(spec_of, math, sums):
    program = read_program(spec_of(math, INPUTS))
    once = without_twins(program)
    assert sum(bool(step.kind) for step in once.steps) == sums, text(once)
    values = {"x": X, "vector_x": X}
    if "stop" not in math:
        assert_same(derive(program), derive(once), values, {"N": 2})


def test_axes_of_other_lengths_are_no_twins(spec_of):
    math = "loss = x[0]*y[0]*sum(1 + 0*x[i], i)*sum(1 + 0*y[j], j)"
    program = read_program(spec_of(math, {"x": "shape = ['N']", "y": "shape = ['M']"}))
    assert without_twins(program) == program
