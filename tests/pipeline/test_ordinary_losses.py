"""Losses as someone writes them who knows no stable form: the judge passes what is emitted."""

from __future__ import annotations

import sys

import numba
import numpy as np
import pytest
from numba.core.caching import NullCache

from symloss import pipeline
from symloss.spec import read_spec

POINCARE = """
title = "Distance in the Poincare ball"
math = '''
u2 = sum(u[d]**2, d)
v2 = sum(v[d]**2, d)
loss = acosh(1 + 2*sum((u[d] - v[d])**2, d)/((1 - u2)*(1 - v2)))
'''
[inputs]
u = { domain = "(-0.5, 0.5)", shape = ["D"] }
v = { domain = "(-0.5, 0.5)", shape = ["D"] }
"""
JUMP = """
title = "A loss that jumps where the residual reaches c"
math = '''
r = Abs(prediction - target)
loss = Piecewise((r**2, r < c), (3*c**2, True))
'''
[inputs]
prediction = {}
target = {}
[parameters]
c = { domain = "positive", default = 8 }
"""
STUDENT = """
title = "Negative log likelihood of Student's t"
math = '''
z = (x - mu)*exp(-log_scale)
loss = (nu + 1)/2*log(1 + z**2/nu) + log_scale
'''
[inputs]
mu = {}
log_scale = {}
[parameters]
x = { domain = "real", default = 0 }
nu = { domain = "positive", default = 4 }
"""
SHARES = """
title = "Symmetric percentage error"
math = "loss = 2*Abs(prediction - target)/(Abs(prediction) + Abs(target))"
[inputs]
prediction = {}
target = {}
"""
JEFFREYS = """
title = "Jeffreys divergence of probabilities, infinite on most faces"
math = "loss = sum((p[k] - q[k])*(log(p[k]) - log(q[k])), k)"
[inputs]
p = { domain = "simplex(K)", shape = ["K"] }
q = { domain = "simplex(K)", shape = ["K"] }
"""
DISTILLED = """
title = "Distillation of a softmax"
math = "loss = sum(softmax(t[k]/4, k)*(log(softmax(t[k]/4, k)) - log_softmax(z[k]/4, k)), k)"
[inputs]
z = { shape = ["K"] }
t = { shape = ["K"] }
"""
BETWEEN = """
title = "Discretised logistic distribution"
math = "loss = -log(sigmoid((y + h - mu)*exp(-s)) - sigmoid((y - h - mu)*exp(-s)))"
wrt = ["mu", "s"]
[inputs]
mu = {}
s = {}
y = {}
[parameters]
h = { domain = "positive", default = 0.5 }
"""


def drafted(folder, text):
    file = folder / "tried.toml"
    file.write_text(text, "utf-8")
    spec = read_spec(file)
    return spec, pipeline.draft(spec, folder)


@pytest.mark.parametrize(
    "text",
    [POINCARE, JUMP, STUDENT, SHARES, JEFFREYS, DISTILLED, BETWEEN],
    ids=lambda text: text[10:24],
)
def test_what_is_emitted_passes(text, tmp_path):
    """Computed one by one: that items abreast are what they are alone is tried in `tests/emit`."""
    spec, loss = drafted(tmp_path, text)
    loss = type("Alone", (type(loss),), {"abreast": {}})()
    verification = pipeline.verify(spec, loss, points=8, dtypes=("float64",))
    assert verification.passed, str(verification)


def test_squared_distances_of_far_points_keep_their_digits(tmp_path):
    math = "s[i,k] = sum((x[i,d] - y[k,d])**2, d)\nloss = sum(s[i,k], i, k)"
    inputs = '[inputs]\nx = { shape = ["N", "D"] }\ny = { shape = ["M", "D"] }\n'
    _, loss = drafted(tmp_path, f"title = 't'\nmath = '''\n{math}\n'''\n{inputs}")
    x = 1e8 + np.arange(6.0).reshape(3, 2)
    expected = ((x[:, None] - x[None] - 0.25) ** 2).sum()
    assert loss.value(x, x + 0.25) == pytest.approx(expected, rel=1e-14, abs=0)


@pytest.mark.skipif(bool(numba.config.DISABLE_JIT), reason="is about compiled code")
def test_of_a_draft_nothing_is_kept_but_the_run_time(tmp_path):
    """What the run-time's functions compile to is kept, and read by whoever drafts next."""
    _, loss = drafted(tmp_path, STUDENT)
    module = sys.modules[type(loss).__module__]
    assert isinstance(module._value._cache, NullCache)
    assert not isinstance(module.apply_weights._cache, NullCache)
    assert module.apply_weights.py_func.__module__.startswith("symloss.runtime.")
