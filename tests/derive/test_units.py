"""Cosines as products of unit vectors, and what they lack to 1."""

from __future__ import annotations

import numpy as np
import pytest
from flint import arb, ctx

from symloss import pipeline
from symloss.program import text
from symloss.spec import read_spec

PAIR = 'x = { shape = ["D"] }\ny = { shape = ["D"] }'
ROWS = 'z = { shape = ["N", "D"] }'
NORMS = "a = sqrt(sum(x[d]**2, d))\nb = sqrt(sum(y[d]**2, d))\n"
COSINE = NORMS + "loss = 1 - sum(x[d]*y[d], d)/(a*b)"


def spec_of(folder, math, inputs=PAIR):
    file = folder / "tried.toml"
    file.write_text(f"title = 't'\nmath = '''\n{math}\n'''\n[inputs]\n{inputs}\n", "utf-8")
    return read_spec(file)


@pytest.mark.parametrize(
    ("math", "inputs", "expected"),
    [
        (COSINE, PAIR, ["b_unit[d] = ", "loss = loss_sum_cosine_gap"]),
        (
            "c = sum(x[d]*y[d], d)/(sqrt(sum(x[d]**2, d))*sqrt(sum(y[d]**2, d)))\nloss = 3 - 3*c",
            PAIR,
            ["loss = 3*c_sum_3_cosine_gap"],
        ),
        (
            "n[i] = sqrt(sum(z[i,d]**2, d))\ns[i,j] = sum(z[i,d]*z[j,d], d)/(n[i]*n[j])\n"
            "loss = sum(s[i,j]**2, i, j)",
            ROWS,
            ["s_sum_cosine[i, j] = sum(n_unit[i, d]*n_unit[j, d], d)"],
        ),
        (NORMS + "loss = sum(x[d]*y[d], d)/(a*a*b)", PAIR, []),
        (NORMS + "loss = sum(x[d]*x[d]*y[d], d)/(a*b)", PAIR, []),
        (NORMS + "loss = sum(x[d]*y[d], d)/(1 + a*b)", PAIR, []),
    ],
)
def test_forms(math, inputs, expected, tmp_path):
    found = text(pipeline.derive_spec(spec_of(tmp_path, math, inputs)).value)
    assert ("_cosine" in found) == bool(expected), found
    assert all(part in found for part in expected), found


def exact(x, y, direction):
    """1 less the cosine, and its derivative by x along a direction, in 400 bits."""
    with ctx.workprec(400):
        x, y, v = ([arb(float(number)) for number in vector] for vector in (x, y, direction))
        step = arb(2) ** -150

        def loss(shift):
            moved = [one + shift * part for one, part in zip(x, v, strict=True)]
            dot = sum(one * other for one, other in zip(moved, y, strict=True))
            return 1 - dot / (sum(p * p for p in moved) * sum(p * p for p in y)).sqrt()

        return float(loss(0)), float((loss(step) - loss(-step)) / (2 * step))


@pytest.fixture(scope="module")
def one_less_cosine(tmp_path_factory):
    folder = tmp_path_factory.mktemp("cosine")
    return pipeline.draft(spec_of(folder, COSINE), folder)


@pytest.mark.parametrize(
    ("x", "y"),
    [
        ([3.0, 4.0, 5.0], [3.0, 4.0, 5.000001]),
        ([1e4, 1e-5, 0.0], [36.5, 2e-16, 1e-12]),
        ([1e-3, -7.0, 2.0], [5.0, 1e3, -400.0]),
    ],
)
def test_digits_are_kept_between_nearly_parallel_vectors(x, y, one_less_cosine):
    value, slopes = one_less_cosine.value_and_gradient(np.array(x), np.array(y))
    value_there = exact(x, y, [1, 0, 0])[0]
    slopes_there = [exact(x, y, direction)[1] for direction in np.eye(3)]
    np.testing.assert_allclose(value, value_there, rtol=1e-8)
    np.testing.assert_allclose(slopes, slopes_there, rtol=1e-8)


def test_a_line_has_no_slope(one_less_cosine):
    """In one dimension a cosine is 1 or -1, and nothing moves it."""
    x, y = np.random.default_rng(1).normal(size=(2, 50, 1))
    value, slopes = one_less_cosine.value_and_gradient(x, y)
    np.testing.assert_array_equal(value, np.where(x * y > 0, 0.0, 2.0)[:, 0])
    np.testing.assert_array_equal(slopes, 0.0)


COMPONENT = "length = sqrt(sum(x[d]**2, d))\nloss = -x[place]/length"
PLACE = 'x = { shape = ["D"] }\nplace = { domain = "index(D)" }'


@pytest.mark.parametrize(
    ("math", "inputs", "expected"),
    [
        (COMPONENT, PLACE, "loss = -length_unit[place]"),
        ("a = sqrt(sum(x[d]**2, d))\nloss = sum(y[d]*x[d]/a, d)", PAIR, "a_unit[d]*y[d]"),
        ("a = sqrt(sum(x[d]**2, d))\nloss = sum(y[d]/a, d)", PAIR, ""),
        ("a = sqrt(sum(x[d]**2, d))\nloss = sum(y[d]*x[d]/(1 + a), d)", PAIR, ""),
    ],
)
def test_components_over_norms_are_those_of_unit_vectors(math, inputs, expected, tmp_path):
    found = text(pipeline.derive_spec(spec_of(tmp_path, math, inputs)).value)
    assert expected in found, found
    assert ("_unit" in found) == bool(expected)


def test_derivatives_of_a_component_that_is_nearly_all_there_is(tmp_path):
    """Of -x/r with r**2 = x**2 + y**2: -y**2/r**3 by x, of which 1 less x**2/r**2 is rounded."""
    loss = pipeline.draft(spec_of(tmp_path, COMPONENT, PLACE), tmp_path)
    for y in (1e-7, -1e-14, 0.5):
        x, r = 3.0, np.hypot(3.0, y)
        vector = np.array([y, x])
        slope = [x * y / r**3, -(y**2) / r**3]
        np.testing.assert_allclose(loss.gradient(vector, 1), slope, rtol=1e-15)
        cross = 3 * y**3 / r**5 - 2 * y / r**3
        bend = [[x / r**3 - 3 * x * y**2 / r**5, cross], [cross, 3 * x * y**2 / r**5]]
        np.testing.assert_allclose(loss.hessian(vector, 1), bend, rtol=2e-15)
