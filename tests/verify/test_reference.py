"""The judge's evaluator against mpmath and values known by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import flint
import mpmath
import pytest
import sympy

from symloss.language import BY_NODE
from symloss.spec import Spec, read_spec
from symloss.verify.reference import evaluate, tables_of


def spec_of(folder: Path, math: str, inputs: str, parameters: str = "") -> Spec:
    text = f"title = 'Tried'\nmath = '''\n{math}\n'''\n[inputs]\n{inputs}\n"
    file = folder / "tried.toml"
    file.write_text(text + (f"[parameters]\n{parameters}\n" if parameters else ""), "utf-8")
    return read_spec(file)


def value(spec: Spec, precision: int | None = None, **values: Any) -> float:
    return float(evaluate(spec, tables_of(spec, values), precision=precision).mid())


SCALAR = {
    "exp(x)": (1.5, mpmath.exp),
    "log(x)": (1.5, mpmath.log),
    "Abs(x)": (-1.5, abs),
    "sign(x)": (-1.5, mpmath.sign),
    "tanh(x)": (0.3, mpmath.tanh),
    "erf(x)": (0.3, mpmath.erf),
    "loggamma(x)": (2.5, mpmath.loggamma),
    "digamma(x)": (2.5, mpmath.digamma),
    "trigamma(x)": (2.5, lambda x: mpmath.polygamma(1, x)),
    "softplus(x)": (-2.5, lambda x: mpmath.log(1 + mpmath.exp(x))),
    "sigmoid(x)": (-2.5, lambda x: 1 / (1 + mpmath.exp(-x))),
    "logcosh(x)": (30.0, lambda x: mpmath.log(mpmath.cosh(x))),
    "log1mexp(x)": (0.01, lambda x: mpmath.log(1 - mpmath.exp(-x))),
    "sqrt(x)": (2.0, mpmath.sqrt),
    "x**(1/3)": (2.0, mpmath.cbrt),
}


@pytest.mark.parametrize("math", SCALAR)
def test_functions_agree_with_mpmath(math, tmp_path):
    at, known = SCALAR[math]
    domain = "positive" if at > 0 else "real"
    spec = spec_of(tmp_path, f"loss = {math}", f'x = {{ domain = "{domain}" }}')
    assert value(spec, x=at) == pytest.approx(float(known(mpmath.mpf(at))), rel=1e-14, abs=0)


ARGUMENTS = {"polygamma": (1, "5/2"), "acosh": ("5/2",)}


@pytest.mark.parametrize("node", BY_NODE, ids=lambda node: node.__name__)
def test_every_function_of_the_language_has_a_finite_reference(node, tmp_path):
    row = BY_NODE[node]
    given = ARGUMENTS.get(row.name, ("1/3", "5/2")[: row.arity])
    expression = node(*map(sympy.Rational, given), evaluate=False)
    spec = spec_of(tmp_path, "loss = x", 'x = { domain = "real" }')
    assert evaluate(spec, tables_of(spec, {"x": 0.0}), expression=expression).is_finite()


@pytest.mark.parametrize(
    ("math", "known"),
    [
        ("loss = sum(x[k]**2, k)", 14.0),
        ("loss = mean(x[k], k)", 2.0),
        ("loss = prod(x[k], k)", 6.0),
        ("loss = max(x[k], k)", 3.0),
        ("loss = min(x[k], k)", 1.0),
        ("loss = logsumexp(x[k], k)", 3.4076059644443806),
        ("half[k] = x[k]/2\nloss = sum(half[k]*x[k], k)", 7.0),
    ],
)
def test_reductions_and_indexed_definitions(math, known, tmp_path):
    spec = spec_of(tmp_path, math, 'x = { domain = "real", shape = ["K"] }')
    assert value(spec, x=[1.0, 2.0, 3.0]) == pytest.approx(known, rel=1e-14, abs=0)


def test_a_gather_selects_the_place_that_the_label_names(tmp_path):
    inputs = 'x = { domain = "real", shape = ["K"] }\nlabel = { domain = "index(K)" }'
    spec = spec_of(tmp_path, "loss = x[label]", inputs)
    assert value(spec, x=[10.0, 20.0, 30.0], label=2) == 30.0


def test_masked_terms_of_a_logsumexp_vanish(tmp_path):
    math = "loss = logsumexp(Piecewise((x[j], j > 0), (-oo, True)), j)"
    spec = spec_of(tmp_path, math, 'x = { domain = "real", shape = ["N"] }')
    assert value(spec, x=[999.0, 4.0]) == 4.0


def test_more_bits_narrow_the_ball(tmp_path):
    spec = spec_of(tmp_path, "loss = log(1 + exp(x))", 'x = { domain = "real" }')
    tables = tables_of(spec, {"x": 1.0})
    rough, sharp = (evaluate(spec, tables, precision=bits) for bits in (53, 400))
    assert 0 < float(sharp.rad()) < 1e-100 < float(rough.rad())
    assert rough.overlaps(sharp)


def test_the_precision_is_put_back(tmp_path):
    spec = spec_of(tmp_path, "loss = exp(x)", 'x = { domain = "real" }')
    before = flint.ctx.prec
    value(spec, precision=777, x=1.0)
    assert flint.ctx.prec == before


@pytest.mark.parametrize(("x", "known"), [(1.0, 0.5), (1.0 + 2**-52, 1.0 + 2**-52 - 0.5)])
def test_a_condition_is_exact_at_the_kink(x, known, tmp_path):
    math = "loss = Piecewise((x**2/2, Abs(x) <= 1), (Abs(x) - 1/2, True))"
    spec = spec_of(tmp_path, math, 'x = { domain = "real" }')
    assert value(spec, x=x) == known
