"""Losses of any size that are functions of one variable at heart, and inputs that move beside."""

from __future__ import annotations

import re

import pytest

from symloss.audit import audit
from symloss.audit.composition import reduced
from symloss.program import read_program
from symloss.spec import read_spec

HEAD = 'title = "t"\nsummary = "s"\nsource = "s"\nwrt = ["x"]\n'
ARRAYS = {
    "x": 'x = { domain = "real", shape = ["K"] }',
    "y": 'y = { domain = "real", shape = ["K"] }',
    "w": 'w = { domain = "positive", shape = ["K"] }',
    "s": 's = { domain = "positive" }',
}


def spec_of(folder, math, parameter=""):
    used = "\n".join(line for name, line in ARRAYS.items() if re.search(rf"\b{name}\b", math))
    path = folder / "own.toml"
    more = f'[parameters]\na = {{ domain = "{parameter}", default = 1 }}\n' if parameter else ""
    path.write_text(f'{HEAD}math = "loss = {math}"\n[inputs]\n{used}\n{more}', "utf-8")
    return read_spec(path)


ROOT = "sqrt(1 + sum(x[k]**2, k))"
LENGTH = "sum((x[k] - y[k])**2, k)"
# By hand: of f(r) the suprema of |f'| and |f''|, infima and so on.
TRUTH = [
    (ROOT, "", {"lower_bound": "1", "gradient_lipschitz": "1", "lipschitz": "1"}),
    (f"log(1 + {LENGTH})", "", {"lipschitz": "1", "gradient_lipschitz": "2", "redescending": ""}),
    (f"1 - exp(-{LENGTH}/2)", "", {"upper_bound": "1", "gradient_lipschitz": "1"}),
    (f"a*log(1 + {LENGTH}/a)", "positive", {"lipschitz": "sqrt(a)", "growth": "logarithmic"}),
    ("sum(Abs(x[k]), k) + a*sum(x[k]**2, k)", "nonnegative", {"strong_convexity_constant": "2*a"}),
    ("sum(x[k]**4, k) - sum(x[k]**2, k)", "", {"lower_bound": "-K/4"}),
    ("mean(x[k]**4 - 2*x[k]**2, k)", "", {"lower_bound": "-1"}),
    ("sum(Abs(x[k])**3, k)", "", {"strictly_convex": "", "growth": "polynomial of degree 3"}),
]  # fmt: skip


@pytest.mark.parametrize(("math", "parameter", "truth"), TRUTH)
def test_what_one_variable_tells(tmp_path, math, parameter, truth):
    found = audit(spec_of(tmp_path, math, parameter), only=truth).findings
    told = {name: (found[name].verdict, found[name].value, found[name].tight) for name in truth}
    assert told == {name: ("PROVED", value, True) for name, value in truth.items()}


@pytest.mark.parametrize(
    "math",
    [
        "sum(w[k]*x[k]**2, k)*sum(x[k], k)",  # a product of sums
        "sum(x[k]**2, k) + sum(sum(x[k]*y[j], j), k)",  # a term that reads all of y
        "sum(x[k]**2, k) + sqrt(sum((x[k] - 1)**2, k))",  # lengths from two points
        "sqrt(sum(w[k]*x[k]**2, k))",  # a length in other units for every coordinate
        "sum(x[k]**2, k)/s",  # an input that all terms share
    ],
)
def test_what_is_no_function_of_one_variable(tmp_path, math):
    assert reduced(read_program(spec_of(tmp_path, math))) is None


@pytest.mark.parametrize(
    ("math", "name", "value"),
    [
        ("sum(w[k]*Abs(x[k]), k)", "lipschitz", "oo"),  # weights have no bound
        ("sqrt(sum(x[k]**2, k))/s", "lipschitz", "oo"),  # as s tends to 0
        ("sum(x[k]*y[k], k)**2", "gradient_lipschitz", "oo"),  # 2*|y|**2
        ("sqrt(1 + sum(x[k], k)**2)/(1 + s)", "lipschitz", "sqrt(K)"),  # as s tends to 0
    ],
)
def test_inputs_beside_those_that_vary(tmp_path, math, name, value):
    one = audit(spec_of(tmp_path, math), only={name}).findings[name]
    assert (one.verdict, one.value) == ("PROVED", value)


@pytest.mark.parametrize(
    ("math", "parameter", "constant"),
    [
        ("logsumexp(2*x[k] + 1, k)", "", "2"),
        ("a*logsumexp(x[k]/a, k)", "positive", "1/(2*a)"),
        ("log(sum(exp(x[k]), k))", "", "1/2"),
        ("log(1 + sum(exp(-x[k]), k))", "", "3/4"),  # a bound
        ("logsumexp(x[k]**2, k)", "", ""),
    ],
)
def test_curvature_of_sums_of_exponentials(tmp_path, math, parameter, constant):
    one = audit(spec_of(tmp_path, math, parameter), only={"gradient_lipschitz"})
    assert one.findings["gradient_lipschitz"].value == constant


def test_what_fails_for_many_terms_alone(tmp_path):
    """Along (1, ..., 1) it is K*t**2*(1 - K/3): convex up to three terms."""
    found = audit(spec_of(tmp_path, "sum(x[k]**2, k) - sum(x[k], k)**2/3"), only={"convex"})
    assert found.findings["convex"].verdict == "REFUTED"
