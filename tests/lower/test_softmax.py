"""Softmax in emitted code: its second derivative to the last digit, and its limits."""

from __future__ import annotations

import math

import numpy as np
import pytest

from symloss import pipeline
from symloss.spec import read_spec

SPEC = """
title = "Cross-entropy"
math = "loss = logsumexp(z[k], k) - z[label]"

[inputs]
z = { shape = ["K"] }
label = { domain = "index(K)" }
"""


@pytest.fixture(scope="module")
def loss(tmp_path_factory):
    folder = tmp_path_factory.mktemp("softmax")
    file = folder / "tried.toml"
    file.write_text(SPEC)
    return pipeline.draft(read_spec(file), folder)


@pytest.mark.parametrize("top", [0.0, 40.0, 300.0])
def test_every_entry_of_the_hessian_keeps_its_digits(loss, top):
    logits = np.array([0.5, top, -0.25])
    small = [math.exp(part - top) for part in (0.5, -0.25)]
    whole = 1 + sum(small)
    p = np.array([small[0], 1.0, small[1]]) / whole
    expected = -np.outer(p, p)
    rest = np.array([(1 + small[1]) / whole, sum(small) / whole, (1 + small[0]) / whole])
    np.fill_diagonal(expected, p * rest)
    for place in range(3):
        found = loss.hessian_vector_product(logits, 1, vector=np.eye(3)[place])
        np.testing.assert_allclose(found, expected[place], rtol=1e-13)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_an_infinite_logit_takes_all(loss, dtype):
    logits = np.array([1.0, math.inf, -2.0], dtype)
    value, gradient = loss.value_and_gradient(logits, 0)
    assert value == math.inf
    assert gradient.tolist() == [-1.0, 1.0, 0.0]
    value, gradient = loss.value_and_gradient(logits, 1)
    assert value == 0
    assert gradient.tolist() == [0.0, 0.0, 0.0]
    assert loss.hessian_vector_product(logits, 1, vector=np.ones(3, dtype)).tolist() == [0, 0, 0]
