"""Signs and extrema against truths worked out by hand, with violations down to 1e-12."""

from __future__ import annotations

import time

import pytest
import sympy

from symloss.audit.recheck.signs import confirms, recheck
from symloss.audit.signs import cells, chain, decide, infimum, supremum
from symloss.audit.verdicts import Proved, Refuted, Unknown
from symloss.language import FUNCTIONS, parse_domain

REAL, POS = {"x": "real"}, {"x": "positive"}
BOTH = {"x": "positive", "y": "positive"}
ROWS = [
    ("x**2", REAL, ">=", True), ("x**2", REAL, ">", False), ("exp(x)", REAL, ">", True),
    ("x**2 - 2*x + 1", REAL, ">=", True), ("x**2 - 2*x + 99/100", REAL, ">=", False),
    ("softplus(x) - Max(0, x)", REAL, ">", True), ("softplus(x) - Max(0, x) - log(2)", REAL, "<=", True),
    ("log(1 + exp(x)) - softplus(x)", REAL, "==", True), ("x - log(x) - 1", POS, ">=", True),
    ("x - log(x) - 1", POS, ">", False), ("x*log(x) + exp(-1)", POS, ">=", True), ("1 - cos(x)", REAL, ">=", True),
    ("1 - cos(x)", REAL, ">", False), ("tanh(x) - 1", REAL, "<", True), ("erf(x) - 1", REAL, "<", True),
    ("x - 1", {"x": "[1, oo)"}, ">=", True), ("x - 1", {"x": "[1, oo)"}, ">", False), ("x - 1", {"x": "(1, oo)"}, ">", True),
    ("1 - Abs(x)/(1 + Abs(x))", REAL, ">", True), ("x/y - log(x/y) - 1", BOTH, ">=", True),
    ("x**4 - 4*x + 3", REAL, ">=", True), ("x**4 - 4*x + 2999999999999/1000000000000", REAL, ">=", False),
    ("1/x", REAL, ">=", False), ("log(1 + x) - x", {"x": "(-1, oo)"}, "<=", True), ("exp(x) - 1 - x", REAL, ">=", True),
    ("exp(x) - 1000000000001/1000000000000 - x", REAL, ">=", False), ("cosh(x) - 1 - x**2/2", REAL, ">=", True),
    ("Piecewise((0, Eq(x, 22/7)), (1, True))", REAL, ">", False), ("x*exp(-x) - 1/3", REAL, "<=", False),
    ("(x**2 - 2)**2", REAL, ">=", True), ("x**2/2 - logcosh(x)", REAL, ">=", True), ("x**2 - 2", {"x": "[-1, 1]"}, "<", True),
    ("log(x)**2", {"x": "(0, 1)"}, ">", True), ("(x*y - y)**2/x", {"x": "(0, 1)", "y": "positive"}, ">", True),
    ("log(x)**2", POS, ">", False),
]  # fmt: skip
WITH_D = {"x": "real", "d": "positive"}
EXTREMA = [
    (supremum, "tanh(x)", REAL, "1", False), (supremum, "sigmoid(x)*(1 - sigmoid(x))", REAL, "1/4", True),
    (supremum, "x/sqrt(1 + x**2/d**2)", WITH_D, "d", False), (supremum, "x/(1 + x**2/d**2)", WITH_D, "d/2", True),
    (supremum, "1 - exp(-x**2/d)", WITH_D, "1", False), (supremum, "x**2/d", WITH_D, "oo", False),
    (infimum, "x**2 - 4*x + 5", REAL, "1", True), (infimum, "x*log(x)", POS, "-exp(-1)", True),
    (infimum, "exp(x) - x", REAL, "1", True), (infimum, "Max(0, 1 - x)", REAL, "0", True),
]  # fmt: skip


def build(formula, domains):
    symbols = {name: sympy.Symbol(name, real=True) for name in domains}
    words = {name: row.build for name, row in FUNCTIONS.items()}
    expression = sympy.sympify(formula, locals={**words, **symbols}, rational=True)
    return expression, {symbols[n]: parse_domain(text) for n, text in domains.items()}


@pytest.mark.parametrize(("formula", "domains", "relation", "truth"), ROWS)
def test_sign(formula, domains, relation, truth):
    expression, box = build(formula, domains)
    found = decide(expression, box, relation)
    assert isinstance(found, Proved if truth else Refuted)
    if truth:
        assert recheck(found.certificate)
    else:
        assert confirms(cells.plain(expression), found.witness)


@pytest.mark.parametrize(("verb", "formula", "domains", "value", "attained"), EXTREMA)
def test_extremum(verb, formula, domains, value, attained):
    expression, box = build(formula, domains)
    x = sympy.Symbol("x", real=True)
    found = verb(expression, box, over=[x])
    expected, _ = build(value, domains)
    assert sympy.simplify(found.value - expected) == 0 or found.value == expected
    assert (found.attained, type(found.answer)) == (attained, Proved)


def test_a_false_certificate_is_opposed():
    expression, box = build("x**2 - 1", REAL)
    proof = decide(expression + 1, box, ">=")
    assert not recheck({**proof.certificate, "expression": sympy.srepr(expression)})


def test_the_budget_holds_and_the_next_call_works():
    expression, box = build("x*exp(-x**2/2) - exp(-1/2)", REAL)
    start = time.monotonic()
    assert isinstance(decide(expression, box, "<=", 0.2), Unknown | Proved)
    assert time.monotonic() - start < 2
    assert isinstance(decide(expression**2, box, ">=", 5), Proved)


@pytest.mark.parametrize(("formula", "told"), [("log(x)", "3"), ("x**2 - x", "-oo"), ("1/x", "1")])
def test_a_limit_that_values_belie_is_not_believed(monkeypatch, formula, told):
    expression, _ = build(formula, POS)
    assert chain.limit(expression, sympy.Symbol("x", real=True), sympy.oo) is not None
    monkeypatch.setattr(sympy, "limit", lambda *_: sympy.sympify(told))
    assert chain.limit(expression, sympy.Symbol("x", real=True), sympy.oo) is None
