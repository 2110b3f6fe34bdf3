"""Audits as they are stored beside the generated losses: the checker confirms every finding."""

import json
from pathlib import Path

import pytest

from symloss.audit import replay
from symloss.audit.recheck import KINDS
from symloss.spec import read_spec

ROOT = Path(__file__).parents[3]
WITHOUT_CHECKER = {"condition"}
"""Kinds of certificates that nothing replays yet."""


def stored(path: str):
    return json.loads((ROOT / "generated" / f"{path}.audit.json").read_text("utf-8"))


@pytest.mark.parametrize(
    "path",
    [
        "classification/cross_entropy", "classification/nll", "classification/soft_cross_entropy",
        "generative/hinge_gan_discriminator", "generative/vae_gaussian", "generative/v_prediction",
        "metric/n_pairs", "metric/listnet", "metric/margin_ranking", "metric/multiclass_hinge",
        "penalty/group_lasso", "segmentation/dice", "regression/absolute_error",
        "regression/huber", "regression/laplace_nll", "regression/quantile",
        "regression/root_mean_squared_error", "segmentation/jaccard",
    ],
)  # fmt: skip
def test_every_finding_is_confirmed(path):
    found = replay(read_spec(ROOT / "specs" / f"{path}.toml"), stored(path))
    assert [one for one in found if one.status != "confirmed"] == []
    assert len(found) > 10


@pytest.mark.parametrize("path", ["metric/triplet", "regression/rmsle"])
def test_no_finding_is_rejected(path):
    """Of these the checker does not follow every proof."""
    found = replay(read_spec(ROOT / "specs" / f"{path}.toml"), stored(path))
    assert [one for one in found if one.status == "rejected"] == []
    assert sum(one.status == "confirmed" for one in found) > 10


def test_all_kinds_of_certificates_have_a_checker():
    unknown = set()
    for path in (ROOT / "generated").rglob("*.audit.json"):
        for one in json.loads(path.read_text("utf-8"))["findings"]:
            data = one["certificate"] if one["verdict"] == "proved" else one["witness"]
            if one["verdict"] != "unknown" and data is not None:
                follows = one["verdict"] == "refuted" and "of" in data
                unknown |= set() if follows else {data["kind"]} - KINDS[one["verdict"]]
    assert unknown <= WITHOUT_CHECKER
