"""A softmax less an indicator, and rates relative to that of the largest term."""

from __future__ import annotations

import numpy as np
import pytest

from symloss import pipeline
from symloss.program import text
from symloss.spec import read_spec
from symloss.stable import without_chosen

SCORES = 'x = { shape = ["K"] }\ny = { shape = ["K"] }\nlabel = { domain = "index(K)" }'
BOTH = 'wrt = ["x", "y"]'
CROSS = "s[k] = x[k]*y[k]\nloss = logsumexp(s[k], k) - s[label]"


def spec_of(folder, math, inputs, more=""):
    file = folder / "tried.toml"
    file.write_text(f"title = 't'\n{more}\nmath = '''\n{math}\n'''\n[inputs]\n{inputs}\n", "utf-8")
    return read_spec(file)


@pytest.mark.parametrize(
    ("math", "expected"),
    [
        (CROSS, "sum(Piecewise((loss_logsumexp_softmax[k], Ne(k, label)), (0, True)), k)"),
        ("s[k] = x[k]*y[k]\nloss = 2*logsumexp(s[k], k) - s[label]", ""),
        ("s[k] = x[k]*y[k]\nloss = logsumexp(s[k], k) - s[label]/2", ""),
    ],
)
def test_forms(math, expected, tmp_path):
    spec = spec_of(tmp_path, math, SCORES, BOTH)
    found = text(pipeline.derive_spec(spec).hessian_vector_product)
    assert ("_unchosen" in found) == bool(expected), found
    assert expected in found


def test_programs_without_one_are_left_alone(tmp_path):
    program = pipeline.read_program(spec_of(tmp_path, CROSS, SCORES))
    assert without_chosen(program) == program


def test_products_keep_digits_where_the_label_is_nearly_certain(tmp_path):
    """In x = (a, b), y = (1, 1) and the label 0, p = sigmoid(b - a) is what d loss/dx moves by."""
    loss = pipeline.draft(spec_of(tmp_path, CROSS, SCORES, BOTH), tmp_path)
    x, ones = np.array([40.0, 0.0]), np.ones(2)
    made = loss.hessian_vector_product(x, ones, 0, vector=(np.zeros(2), np.array([1.0, 0.0])))
    p = np.exp(-40.0)
    # d/dx[0] is -p*y[0], and p falls by 40*p as y[0] grows.
    np.testing.assert_allclose(made.x, [-p + 40 * p, -40 * p], rtol=1e-14)


@pytest.mark.parametrize(("term", "masked"), [("x[k]*y[k]", True), ("x[k]", False)])
def test_the_largest_term_never_moves_against_itself(term, masked, tmp_path):
    """Two roundings of one product, one of them in a fused operation, would differ."""
    inputs = "\n".join(f'{name} = {{ shape = ["K"] }}' for name in "xy" if name in term)
    spec = spec_of(tmp_path, f"loss = logsumexp({term}, k)", inputs)
    found = text(pipeline.derive_spec(spec).hessian_vector_product)
    assert ("Ne(k, loss_logsumexp_place)" in found) == masked, found
