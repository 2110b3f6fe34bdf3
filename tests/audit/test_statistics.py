"""Robustness, invariance and statistics: known losses, their near misses, and traps.

Each row is worked out by hand; where a theorem decides, it is named. A verdict may be missing only
where a row says UNKNOWN.
"""

from pathlib import Path

import pytest

from symloss.audit.properties import (
    domain,
    gradients,
    invariances,
    likelihood,
    margins,
    matches,
    scores,
    symmetries,
    tails,
)  # fmt: skip
from symloss.audit.subject import subject
from symloss.spec import read_spec

YES, NO, OPEN = "PROVED", "REFUTED", "UNKNOWN"
RESIDUAL = 'prediction = {domain="real"}\ntarget = {domain="real"}\n'
MARGIN = 'prediction = {domain="real"}\ntarget = {domain="{-1, 1}"}\n'
POSITIVE = 'prediction = {domain="positive"}\ntarget = {domain="positive"}\n'
SCORE = 'p = {domain="(0, 1)"}\noutcome = {domain="{0, 1}"}\n'
SCORES = 'p = {domain="simplex(K)", shape=["K"]}\nlabel = {domain="index(K)"}\n'
VECTORS = 'x = {domain="real", shape=["I"]}\ny = {domain="real", shape=["I"]}\n'
ONE = 'x = {domain="real", shape=["I"]}\n'


def spec_of(folder: Path, math: str, inputs: str, more: str = ""):
    lines = "\n".join(math.split("; "))
    text = f'title = "t"\nsummary = "s"\nsource = "s"\nmath = """\n{lines}\n"""\n'
    path = folder / "own.toml"
    path.write_text(f"{text}[inputs]\n{inputs}\n{more}", "utf-8")
    return read_spec(str(path))


def found(folder: Path, find, math: str, inputs: str, more: str = ""):
    spec = spec_of(folder, f"loss = {math}" if "loss =" not in math else math, inputs, more)
    return {one.name: one for one in find(subject(spec, {}), 5)}


@pytest.mark.parametrize(
    ("math", "value", "redescending"),
    [
        ("(prediction - target)**2", "quadratic", NO),
        ("Abs(prediction - target)", "linear", NO),
        ("log(1 + (prediction - target)**2)", "logarithmic", YES),  # Cauchy
        ("1 - exp(-(prediction - target)**2)", "bounded", YES),  # Welsch
        ("(prediction - target)**2/(1 + (prediction - target)**2)", "bounded", YES),
        ("sqrt(1 + (prediction - target)**2) - 1", "linear", NO),
        ("cosh(prediction - target)", "exponential", NO),
        ("Abs(prediction - target)**3", "polynomial of degree 3", NO),
        ("Min((prediction - target)**2, 1)", "bounded", YES),
        ("sqrt(Abs(prediction - target))", "polynomial of degree 1/2", YES),
        ("exp((prediction - target)**2)", "exponential", NO),
        ("exp(prediction - target)", "left: bounded, right: exponential", NO),
    ],
)
def test_tails(tmp_path, math, value, redescending):
    answers = found(tmp_path, tails, math, RESIDUAL)
    assert (answers["growth"].verdict, answers["growth"].value) == (YES, value)
    assert answers["redescending"].verdict == redescending


@pytest.mark.parametrize(
    ("math", "inputs", "homogeneous", "scale", "shift"),
    [
        ("Abs(prediction - target)", RESIDUAL, "1", NO, YES),
        ("prediction**2 - 2*prediction*target + target**2", RESIDUAL, "2", NO, YES),
        ("log(prediction/target)**2", POSITIVE, "0", YES, NO),
        ("Abs(prediction - target)/target", POSITIVE, "0", YES, NO),
        ("(prediction - target)**2 + 1/1000", RESIDUAL, NO, NO, YES),
        ("sum(where(Abs(x[i]) < 1, x[i]**2, 2*x[i]**2), i)", ONE, NO, NO, NO),
        ("where(prediction < target, prediction**2, 2*prediction**2)", RESIDUAL, "2", NO, NO),
        ("sum(x[i]**(i + 1), i)", ONE, NO, NO, NO),
        ("sqrt(sum(x[i]**2, i))", ONE, "1", NO, NO),
        ("logsumexp(x[i], i) - max(x[i], i)", ONE, NO, NO, YES),
        ("sum(x[i]*y[i], i)/sqrt(sum(x[i]**2, i)*sum(y[i]**2, i))", VECTORS, "0", YES, NO),
        ("prod(x[i], i)", ONE, "I", NO, NO),
        ("sum(x[i], i)", ONE, "1", NO, NO),
    ],
)
def test_motions(tmp_path, math, inputs, homogeneous, scale, shift):
    answers = found(tmp_path, invariances, math, inputs)
    one = answers["homogeneous"]
    assert (one.value if one.verdict == YES else one.verdict) == homogeneous
    assert answers["scale_invariant"].verdict == scale
    assert answers["translation_invariant"].verdict == shift


@pytest.mark.parametrize(
    ("math", "inputs", "symmetric", "permuted"),
    [
        ("Max(prediction - target, 0)", RESIDUAL, NO, OPEN),
        ("log(cosh(prediction - target))", RESIDUAL, YES, OPEN),
        ("sum((x[i] - y[i])**2, i)", VECTORS, YES, YES),
        ("sum(x[i]**2 - x[i]*y[i], i)", VECTORS, NO, YES),
        ("sum(i*x[i]**2, i)", ONE, YES, NO),
        ("x[0]**2", ONE, YES, NO),
        ("max(where(i < j, x[i] - x[j], 0), i, j)", ONE, NO, NO),
        ("sum(where(Ne(i, j), (x[i] - x[j])**2, 0), i, j)", ONE, YES, YES),
        ("sum(where(Eq(k, label), -log(p[k]), 0), k)", SCORES, OPEN, YES),
    ],
)
def test_symmetries(tmp_path, math, inputs, symmetric, permuted):
    answers = found(tmp_path, symmetries, math, inputs)
    assert answers["symmetric"].verdict == symmetric
    assert answers["permutation_symmetric"].verdict == permuted


@pytest.mark.parametrize(
    ("math", "calibrated", "factor"),
    [
        ("Max(0, 1 - target*prediction)", YES, "1"),
        ("Max(0, -target*prediction)", NO, NO),  # the perceptron: a kink at 0
        ("log(1 + exp(-target*prediction))", YES, "log(2)"),
        ("(1 - target*prediction)**2", YES, "1"),
        ("(target*prediction)**2", NO, NO),  # even
        ("1/(1 + exp(target*prediction))", YES, "1/2"),  # the sigmoid loss, not convex
        ("exp(target*prediction)", NO, NO),  # the wrong way round
        ("-target*prediction", YES, NO),
        ("Max(1 - target*prediction, (1 - target*prediction)/2)", YES, NO),  # negative far right
        ("Max(1, 1 - target*prediction) - 1/2", NO, "1/2"),  # flat on the right: a kink at 0
    ],
)
def test_margins(tmp_path, math, calibrated, factor):
    answers = found(tmp_path, margins, math, MARGIN)
    assert answers["classification_calibrated"].verdict == calibrated
    above = answers["upper_bounds_zero_one"]
    assert (above.value if above.verdict == YES else above.verdict) == factor


@pytest.mark.parametrize(
    ("math", "inputs", "proper", "strictly"),
    [
        ("-outcome*log(p) - (1 - outcome)*log(1 - p)", SCORE, YES, YES),
        ("(p - outcome)**2", SCORE, YES, YES),
        ("Abs(p - outcome)", SCORE, NO, NO),
        ("-log(1 - Abs(p - outcome))", SCORE, YES, YES),  # no kink where p is a probability
        ("outcome*sqrt((1 - p)/p) + (1 - outcome)*sqrt(p/(1 - p))", SCORE, YES, YES),
        ("where(outcome > 0, 1 - p, p)", SCORE, NO, NO),  # the linear score
        ("-outcome*sqrt(p) - (1 - outcome)*sqrt(1 - p)", SCORE, NO, NO),
        ("where(outcome > 0, (1 - p)**2*(1 + 2*p), p**2*(3 - 2*p))", SCORE, NO, NO),
        ("where(outcome > 0, where(p < 3/10, 1, 0), where(p < 3/10, 0, 1))", SCORE, OPEN, OPEN),
        ("outcome + p - p**2/2", SCORE, NO, NO),
        ("-log(p[label])", SCORES, YES, YES),
        ("-p[label]", SCORES, NO, NO),
        ("sum(p[k]**2, k) - 2*p[label]", SCORES, YES, YES),
        ("-p[label]/sqrt(sum(p[k]**2, k))", SCORES, YES, YES),
        ("sum(p[k]**3, k) - 2*p[label]", SCORES, NO, NO),
    ],
)
def test_scores(tmp_path, math, inputs, proper, strictly):
    answers = found(tmp_path, scores, math, inputs)
    assert (answers["proper"].verdict, answers["strictly_proper"].verdict) == (proper, strictly)


@pytest.mark.parametrize(
    ("math", "inputs", "verdict"),
    [
        ("(prediction - target)**2", RESIDUAL, YES),
        ("(prediction - target)**2 + 1/10**9", RESIDUAL, NO),
        ("Max(Abs(prediction - target) - 1/10**3, 0)", RESIDUAL, NO),
        ("prediction/target - log(prediction/target) - 1", POSITIVE, YES),
        ("Abs(prediction - target)/(Abs(prediction) + Abs(target))", RESIDUAL, OPEN),  # 0/0 at 0
        ("(prediction - target)**3", RESIDUAL, NO),
        ("sum(Abs(x[i] - y[i]), i)/I", VECTORS, YES),
        ("sqrt(sum((x[i] - y[i])**2, i))", VECTORS, YES),
        ("sum(x[i] - y[i], i)**2", VECTORS, NO),
        ("(x[0] - y[0])**2", VECTORS, NO),
    ],
)
def test_matches(tmp_path, math, inputs, verdict):
    assert found(tmp_path, matches, math, inputs)["zero_at_match"].verdict == verdict


@pytest.mark.parametrize(
    ("math", "inputs", "told"),
    [
        ("Max(x - 1, 0)**2", 'x = {domain="real"}', None),
        ("x**2/2 - x", 'x = {domain="real"}', "x = 1"),
        ("exp(-x)", 'x = {domain="real"}', "none"),
        ("(x**2 - 1)**2", 'x = {domain="real"}', None),
        ("x", 'x = {domain="[0, 1]"}', "x = 0"),
    ],
)
def test_minimisers(tmp_path, math, inputs, told):
    one = found(tmp_path, matches, math, inputs)["minimiser"]
    assert (one.value if one.verdict == YES else None) == told


@pytest.mark.parametrize(
    ("math", "inputs", "informative", "bounded"),
    [
        ("where(prediction*target > 0, 0, 1)", MARGIN, NO, OPEN),
        ("sign(prediction - target)**2", RESIDUAL, NO, OPEN),
        ("stop_gradient((prediction - target)**2)", RESIDUAL, NO, OPEN),
        ("(prediction - target)**2", RESIDUAL, YES, NO),
        ("Max(0, Abs(prediction - target) - 10)", RESIDUAL, YES, OPEN),
        ("sum(x[i]**4, i)", ONE, YES, NO),
        ("sqrt(sum(x[i]**2, i))", ONE, YES, OPEN),
        ("sum(Abs(x[i]), i)/sqrt(sum(x[i]**2, i))", ONE, YES, NO),
    ],
)
def test_gradients(tmp_path, math, inputs, informative, bounded):
    answers = found(tmp_path, gradients, math, inputs)
    assert answers["gradient_informative"].verdict == informative
    assert answers["bounded_influence"].verdict == bounded


@pytest.mark.parametrize(
    ("math", "inputs", "verdict"),
    [
        ("log(x)", 'x = {domain="positive"}', YES),
        ("log(x)", 'x = {domain="nonnegative"}', OPEN),
        ("1/x", 'x = {domain="real"}', OPEN),
        ("where(x > 0, x*log(x), 0)", 'x = {domain="real"}', YES),
        ("sqrt(1 - x)", 'x = {domain="[0, 1]"}', YES),
        ("log(1 + sum(x[i]**2, i))", ONE, YES),
        ("1/sum(x[i]**2, i)", ONE, OPEN),
    ],
)
def test_domains(tmp_path, math, inputs, verdict):
    assert found(tmp_path, domain, math, inputs)["domain"].verdict == verdict


@pytest.mark.parametrize(
    ("math", "density", "verdict"),
    [
        ("(prediction - target)**2/2", "Normal(prediction, 1)", YES),
        ("(prediction - target)**2", "Normal(prediction, 1)", NO),
        ("Abs(prediction - target)", "Laplace(prediction, 1)", YES),
        ("log(cosh(prediction - target))", "Logistic(prediction, 1)", NO),
        ("2*log(cosh((prediction - target)/2))", "Logistic(prediction, 1)", YES),
    ],
)
def test_likelihoods(tmp_path, math, density, verdict):
    more = f'[likelihood]\nvariable = "target"\ndensity = "{density}"\n'
    one = found(tmp_path, likelihood, math, RESIDUAL, more)["likelihood"]
    assert (one.verdict, one.value) == (verdict, density)
