"""Faults planted in the prover: numbers, or the checker, catch what it then claims."""

from dataclasses import replace
from pathlib import Path

import pytest
import sympy

from symloss.audit import REJECTED, replay
from symloss.audit.attack import fallen
from symloss.audit.composition import Orders, Slopes, Walk, atoms, rules, simple
from symloss.audit.composition.convexity import shapes
from symloss.audit.findings import Finding
from symloss.audit.properties import actions, joints
from symloss.audit.properties.invariance import invariances
from symloss.audit.properties.line import line
from symloss.audit.properties.profiles import known as profiles
from symloss.audit.properties.regularity import smoothness
from symloss.audit.properties.shapes import shapes as on_lines
from symloss.audit.signs import peaks, pieces
from symloss.audit.subject import subject
from symloss.audit.verdicts import Proved
from symloss.spec import read_spec

HEAD = 'title = "t"\nsummary = "s"\nsource = "s"\n'
LINE = 'x = { domain = "real" }\n'
PAIR = LINE + 'y = { domain = "real" }\n'
VECTOR = 'x = { domain = "real", shape = ["I"] }\n'


def loss(folder: Path, math: str, inputs: str = LINE):
    path = folder / "own.toml"
    path.write_text(f'{HEAD}math = "loss = {math}"\n[inputs]\n{inputs}', "utf-8")
    return subject(read_spec(path), {})


def proved(known, findings):
    return {one.name: one for one in findings if one.verdict == "PROVED"}


@pytest.mark.parametrize(
    ("node", "column", "math"),
    [
        (sympy.log, "convex", "log(x**2 + 1)"),  # a curvature turned round
        (sympy.tanh, "convex", "tanh(x)"),
        (sympy.sin, "convex", "sum(sin(x[i]), i)"),
        (sympy.atan, "convex", "atan(x)"),
        (sympy.erf, "convex", "erf(x)"),
        (sympy.Abs, "increasing", "Abs(x**2 - 1)"),  # a composition with the wrong monotonicity
        (sympy.cosh, "increasing", "cosh(x**2 - 1)"),
    ],
)
def test_wrong_atoms(tmp_path, monkeypatch, node, column, math):
    known = loss(tmp_path, math, VECTOR if "[i]" in math else LINE)
    wrong = replace(atoms.ATOMS[node], **{column: atoms.EVERYWHERE})
    monkeypatch.setitem(atoms.ATOMS, node, wrong)
    found = [Finding(name, answer) for name, answer in shapes(known.program, 0.0).items()]
    claimed = proved(known, found)
    assert "convex" in claimed
    assert "convex" in fallen(known, claimed)


def test_a_product_taken_for_convex(tmp_path, monkeypatch):
    known = loss(tmp_path, "exp(x)*(x - 3)")
    honest = rules.product
    monkeypatch.setattr(rules, "product", lambda facts: replace(honest(facts), convex=True))
    found = [Finding(name, answer) for name, answer in shapes(known.program, 0.0).items()]
    assert "convex" in fallen(known, proved(known, found))


def test_a_dropped_joint_condition(tmp_path, monkeypatch):
    known = loss(tmp_path, "Min(x, 2*x)")
    monkeypatch.setattr(joints, "rises", lambda *_: True)
    found = proved(known, on_lines(profiles(known, 5.0)))
    assert "convex" in found
    assert "convex" in fallen(known, found)


@pytest.mark.parametrize(
    ("math", "name", "end"),
    [
        ("log(1 + exp(x))", "lipschitz", sympy.S.Half),  # a limit at an end that is missed
        ("tanh(x)", "upper_bound", sympy.S.Half),
    ],
)
def test_a_missed_end_limit(tmp_path, monkeypatch, math, name, end):
    known = loss(tmp_path, math)
    monkeypatch.setattr(peaks, "end_limit", lambda *_: end)
    found = proved(known, line(known, 5.0))
    assert found[name].formula == end
    assert name in fallen(known, found)


def test_a_joint_taken_for_smooth(tmp_path, monkeypatch):
    known = loss(tmp_path, "Abs(x)")
    monkeypatch.setattr(pieces, "_agreeing", lambda *_: 1)
    found = proved(known, smoothness(known, 5.0))
    assert "differentiable" in found
    assert {"differentiable", "smoothness"} <= set(fallen(known, found))


def test_an_order_that_forgets_kinks(tmp_path, monkeypatch):
    known = loss(tmp_path, "sum(Abs(x[i]), i)", VECTOR)
    monkeypatch.setattr(Orders, "of", lambda *_: sympy.oo)
    assert Orders(Walk(simple(known.program), known.wrt)).loss == sympy.oo
    data = {"kind": "orders", "steps": []}
    claimed = Finding("smoothness", Proved("rules", (), data), "Cinf", wrt=known.wrt)
    assert "smoothness" in fallen(known, {"smoothness": claimed})
    assert checked(known, claimed) != "confirmed"


def test_a_sum_whose_slopes_do_not_add_up(tmp_path, monkeypatch):
    known = loss(tmp_path, "sum(Abs(x[i]), i)", VECTOR)
    monkeypatch.setattr(Slopes, "_together", lambda *_: sympy.S.One)
    bound = Slopes(Walk(simple(known.program), known.wrt)).loss
    assert bound == 1
    claimed = Finding("lipschitz", Proved("rules"), "1", formula=bound, wrt=known.wrt)
    assert "lipschitz" in fallen(known, {"lipschitz": claimed})


@pytest.mark.parametrize(
    ("math", "name"),
    [
        ("Max(x, 0) - Max(y, 0)", "translation_invariant"),  # a shift that leaves 0 where it is
        ("Max(x, 1) - Max(y, 1)", "homogeneous"),
    ],
)
def test_a_law_that_ignores_numbers(tmp_path, monkeypatch, math, name):
    known = loss(tmp_path, math, PAIR)
    monkeypatch.setattr(
        actions,
        "_alike",
        lambda laws: next((n for n in laws if n.degree or n.shift), actions.STILL),
    )
    answers = {one.name: one.verdict for one in invariances(known, 5.0)}
    assert answers[name] != "PROVED"


def checked(known, finding: Finding) -> str:
    document = {"spec_hash": known.spec.hash, "set": {}, "findings": [finding.to_json()]}
    return replay(known.spec, document)[0].status


@pytest.mark.parametrize(
    ("math", "name", "value", "kind"),
    [
        ("log(1 + exp(x))", "gradient_lipschitz", "249999/1000000", "peak"),  # rounded inward
        ("log(1 + exp(x))", "lower_bound", "1/1000000", "peak"),
        ("x**2", "strong_convexity_constant", "2000001/1000000", "peak"),
        ("Abs(x)", "smoothness", "C1", "orders"),
        ("Abs(x)", "growth", "quadratic", "growth"),
        ("Abs(x)", "homogeneous", "2", "motion"),
    ],
)
def test_values_that_the_checker_does_not_confirm(tmp_path, math, name, value, kind):
    known = loss(tmp_path, math)
    data = {"kind": kind, "action": "scale", "inputs": ["x"], "degree": value}
    claimed = Finding(name, Proved("search", (), data), value, wrt=("x",))
    status = checked(known, claimed)
    assert status != "confirmed"
    assert kind != "motion" or status == REJECTED
