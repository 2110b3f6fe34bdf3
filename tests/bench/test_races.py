"""What is timed, in which order, and only where results agree. No test looks at a time."""

from __future__ import annotations

import itertools
import re

import numpy as np
import pytest

from symloss import bench, losses, pipeline, publish
from symloss.bench.agreement import disagreement
from symloss.bench.cases import Shape, arrays
from symloss.bench.engines import Task, ours, plain, why_not_compiled
from symloss.bench.rounds import Times, interleave


def _task(name, kind=np.float64, what="value_and_gradient"):
    spec = pipeline.read_spec(publish.catalogue_specs()[name])
    shape = Shape(7, dict.fromkeys(spec.dimensions, 5))
    return Task(spec, arrays(spec, shape, kind), what)


NAMES = ["huber", "gaussian_nll", "cross_entropy", "dice", "triplet", "nt_xent", "list_mle"]


@pytest.mark.parametrize("name", NAMES)
def test_numpy_from_the_spec_agrees_with_emitted_code(name):
    task = _task(name)
    assert disagreement(ours(task, getattr(losses, name))(), plain(task)()) == ""


@pytest.mark.parametrize("spoil", [lambda x: -x, lambda x: 2 * x, lambda x: x.astype(np.float32)])
def test_a_wrong_gradient_disagrees(spoil):
    value, (slope,) = plain(_task("huber"))()
    assert disagreement((value, (slope,)), (value, (spoil(slope),)))


def test_nan_disagrees():
    assert disagreement((np.float64(1), ()), (np.float64("nan"), ()))


def test_arrays_are_as_callers_have_them():
    spec = pipeline.read_spec(publish.catalogue_specs()["nt_xent"])
    given = arrays(spec, Shape(1, dict.fromkeys(spec.dimensions, 10)), np.float32)
    assert all(x.flags.carray for x in given)  # one item's places, too


def test_rounds_alternate():
    order = []
    works = {name: (lambda name=name: order.append(name)) for name in "abc"}
    times = interleave(works, 4, clock=itertools.count().__next__)
    assert "".join(order[-12:]) == "abccbaabccba"
    assert {len(found) for found in times.samples.values()} == {4}


def test_what_disagrees_is_not_timed(monkeypatch):
    def wrong(task):
        value, slopes = plain(task)()
        return lambda: (value, tuple(2 * slope for slope in slopes))

    monkeypatch.setitem(bench.ENGINES, "torch", wrong)
    case = publish.cases(["huber"], None)[0]
    race = next(bench.races(case, bench.Settings(("torch", "numpy"), quick=True)))
    assert "torch" not in race.ratios
    assert "ours is right" in race.disagreements["torch"]
    assert not race.disputed
    assert {"numpy", "triad"} <= set(race.ratios)
    assert {goal.against for goal in race.goals} == {"numpy", "triad"}


def test_calls_on_few_items_are_held_against_an_empty_one(monkeypatch):
    monkeypatch.setattr("symloss.bench.measure._shapes", lambda *_: [])
    found = list(bench.races(publish.cases(["huber"], None)[0], bench.Settings((), quick=True)))
    assert [(race.shape, race.dtype) for race in found] == [
        (shape, dtype) for shape in ("16", "100") for dtype in ("float32", "float64")
    ]
    for race in found:
        (goal,) = race.goals
        assert (race.kind, goal.against) == (bench.SMALL, bench.DISPATCH)
        assert goal.reached < race.seconds


def test_targets_are_for_one_thread(monkeypatch):
    monkeypatch.setattr("symloss.bench.measure._shapes", lambda *_: [])
    settings = bench.Settings((), quick=True, threads=2)
    assert all(
        race.goals == () for race in bench.races(publish.cases(["huber"], None)[0], settings)
    )


def test_what_is_beyond_another_is_a_median_of_differences():
    times = Times({"a": (5.0, 1.0, 9.0), "b": (4.0, 3.0, 2.0)})
    assert times.excess("a", "b") == 1.0


@pytest.mark.parametrize(
    ("told", "why"),
    [
        # As PyTorch 2.13 says it.
        (
            "InvalidCxxCompiler: No working C++ compiler found in config",
            "install g\\+\\+, or set CXX",
        ),
        ("Unsupported: data-dependent branching", "failed: Unsupported"),
        ("", "failed: ValueError"),
    ],
)
def test_why_nothing_was_compiled_is_told(told, why):
    assert re.search(why, why_not_compiled(ValueError(told)))
