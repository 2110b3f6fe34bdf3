"""Losses whose derivatives have a value where formulas have 0/0 or 0 times infinity."""

from __future__ import annotations

import math

import numpy as np
import pytest

from symloss import pipeline
from symloss.spec import read_spec

HELLINGER = """
title = "Hellinger distance"
math = "loss = sqrt(sum((sqrt(p[k]) - sqrt(q[k]))**2, k)/2)"

[inputs]
p = { shape = ["K"], domain = "simplex(K)" }
q = { shape = ["K"], domain = "simplex(K)" }
"""
MIXTURE = """
title = "Mixture of Gaussians"
wrt = ["logits", "mean", "log_scale"]
math = '''
log_weight[k]  = logits[k] - logsumexp(logits[j], j)
log_density[k] = -((target - mean[k])*exp(-log_scale[k]))**2/2 - log_scale[k]
loss           = -logsumexp(log_weight[k] + log_density[k], k)
'''

[inputs]
logits    = { shape = ["K"] }
mean      = { shape = ["K"] }
log_scale = { shape = ["K"] }
target    = { domain = "real" }
"""
CENSORED = """
title = "Censored Gaussian"
wrt = ["mean", "log_scale"]
math = '''
z    = (target - mean)/exp(log_scale)
loss = where(censored == 1, -log((1 + erf(z/sqrt(2)))/2), z**2/2 + log_scale)
'''

[inputs]
mean      = { domain = "real" }
log_scale = { domain = "real" }
target    = { domain = "real" }
censored  = { domain = "{0, 1}" }
"""

CLIPPED_RATIO = """
title = "Clipped ratio of policies"
math = '''
ratio = exp(log_new - log_old)
loss  = -Min(ratio*advantage, clip(ratio, 0.8, 1.2)*advantage)
'''

[inputs]
log_new   = { domain = "real" }
log_old   = { domain = "real" }
advantage = { domain = "real" }
"""
RENYI = """
title = "Renyi divergence"
math = "loss = log(sum(p[k]**order*q[k]**(1 - order), k))/(order - 1)"

[inputs]
p = { shape = ["K"], domain = "simplex(K)" }
q = { shape = ["K"], domain = "simplex(K)" }

[parameters]
order = { domain = "(0, 1)", default = 0.5 }
"""
SOFT_TRANSPORT = """
title = "Soft minimum of transport costs"
math = '''
kernel[i,j] = exp(-cost[i,j]/blur)
loss        = -blur*log(sum(kernel[i,j]*mass[i], i, j))
'''

[inputs]
cost = { shape = ["N", "M"] }
mass = { shape = ["N"], domain = "simplex(N)" }

[parameters]
blur = { domain = "positive", default = 1 }
"""


@pytest.fixture(scope="module")
def drafted(tmp_path_factory):
    folder = tmp_path_factory.mktemp("edges")

    def make(text):
        file = folder / "tried.toml"
        file.write_text(text)
        return pipeline.draft(read_spec(file), folder)

    return make


def test_roots_of_probabilities_that_vanish(drafted):
    loss = drafted(HELLINGER)
    p, q = [0.5, 0.5, 0.0], [0.25, 0.75, 0.0]
    value, gradient = loss.value_and_gradient(p, q)
    expected = [(1 - math.sqrt(b / a)) / (4 * value) for a, b in zip(p[:2], q[:2], strict=True)]
    np.testing.assert_allclose(gradient, [*expected, 1 / (4 * value)], rtol=1e-13)
    assert loss.gradient([1.0, 0.0], [1.0, 0.0]).tolist() == [0.0, 0.0]


def test_a_component_without_weight_adds_nothing(drafted):
    loss = drafted(MIXTURE)
    one = loss.value_and_gradient([0.5], [0.25], [0.125], 1.0)
    two = loss.value_and_gradient([0.5, 29000.0], [0.25, 3.0], [0.125, -3000.0], 1.0)
    assert two[0] == pytest.approx(one[0] + 28999.5, rel=1e-15, abs=0)
    for alone, beside in zip(one[1][1:], two[1][1:], strict=True):
        np.testing.assert_allclose(beside, [alone[0], 0.0], rtol=1e-15)
    vectors = tuple(np.ones(2) for _ in range(3))
    products = loss.hessian_vector_product(
        [0.5, 0.0], [0.25, 3.0], [0.125, -3000.0], 1.0, vector=vectors
    )
    assert all(np.isfinite(part).all() for part in products)


def test_far_below_its_threshold_a_likelihood_is_a_parabola(drafted):
    loss = drafted(CENSORED)
    value, gradient = loss.value_and_gradient(50.0, 0.0, 0.0, 1.0)
    series = math.log1p(-1 / 2500 + 3 / 2500**2 - 15 / 2500**3 + 105 / 2500**4)
    assert value == pytest.approx(
        1250 + math.log(50 * math.sqrt(2 * math.pi)) - series, rel=1e-14, abs=0
    )
    assert gradient.mean == pytest.approx(50.0199840319, rel=1e-9, abs=0)
    assert loss.gradient(1.0, 3000.0, 2.0, 0.0).log_scale == 1.0


def test_what_is_clipped_has_no_slope_even_where_it_overflows(drafted):
    loss = drafted(CLIPPED_RATIO)
    assert loss.value_and_gradient(3000.0, 0.0, 1.0) == (-1.2, 0.0)
    assert loss.gradient(3000.0, 0.0, -1.0) == math.inf
    assert loss.hessian_vector_product(3000.0, 0.0, 1.0, vector=1.0) == 0.0
    assert loss.gradient(0.0, 0.0, 2.0) == -2.0


def test_a_power_is_as_steep_as_it_likes_where_its_factor_is_zero(drafted):
    loss = drafted(RENYI)
    sure, other = [1.0, 0.0, 0.0], [0.25, 0.0, 0.75]
    gradient = loss.gradient(sure, other)
    assert gradient.tolist() == [-1.0, 0.0, -math.inf]


def test_weights_of_exponentials_may_be_zero_and_exponentials_too_small(drafted):
    loss = drafted(SOFT_TRANSPORT)
    cost = np.array([[30.0, 31.0], [1.0, 2.0]])
    value, gradient = loss.value_and_gradient(cost, [1.0, 0.0], blur=0.03)
    assert value == pytest.approx(30.0, rel=1e-15, abs=0)
    np.testing.assert_allclose(gradient, [[1.0, math.exp(-1 / 0.03)], [0.0, 0.0]], rtol=1e-12)
