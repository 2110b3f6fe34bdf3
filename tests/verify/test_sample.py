"""The sampler's variety: what it promises to try, it tries."""

from __future__ import annotations

import numpy as np
import pytest

from symloss.verify.sample import plain_point, sample
from tests.catalogue import PATHS, spec_of

DOUBLE = np.dtype("float64")


def points(name, dtype=DOUBLE, count=24, seed=0):
    return sample(spec_of(name), count, dtype, seed)


def shown(found):
    return [{name: np.asarray(v).tolist() for name, v in p.values.items()} for p in found]


@pytest.mark.parametrize("name", PATHS)
def test_the_same_seed_gives_the_same_points(name):
    assert shown(points(name)) == shown(points(name))
    assert shown(points(name)) != shown(points(name, seed=1))


@pytest.mark.parametrize("name", PATHS)
def test_every_kind_of_point_is_there(name):
    assert {"interior", "tie"} <= {point.kind for point in points(name)}


@pytest.mark.parametrize("name", ["huber", "quantile", "absolute_error", "hinge"])
def test_kinks_have_points_on_and_beside_them(name):
    kinks = [point for point in points(name) if point.kind == "kink"]
    assert len(kinks) >= 3


def test_the_kink_of_an_absolute_value_is_hit_exactly():
    found = [p for p in points("absolute_error") if p.kind == "kink"]
    gaps = [float(p.values["prediction"] - p.values["target"]) for p in found]
    assert 0.0 in gaps
    assert min(gaps) < 0 < max(gaps)
    assert max(map(abs, gaps)) < 1e-14


def test_magnitudes_are_spread():
    sizes = [abs(float(p.values["prediction"])) for p in points("squared_error")]
    assert min(size for size in sizes if size) < 1e-6
    assert max(sizes) > 1e3


def test_single_precision_points_are_single_precision_numbers():
    for point in points("huber", np.dtype("float32")):
        for value in point.values.values():
            assert np.array_equal(np.asarray(value, np.float32).astype(float), value)


def test_core_dimensions_get_several_sizes_and_differ_from_each_other():
    assert {1, 2, 3} <= {dict(p.sizes)["K"] for p in points("cross_entropy")}
    pairs = {tuple(size for _, size in p.sizes) for p in points("nt_xent")}
    assert any(one != other for one, other in pairs)


def test_labels_reach_both_ends():
    found = [(int(p.values["label"]), dict(p.sizes)["K"]) for p in points("cross_entropy")]
    assert any(label == 0 for label, _ in found)
    assert any(label == size - 1 > 0 for label, size in found)


def test_parameters_are_at_their_defaults_and_elsewhere():
    deltas = {float(p.values["delta"]) for p in points("huber")}
    assert 1.0 in deltas
    assert len(deltas) > 5


def test_points_inside_have_no_element_at_an_end():
    random = np.random.default_rng(5)
    spec, sizes = spec_of("jensen_shannon"), {"K": 500}
    for border in (True, False):
        point = plain_point(spec, sizes, DOUBLE, random, border=border)
        assert (min(np.min(value) for value in point.values.values()) > 0) is not border
