"""Derived programs against difference quotients of the value program, in 50-digit arithmetic."""

from __future__ import annotations

import copy
from itertools import product
from typing import Any

import pytest
import sympy

from symloss.derive import derive
from symloss.program import read_program
from tests.derive.conftest import interpret

STEP = sympy.Rational(1, 10**15)
SIZES = {"N": 3, "K": 4, "D": 2}
X = ["0.3", "-1.2", "0.7", "2.1"]
Z = [["0.5", "-1.1"], ["0.9", "0.2"], ["-0.4", "1.7"]]
VECTOR = "shape = ['K']"
MATRIX = "shape = ['N', 'D']"
LABEL = "domain = 'index(K)'"
PARTNER = "domain = 'index(N)', shape = ['N']"

STRUCTURES = {
    "elementwise": ("loss = x**3 * exp(-x)", {"x": ("", "0.7")}),
    "sum": ("loss = sum(x[k]**2, k)**2", {"x": (VECTOR, X)}),
    "mean": ("loss = log(mean(exp(x[k]), k))", {"x": (VECTOR, X)}),
    "max": ("loss = max(x[k]**2, k)", {"x": (VECTOR, X)}),
    "min": ("loss = min(sin(x[k]), k)**2", {"x": (VECTOR, X)}),
    "prod": ("loss = prod(x[k], k)", {"x": (VECTOR, X)}),
    "prod with a zero": ("loss = prod(x[k], k)", {"x": (VECTOR, ["0", "2", "-1", "3"])}),
    "logsumexp": ("loss = logsumexp(2*x[k], k)", {"x": (VECTOR, X)}),
    "reductions of two indices": ("loss = logsumexp(z[n,d]**2, n, d)", {"z": (MATRIX, Z)}),
    "max of two indices": ("loss = max(z[n,d]**3, n, d)", {"z": (MATRIX, Z)}),
    "nested": (
        "m = mean(x[k], k)\nloss = sum((x[k] - m)**4, k)/K",
        {"x": (VECTOR, X)},
    ),
    "gather": (
        "loss = logsumexp(x[k], k) - x[label]",
        {"x": (VECTOR, X), "label": (LABEL, "2")},
    ),
    "gather of rows": (
        "loss = sum(z[n,d]*z[partner[n],d]**2, n, d)",
        {"z": (MATRIX, Z), "partner": (PARTNER, ["1", "0", "0"])},
    ),
    "repeated index": (
        "g[i,j] = sum(z[i,d]*z[j,d], d)\nloss = sum(g[i,i]**2, i) + g[0,1]",
        {"z": ("shape = [3, 2]", Z)},
    ),
    "contrastive": (
        "norm[i] = sqrt(sum(z[i,d]**2, d))\n"
        "sim[i,j] = sum(z[i,d]*z[j,d], d)/(norm[i]*norm[j])\n"
        "loss = mean(logsumexp(where(i != j, sim[i,j], -oo), j) - sim[i,partner[i]], i)",
        {"z": (MATRIX, Z), "partner": (PARTNER, ["1", "0", "0"])},
    ),
    "transposed": (
        "g[i,j] = sum(z[i,d]*z[j,d], d)\nloss = sum(g[i,j]*exp(g[j,i]), i, j)",
        {"z": (MATRIX, Z)},
    ),
    "held": ("loss = stop_gradient(x**2)*x", {"x": ("", "1.5")}),
    "primitives": (
        "loss = softplus(x) + logcosh(2*x) + logaddexp(x, 1) + expm1(x)*log1p(x**2) + hypot(x, 2)",
        {"x": ("", "0.4")},
    ),
    "piecewise": ("loss = where(x > 1, x**2, 2*x - 1) + Max(x, 0.5)*Min(x, 7)", {"x": ("", "1.5")}),
    "weight passing through 0": (
        "scale = exp(x*y)\nloss = where(y > -9, x, 0)*scale",
        {"x": ("", "0"), "y": ("", "2")},
    ),
    "weight passing through 0 the other way": (
        "scale = exp(x*y)\nloss = where(y > -9, -2*x, 0)*scale",
        {"x": ("", "0"), "y": ("", "2")},
    ),
    "softmax times what passes through 0": (
        "loss = x[0]*logsumexp(x[k]*exp(x[k]), k)",
        {"x": (VECTOR, ["0", "0.7", "-0.2", "1"])},
    ),
}


def _case(name: str) -> tuple[str, dict[str, str], dict[str, Any]]:
    math, inputs = STRUCTURES[name]
    return (
        math,
        {key: fields for key, (fields, _) in inputs.items()},
        {key: at for key, (_, at) in inputs.items()},
    )


def _shifted(
    values: dict[str, Any], name: str, place: tuple[int, ...], by: sympy.Expr
) -> dict[str, Any]:
    moved = copy.deepcopy(values)
    if not place:
        moved[name] = str(sympy.Rational(moved[name]) + by)
        return moved
    row = moved[name]
    for index in place[:-1]:
        row = row[index]
    row[place[-1]] = str(sympy.Rational(row[place[-1]]) + by)
    return moved


def _held_at(program, values):
    """A function of shifted values that keeps held steps where they were."""
    if not any(step.held for step in program.steps):
        return lambda moved: interpret(program, moved, SIZES)["loss"][()]
    base = dict(values)

    def evaluate(moved):
        x, fixed = sympy.Rational(moved["x"]), sympy.Rational(base["x"])
        return (fixed**2 * x).evalf(50)

    return evaluate


@pytest.mark.parametrize("name", STRUCTURES)
def test_gradient_is_the_limit_of_difference_quotients(spec_of, name):
    math, inputs, values = _case(name)
    program = read_program(spec_of(math, inputs))
    derived = interpret(derive(program).gradient, values, SIZES)
    variable = program.wrt[0]
    loss = _held_at(program, values)
    for place, slope in derived[f"grad_{variable}"].items():
        ahead, behind = (loss(_shifted(values, variable, place, sign * STEP)) for sign in (1, -1))
        assert slope == pytest.approx((ahead - behind) / (2 * STEP), rel=1e-20, abs=1e-20), place


@pytest.mark.parametrize("name", [name for name in STRUCTURES if name != "held"])
def test_product_with_the_hessian_is_the_gradients_difference_quotient(spec_of, name):
    math, inputs, values = _case(name)
    derivation = derive(read_program(spec_of(math, inputs)))
    (variable,) = derivation.gradient.wrt
    shape = tuple(SIZES.get(size, size) for size in derivation.gradient.core_shape(variable))
    places = list(product(*map(range, shape)))
    direction = {
        place: sympy.Rational(number % 5 - 2, 3) for number, place in enumerate(places, start=4)
    }

    def gradient_at(factor):
        moved = values
        for place, component in direction.items():
            moved = _shifted(moved, variable, place, factor * component)
        return interpret(derivation.gradient, moved, SIZES)[f"grad_{variable}"]

    nested = _nested(direction, shape)
    product_ = interpret(
        derivation.hessian_vector_product, values | {f"vector_{variable}": nested}, SIZES
    )[f"hvp_{variable}"]
    ahead, behind = gradient_at(STEP), gradient_at(-STEP)
    for place, value in product_.items():
        quotient = (ahead[place] - behind[place]) / (2 * STEP)
        assert value == pytest.approx(quotient, rel=1e-20, abs=1e-20), place


def _nested(direction, shape, prefix=()):
    if len(prefix) == len(shape):
        return str(direction[prefix])
    return [_nested(direction, shape, (*prefix, index)) for index in range(shape[len(prefix)])]


@pytest.mark.parametrize(
    ("math", "at", "low", "high"),
    [
        ("loss = Abs(x)", "0", -1, 1),
        ("loss = Max(0, 1 - x)", "1", -1, 0),
        ("loss = sqrt(x**2)*1", "0", -1, 1),
        (
            "loss = Max(x, 0) - x/3 + log(1 + exp(-Abs(x)))",
            "0",
            sympy.Rational(1, 6),
            sympy.Rational(1, 6),
        ),
        ("loss = Max(x, -x)", "0", -1, 1),
        ("loss = Min(x, 2*x)", "0", 1, 2),
        ("form = x*(exp(x) - 1)\nloss = sqrt(form)", "0", -1, 1),
    ],
)
def test_the_derivative_at_a_kink_is_a_subgradient(spec_of, math, at, low, high):
    derivation = derive(read_program(spec_of(math, {"x": ""})))
    slope = interpret(derivation.gradient, {"x": at}, {})["grad_x"][()]
    assert low - STEP <= slope <= high + STEP


def test_a_root_is_steep_where_what_is_below_it_is_not_flat(spec_of):
    derivation = derive(read_program(spec_of("form = x*(x + 2)\nloss = sqrt(form)", {"x": ""})))
    slope = interpret(derivation.gradient, {"x": "0"}, {})["grad_x"][()]
    assert slope.is_infinite


@pytest.mark.parametrize(("power", "slope"), [("1", 1), ("3/2", 0), ("3", 0), ("1/2", 0)])
def test_a_power_of_what_vanishes_has_a_slope(spec_of, power, slope):
    """For exponents below 1, that of a minimum."""
    domains = {"x": "real", "y": "nonnegative", "p": "positive"}
    inputs = {name: f"domain = '{domain}'" for name, domain in domains.items()}
    spec = spec_of("loss = (Abs(x) + y)**p", inputs, wrt="wrt = ['y']")
    values = {"x": "0", "y": "0", "p": power}
    found = interpret(derive(read_program(spec)).gradient, values, {})["grad_y"][()]
    assert found - slope == 0


def test_a_step_function_has_no_gradient_and_says_so(spec_of):
    derivation = derive(read_program(spec_of("loss = where(x > 0, 0, 1)", {"x": ""})))
    assert derivation.gradient_is_zero
    assert [str(kink.surface) for kink in derivation.kinks] == ["x"]


def test_masks_on_indices_are_no_kinks(spec_of):
    spec = spec_of("loss = sum(where(i != j, x[i]*x[j], 0), i, j)", {"x": VECTOR})
    assert derive(read_program(spec)).kinks == ()
