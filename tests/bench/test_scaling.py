"""Growing arrays: how far, who goes on, and the slopes. No test looks at a time."""

from __future__ import annotations

import functools

import pytest

from symloss import bench, pipeline, publish
from symloss.bench import memory
from symloss.bench.cases import Shape, arrays, scaling_shapes
from symloss.bench.contenders import Contenders
from symloss.bench.rounds import Times
from symloss.bench.scaling import Climb, fit

NAMES = ["huber", "cross_entropy", "triplet", "nt_xent"]


@functools.cache
def spec_of(name):
    return pipeline.read_spec(publish.catalogue_specs()[name])


@functools.cache
def gradient(name):
    return pipeline.derive_spec(spec_of(name)).gradient


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("most", [10**5, 10**8])
def test_sizes_grow_up_to_so_many_numbers(name, most):
    spec = spec_of(name)
    axes = scaling_shapes(spec, most)
    assert set(axes) == ({"items", "size"} if spec.dimensions else {"items"})
    for shapes in axes.values():
        counts = [memory._count(gradient(name), spec.wrt[0], shape) for shape in shapes]
        assert counts == sorted(set(counts))
        assert most / 20 <= counts[-1] <= most
        assert len(counts) >= 3


@pytest.mark.parametrize("name", NAMES)
def test_what_inputs_take_is_no_more_than_foretold(name):
    shape = Shape(6, dict.fromkeys(spec_of(name).dimensions, 5))
    made = sum(part.nbytes for part in arrays(spec_of(name), shape, "float32"))
    assert made <= memory.held(gradient(name), shape, 4) <= 4 * made


def test_pairs_are_foretold():
    ten, twenty = (Shape(3, {"N": size, "D": size}) for size in (10, 20))
    program = gradient("nt_xent")
    assert memory.turns(program, twenty) > 6 * memory.turns(
        program, ten
    )  # between pairs and triples
    assert 20 * 20 * 4 <= memory.stored(program, twenty, 4) < 20**3 * 4


def test_memory_is_known_and_finite():
    assert 2**20 < memory.available() < 2**50


class Field:
    """Contenders whose calls take nothing; `seconds` stand for what a clock would say."""

    def __init__(self, monkeypatch, seconds):
        self.entered = []
        self.seconds = seconds
        monkeypatch.setattr("symloss.bench.scaling.interleave", self.interleave)

    def enter(self, shape, peers):
        self.entered.append((shape.items, tuple(peers)))
        return Contenders(dict.fromkeys(["ours", *peers]), {}, {}, False)

    def interleave(self, works, rounds):
        items = self.entered[-1][0]
        return Times({name: (self.seconds[name] * items,) * rounds for name in works})


def climb(field, settings=None, budget=10**12, up_to=6):
    found = Climb(gradient("huber"), settings or bench.Settings(("torch", "numpy")), budget)
    for power in range(1, up_to + 1):
        found.step(Shape(10**power, {}), field.enter)
    return found.sweep("items")


def test_all_go_to_the_end_where_nothing_is_too_much(monkeypatch):
    sweep = climb(Field(monkeypatch, {"ours": 1e-9, "torch": 2e-9, "numpy": 3e-9}))
    assert sweep.sizes == tuple(10**power for power in range(1, 7))
    assert sweep.stopped == {}
    assert sweep.seconds["torch"] == pytest.approx([2e-9 * size for size in sweep.sizes])
    assert all(slope.slope == pytest.approx(1) for slope in sweep.slopes.values())


def test_a_slow_peer_stops_and_the_others_go_on(monkeypatch):
    field = Field(monkeypatch, {"ours": 1e-9, "torch": 1e-3, "numpy": 1e-9})
    sweep = climb(field)
    assert field.entered[-1] == (10**6, ("numpy",))
    assert sweep.seconds["torch"][3:] == (None, None, None)
    assert "10k would take 10 s a call" in sweep.stopped["torch"]


def test_what_would_not_fit_is_not_drawn(monkeypatch):
    field = Field(monkeypatch, {"ours": 1e-9, "torch": 1e-9, "numpy": 1e-9})
    sweep = climb(field, budget=3 * 10**6)
    assert field.entered[-1] == (10**4, ("torch", "numpy"))
    assert sweep.sizes[-1] == 10**4
    assert all("GB of memory" in sweep.stopped[name] for name in ("ours", "torch", "numpy"))


def test_a_peer_that_disagrees_once_is_out_for_good(monkeypatch):
    class Disagreeing(Field):
        def enter(self, shape, peers):
            found = super().enter(shape, peers)
            if shape.items == 1000:
                del found.works["torch"]
                found.disagreements["torch"] = "it is wrong"
                return Contenders(found.works, {}, found.disagreements, True)
            return found

    sweep = climb(Disagreeing(monkeypatch, {"ours": 1e-9, "torch": 1e-9, "numpy": 1e-9}))
    assert sweep.left_out == {"torch": "1k: it is wrong"}
    assert sweep.disputed
    assert sweep.seconds["torch"][2:] == (None,) * 4


def test_the_slope_leaves_out_what_a_call_costs_at_all():
    sizes = [10**power for power in range(1, 9)]
    found = fit(sizes, [5e-6 + 1e-9 * size**1.5 for size in sizes])
    assert found.slope == pytest.approx(1.5, abs=0.05)
    assert found.start == 1000


@pytest.mark.parametrize("count", [2, 3])
def test_few_sizes_have_a_slope_too(count):
    sizes = [10**power for power in range(count)]
    assert fit(sizes, [1e-6 * size**2 for size in sizes]).slope == pytest.approx(2)


def test_a_loss_is_swept(monkeypatch):
    monkeypatch.setattr("symloss.bench.scaling.QUICK_NUMBERS", 1000)
    case = publish.cases(["cross_entropy"], None)[0]
    by_items, by_size = bench.sweeps(case, bench.Settings(("numpy",), quick=True))
    assert (by_items.axis, by_items.sizes) == ("items", (10, 100))
    assert (by_size.axis, by_size.sizes) == ("size", (4,))
    assert set(by_items.seconds) == {"ours", "numpy"}
    assert by_items.stopped == by_items.left_out == {}
