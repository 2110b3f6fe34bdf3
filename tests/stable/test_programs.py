"""Sums of exponentials, and a logsumexp less one of its terms."""

from __future__ import annotations

import re

import numpy as np
import pytest
from flint import arb, ctx
from symloss.losses import cross_entropy, nt_xent

from symloss import pipeline
from symloss.program import text
from symloss.spec import read_spec
from symloss.stable import stabilise

INPUTS = """
[inputs]
z = { shape = ["K"] }
w = { shape = ["K"], domain = "nonnegative" }
y = { shape = ["K"] }
a = { domain = "real" }
b = { domain = "real" }
c = { domain = "(0, 1)" }
d = { domain = "(0, oo)" }
r = { domain = "(0, 1]" }
h = { domain = "(-oo, 3)" }
v = { shape = ["K"], domain = "positive" }
label = { domain = "index(K)" }
s = { shape = ["N", "N"] }
partner = { shape = ["N"], domain = "index(N)" }
"""


def shown(folder, *math):
    used = "\n".join(math)
    words = set(re.findall(r"\w+", used))
    lines = [line for line in INPUTS.splitlines() if " =" not in line or line.split()[0] in words]
    file = folder / "tried.toml"
    file.write_text(f"title = 't'\nmath = '''\n{used}\n'''\n" + "\n".join(lines), "utf-8")
    return text(stabilise(pipeline.read_program(read_spec(file))))


OTHERS = "logsumexp(Piecewise((z[k], Ne(k, label)), (-oo, True)), k)"


@pytest.mark.parametrize(
    ("math", "expected"),
    [
        ("loss = logsumexp(z[k], k) - z[label]", f"loss_logsumexp_others = {OTHERS}"),
        ("loss = log(sum(exp(z[k]), k)) - z[label]", f"loss_sum_log_others = {OTHERS}"),
        ("loss = logsumexp(z[k] - z[label], k)", f"_terms_others = {OTHERS}"),
        ("loss = logsumexp(z[k] + a, k)", "_terms = logsumexp(z[k], k)"),
        ("loss = 3*logsumexp(z[k], k) - 3*z[label]", "loss = 3*softplus("),
        ("loss = (logsumexp(z[k], k) - z[label])**2", "loss = softplus("),
        ("loss = log(mean(exp(z[k]), k)) + 0*z[label]", "logsumexp(z[k], k)"),
        ("loss = -log(exp(z[label])/sum(exp(z[k]), k))", "softplus("),
        ("p = exp(z[label] - logsumexp(z[k], k))\nloss = -log(p) + 1 - p", "+ softplus("),
        ("p[k] = 1/(1 + exp(-z[k]))\nloss = sum(-log(1 - p[k]), k)", "softplus(z[k])"),
        ("p[k] = Max(0, z[k])\nloss = sum(p[k]**0.3, k)", "Max(0, z[k])**"),
        ("loss = log(mean(exp(z[k]), k))", "- log(K)"),
        ("p = exp(a)\nq = exp(b)\nloss = -log(p/(p + q))", "loss = softplus(-a + b)"),
        ("p = exp(a)\nq = exp(b)\nloss = (p/(p + q))**2", "loss = sigmoid(a - b)**2"),
        (
            "p = exp(a)\nloss = log(2/(1 + p + exp(b)))",
            "loss = -softplus(logaddexp(a, b)) + log(2)",
        ),
        (
            "p = 1/(1 + exp(-a))\nloss = -log(where(b > 0, p, 1 - p))",
            "loss = -Piecewise((-softplus(-a), b > 0), (-softplus(a), True))",
        ),
        (
            "p = 1/(1 + exp(-a))\nloss = where(b == 0, -log(p), -log(1 - p))",
            "loss = Piecewise((softplus(-a), Eq(b, 0)), (softplus(a), True))",
        ),
        (
            "q[k] = exp(z[k]/d)/sum(exp(z[j]/d), j)\nloss = sum(y[k]*log(q[k]), k)",
            "sum((-q_sum_log + z[k]/d)*y[k], k)",
        ),
        ("loss = log(c*exp(a) + (1 - c)*exp(b))", "logaddexp(a + log(c), b + log1p(-c))"),
        ("loss = log(d*exp(a) + (1 - d)*exp(b))", "log(d*exp(a) + (1 - d)*exp(b))"),
        ("loss = log(r*exp(a) + (1 - r)*exp(b))", "log(r*exp(a) + (1 - r)*exp(b))"),  # r may be 1
        ("loss = log(exp(a)/(3 - h))", "loss = a - log(3 - h)"),
        ("loss = log(exp(a)/(h - 3)**2)", "loss = a + log((3 - h)**(-2))"),
        ("loss = sum(log(v[k]/(v[k] + exp(a))), k)", "-softplus(a - log(v[k]))"),
        ("loss = sum(log(w[k]/(w[k] + exp(a))), k)", "log(w[k]/(exp(a) + w[k]))"),
        ("loss = log(where(a > 0, a, b**2))", "loss = log(Piecewise((a, a > 0), (b**2, True)))"),
        ("p = 1/(1 + exp(-a))\nloss = 1 - p**b", "loss = -expm1(-b*softplus(-a))"),
        (
            "loss = log(sum(exp(z[k]), k)/sum(exp(y[k]), k))",
            "loss = loss_sum_2_log - loss_sum_log",
        ),
        ("loss = log(3/sum(exp(z[k]), k)**2)", "loss = -2*loss_sum_log + log(3)"),
        (
            "loss = sum(y[k]*exp(z[k]), k)/sum(exp(z[j]), j)",
            "sum(exp(-loss_sum_log + z[k])*y[k], k)",
        ),
        (
            "loss = sum(where(k != label, y[k]*exp(z[k]), 0), k)/sum(w[k]*exp(z[k]), k)",
            "sum(Piecewise((exp(-loss_sum_log + z[k])*y[k], Ne(k, label)), (0, True)), k)",
        ),
        ("loss = log(1 + sum(exp(z[k]), k))", "loss = softplus(loss_sum_log)"),
        ("loss = log1p(sum(exp(z[k]), k))", "loss = softplus(loss_sum_log)"),
        (
            "loss = log(2 + 3*sum(exp(z[k]), k))",
            "softplus(loss_sum_log - log(2) + log(3)) + log(2)",
        ),
        ("loss = log(b + sum(exp(z[k]), k))", "loss = log(b + loss_sum)"),  # b may be negative
        ("u = exp(a)\nloss = b/u", "b*exp(-a)"),
        ("n = sqrt(sum(z[k]**2, k))\nloss = n**2 + n", "loss = n + n_sum"),
        ("u = exp(-a)\nloss = log(1 + b**2*u**2)", "Piecewise((log1p(b**2*exp(-2*a)), b**2*exp"),
        ("loss = log(sum(where(k != label, exp(z[k]), 0), k))", OTHERS),
        ("e[k] = exp(z[k])\nloss = log(sum(w[k]*e[k], k))", "logsumexp(log(w[k]) + z[k], k)"),
    ],
)
def test_forms_that_are_found(math, expected, tmp_path):
    assert expected in shown(tmp_path, math)


def test_a_masked_logsumexp_less_a_term_that_may_be_masked(tmp_path):
    math = "loss = mean(logsumexp(where(i != j, s[i,j], -oo), j) - s[i, partner[i]], i)"
    found = shown(tmp_path, math)
    assert "Ne(i, j) & Ne(j, partner[i])" in found
    assert "Ne(i, partner[i])" in found


def test_the_logarithm_of_a_softmax_is_no_logarithm(tmp_path):
    assert "log(" not in shown(tmp_path, "loss = sum(log(softmax(z[k]/b, k)), k)")


@pytest.mark.parametrize(
    "math",
    ["loss = log(sum(y[k]**3*exp(z[k]), k))", "loss = log(sum(w[k]*exp(w[k]), k))"],
    ids=["a weight of either sign", "a weight that is differentiated"],
)
def test_weights_that_stay_factors(math, tmp_path):
    assert "logsumexp" not in shown(tmp_path, math)


@pytest.mark.parametrize(
    "math",
    [
        "loss = sum(logsumexp(z[k], k) - z[i], i)",
        "loss = logsumexp(z[k], k) - 2*z[label]",
        "loss = logsumexp(z[k], k) + z[label]",
        "loss = logsumexp(2*z[k], k) - z[label]",
    ],
)
def test_forms_that_are_none(math, tmp_path):
    assert "others" not in shown(tmp_path, math)


def exact_cross_entropy(logits, label):
    with ctx.workprec(4000):
        total = sum((arb(float(z)).exp() for z in logits), arb(0))
        value = total.log() - arb(float(logits[label]))
        slopes = [arb(float(z)).exp() / total - (k == label) for k, z in enumerate(logits)]
        return float(value.mid()), [float(slope.mid()) for slope in slopes]


@pytest.mark.parametrize("gap", [1.0, 10.0, 30.0, 100.0, 600.0])
@pytest.mark.parametrize("classes", [2, 5, 40])
def test_confident_and_right_predictions_keep_their_digits(gap, classes):
    random = np.random.default_rng(classes)
    logits = random.normal(size=classes)
    logits[1] = gap
    value, slopes = exact_cross_entropy(logits, 1)
    found, gradient = cross_entropy.value_and_gradient(logits, 1)
    assert found == pytest.approx(value, rel=1e-14 * (1 + gap), abs=0)
    np.testing.assert_allclose(gradient, slopes, rtol=1e-14 * (1 + gap))


def test_a_single_class_costs_nothing():
    value, gradient = cross_entropy.value_and_gradient([3.0], 0)
    assert value == 0
    assert gradient.tolist() == [0.0]
    product = cross_entropy.hessian_vector_product([3.0], 0, vector=[1.0])
    assert product.tolist() == [0.0]


def test_a_partner_of_itself_is_no_term_of_the_sum():
    z = np.array([[1.0, 0.0], [0.6, 0.8], [0.0, 1.0]])
    similarity = (z @ z.T) / 0.5
    terms = [np.log(sum(np.exp(similarity[i, j]) for j in range(3) if j != i)) for i in range(3)]
    partner = [0, 0, 0]
    expected = np.mean([terms[i] - similarity[i, partner[i]] for i in range(3)])
    assert nt_xent.value(z, partner) == pytest.approx(expected, rel=1e-12, abs=0)
