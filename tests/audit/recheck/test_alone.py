"""Losses of any size that are functions of one number, replayed as such, and forgeries."""

from __future__ import annotations

import json

import pytest

from symloss.audit import audit, replay
from symloss.spec import read_spec

HEAD = 'title = "t"\nsummary = "s"\nsource = "s"\nwrt = ["x"]\n'
X = 'x = { domain = "real", shape = ["K"] }\n'
W = 'w = { domain = "positive", shape = ["K"] }\n'
ROOT, SQUARES = "sqrt(1 + sum(x[k]**2, k))", "sum(x[k]**2, k)"
SIZES = "sum(Abs(x[k]), k)"


def replayed(folder, math, name, **changes):
    path = folder / "own.toml"
    inputs = X + (W if "w[" in math else "")
    path.write_text(f'{HEAD}math = "loss = {math}"\n[inputs]\n{inputs}', "utf-8")
    spec = read_spec(path)
    document = json.loads(json.dumps(audit(spec, only={name}).to_json()))
    finding = next(one for one in document["findings"] if one["property"] == name)
    finding.update(verdict="proved", condition=None, tight=True, **changes)
    return next(one.status for one in replay(spec, document) if one.name == name)


TERMS, LENGTH = {"kind": "terms"}, {"kind": "length"}


@pytest.mark.parametrize(
    ("math", "name", "kind", "value"),
    [
        (ROOT, "lower_bound", LENGTH, "1"),
        (ROOT, "gradient_lipschitz", LENGTH, "1"),
        (ROOT, "lipschitz", LENGTH, "1"),
        (ROOT, "growth", LENGTH, "linear"),
        ("sqrt(mean(x[k]**2, k))", "lipschitz", LENGTH, "1/sqrt(K)"),
        (SQUARES, "growth", TERMS, "quadratic"),
        (SIZES, "lipschitz", TERMS, "sqrt(K)"),
    ],
)
def test_functions_of_one_number_are_confirmed(tmp_path, math, name, kind, value):
    assert replayed(tmp_path, math, name, certificate=kind, value=value) == "confirmed"


@pytest.mark.parametrize(
    ("math", "name", "kind", "value"),
    [
        (ROOT, "lower_bound", LENGTH, "0"),  # a bound, but not the best
        (ROOT, "gradient_lipschitz", LENGTH, "1/2"),
        (ROOT, "lipschitz", LENGTH, "2"),
        (ROOT, "growth", LENGTH, "quadratic"),
        ("sqrt(mean(x[k]**2, k))", "lipschitz", LENGTH, "1"),
        ("sqrt(1 + sum(w[k]*x[k]**2, k))", "lipschitz", LENGTH, "1"),  # in other units
        ("sqrt(1 + sum(x[k]**4, k))", "gradient_lipschitz", LENGTH, "1"),
        (SQUARES, "growth", TERMS, "linear"),
        (SIZES, "lipschitz", TERMS, "K"),
        (SIZES, "lipschitz", TERMS, "1"),
        ("-" + SQUARES, "upper_bound", TERMS, "-1"),
    ],
)
def test_forged_ones_are_not(tmp_path, math, name, kind, value):
    assert replayed(tmp_path, math, name, certificate=kind, value=value) != "confirmed"
