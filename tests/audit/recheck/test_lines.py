"""Lines of certificates, replayed: bounds that are reached, growth without end, and forgeries."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from symloss.audit import audit, replay
from symloss.spec import read_spec

HEAD = 'title = "t"\nsummary = "s"\nsource = "s"\nwrt = ["x", "y"]\n'
PAIR = '[inputs]\nx = { domain = "real" }\ny = { domain = "real" }\n'


def replayed(folder: Path, math: str, name: str, **changes: object) -> str:
    """What becomes of a finding, after changes to it and, with a leading `_`, to its line."""
    path = folder / "own.toml"
    path.write_text(f'{HEAD}math = "loss = {math}"\n{PAIR}', "utf-8")
    spec = read_spec(path)
    document = json.loads(json.dumps(audit(spec, only={name}).to_json()))
    finding = next(one for one in document["findings"] if one["property"] == name)
    data = finding["certificate"]
    line = data.get("reached", data)
    for key, value in changes.items():
        (line if key.startswith("_") else finding)[key.lstrip("_")] = value
    return next(one.status for one in replay(spec, document) if one.name == name)


@pytest.mark.parametrize(
    ("math", "name"),
    [
        ("(x*y - 1)**2", "lower_bound"),
        ("exp(x*y - x)", "lower_bound"),
        ("exp(x*y)", "upper_bound"),
        ("(x + y)**2", "lipschitz"),
        ("exp(x*y)", "gradient_lipschitz"),
    ],
)
def test_lines_are_confirmed(tmp_path, math, name):
    assert replayed(tmp_path, math, name) == "confirmed"


@pytest.mark.parametrize(
    ("math", "name", "changes"),
    [
        ("(x*y - 1)**2", "lower_bound", {"value": "-1"}),  # a bound, but not reached
        ("(x*y - 1)**2", "lower_bound", {"_point": {"x": "0", "y": "1"}}),
        ("exp(x*y - x)", "lower_bound", {"_t": "1"}),
        ("exp(x*y - x)", "lower_bound", {"_order": "1"}),  # its slope comes to 0, too
        ("exp(x*y)", "upper_bound", {"_direction": {"x": "0", "y": "0"}}),
        ("exp(x*y)", "upper_bound", {"value": "1"}),
        ("x*y*(x + y)", "lower_bound", {"value": "oo"}),  # it falls without end
        ("(x + y)**2", "lipschitz", {"_derivative": "0"}),  # values grow, slopes are asked for
        ("(x + y)**2", "gradient_lipschitz", {"_derivative": "2", "value": "oo"}),
    ],
)
def test_forged_lines_are_not(tmp_path, math, name, changes):
    assert replayed(tmp_path, math, name, **changes) != "confirmed"


BESIDE = '[inputs]\nx = { domain = "real" }\ny = { domain = "positive" }\nz = { domain = "real" }\n'


@pytest.mark.parametrize(
    ("math", "name", "changes", "status"),
    [
        ("Abs(x)/y + z", "lipschitz", {}, "confirmed"),
        ("x**2*y + z", "gradient_lipschitz", {}, "confirmed"),
        ("Abs(x)/y + z", "lipschitz", {"_t": "1"}, "rejected"),  # 1/y is 1 there
        ("Abs(x)/y + z", "lipschitz", {"_by": "y"}, "rejected"),  # does not vary
        ("Abs(x)/y + z", "lipschitz", {"_direction": {"z": "1"}, "_t": "oo"}, "rejected"),
        ("Abs(x)/y + z", "lipschitz", {"_direction": {"x": "1"}}, "rejected"),
        ("Abs(x)/y + z", "lipschitz", {"_sign": "2"}, "rejected"),
        ("Abs(x)/y + z", "lipschitz", {"value": "1"}, "rejected"),
        ("x**2*y + z", "gradient_lipschitz", {"_derivative": "1"}, "rejected"),
    ],
)
def test_inputs_that_move_beside(tmp_path, math, name, changes, status):
    path = tmp_path / "own.toml"
    head = HEAD.replace('["x", "y"]', '["x"]')
    path.write_text(f'{head}math = "loss = {math}"\n{BESIDE}', "utf-8")
    spec = read_spec(path)
    document = json.loads(json.dumps(audit(spec, only={name}).to_json()))
    finding = next(one for one in document["findings"] if one["property"] == name)
    direction = {"y": "1"}
    finding["certificate"] = {
        "kind": "endless slope", "sizes": {}, "places": {}, "point": {"x": "1", "y": "0", "z": "0"},
        "direction": direction, "by": "x", "derivative": "1" if name == "lipschitz" else "2",
        "sign": "1", "t": "0" if "/y" in math else "oo",
    }  # fmt: skip
    for key, value in changes.items():
        (finding["certificate"] if key.startswith("_") else finding)[key.lstrip("_")] = value
    assert next(one.status for one in replay(spec, document) if one.name == name) == status
