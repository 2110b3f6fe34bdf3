"""Second derivatives of a softplus of a logsumexp: shares in one softmax, to the last digits."""

from __future__ import annotations

import numpy as np

from symloss import pipeline
from symloss.spec import read_spec

SPEC = """
title = "t"
math = "loss = softplus(logsumexp(x[k], k) - y)"
wrt = ["x", "y"]
[inputs]
x = { shape = ["K"], domain = "real" }
y = { domain = "real" }
"""


def test_small_and_large_shares_move_as_those_of_one_softmax(tmp_path):
    file = tmp_path / "tried.toml"
    file.write_text(SPEC, "utf-8")
    loss = pipeline.draft(read_spec(file), tmp_path)
    for y in (-90.0, -0.5, 0.5, 200.0):
        x = np.array([1.0, -2.0, 0.5])
        found = loss.hessian(x, y)
        terms = np.exp(np.append(x, y) - y) if y > 0 else np.exp(np.append(x, y))
        shares = terms / terms.sum()
        for k in range(3):
            for other in range(3):
                rest = terms.sum() - terms[k] if y <= 0 else terms[:3].sum() - terms[k] + 1
                own = shares[k] * rest / terms.sum()
                expected = own if k == other else -shares[k] * shares[other]
                np.testing.assert_allclose(found.x.x[k, other], expected, rtol=2e-13)
            np.testing.assert_allclose(found.x.y[k], -shares[k] * shares[3], rtol=2e-13)


def test_a_gate_with_a_place_of_its_own_is_left_alone(tmp_path):
    """Of u[i,j] = logsumexp[i] - y[j], the rates are no array over i."""
    file = tmp_path / "tried.toml"
    shapes = SPEC.replace('["K"]', '["I", "K"]').replace("y = {", 'y = { shape = ["J"],')
    math = "sum(softplus(logsumexp(x[i,k], k) - y[j]), i, j)"
    file.write_text(shapes.replace("softplus(logsumexp(x[k], k) - y)", math), "utf-8")
    found = pipeline.derive_spec(read_spec(file)).hessian_vector_product
    assert not [step.name for step in found.steps if step.name.endswith(("_apart", "_aside"))]
