"""Several implementations at the same points: who is inaccurate is found out, and only they are."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from symloss import losses
from symloss.spec import read_spec
from symloss.verify import Field, Line, contest, curves, held
from symloss.verify.accuracy.format import FORMATS

SPECS = Path(__file__).parents[2] / "specs"
FLOAT64 = FORMATS["float64"]


def spec_of(name: str):
    return read_spec(next(SPECS.glob(f"*/{name}.toml")))


class NaiveBinary:
    """What most write: the slope of a confident, right prediction is a difference from 1."""

    def gradient(self, logit, target):
        return 1 / (1 + np.exp(-logit)) - target

    def value_and_gradient(self, logit, target):
        return np.logaddexp(0, logit) - target * logit, self.gradient(logit, target)


class Huber:
    """Right for a delta of 0.75, but for residuals below 1e-8, where it is NaN."""

    def value(self, prediction, target, delta):
        assert set(delta) == {0.75}
        far = abs(prediction - target)
        small = np.where((far > 0) & (far < 1e-8), np.nan, far**2 / 2)
        return np.where(far <= 0.75, small, 0.75 * (far - 0.375))

    def value_and_gradient(self, *arrays, **given):
        return self.value(*arrays, **given), None


def test_a_lost_slope_is_found_and_a_certain_label_excuses_nothing():
    both = {"ours": losses.binary_cross_entropy, "naive": NaiveBinary()}
    group = Field(spec_of("binary_cross_entropy"), both, lambda item: item["target"] in (0, 1))
    found = contest(group, "gradient", "float64", seconds=0, starts=40)
    assert found["ours"].mixed.ulps < 4
    assert found["naive"].mixed.ulps > 1e12
    assert {row.points for row in found.values()} == {found["ours"].points}
    assert found["ours"].points > 60


def test_parameters_are_held_and_lost_results_are_counted():
    spec = held(spec_of("huber"), {"delta": 0.75})
    found = contest(
        Field(spec, {"ours": losses.huber, "theirs": Huber()}),
        "value", "float64", seconds=0, starts=40,
    )  # fmt: skip
    assert found["ours"].lost == 0
    assert found["theirs"].lost > 0
    assert found["theirs"].mixed.ulps < 4


def test_points_are_of_ordinary_size_and_allowed():
    tried = []

    class Watched:
        def value(self, logit, target):
            tried.extend(zip(logit.tolist(), target.tolist(), strict=True))
            return losses.binary_cross_entropy.value(logit, target)

        def value_and_gradient(self, logit, target):
            return losses.binary_cross_entropy.value_and_gradient(logit, target)

    group = Field(
        spec_of("binary_cross_entropy"), {"ours": Watched()}, lambda item: item["target"] == 1,
        (1e-3, 1e2),
    )  # fmt: skip
    contest(group, "value", "float64", seconds=0, starts=40)
    sizes = np.array([abs(logit) for logit, target in tried if logit])
    assert {target for _, target in tried} == {1.0}
    assert sizes.min() >= 0.999e-3
    assert sizes.max() <= 100.1


@pytest.mark.parametrize(("end", "label"), [(0, 0), (1, 2)])
def test_a_line_varies_the_first_number_only(end: int, label: int):
    (place,) = Line("logits", {}, end).places(spec_of("cross_entropy"), FLOAT64, [5.0])
    assert place.values["logits"].tolist() == [5.0, 0.0, 0.0]
    assert place.values["label"] == label


def test_a_line_stays_in_the_simplex_and_within_domains():
    spec = spec_of("kl_divergence")
    places = list(Line("prediction", {}).places(spec, FLOAT64, [1e-3, 0.1, 10.0]))
    assert len(places) == 2
    assert [place.values["prediction"].sum() for place in places] == pytest.approx([1, 1])
    assert places[0].values["target"].tolist() == [0.5, 0.25, 0.25]


def test_curves_show_where_digits_go():
    group = Field(
        spec_of("binary_cross_entropy"),
        {"ours": losses.binary_cross_entropy, "naive": NaiveBinary()},
    )
    ours, naive = curves(group, Line("logit", {"target": 1.0}), [1.0, 40.0], "gradient", "float64")
    assert ours.numbers == naive.numbers == (1.0, 40.0)
    assert max(ours.ulps) < 8
    assert naive.ulps[0] < 16
    assert naive.ulps[1] > 2**52
    assert naive.rest == "target=1.0"
