"""The commands on symloss's own catalogue."""

from __future__ import annotations

import json

import pytest


def test_the_list_is_a_table(run):
    done = run("list")
    assert done.returncode == 0, done.stderr
    row = next(line for line in done.stdout.splitlines() if line.startswith("cross_entropy "))
    assert "(K),()->()" in row
    assert "classification" in row


def test_the_list_as_json(ask):
    entries = json.loads(ask("list", "--json").stdout)
    by_name = {entry["name"]: entry for entry in entries}
    assert by_name["huber"]["family"] == "regression"
    assert by_name["huber"]["signature"] == "(),()->()"
    assert list(by_name) == sorted(by_name)


def test_showing_a_loss(ask):
    done = ask("show", "squared_error")
    assert done.exit_code == 0, done.stderr
    for part in ("math", "gradient by prediction", "second derivative by prediction", "loss ="):
        assert part in done.stdout


def test_showing_latex(ask):
    done = ask("show", "cross_entropy", "--latex")
    assert r"\begin{aligned}" in done.stdout
    assert r"\log" in done.stdout


def test_kinks_are_shown(ask):
    assert "kinks" in ask("show", "absolute_error").stdout
    assert "kinks" not in ask("show", "squared_error").stdout


@pytest.mark.parametrize("option", [(), ("--latex",)])
def test_a_gradient_of_zero_is_said_to_be_zero(ask, option):
    assert "gradient is zero almost everywhere" in ask("show", "zero_one", *option).stdout
    assert "gradient is zero almost everywhere" not in ask("show", "hinge", *option).stdout


def test_verifying_prints_points_errors_and_bounds(ask):
    done = ask("verify", "squared_error", "--points", "50")
    assert done.exit_code == 0, done.stderr
    for word in ("squared_error", "points", "worst", "bound", "gradient", "hessian"):
        assert word in done.stdout


def test_verifying_as_json(ask):
    done = ask("verify", "squared_error", "--points", "50", "--json")
    answer = json.loads(done.stdout)
    assert answer["passed"] is True
    assert list(answer["losses"]) == ["squared_error"]


def test_the_catalogue_is_current(ask):
    done = ask("build", "--check")
    assert done.exit_code == 0, done.stderr
