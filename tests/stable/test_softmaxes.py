"""Softmaxes less others, and logsumexps less means of their terms."""

from __future__ import annotations

import mpmath
import numpy as np
import pytest

from symloss import pipeline
from symloss.derive import with_softmaxes
from symloss.program import text
from symloss.spec import read_spec
from symloss.stable import softmaxes_apart

INPUTS = '\n[inputs]\nx = { shape = ["K"] }\ny = { shape = ["K"] }\n'
WEIGHTS = "a = logsumexp(y[k], k)\nq[k] = exp(y[k] - a)\nb = logsumexp(x[k], k)\n"
CROSS = WEIGHTS + "loss = b - sum(q[k]*x[k], k)"
GAP = WEIGHTS + "p[k] = exp(x[k] - b)\nloss = sum((p[k] - q[k])**2, k)"


def spec_of(folder, math):
    file = folder / "tried.toml"
    file.write_text(f"title = 't'\nmath = '''\n{math}\n'''{INPUTS}", "utf-8")
    return read_spec(file)


@pytest.mark.parametrize(
    ("math", "expected"),
    [
        (CROSS, "log1p(b_more + b_others/b_most)"),
        (CROSS.replace("loss = b", "loss = 2*b"), ""),
        (CROSS.replace("q[k]*x[k]", "q[k]*y[k]"), ""),
        (GAP, "expm1(p_ratio[k])*q[k]"),
        (GAP.replace("- q[k]", "- 2*q[k]"), ""),
        (GAP.replace("exp(x[k] - b)", "exp(y[k] - b)"), ""),
    ],
)
def test_forms(math, expected, tmp_path):
    program = with_softmaxes(pipeline.read_program(spec_of(tmp_path, math)))
    found = text(softmaxes_apart(program))
    assert expected in found
    if not expected:
        assert found == text(program)


NAMED = "b = logsumexp(x[j], j)\nloss = sum(exp(x[k] - b)*(%s)*y[k], k)"


@pytest.mark.parametrize(
    ("terms", "expected"),
    [
        ("x[k] - b + log(K)", "b_above[k]"),
        ("2*b - 2*x[k] + y[k]", "-2*b_above[k]"),
        ("x[k] - b", ""),
        ("2*x[k] - b + y[k]", ""),
        ("x[k] + b + y[k]", ""),
    ],
)
def test_what_is_large_is_taken_apart_from_what_is_beside(terms, expected, tmp_path):
    program = pipeline.read_program(spec_of(tmp_path, NAMED % terms))
    found = text(softmaxes_apart(program))
    assert expected in found
    assert bool(expected) is ("b_above" in found)


def test_the_divergence_from_equal_shares_of_far_logits(tmp_path):
    math = "p[k] = exp(x[k])/sum(exp(x[j]), j)\nloss = sum(p[k]*log(p[k]*K), k) + 0*y[0]"
    file = tmp_path / "tried.toml"
    inputs = INPUTS.replace('y = { shape = ["K"] }', "y = { shape = [1] }")
    file.write_text(f"title = 't'\nmath = '''\n{math}\n'''{inputs}", "utf-8")
    loss = pipeline.draft(read_spec(file), tmp_path)
    logits = np.array([-5702.346497284067, 41956.8894851155, -7875.919238839297])
    assert loss.value(logits, [1.0]) == pytest.approx(np.log(3), rel=4e-16, abs=0)


def softmax(numbers):
    powers = [mpmath.exp(number) for number in numbers]
    return [power / sum(powers) for power in powers]


def test_all_digits_are_kept(tmp_path):
    """Weights that agree to ten digits, all but one of them nothing, ties, and exponents far off."""
    loss = pipeline.draft(spec_of(tmp_path, CROSS), tmp_path)
    y = np.array([[1e-3, 2e-3, -1e-3], [0.0, -80.0, -90.0], [3.0, 3.0, -60.0], [1e30, 0.0, 1.0]])
    x = y + np.array([[1e-13, 0.0, -3e-13], [1e-3, 0.0, 1.0], [0.0, 0.0, 1e-9], [0.0, 2.0, 1.0]])
    found = loss.value_and_gradient(x, y)
    for row in range(len(x)):
        with mpmath.workdps(120):
            exact = [mpmath.mpf(number) for number in x[row].tolist()]
            p, q = softmax(exact), softmax([mpmath.mpf(number) for number in y[row].tolist()])
            top = max(exact)
            value = top - sum(a * b for a, b in zip(q, exact, strict=True))
            value += mpmath.log(sum(mpmath.exp(number - top) for number in exact))
            slope = [float(a - b) for a, b in zip(p, q, strict=True)]
        assert found[0][row] == pytest.approx(float(value), rel=1e-15, abs=0)
        np.testing.assert_allclose(found[1][row], slope, rtol=2e-13, atol=1e-300)
