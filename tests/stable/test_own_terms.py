"""Derivatives without the terms of a place's own that cancel."""

from __future__ import annotations

import numpy as np
import pytest
from flint import arb, ctx

from symloss import pipeline
from symloss.program import text
from symloss.spec import read_spec

TARGETS = 'z = { shape = ["K"] }\nt = { shape = ["K"], domain = "simplex(K)" }'
LABEL = 'z = { shape = ["K"] }\nlabel = { domain = "index(K)" }'


def spec_of(folder, math, inputs):
    file = folder / "tried.toml"
    file.write_text(f"title = 't'\nmath = '''\n{math}\n'''\n[inputs]\n{inputs}\n", "utf-8")
    return read_spec(file)


SOFT = "l[k] = z[k] - logsumexp(z[j], j)\nloss = -sum(t[k]*l[k], k)"
SMOOTH = "l[k] = z[k] - logsumexp(z[j], j)\nloss = -0.75*l[label] - 0.25*mean(l[k], k)"


@pytest.mark.parametrize(
    ("math", "inputs", "expected"),
    [
        (SOFT, TARGETS, ["_others", "_large"]),
        (SMOOTH, LABEL, ["_others", "_large"]),
        ("loss = sum(log(1 + exp(z[j] - z[i])), i, j)", 'z = { shape = ["K"] }', ["Ne("]),
        (
            "loss = sum(sum(log(1 + exp(z[j] - z[i])), j)*w[i], i)",
            'z = { shape = ["K"] }\nw = { shape = ["K"] }',
            ["Ne("],
        ),
        ("loss = logsumexp(z[k], k) - sum(w[k]*z[k], k)/2", TARGETS.replace("t =", "w ="), []),
        ("loss = sum(exp(z[k]), k)", 'z = { shape = ["K"] }', []),
    ],
)
def test_forms(math, inputs, expected, tmp_path):
    found = text(pipeline.derive_spec(spec_of(tmp_path, math, inputs)).gradient)
    assert ("_others" in found) == bool(expected), found
    assert all(part in found for part in expected), found


def test_digits_are_kept_where_one_place_is_nearly_all(tmp_path):
    loss = pipeline.draft(spec_of(tmp_path, SOFT, TARGETS), tmp_path)
    z, t = np.array([30.0, 60.0, -7.0]), np.array([3e-17, 1.0, 2e-25])
    with ctx.workprec(300):
        powers = [arb(float(x)).exp() for x in z]
        total, targets = sum(powers), [arb(float(x)) for x in t]
        exact = [p / total * sum(targets) - x for p, x in zip(powers, targets, strict=True)]
    np.testing.assert_allclose(loss.gradient(z, t), [float(x) for x in exact], rtol=1e-15)
