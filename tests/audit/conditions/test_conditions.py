"""Losses that are convex for some values of a parameter: the condition is found, and is exact."""

from dataclasses import replace
from pathlib import Path

import pytest
from sympy import Rational

from symloss.audit import audit
from symloss.audit.claims import contradictions
from symloss.audit.conditions import spans
from symloss.language import Interval, parse_domain
from symloss.spec import read_spec

# math, domain of x, domain of the parameter p; where it is convex, strictly convex, and why.
TRUTH = [
    ("Abs(x)**p", "real", "positive", "p >= 1", "p > 1", "p (p - 1) |x|**(p - 2), a kink at p = 1"),
    ("x**2 + p*cos(x)", "real", "nonnegative", "p <= 2", "p <= 2", "f'' = 2 - p cos x"),
    ("p*x**2 + x", "real", "real", "p >= 0", "p > 0", "f'' = 2 p"),
    ("p*Abs(x) + (1 - p)*x**2", "real", "real", "0 <= p <= 1", "0 <= p < 1", "jump 2 p, f'' 2 - 2 p"),
    (
        "x**4 + p*x**3 + x**2", "real", "real", "-2*sqrt(6)/3 <= p <= 2*sqrt(6)/3",
        "-2*sqrt(6)/3 <= p <= 2*sqrt(6)/3", "12 x**2 + 6 p x + 2 has the discriminant 36 p**2 - 96",
    ),
    ("x**p", "positive", "real", "p <= 0 or p >= 1", "p < 0 or p > 1", "p (p - 1) x**(p - 2)"),
]  # fmt: skip


def spec_of(folder: Path, math: str, x: str, parameters: dict[str, str], more: str = ""):
    text = 'title = "t"\nsummary = "s"\nsource = "s"\n'
    text += f'math = "loss = {math}"\n[inputs]\nx = {{ domain = "{x}" }}\n[parameters]\n'
    text += "".join(f'{n} = {{ domain = "{d}", default = 1 }}\n' for n, d in parameters.items())
    path = folder / "own.toml"
    path.write_text(text + more, "utf-8")
    return read_spec(str(path))


@pytest.mark.parametrize("row", TRUTH, ids=lambda row: row[0])
def test_conditions_are_found(tmp_path: Path, row):
    math, x, p, convex, strict, _ = row
    spec = spec_of(tmp_path, math, x, {"p": p})
    found = audit(spec, only=("convex", "strictly_convex"), budget=30).findings
    for name, truth in (("convex", convex), ("strictly_convex", strict)):
        one = found[name]
        assert (one.verdict, one.condition, one.exact) == ("PROVED", truth, True), one
        assert one.to_json()["certificate"]["witness"]
    assert found["convex"].statement.endswith(f"is convex in x exactly where {convex}")


def test_no_condition_where_it_holds_for_none(tmp_path: Path):
    spec = spec_of(tmp_path, "-p*x**2", "real", {"p": "positive"})
    found = audit(spec, only=("convex",)).findings["convex"]
    assert (found.verdict, found.condition) == ("REFUTED", "")


def test_what_is_not_shown_to_fail_elsewhere_is_not_exact(tmp_path: Path):
    """Focal loss: with gamma > 0 the violations move to minus infinity as gamma falls to 0."""
    math = "sigmoid(-x)**p*softplus(-x)"
    spec = spec_of(tmp_path, math, "real", {"p": "nonnegative"})
    found = audit(spec, only=("convex",), budget=30).findings["convex"]
    assert (found.verdict, found.condition, found.exact) == ("PROVED", "p == 0", False)
    assert " where p == 0" in found.statement
    assert "exactly" not in found.statement


def test_claims_under_conditions(tmp_path: Path):
    spec = spec_of(tmp_path, "Abs(x)**p", "real", {"p": "positive"})
    found = audit(spec, only=("convex",)).findings
    told = {
        True: "it holds where p >= 1", False: "", "p >= 1": "", "p >= 2": "",
        "p >= 1/2": "it fails at p = ", "q >= 1": "that is no condition on: p",
    }  # fmt: skip
    for claim, why in told.items():
        lines = contradictions(replace(spec, claims={"convex": claim}), {}, found)
        assert len(lines) == bool(why)
        assert why in "".join(lines)


def test_settings_agree_with_the_condition(tmp_path: Path):
    spec = spec_of(tmp_path, "x**2 + p*cos(x)", "real", {"p": "real"})
    for value, verdict in ((2, "PROVED"), (Rational(201, 100), "REFUTED")):
        found = audit(spec, {"p": Rational(value)}, only=("convex",)).findings["convex"]
        assert (found.verdict, found.condition) == (verdict, "")


@pytest.mark.parametrize(
    ("domain", "good", "told"),
    [
        ("positive", [1, 2, 3, 4], "p >= 1"),
        ("positive", [0, 1], "p <= 1"),
        ("positive", [0, 2, 4], "p != 1 and p != 2"),
        ("real", [1, 2, 3], "1 <= p <= 2"),
        ("real", [0, 1, 4], "p <= 1 or p > 2"),
        ("real", [1], "p == 1"),
        ("[1, 2]", [1], "1 < p < 2"),
    ],
)
def test_conditions_in_words(domain: str, good: list[int], told: str):
    whole = parse_domain(domain)
    assert isinstance(whole, Interval)
    parts = spans.cut(whole, [Rational(1), Rational(2)])
    chosen = [parts[n] for n in good]
    assert spans.condition("p", whole, parts, chosen) == told
