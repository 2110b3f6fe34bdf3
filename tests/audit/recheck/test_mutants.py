"""The checker confirms what audits find, and rejects every certificate and witness tampered with."""

import copy
import json
from functools import cache
from pathlib import Path

import pytest

from symloss.audit import audit, replay
from symloss.audit.recheck.rules import Rules
from symloss.errors import SymlossError
from symloss.program import read_program
from symloss.spec import read_spec

SPECS = Path(__file__).parents[3] / "specs"


@cache
def audited(path: str):
    """A loss's spec, and an audit of it: of what is asked here, as whole ones take long.

    The findings of whole audits are replayed as they are stored, by `test_stored`.
    """
    spec = read_spec(SPECS / path)
    return spec, json.loads(json.dumps(audit(spec, only=ASKED.get(path, ())).to_json()))


ASKED = {
    "segmentation/dice.toml": ("convex", "symmetric", "permutation_symmetric", "homogeneous"),
    "regression/rmsle.toml": ("smoothness", "differentiable"),
    "metric/triplet.toml": ("gradient_informative",),
}


def outcomes(path: str, change=None, only=()):
    """The checker's answers by property, after `change` of the findings, by property.

    To all findings, or to those that are asked for: a tampered one is rejected on its own account.
    """
    spec, document = audited(path)
    document = copy.deepcopy(document)
    if change is not None:
        change({finding["property"]: finding for finding in document["findings"]})
    if only:
        document["findings"] = [one for one in document["findings"] if one["property"] in only]
    return {one.name: one for one in replay(spec, document)}


@pytest.mark.parametrize(
    ("path", "confirmed"),
    [
        ("classification/logistic.toml", ("convex", "concave", "quasiconvex", "symmetric")),
        ("regression/squared_error.toml", ("convex", "symmetric", "domain")),
        ("segmentation/dice.toml", ASKED["segmentation/dice.toml"]),
        ("classification/zero_one.toml", ("convex", "gradient_informative")),
        ("regression/rmsle.toml", ASKED["regression/rmsle.toml"]),
        ("metric/triplet.toml", ASKED["metric/triplet.toml"]),
    ],
)
def test_audits_are_confirmed(path, confirmed):
    found = outcomes(path)
    assert not [one for one in found.values() if one.status == "rejected"]
    assert {name for name in confirmed if found[name].status != "confirmed"} == set()


def _moved_middle(by):
    by["concave"]["witness"]["middle"]["prediction"] = "7"


def _outside(by):
    for point in (*by["concave"]["witness"]["points"], by["concave"]["witness"]["middle"]):
        point["target"] = "1/2"


def _target_moves(by):
    witness = by["concave"]["witness"]
    witness["points"][0]["target"] = "-1" if witness["middle"]["target"] == "1" else "1"


def _unknown_label(by):
    by["concave"]["witness"]["points"][0]["other"] = "1"


def _no_middle(by):
    del by["concave"]["witness"]["middle"]


@pytest.mark.parametrize(
    "change", [_moved_middle, _outside, _target_moves, _unknown_label, _no_middle]
)
def test_tampered_chords_are_rejected(change):
    found = outcomes("classification/logistic.toml", change, {"concave"})
    assert found["concave"].status == "rejected"


def test_a_chord_of_one_claim_does_not_refute_another():
    def change(by):
        by["convex"].update(verdict="refuted", witness=by["concave"]["witness"])

    found = outcomes("classification/logistic.toml", change, {"convex"})
    assert found["convex"].status == "rejected"


def test_what_is_false_is_not_confirmed_by_a_copied_certificate():
    def change(by):
        by["concave"].update(verdict="proved", certificate=by["convex"]["certificate"])

    found = outcomes("classification/logistic.toml", change, {"concave"})
    assert found["concave"].status != "confirmed"


def test_tampered_exchanges_are_rejected():
    def reflected(by):
        by["symmetric"]["certificate"]["image"]["prediction"] = ["prediction", -1]

    def to_itself(by):
        image = by["symmetric"]["certificate"]["image"]
        image.update(prediction=["prediction", 1], target=["target", 1])

    def same_point(by):
        by["symmetric"]["witness"]["image"] = {"prediction": ["prediction", 1]}

    for change in (reflected, to_itself):
        found = outcomes("regression/squared_error.toml", change, {"symmetric"})
        assert found["symmetric"].status == "rejected"
    found = outcomes("classification/logistic.toml", same_point, {"symmetric"})
    assert found["symmetric"].status == "rejected"


def test_tampered_motions_and_matches_are_rejected():
    def still(by):
        by["homogeneous"]["witness"]["by"] = "1"
        by["zero_at_match"]["witness"]["inputs"] = ["prediction", "prediction"]

    found = outcomes("classification/logistic.toml", still, {"homogeneous", "zero_at_match"})
    assert found["homogeneous"].status == found["zero_at_match"].status == "rejected"


def test_tampered_gradients_are_rejected():
    def on_the_flat(by):
        by["gradient_informative"]["certificate"]["point"]["prediction"] = by["convex"]["wrt"][0]

    def zero(by):
        one = by["gradient_informative"]
        one.update(verdict="refuted", witness={"kind": "zero gradient"})

    for change in (on_the_flat, zero):
        found = outcomes("classification/logistic.toml", change, {"gradient_informative"})
        assert found["gradient_informative"].status == "rejected"


def test_tampered_segments_are_rejected():
    def still(by):
        witness = by["strictly_convex"]["witness"]
        witness["direction"] = dict.fromkeys(witness["direction"], "0")

    def curved(by):
        by["strictly_convex"]["witness"]["t"] = ["-40", "40"]

    path, only = "regression/huber.toml", {"strictly_convex"}
    assert outcomes(path, None, only)["strictly_convex"].status == "confirmed"
    for change in (still, curved):
        assert outcomes(path, change, only)["strictly_convex"].status == "rejected"


def test_consequences_need_their_premise():
    def upwards(by):
        by["quasiconvex"]["certificate"]["of"] = "quasiconvex"

    def backwards(by):
        by["convex"]["certificate"] = {"kind": "consequence", "of": "quasiconvex"}

    path, both = "classification/logistic.toml", {"convex", "quasiconvex"}
    assert outcomes(path, upwards, both)["quasiconvex"].status == "rejected"
    assert outcomes(path, backwards, both)["convex"].status == "rejected"


def test_axes_of_permutations_must_be_all():
    def fewer(by):
        by["permutation_symmetric"]["certificate"]["axes"] = []

    found = outcomes("segmentation/dice.toml", fewer, {"permutation_symmetric"})
    assert found["permutation_symmetric"].status == "rejected"


def test_another_spec_is_refused():
    spec, document = audited("classification/logistic.toml")
    with pytest.raises(SymlossError, match="another version of the spec"):
        replay(spec, {**document, "spec_hash": "0"})


HEAD = 'title = "t"\nsummary = "s"\nsource = "s"\n'
VECTOR = 'x = { domain = "real", shape = ["I"] }\n'
LINE = 'x = { domain = "real" }\n'
POSITIVE = 'x = { domain = "positive" }\n'


@pytest.mark.parametrize(
    ("math", "inputs", "convex", "concave"),
    [
        ("sqrt(sum(x[i]**2, i) + 1)", VECTOR, True, False),
        ("logsumexp(x[i], i)", VECTOR, True, False),
        ("log(sum(exp(2*x[i]), i))", VECTOR, True, False),
        ("max(Abs(x[i]), i)", VECTOR, True, False),
        ("sum(x[i]**3, i)", VECTOR, False, False),
        ("sum(x[i], i)**2", VECTOR, True, False),
        ("Max(x, 0)*Max(x, 0)", LINE, True, False),
        ("Max(x, 0)*Max(-x, -1)", LINE, False, False),
        ("exp(-x**2)", LINE, False, False),
        ("1/x", POSITIVE, True, False),
        ("-1/x", POSITIVE, False, True),
        ("1/x", LINE, False, False),
        ("log(x)", POSITIVE, False, True),
        ("log(x)", LINE, False, False),
        ("sqrt(x) - x**2", POSITIVE, False, True),
        ("x*Abs(x)", LINE, False, False),
        ("2**x", LINE, True, False),
        ("Piecewise((x**2/2, Abs(x) <= 2), (2*(Abs(x) - 1), True))", LINE, True, False),
        ("Piecewise((x**2/2, Abs(x) <= 2), (3*(Abs(x) - 4/3), True))", LINE, False, False),
        ("Piecewise((x**2/2, x <= 2), (x, True))", LINE, False, False),
        ("Max(x, 0) - x/3 + log(1 + exp(-Abs(x)))", LINE, True, False),
        ("x*atan(x)", LINE, True, False),
        ("Piecewise((5, Eq(x, 0)), (x**2, True))", LINE, False, False),
        ("Min(x, 2*x)", LINE, False, True),
        ("x**4 - x**2", LINE, False, False),
    ],
)
def test_rules(tmp_path: Path, math, inputs, convex, concave):
    path = tmp_path / "own.toml"
    path.write_text(f'{HEAD}math = "loss = {math}"\n[inputs]\n{inputs}', "utf-8")
    known = Rules(read_program(read_spec(path))).known["loss"]
    assert (known.convex, known.concave) == (convex, concave)
