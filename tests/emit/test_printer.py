"""Printed code: how it reads, and that it computes what the expression says."""

from __future__ import annotations

import math

import pytest
import sympy
from hypothesis import example, given, settings
from hypothesis import strategies as st
from sympy import Piecewise, Rational

from symloss import runtime
from symloss.emit.names import safe
from symloss.emit.printer import CONSTANTS, Printer
from symloss.errors import DerivationError
from symloss.lower import NAN
from symloss.spec import array_base, dimension_symbol, index_symbol, scalar_symbol

x, y, scale = (scalar_symbol(name) for name in ("x", "y", "scale"))
i, label = index_symbol("i"), index_symbol("label")
logits, partner = array_base("logits"), array_base("partner", integer=True)
SCOPE = {name: getattr(runtime, name) for name in dir(runtime)} | {"real": float, "math": math}
SCOPE |= {name: eval(text, SCOPE) for name, text in CONSTANTS.items()}


@pytest.mark.parametrize(
    ("expression", "text"),
    [
        (x - y, "x - y"),
        (y / 2, "half * y"),
        (x / 3, "x / real(3)"),
        (2 * x / 3, "two * x / real(3)"),
        (-x * y, "-x * y"),
        (2 * x - 2 * y, "two * (x - y)"),
        ((2 * x - 2 * y) / 2, "x - y"),
        (x / (y * (1 + x)), "x / (y * (x + one))"),
        (x**2, "x * x"),
        ((x + y) ** 2, "square(x + y)"),
        (x**5, "square(x * x) * x"),
        (1 / x**2, "one / (x * x)"),
        (sympy.sqrt(x), "sqrt(x)"),
        (x ** Rational(-1, 2), "one / sqrt(x)"),
        (x**y, "power(x, y)"),
        (sympy.pi * x, "real(3.141592653589793) * x"),
        (Piecewise((x, x > 0), (NAN, True)), "x if x > zero else nan"),
        (1 / Piecewise((x, i < label), (0, True)), "one / x if i < label else nan"),
        (Piecewise((x, i < label), (-sympy.oo, True)), "x if i < label else -infinity"),
        (logits[label], "logits[label]"),
        (logits[i, partner[i]], "logits[i, unsigned(partner[i])]"),
        (x / dimension_symbol("K"), "x / real(K)"),
        (i * x, "x * real(i)"),
        (sympy.Max(x, y, 1), "larger(larger(one, x), y)"),
        (scale + 1, "scale_ + one"),
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


@settings(deadline=None)  # the first call of a function compiles it
@given(st.recursive(leaves, _grow, max_leaves=8))
@example(Piecewise((x, sympy.ITE(x > y, x > 2, y > 0)), (y, True)))
def test_code_computes_the_expression(expression):
    at = {x: Rational(7, 5), y: Rational(-3, 8)}
    expected = float(expression.subs(at))
    found = eval(Printer().value(expression), SCOPE, {"x": 1.4, "y": -0.375})
    assert found == pytest.approx(expected, rel=1e-9, abs=1e-9)


def test_what_has_no_spelling_is_refused():
    with pytest.raises(DerivationError, match="has no spelling"):
        Printer().value(sympy.zeta(x))


@pytest.mark.parametrize(
    "name", ["real", "exp", "count", "weight", "list", "n", "in_x", "sum_part"]
)
def test_names_of_the_module_are_not_hidden(name):
    assert safe(name) != name
    assert safe(f"{name}_") not in (name, safe(name))
    assert safe("prediction") == "prediction"
