"""Likelihoods and laws: what is proved, what is sampled, what is refused."""

from __future__ import annotations

import numpy as np
import pytest

from symloss.spec import read_spec
from symloss.verify.exact import holds_exactly
from symloss.verify.laws import check_likelihood, check_relations
from symloss.verify.sample import sample
from symloss.verify.tally import Tally

HEAD = 'title = "t"\nmath = "loss = {math}"\n[inputs]\nx = {{ domain = "real" }}\n'


def tried(folder, math, inputs="", tables=""):
    file = folder / "tried.toml"
    file.write_text(HEAD.format(math=math) + inputs + tables, "utf-8")
    return read_spec(file)


def law(folder, math, text):
    return tried(folder, math, tables=f'[[relations]]\nlaw = "{text}"\n')


@pytest.mark.parametrize(
    ("math", "text"),
    [
        ("x**2 + 2*x + 1", "loss == (x + 1)**2"),
        ("softplus(x)", "loss == log(1 + exp(x))"),
        ("square(x)", "tried(x) == squared_error(x, 0)"),
        ("1/(1 + x**2)", "loss*(1 + x**2) == 1"),
    ],
)
def test_identities_that_algebra_shows(math, text, tmp_path):
    spec = law(tmp_path, math, text)
    assert holds_exactly(spec, spec.relations[0])


@pytest.mark.parametrize(
    ("math", "text"),
    [
        ("x**2", "loss == x**2 + 1e-30"),
        ("x**2", "loss == x**3/x + x - 1"),
        ("x**2", "loss >= 0"),
        ("sin(x)", "loss == cos(x)"),
    ],
)
def test_what_algebra_does_not_show(math, text, tmp_path):
    spec = law(tmp_path, math, text)
    assert not holds_exactly(spec, spec.relations[0])


def outcome(spec, check):
    tally = Tally("laws", "", "")
    check(tally, spec)
    return tally.done()


def relations(tally, spec):
    check_relations(tally, spec, sample(spec, 8, np.dtype("float64"), 0))


@pytest.mark.parametrize(
    ("text", "passed"),
    [("loss <= x**2", True), ("loss <= Abs(x)", False), ("loss == 1 - cos(x)", False)],
)
def test_sampled_laws(text, passed, tmp_path):
    spec = law(tmp_path, "Min(x**2, 9)", text)
    assert outcome(spec, relations).passed is passed


@pytest.mark.parametrize(
    ("math", "target", "density", "passed"),
    [
        ("(x - t)**2/2", "real", "Normal(x, 1)", True),
        ("(x - t)**2", "real", "Normal(x, 1)", False),
        ("exp(x) - t*x", "nonnegative integer", "Poisson(exp(x))", True),
        ("exp(x) - t*x", "nonnegative integer", "Poisson(x**2)", False),
        ("softplus(x) - t*x", "[0, 1]", "Bernoulli(sigmoid(x))", True),
        ("Abs(x - t)", "real", "Laplace(x, 1)", True),
        ("Abs(x - t)", "real", "Logistic(x, 1)", False),
    ],
)
def test_likelihoods(math, target, density, passed, tmp_path):
    inputs = f't = {{ domain = "{target}" }}\n'
    table = f'[likelihood]\nvariable = "t"\ndensity = "{density}"\n'
    spec = tried(tmp_path, math, inputs, table)
    found = outcome(spec, lambda tally, spec: check_likelihood(tally, spec, 12, 0))
    assert found.passed is passed
    assert found.comparisons > 0
