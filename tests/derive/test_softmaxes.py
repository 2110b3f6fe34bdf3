"""Softmaxes as steps of their own: the same derivatives, with digits where they are saturated."""

from __future__ import annotations

import numpy as np
import pytest
from sympy import Piecewise

from symloss import pipeline
from symloss.derive import derive, with_softmaxes
from symloss.program import read_program
from symloss.stable import stabilise
from tests.derive.conftest import assert_same

SIZES = {"N": 3, "K": 2}
Z = [["0.5", "-1.1"], ["0.9", "0.2"], ["-0.4", "1.7"]]
V = [["0.3", "2.1"], ["-0.6", "0.4"], ["1.4", "-0.8"]]
MEAN = "m[i] = sum(z[i,k]*exp(z[i,k]/2), k)/sum(exp(z[i,k]/2), k)\n"
PROGRAMS = {
    "a mean": MEAN + "loss = sum(m[i]**2, i)",
    "of each row": "p[i,k] = softmax(z[i,k], k)\nloss = sum(p[i,k]**3*z[i,k], i, k)",
    "of each column": "loss = sum(softmax(z[i,k], i)**2, i, k)",
    "twice": "p[i,k] = softmax(z[i,k], k)\nloss = sum(p[i,k]*p[j,k] - p[i,k], i, j, k)",
    "beside its logsumexp": "l[i] = logsumexp(z[i,k], k)\nloss = sum(l[i]*exp(z[i,k] - l[i])**2, i, k)",
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_derivatives_are_those_of_the_exponentials(spec_of, name):
    program = stabilise(read_program(spec_of(PROGRAMS[name], {"z": "shape = [3, 2]"})))
    changed = with_softmaxes(program)
    assert any(step.softmax_of for step in changed.steps)
    assert_same(derive(program), derive(changed), {"z": Z, "vector_z": V}, SIZES)


def test_a_definition_is_the_softmax_itself(spec_of):
    math = "p[k] = exp(x[k])/sum(exp(x[j]), j)\nloss = sum(p[k]*x[k], k)"
    program = with_softmaxes(stabilise(read_program(spec_of(math, {"x": "shape = ['K']"}))))
    assert program.step("p").softmax_of
    assert [step.softmax_of for step in derive(program).gradient.steps].count("p_sum_log") == 1


@pytest.mark.parametrize(
    "math",
    [
        "loss = sum(exp(x[k] - logsumexp(2*x[j], j)), k)",
        "loss = exp(x[label] - logsumexp(x[j], j))",
        "loss = sum(exp(logsumexp(x[j], j) - x[k]), k)",
    ],
)
def test_exponentials_that_are_none(spec_of, math):
    inputs = {"x": "shape = ['K']"} | ({"label": "domain = 'index(K)'"} if "label" in math else {})
    program = read_program(spec_of(math, inputs))
    assert with_softmaxes(program) == program


def test_the_mean_of_a_saturated_softmax_has_the_slope_of_its_maximum(spec_of, tmp_path):
    math = "loss = sum(x[k]*exp(x[k]/t), k)/sum(exp(x[k]/t), k)"
    parameters = "t = { domain = 'positive', default = 0.05 }"
    loss = pipeline.draft(spec_of(math, {"x": "shape = ['K']"}, parameters), tmp_path)
    slope = loss.gradient(np.array([-60.37841561024394, 57.83897345357297]))
    np.testing.assert_allclose(slope, [0, 1], rtol=1e-15)
    assert loss.value(np.array([1000.0, 1000.0])) == 1000


def test_a_softmax_over_pairs_moves_by_its_weights(spec_of, tmp_path):
    """By nothing, where there are no pairs."""
    math = "loss = log(1 + sum(where(y[i] < y[j], exp(f[i] - f[j]), 0), i, j))"
    inputs = {"f": "shape = ['K']", "y": "shape = ['K'], domain = '{0, 1}'"}
    loss = pipeline.draft(spec_of(math, inputs, wrt="wrt = ['f']"), tmp_path)
    f, vector = np.array([0.3, -1.2, 2.0]), np.array([1.0, 2.0, -1.0])
    assert np.all(loss.hessian_vector_product(f, np.zeros(3), vector=vector) == 0)
    moved = [loss.gradient(f + step * vector, [0, 1, 1]) for step in (1e-5, -1e-5)]
    found = loss.hessian_vector_product(f, [0, 1, 1], vector=vector)
    np.testing.assert_allclose(found, (moved[0] - moved[1]) / 2e-5, rtol=1e-8)


def test_dividing_by_an_axis_length_needs_no_guard(spec_of):
    math = "p[k] = softmax(x[k]/sqrt(K), k)\nloss = sum(p[k]**2, k)"
    program = read_program(spec_of(math, {"x": "shape = ['K']"}))
    steps = derive(with_softmaxes(stabilise(program))).gradient.steps
    assert not any(step.expression.has(Piecewise) for step in steps)
    held = stabilise(
        read_program(spec_of(math.replace("K)", "y)"), {"x": "shape = ['K']", "y": ""}))
    )
    assert any(step.expression.has(Piecewise) for step in derive(held).gradient.steps)
