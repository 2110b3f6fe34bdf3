"""Powers of balls around 0, where python-flint's own are no numbers: in the search and in the checker."""

from __future__ import annotations

import pytest
import sympy
from flint import arb
from sympy import Rational, Symbol

from symloss.audit.recheck.evaluate import Unsettled, enclosed
from symloss.audit.signs.balls import Undecided, compiled
from symloss.language import quotient

X = Symbol("x", real=True)
AROUND = arb(0.25, 1)  # from -3/4 to 5/4


def searched(formula):
    return compiled(formula)({X: AROUND})


def checked(formula):
    return enclosed(formula, {"x": AROUND})


@pytest.mark.parametrize("values", [searched, checked])
@pytest.mark.parametrize(("power", "most"), [(2, 1.5625), (3, 1.953125), (4, 2.44140625)])
def test_whole_powers(values, power, most):
    found = values(X**power)
    assert all(found.contains(arb(x) ** power) for x in (-0.75, -0.5, 1.25))
    assert found < most + 0.001
    assert found > (-0.001 if power % 2 == 0 else -most - 0.001)


def test_a_division_by_what_may_be_0_is_not_settled():
    with pytest.raises(Undecided):
        searched(1 / X**2)
    with pytest.raises(Unsettled):
        checked(1 / X**2)


def test_quotients_that_derivatives_are_emitted_as():
    assert searched(quotient(X + 2, X + 3)).contains(arb(0.5))
    assert checked(quotient(X + 2, X + 3)).contains(arb(0.5))
    with pytest.raises(Undecided):
        searched(quotient(1, X))
    with pytest.raises(Unsettled):
        checked(quotient(1, X))


def test_roots_of_squares_of_what_may_be_0():
    found = checked((X**2) ** Rational(3, 2))
    assert found.contains(arb(0))
    assert found.contains(arb(1.953125))
    assert found < 1.954
    with pytest.raises(Unsettled):
        checked(sympy.Pow(X, Rational(3, 2), evaluate=False))


@pytest.mark.parametrize(("at", "value"), [(-1, 0), (1, 2), (3, 1)])
def test_choices_by_choices(at, value):
    test = sympy.ITE(X < 0, X > -1, X > 2)
    chosen = sympy.Piecewise((1, test), (sympy.Piecewise((0, X < 0), (2, True)), True))
    assert compiled(chosen)({X: arb(at)}) == value
