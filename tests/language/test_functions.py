"""Every column of every row of the table of functions."""

from __future__ import annotations

import inspect
import math

import flint
import numpy as np
import pytest
import sympy
from numba import njit

from symloss import runtime
from symloss.derive.partial import Differentiator
from symloss.language import BY_NODE, CONSTANTS, FUNCTIONS, Interval
from symloss.spec import scalar_symbol

ATOMS = [row for row in FUNCTIONS.values() if row.node is not None]
SUGAR = [row for row in FUNCTIONS.values() if row.node is None]
SYMBOLS = tuple(scalar_symbol(name) for name in "xyz")
STEP = sympy.Rational(1, 10**20)
NO_SIGN = Differentiator(lambda expression: (False, False))


def points(domain: Interval) -> list[sympy.Rational]:
    """A few exact numbers inside an interval, away from its ends and from symmetry."""
    low = domain.low if domain.low.is_finite else sympy.Integer(-3)
    high = domain.high if domain.high.is_finite else low + 7
    if domain.integer:
        return [sympy.Integer(low), sympy.Integer(low + 2)]
    return [low + (high - low) * sympy.Rational(part, 31) for part in (2, 9, 17, 26)]


def arguments(row) -> list[tuple[sympy.Rational, ...]]:
    """Tuples of arguments, all inside the row's domain."""
    columns = [points(domain) for domain in row.domain]
    if len(columns) == 1:
        return [(point,) for point in columns[0]]
    return [
        tuple(column[(shift + place) % len(column)] for place, column in enumerate(columns))
        for shift in range(4)
    ]


def numeric(expression: sympy.Expr, digits: int = 60) -> sympy.Float:
    """The value of an expression by what the rows' `definition` columns say."""
    for node, row in BY_NODE.items():
        if row.definition is not None and expression.has(node):
            expression = expression.replace(node, row.definition)
    expression = expression.replace(BY_NODE_LOGGAMMA, sympy.loggamma).replace(
        BY_NODE_POLYGAMMA, sympy.polygamma
    )
    expression = expression.replace(FUNCTIONS["log1p"].node, lambda x: sympy.log(1 + x))
    expression = expression.replace(FUNCTIONS["expm1"].node, lambda x: sympy.exp(x) - 1)
    return expression.evalf(digits)


BY_NODE_LOGGAMMA = FUNCTIONS["loggamma"].node
BY_NODE_POLYGAMMA = FUNCTIONS["polygamma"].node


@pytest.mark.parametrize("row", FUNCTIONS.values(), ids=FUNCTIONS)
def test_a_row_is_complete(row):
    assert row.meaning
    assert FUNCTIONS[row.name] is row
    assert row.name not in CONSTANTS
    assert bool(row.ball) != bool(row.definition)
    assert (row.node is None) == (row.code == "")


@pytest.mark.parametrize("row", ATOMS, ids=lambda row: row.name)
def test_the_derivative_is_the_limit_of_difference_quotients(row):
    symbols = SYMBOLS[: row.arity]
    expression = row.build(*symbols)
    for given in arguments(row):
        for place, symbol in enumerate(symbols):
            if row.domain[place].integer:
                continue
            at = dict(zip(symbols, given, strict=True))
            slope = numeric(NO_SIGN.partial(expression, symbol).subs(at))
            ahead, behind = (
                numeric(row.build(*(at | {symbol: at[symbol] + h}).values())) for h in (STEP, -STEP)
            )
            quotient = (ahead - behind) / (2 * STEP)
            assert slope == pytest.approx(quotient, rel=1e-25, abs=1e-25), (given, symbol)


@pytest.mark.parametrize("row", ATOMS, ids=lambda row: row.name)
@pytest.mark.parametrize("kind", [np.float32, np.float64])
def test_the_emitted_spelling_means_what_the_reference_says(row, kind):
    names = "abc"[: row.arity]
    code = row.code.format(*names)
    scope = {name: getattr(runtime, name) for name in dir(runtime)}
    exec(f"def spelled({', '.join(names)}):\n    return {code}", scope)
    spelled = njit(scope["spelled"])
    for given in arguments(row):
        numbers = [kind(float(value)) for value in given]
        exact = [sympy.Rational(float(value)) for value in numbers]
        found = spelled(*numbers)
        expected = float(numeric(row.build(*exact)))
        # a few units in the last place of the result, and of what an ulp in the arguments makes of it
        size = abs(expected) + sum(abs(float(value)) for value in numbers)
        slack = 8 * float(np.finfo(kind).eps) * size
        assert abs(float(found) - expected) <= slack, numbers
        if row.arity == 1 or not row.domain[0].integer:
            assert str(spelled.nopython_signatures[0].return_type) == kind.__name__


METHODS = [row for row in ATOMS if row.ball and row.name != "polygamma"]  # it is zeta's, by order


@pytest.mark.parametrize("row", METHODS, ids=lambda row: row.name)
def test_the_ball_method_exists_and_agrees(row):
    method = getattr(flint.arb, row.ball)
    assert callable(method)
    for given in arguments(row):
        if row.domain[0].integer:
            continue
        balls = [flint.arb(flint.fmpq(int(value.p), int(value.q))) for value in given]
        assert float(method(*balls)) == pytest.approx(
            float(numeric(row.build(*given))), rel=1e-12, abs=0
        )


@pytest.mark.parametrize("row", SUGAR, ids=lambda row: row.name)
def test_sugar_expands_into_atoms(row):
    symbols = SYMBOLS[: row.arity]
    expression = row.build(*symbols)
    called = {type(part) for part in expression.atoms(sympy.Function)}
    assert called <= set(BY_NODE)
    assert len(inspect.signature(row.build).parameters) in (0, row.arity) or row.name == "sqrt"


@pytest.mark.parametrize("row", ATOMS, ids=lambda row: row.name)
def test_outside_its_domain_a_function_is_not_a_finite_real_number(row):
    """Domains are as wide as the mathematics allows, so that no valid spec is refused."""
    if row.name in {"polygamma", "loggamma", "xlogy"}:
        pytest.skip("defined by continuation or convention beyond the domain of the table")
    for place, domain in enumerate(row.domain):
        for end, beyond in ((domain.low, -1), (domain.high, 1)):
            if not end.is_finite:
                continue
            given = [points(other)[0] for other in row.domain]
            given[place] = end + sympy.Rational(beyond, 3)
            value = numeric(row.build(*given))
            assert not (value.is_real and math.isfinite(float(value)))
