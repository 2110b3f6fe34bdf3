"""Printed code: how it reads, and that it computes what the expression says."""

from __future__ import annotations

import math

import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st
from sympy import Piecewise, Rational

from symloss import runtime
from symloss.emit.names import safe
from symloss.emit.printer import Printer
from symloss.errors import DerivationError
from symloss.lower import NAN
from symloss.spec import array_base, dimension_symbol, index_symbol, scalar_symbol

x, y, scale = (scalar_symbol(name) for name in ("x", "y", "scale"))
i, label = index_symbol("i"), index_symbol("label")
logits, partner = array_base("logits"), array_base("partner", integer=True)
SCOPE = {name: getattr(runtime, name) for name in dir(runtime)} | {"real": float, "math": math}


@pytest.mark.parametrize(
    ("expression", "text"),
    [
        (x - y, "x - y"),
        (y / 2, "real(0.5) * y"),
        (x / 3, "x / real(3)"),
        (2 * x / 3, "real(2) * x / real(3)"),
        (-x * y, "-x * y"),
        (2 * x - 2 * y, "real(2) * (x - y)"),
        ((2 * x - 2 * y) / 2, "x - y"),
        (x / (y * (1 + x)), "x / (y * (x + real(1)))"),
        (x**2, "square(x)"),
        (x**5, "square(square(x)) * x"),
        (1 / x**2, "real(1) / square(x)"),
        (sympy.sqrt(x), "sqrt(x)"),
        (x ** Rational(-1, 2), "real(1) / sqrt(x)"),
        (x**y, "power(x, y)"),
        (sympy.pi * x, "real(3.141592653589793) * x"),
        (Piecewise((x, x > 0), (NAN, True)), "x if x > real(0) else real(math.nan)"),
        (Piecewise((x, i < label), (-sympy.oo, True)), "x if i < label else real(-math.inf)"),
        (logits[label], "logits[label]"),
        (logits[i, partner[i]], "logits[i, partner[i]]"),
        (x / dimension_symbol("K"), "x / real(K)"),
        (i * x, "x * real(i)"),
        (sympy.Max(x, y, 1), "larger(larger(real(1), x), y)"),
        (scale + 1, "scale_ + real(1)"),
    ],
    ids=str,
)
def test_code_reads_like_the_formula(expression, text):
    assert Printer().value(expression) == text


leaves = st.sampled_from([x, y, sympy.Integer(2), Rational(1, 3), Rational(-7, 4)])


def _grow(children):
    pair = st.tuples(children, children)
    return st.one_of(
        pair.map(lambda ab: ab[0] + ab[1]),
        pair.map(lambda ab: ab[0] - ab[1]),
        pair.map(lambda ab: ab[0] * ab[1]),
        pair.map(lambda ab: ab[0] / (1 + ab[1] ** 2)),
        children.map(lambda a: a**3),
        children.map(lambda a: sympy.sqrt(1 + a**2)),
        children.map(lambda a: sympy.exp(-(a**2))),
        pair.map(lambda ab: Piecewise((ab[0], ab[0] > ab[1]), (ab[1], True))),
    )


@given(st.recursive(leaves, _grow, max_leaves=8))
def test_code_computes_the_expression(expression):
    at = {x: Rational(7, 5), y: Rational(-3, 8)}
    expected = float(expression.subs(at))
    found = eval(Printer().value(expression), SCOPE, {"x": 1.4, "y": -0.375})
    assert found == pytest.approx(expected, rel=1e-9, abs=1e-9)


def test_what_has_no_spelling_is_refused():
    with pytest.raises(DerivationError, match="has no spelling"):
        Printer().value(sympy.zeta(x))


@pytest.mark.parametrize("name", ["real", "exp", "count", "weight", "list", "n"])
def test_names_of_the_module_are_not_hidden(name):
    assert safe(name) != name
    assert safe("prediction") == "prediction"
