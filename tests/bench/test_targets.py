"""The kind of a loss follows from its structure, its targets from its kind."""

from __future__ import annotations

import pytest

from symloss import pipeline
from symloss.bench import DISPATCH, ENGINES, SMALL_CALL, TARGETS, TRIAD, Goal, Kind, kind_of
from symloss.bench.kinds import has_branches
from symloss.bench.targets import goals, small_call_goal
from symloss.spec import read_spec

PAIR = '[inputs]\na = { domain = "real" }\nb = { domain = "real" }\n'
AXIS = '[inputs]\na = { domain = "real", shape = ["K"] }\nb = { domain = "real", shape = ["K"] }\n'
MATRIX = '[inputs]\na = { domain = "real", shape = ["N", "D"] }\n'


def gradient(folder, math, inputs):
    file = folder / "mine.toml"
    file.write_text(f'title = "Mine"\nmath = """\n{math}\n"""\n{inputs}', "utf-8")
    return pipeline.derive_spec(read_spec(file)).gradient


@pytest.mark.parametrize(
    ("math", "inputs", "kind"),
    [
        ("loss = (a - b)**2", PAIR, Kind.MEMORY),
        ("loss = sqrt(1 + (a - b)**2)", PAIR, Kind.MEMORY),
        ("loss = Max(0, Abs(a - b) - 1)/(1 + b**2)", PAIR, Kind.MEMORY),
        ("loss = log(1 + exp(a*b))", PAIR, Kind.FUNCTIONS),
        ("loss = Abs(a - b)**Rational(4, 3)", PAIR, Kind.FUNCTIONS),
        ("loss = sin(a - b)**2", PAIR, Kind.FUNCTIONS),
        ("loss = log(sum(exp(a[k] - b[k]), k))", AXIS, Kind.ROWS),
        ("loss = sum((a[k] - b[k])**2, k)", AXIS, Kind.SUMS),
        ("loss = sum(exp(a[k])*b[k], k)", AXIS, Kind.SUMS),
        ("loss = sum(Abs(a[j] - b[k]), j, k)", AXIS, Kind.PAIRS),
        ("g[i,j] = sum(a[i,d]*a[j,d], d)\nloss = sum(exp(g[i,j]), i, j)", MATRIX, Kind.PAIRS),
        ("loss = sum(a[i,d]**2, i, d)", MATRIX, Kind.SUMS),
    ],
)
def test_the_kind_is_told_by_structure(tmp_path, math, inputs, kind):
    assert kind_of(gradient(tmp_path, math, inputs)) is kind


@pytest.mark.parametrize(
    ("math", "branches"), [("loss = (a - b)**2", False), ("loss = Abs(a - b)", True)]
)
def test_branches_are_seen(tmp_path, math, branches):
    assert has_branches(gradient(tmp_path, math, PAIR)) is branches


def test_every_kind_has_targets_against_those_that_exist():
    assert set(TARGETS) == set(Kind)
    for named in TARGETS.values():
        assert set(named) <= {*ENGINES, TRIAD}
        assert "torch" in named


def test_a_target_is_met_from_its_bound_on():
    ratios = {"torch": 4.0, "jax": 4.4, "numpy": 0.1}
    found = goals(Kind.FUNCTIONS, "float32", False, ratios)
    assert found == (Goal("torch", 4.0, 4.0), Goal("jax", 4.5, 4.4))
    assert [goal.met for goal in found] == [True, False]
    assert all(goal.met for goal in goals(Kind.FUNCTIONS, "float64", False, ratios))


@pytest.mark.parametrize(
    ("dtype", "branches", "bound"),
    [("float64", False, 1.7), ("float64", True, 2.0), ("float32", False, 2.0)],
)
def test_numpy_on_polynomials_of_float64_is_the_exception(dtype, branches, bound):
    assert goals(Kind.MEMORY, dtype, branches, {"numpy": 3.0}) == (Goal("numpy", bound, 3.0),)


def test_a_small_call_may_take_so_long_and_no_longer():
    assert small_call_goal(SMALL_CALL).met
    assert small_call_goal(-1e-7).met
    assert not small_call_goal(1.01 * SMALL_CALL).met
    assert small_call_goal(0.0).against == DISPATCH
