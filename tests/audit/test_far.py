"""Growth, and whether losses redescend, in several variables and of any size."""

from __future__ import annotations

import json

import pytest

from symloss.audit import audit, replay
from symloss.spec import read_spec

HEAD = 'title = "t"\nsummary = "s"\nsource = "s"\n'
PAIR = 'x = { domain = "real" }\ny = { domain = "real" }\n'
VECTOR = 'x = { domain = "real", shape = ["K"] }\n'
UNIT = 'x = { domain = "[0, 1]", shape = ["K"] }\n'


def spec_of(folder, math, inputs):
    wrt = '["x", "y"]' if "y" in inputs else '["x"]'
    path = folder / "own.toml"
    path.write_text(f'{HEAD}wrt = {wrt}\nmath = "loss = {math}"\n[inputs]\n{inputs}', "utf-8")
    return read_spec(path)


# math, inputs, growth, the verdict of `redescending`; None where it is open.
TRUTH = [
    ("logsumexp(x[k], k) - x[0]", VECTOR, "linear", "REFUTED"),
    ("sum(Abs(x[k]), k)", VECTOR, "linear", "REFUTED"),
    ("sum(x[k]**2, k)", VECTOR, "quadratic", "REFUTED"),
    ("sum(x[k]**2, k)", UNIT, "bounded", "UNKNOWN"),
    ("sqrt(1 + x**2 + y**2)", PAIR, "linear", "REFUTED"),
    ("x*y", PAIR, "quadratic", "REFUTED"),
    ("sin(x)*cos(y)", PAIR, "bounded", "UNKNOWN"),
    ("exp(x + y)", PAIR, None, "REFUTED"),
]


@pytest.mark.parametrize(("math", "inputs", "growth", "redescending"), TRUTH)
def test_growth_on_lines(tmp_path, math, inputs, growth, redescending):
    told = audit(spec_of(tmp_path, math, inputs), only=("growth", "redescending"))
    assert told.alarms == ()  # nor does growth rest on a constant that numbers contradict
    found = told.findings
    one = found["growth"]
    assert (one.verdict, one.value) == (("PROVED", growth) if growth else ("UNKNOWN", ""))
    assert found["redescending"].verdict == redescending


@pytest.mark.parametrize(
    ("math", "inputs", "is_zero"),
    [
        ("sqrt(1 + x**2 + y**2)", PAIR, True),  # Lipschitz on the whole plane
        ("sum(x[k]**2, k)", UNIT, False),  # Lipschitz on the cube, and strongly convex
    ],
)
def test_lipschitz_losses_are_not_strongly_convex_on_rays(tmp_path, math, inputs, is_zero):
    name = "strong_convexity_constant"
    one = audit(spec_of(tmp_path, math, inputs), only=(name, "lipschitz")).findings[name]
    assert (one.value == "0") == is_zero


NORM = "x + 2*Abs(y)"


@pytest.mark.parametrize(
    ("name", "changes", "status"),
    [
        ("growth", {}, "confirmed"),
        ("growth", {"value": "quadratic"}, "rejected"),
        ("growth", {"value": "bounded"}, "rejected"),
        ("growth", {"of": "lower_bound, upper_bound", "value": "bounded"}, "rejected"),
        ("growth", {"_direction": {"x": "0", "y": "0"}}, "rejected"),
        ("growth", {"_t": "1"}, "rejected"),
        ("growth", {"_derivative": "2"}, "rejected"),
        ("redescending", {}, "confirmed"),
        ("redescending", {"_direction": {"x": "2", "y": "1"}, "_t": "-oo"}, "rejected"),
        ("strong_convexity_constant", {}, "confirmed"),
        ("strong_convexity_constant", {"value": "1"}, "rejected"),
    ],
)
def test_forged_lines_and_caps_are_rejected(tmp_path, name, changes, status):
    """With x in place of Abs(x), on the line (2, 1)*t the slope is 0 as t falls."""
    spec = spec_of(tmp_path, NORM, PAIR)
    document = json.loads(json.dumps(audit(spec).to_json()))
    by = {one["property"]: one for one in document["findings"]}
    finding = by[name]
    data = finding["certificate"] or finding["witness"]
    for key, value in changes.items():
        target = data.get("line", data) if key.startswith("_") else data
        (finding if key == "value" else target)[key.lstrip("_")] = value
    found = {one.name: one for one in replay(spec, document)}
    assert found[name].status == status
