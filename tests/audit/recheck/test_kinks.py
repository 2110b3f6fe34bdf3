"""Kinks are confirmed as audits tell them; forged, missing and invented ones are not."""

import copy
import json
from functools import cache

import pytest

from symloss.audit import audit, replay
from symloss.spec import read_spec

HEAD = 'title = "t"\nsummary = "s"\nsource = "s"\n'
LINE = '[inputs]\nx = { domain = "real" }\n'
MARGIN = LINE + 'y = { domain = "{-1, 1}" }\n'
PAIR = LINE + 'y = { domain = "real" }\n[parameters]\np = { domain = "%s" }\n'
VECTOR = (
    '[inputs]\nx = { domain = "real", shape = ["I"] }\ny = { domain = "real", shape = ["I"] }\n'
)


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    """The spec and the kinks that are told of a formula."""

    @cache
    def make(math: str, inputs: str):
        path = tmp_path_factory.mktemp("kinks") / "own.toml"
        path.write_text(f"{HEAD}math = '''{math}'''\n{inputs}", "utf-8")
        spec = read_spec(path)
        return spec, json.loads(json.dumps(audit(spec, only=("kinks",)).to_json()))

    return make


def status(spec, document, change=None):
    document = copy.deepcopy(document)
    (kinks,) = (one for one in document["findings"] if one["property"] == "kinks")
    assert kinks["verdict"] == "proved"
    if change is not None:
        change(kinks)
    return {one.name: one.status for one in replay(spec, document)}["kinks"]


@pytest.mark.parametrize(
    ("math", "inputs"),
    [
        ("loss = Abs(x)", LINE),
        ("loss = Max(0, 1 - x*y)", MARGIN),
        ("loss = Max(0, Abs(x - y) - p)", PAIR % "nonnegative"),
        ("loss = Max(p*(x - y), (p - 1)*(x - y))", PAIR % "(0, 1)"),
        ("loss = Piecewise(((x-y)**2/2, Abs(x-y) <= p), (p*(Abs(x-y) - p/2), True))",
         PAIR % "positive"),
        ("loss = Piecewise((0, x > 0), (1, True))", LINE),
        ("loss = sum(Abs(x[i] - y[i]), i)", VECTOR),
        ("loss = sqrt(sum(x[i]**2, i))*sqrt(sum(y[i]**2, i)) + Max(0, x[0] - 1)", VECTOR),
        ("loss = max(x[i], i) + sum(y[i], i)", VECTOR),
        ("loss = logsumexp(x[i], i) - sum(y[i]**2, i)", VECTOR),
    ],
)  # fmt: skip
def test_what_audits_tell_is_confirmed(told, math, inputs):
    assert status(*told(math, inputs)) == "confirmed"


def _first(kinks):
    return kinks["certificate"]["kinks"][0]


def _slope(kinks):
    _first(kinks)["slopes"][0] = "-2"
    _first(kinks)["subdifferential"][0] = "-2"


def _emitted(kinks):
    _first(kinks)["emitted"] = "1/2"


def _outside(kinks):
    _first(kinks)["emitted"] = "2"


def _narrow(kinks):
    _first(kinks)["subdifferential"] = ["0", "0"]


def _place(kinks):
    _first(kinks)["where"] = kinks["value"] = "x = 1"


def _missing(kinks):
    kinks["certificate"]["kinks"] = []
    kinks["value"] = "none"


def _invented(kinks):
    made = {**_first(kinks), "where": "x = 3"}
    kinks["certificate"]["kinks"].append(made)
    kinks["value"] += "; x = 3"


def _none(kinks):
    kinks["value"] = "none"


def _as_if_differentiable(kinks):
    kinks.update(value="none", certificate={"kind": "kinks"})


@pytest.mark.parametrize(
    "forge",
    [_slope, _emitted, _outside, _narrow, _place, _missing, _invented, _none],
)
def test_forged_kinks_are_rejected(told, forge):
    assert status(*told("loss = Abs(x)", LINE), forge) == "rejected"


def test_kinks_at_one_value_of_a_parameter_must_be_told(told):
    def general_ones_only(kinks):
        every = kinks["certificate"]["kinks"]
        kinks["certificate"]["kinks"] = [one for one in every if not one["condition"]]
        kinks["value"] = "; ".join(one["where"] for one in every if not one["condition"])

    def everywhere(kinks):
        for one in kinks["certificate"]["kinks"]:
            one["condition"] = None
        kinks["value"] = "; ".join(one["where"] for one in kinks["certificate"]["kinks"])

    spec, document = told("loss = Max(0, Abs(x - y) - p)", PAIR % "nonnegative")
    for forge in (general_ones_only, everywhere):
        assert status(spec, document, forge) == "rejected"


def test_kinks_of_one_label_are_not_those_of_another(told):
    def exchanged(kinks):
        one, other = kinks["certificate"]["kinks"]
        one["given"], other["given"] = other["given"], one["given"]

    assert status(*told("loss = Max(0, 1 - x*y)", MARGIN), exchanged) == "rejected"


def test_losses_with_kinks_have_no_empty_set_of_them(told):
    assert status(*told("loss = Abs(x)", LINE), _as_if_differentiable) != "confirmed"


def test_surfaces_must_hold_all_kinks(told):
    def fewer(kinks):
        left = kinks["certificate"]["surfaces"][1:]
        kinks["certificate"]["surfaces"], kinks["value"] = left, "; ".join(left)

    def other(kinks):
        kinks["certificate"]["surfaces"] = ["x[i] + y[i] = 0"]
        kinks["value"] = "x[i] + y[i] = 0"

    def said(kinks):
        kinks["value"] = "none"

    math = "loss = sum(Abs(x[i] - y[i]), i) + sqrt(sum(x[i]**2, i))"
    for forge in (fewer, other, said, _as_if_differentiable):
        assert status(*told(math, VECTOR), forge) != "confirmed"
