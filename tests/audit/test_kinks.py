"""Kinks: where, slopes on both sides, the subdifferential, and what the emitted gradient is."""

from pathlib import Path

import pytest
from sympy import Rational

from symloss.audit import audit
from symloss.pipeline import draft
from symloss.spec import read_spec

# math, parameter and its domain; where, slopes, subdifferential, emitted, under which condition.
TRUTH = [
    ("Abs(x)", "", [("x = 0", ["-1", "1"], ["-1", "1"], "0", None)]),
    ("Min(x, 1)", "", [("x = 1", ["1", "0"], ["0", "1"], "1", None)]),
    ("x**2", "", []),
    (
        "Max(p*x, (p - 1)*x)", "[0, 1]",
        [("x = 0", ["p - 1", "p"], ["p - 1", "p"], "p", None)],
    ),
    (
        "Max(0, Abs(x) - p)", "nonnegative",
        [
            ("x = -p", ["-1", "0"], ["-1", "0"], "-1", None),
            ("x = p", ["0", "1"], ["0", "1"], "1", None),
            ("x = 0", ["-1", "1"], ["-1", "1"], "0", "p = 0"),
        ],
    ),
]  # fmt: skip


def spec_of(folder: Path, math: str, p: str = ""):
    text = f'title = "t"\nsummary = "s"\nsource = "s"\nmath = "loss = {math}"\n'
    text += '[inputs]\nx = { domain = "real" }\n'
    text += f'[parameters]\np = {{ domain = "{p}", default = 1 }}\n' if p else ""
    path = folder / "own.toml"
    path.write_text(text, "utf-8")
    return read_spec(str(path))


@pytest.mark.parametrize(("math", "p", "kinks"), TRUTH, ids=lambda row: str(row)[:30])
def test_kinks_of_one_variable(tmp_path: Path, math: str, p: str, kinks):
    found = audit(spec_of(tmp_path, math, p), only=("kinks",)).findings["kinks"].to_json()
    told = [
        (k["where"], k["slopes"], k["subdifferential"], k["emitted"], k["condition"])
        for k in found["certificate"]["kinks"]
    ]
    assert (found["verdict"], told) == ("proved", kinks)
    places = [where + (f" where {under}" if under else "") for where, *_, under in kinks]
    assert found["value"] == ("; ".join(places) or "none")


def test_the_element_told_is_the_one_that_is_emitted(tmp_path: Path):
    spec = spec_of(tmp_path, "Max(0, 2*x - 1) + Abs(x)")
    loss = draft(spec, tmp_path)
    kinks = audit(spec, only=("kinks",)).findings["kinks"].answer.certificate["kinks"]
    emitted = {kink["where"]: float(Rational(kink["emitted"])) for kink in kinks}
    assert emitted == {"x = 0": loss.gradient(0.0), "x = 1/2": loss.gradient(0.5)}


def test_surfaces_of_any_size(tmp_path: Path):
    found = audit(read_spec("specs/penalty/group_lasso.toml"), only=("kinks",)).findings["kinks"]
    assert (found.verdict, found.value, found.tight) == ("PROVED", "sum(w[g, p]**2, p) = 0", False)
