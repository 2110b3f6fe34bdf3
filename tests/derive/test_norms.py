"""Roots of sums of squares as norms: the same derivatives, with digits where little is left."""

from __future__ import annotations

import numpy as np
import pytest

from symloss import pipeline
from symloss.derive import derive, with_norms
from symloss.program import read_program
from tests.derive.conftest import assert_same

SIZES = {"N": 3, "D": 2}
Z = [["0.5", "-1.1"], ["0.9", "0.2"], ["-0.4", "1.7"]]
V = [["0.3", "2.1"], ["-0.6", "0.4"], ["1.4", "-0.8"]]
ROW = "norm[i] = sqrt(sum(z[i,d]**2, d))\n"
PROGRAMS = {
    "a norm": "loss = sqrt(sum(z[i,d]**2, i, d))",
    "of each row": ROW + "loss = sum(norm[i]**3 + norm[i], i)",
    "of each column": "norm[d] = sqrt(sum(z[i,d]**2, i))\nloss = prod(norm[d], d)",
    "of differences": "norm[i,j] = sqrt(sum((z[i,d] - z[j,d])**2, d))\nloss = sum(norm[i,j], i, j)",
    "beside its square": "s[i] = sum(z[i,d]**2, d)\nloss = sum(sqrt(s[i])*exp(s[i]) + s[i]**1.5, i)",
    "of products": "loss = sqrt(mean(4*z[i,d]**2*z[i,1]**2, i, d))",
    "of other rows": ROW + "loss = sum(norm[i]*norm[2], i)",
    "cosines": ROW + "loss = sum(sum(z[i,d]*z[j,d], d)/(norm[i]*norm[j])*exp(z[i,0]), i, j)",
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_derivatives_are_those_of_the_root(spec_of, name):
    program = read_program(spec_of(PROGRAMS[name], {"z": "shape = [3, 2]"}))
    changed = with_norms(program)
    assert any(step.kind == "norm" for step in changed.steps)
    assert_same(derive(program), derive(changed), {"z": Z, "vector_z": V}, SIZES)


def test_other_sums_and_held_roots_stay(spec_of):
    math = "s = sum(x[k]**2*y[k], k)\nr = stop_gradient(sqrt(sum(x[k]**2, k)))\nloss = sqrt(s)*r"
    program = read_program(spec_of(math, {"x": "shape = ['K']", "y": "shape = ['K']"}))
    assert with_norms(program) == program


def test_what_is_left_at_right_angles_has_its_digits(spec_of, tmp_path):
    spec = spec_of("loss = sqrt(sum((x[k] - y[k])**2, k))", dict.fromkeys("xy", "shape = ['K']"))
    loss = pipeline.draft(spec, tmp_path)
    one = loss.hessian_vector_product(np.array([3e-5]), np.array([1e-6]), vector=np.array([1.7]))
    assert one == 0
    x, vector = np.array([1.0, 1e-8]), np.array([1.0, 1.0])
    found = loss.hessian_vector_product(x, np.zeros(2), vector=vector)
    u = x[1] / (1 + x[1] ** 2)
    np.testing.assert_allclose(found, [u * x[1] - u, 1 - x[1]], rtol=4e-16)


LOGARITHMS = "loss = sqrt(sum((log1p(x[k]) - log1p(y[k]))**2, k))"


def test_nothing_is_left_at_right_angles_in_one_dimension(spec_of, tmp_path):
    loss = pipeline.draft(spec_of(LOGARITHMS, dict.fromkeys("xy", "shape = ['K']")), tmp_path)
    x = np.random.default_rng(3).uniform(0, 1, (64, 1))
    found = loss.hessian_vector_product(x, x - 1e-7, vector=x + 1)
    np.testing.assert_allclose(found, -1 / (x + 1), rtol=2e-15)


def test_a_component_that_is_0_moves_on(spec_of, tmp_path):
    loss = pipeline.draft(spec_of(LOGARITHMS, dict.fromkeys("xy", "shape = ['K']")), tmp_path)
    x, y = np.array([0.5, 1.0, 3.0]), np.array([0.5, 0.0, 3.0])
    found = loss.hessian_vector_product(x, y, vector=np.array([1.0, 0.0, 2.0]))
    np.testing.assert_allclose(found, [1 / 1.5**2 / np.log(2), 0, 2 / 4**2 / np.log(2)], rtol=2e-15)
    assert np.all(loss.gradient(y, y) == 0)


def test_products_that_meet_their_own_sum_are_rounded_once(spec_of, tmp_path):
    math = "p[k] = x[k]*y[k]\nloss = sum(Abs(p[k] - mean(p[j], j)), k)"
    loss = pipeline.draft(spec_of(math, dict.fromkeys("xy", "shape = ['K']")), tmp_path)
    x = np.random.default_rng(3).uniform(0, 1, (64, 1))
    assert np.all(loss.value(x, 1 - x / 3) == 0)
    assert np.all(loss.value_and_gradient(x, 1 - x / 3)[0] == 0)
