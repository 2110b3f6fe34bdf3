"""What is open for all values of parameters and holds without the ends of their domains."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from symloss.audit import audit, replay
from symloss.audit.claims import contradictions
from symloss.audit.conditions import opened
from symloss.audit.subject import subject
from symloss.spec import read_spec

HEAD = 'title = "t"\nsummary = "s"\nsource = "s"\nwrt = ["w"]\n'
SCALAR, VECTOR = 'w = { domain = "real" }', 'w = { domain = "real", shape = ["K"] }'
SHARES = 'w = { domain = "[0, 1]", shape = ["K"] }'
RIDGE, SUMS, RATIO = "p*w**2", "p*sum(w[k]**2, k)", "(sum(w[k]**2, k) + p)/(sum(w[k], k) + p)"
NET = "p*(q*sum(Abs(w[k]), k) + (1 - q)*sum(w[k]**2, k))"


def spec_of(folder: Path, math: str, w: str = SCALAR, more: str = ""):
    domains = {"p": "nonnegative", "q": "[0, 1]"}
    text = f'{HEAD}math = "loss = {math}"\n[inputs]\n{w}\n[parameters]\n'
    used = [name for name in domains if f"{name}*" in math or re.search(rf"[+-] {name}\b", math)]
    text += "".join(f'{n} = {{ domain = "{domains[n]}", default = 0.5 }}\n' for n in used)
    path = folder / "own.toml"
    path.write_text(text + more, "utf-8")
    return read_spec(path)


# A penalty of strength 0 is 0, and has other constants; a ratio of sums is not defined at 0/0.
TRUTH = [
    (RIDGE, SCALAR, "lipschitz", "oo", "p > 0"),
    (RIDGE, SCALAR, "upper_bound", "oo", "p > 0"),
    (RIDGE, SCALAR, "minimiser", "w = 0", "p > 0"),
    (RIDGE, SCALAR, "gradient_lipschitz", "2*p", ""),
    (RIDGE, SCALAR, "strong_convexity_constant", "2*p", ""),
    (SUMS, VECTOR, "lipschitz", "oo", "p > 0"),
    (SUMS, VECTOR, "upper_bound", "oo", "p > 0"),
    (SUMS, VECTOR, "strong_convexity_constant", "2*p", ""),
    (NET, VECTOR, "upper_bound", "oo", "p > 0 and q < 1"),
    (RATIO, SHARES, "smoothness", "Cinf", "p > 0"),
]


@pytest.mark.parametrize(("math", "w", "name", "value", "condition"), TRUTH)
def test_constants_away_from_ends(tmp_path, math, w, name, value, condition):
    one = audit(spec_of(tmp_path, math, w), only=(name,)).findings[name]
    assert (one.verdict, one.value, one.condition) == ("PROVED", value, condition)


KINKS = [
    ("p*Abs(w)", SCALAR, "p > 0"),
    ("Max(Abs(w) - p, 0)", SCALAR, ""),  # with p = 0, too
    ("p*Abs(w) + w**2", SCALAR, "p > 0"),
    (NET, VECTOR, "p > 0 and q > 0"),
]


@pytest.mark.parametrize(("math", "w", "condition"), KINKS)
def test_kinks_that_vanish_at_ends(tmp_path, math, w, condition):
    one = audit(spec_of(tmp_path, math, w), only=("smoothness", "gradient_lipschitz"))
    bend = one.findings["gradient_lipschitz"]
    assert (bend.value, bend.condition, bend.exact) == ("oo", condition, bool(condition))


def test_what_fails_without_ends_fails(tmp_path):
    """A refutation for some values is one for all: it has no condition."""
    name = "bounded_influence"
    one = audit(spec_of(tmp_path, SUMS, VECTOR), only=(name,)).findings[name]
    assert (one.verdict, one.condition) == ("REFUTED", "")


def test_one_end_then_all_but_one_then_none(tmp_path):
    told = [condition for condition, _ in opened(subject(spec_of(tmp_path, NET, VECTOR), {}))]
    pairs = ["p > 0 and q > 0", "p > 0 and q < 1", "q > 0 and q < 1"]
    assert told == ["p > 0", "q > 0", "q < 1", *pairs, "p > 0 and q > 0 and q < 1"]
    assert opened(subject(spec_of(tmp_path, "w**2"), {})) == []


@pytest.mark.parametrize(
    ("claim", "is_denied"),
    [
        ("lipschitz = true", True),  # at p = 1 there is none
        ("lipschitz = false", False),
        ('smoothness = "C0"', False),  # it may be so at p = 0
    ],
)
def test_claims_for_all_values(tmp_path, claim, is_denied):
    math, w = (RATIO, SHARES) if "smooth" in claim else (RIDGE, SCALAR)
    spec = spec_of(tmp_path, math, w, f"[claims]\n{claim}\n")
    found = audit(spec, only=(claim.partition(" ")[0],)).findings
    assert bool(contradictions(spec, {}, found)) == is_denied


def test_a_condition_may_not_be_left_out(tmp_path):
    spec = spec_of(tmp_path, RIDGE)
    asked = ("convex", "strictly_convex")
    document = json.loads(json.dumps(audit(spec, only=asked).to_json()))
    by = {one["property"]: one for one in document["findings"]}
    by["strictly_convex"]["condition"] = "p > 0"
    by["convex"]["certificate"] = {"kind": "consequence", "of": "strictly_convex"}
    found = {one.name: one.status for one in replay(spec, document)}
    assert found["convex"] == "rejected"
