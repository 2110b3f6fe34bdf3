"""Tables, notes, JSON and figures of races: every ratio is there, and what was missed."""

from __future__ import annotations

import io
import json
import re

import pytest
from rich.console import Console

from symloss.bench import DISPATCH, SMALL, Goal, Race, Settings, Slope, Sweep
from symloss.report.bars import races_plot
from symloss.report.figures import FigureError
from symloss.report.races import races_json, races_notes, races_table, verdict
from symloss.report.sweeps import sweep_table, sweeps_json, sweeps_notes, sweeps_plot


def race(loss="square", kind="memory-bound", **changed):
    ratios = {"torch": (1.9, 2.5, 3.0), "numpy": (1.0, 1.5, 2.0), "triad": (0.9, 0.95, 1.0)}
    facts = {
        "shape": "1M",
        "dtype": "float32",
        "function": "value_and_gradient",
        "seconds": 1e-3,
        "moved": 12 * 10**6,
        "ratios": ratios,
        "left_out": {"jax": "has no such loss"},
        "disagreements": {},
        "disputed": False,
        "goals": (Goal("torch", 2.0, 2.5), Goal("numpy", 2.0, 1.5), Goal("triad", 0.9, 0.95)),
    }
    return Race(loss=loss, kind=kind, **(facts | changed))


def small(excess):
    goals = (Goal(DISPATCH, 1.5e-6, excess),)
    return race(kind=SMALL, shape="16", ratios={}, left_out={}, goals=goals)


def shown(table):
    console = Console(width=300, record=True, file=io.StringIO())
    console.print(table)
    return console.export_text()


def test_verdicts_name_what_is_missed():
    assert verdict(race()) == "missed: numpy 1.5 < 2"
    assert verdict(race(goals=race().goals[:1])) == "met"
    assert verdict(race(goals=(Goal("triad", 0.9, 0.8996),))) == "missed: triad 0.89 < 0.9"
    assert verdict(race(goals=())) == "-"
    assert verdict(small(2e-6)) == "missed: 2.00 us above an empty call > 1.5"
    assert verdict(small(1e-6)) == "met"


def test_the_table_has_every_ratio():
    text = shown(races_table([race(), small(1e-6)], ("torch", "jax", "numpy")))
    assert re.search(
        r"square +memory-bound +1M +float32 +value_and_gradient +1e\+03 +2.50 +- +1.50 +0.95", text
    )


def test_notes_count_what_is_met_and_tell_the_memory():
    notes = "\n".join(races_notes([race(), race(goals=race().goals[::2]), small(2e-6)], Settings()))
    assert (
        "memory-bound: all targets met in 1 of 2 rows; 0.95 to 0.95 of a triad of 13 GB/s" in notes
    )
    assert "small calls: all targets met in 0 of 1 rows" in notes
    assert "square: jax is left out: has no such loss" in notes
    assert "larger shapes" not in notes
    assert "larger shapes" in races_notes([race()], Settings(quick=True))[-2]
    assert races_notes([race(goals=())], Settings(threads=2))[-2] == "targets are for one thread"


def test_json_says_which_goals_are_met():
    found = json.loads(json.dumps(races_json([race()], {})))
    assert [goal["met"] for goal in found["races"][0]["goals"]] == [True, False, True]
    assert found["races"][0]["goals"][1] == {
        "against": "numpy",
        "bound": 2.0,
        "reached": 1.5,
        "met": False,
    }


def bars(text):
    """The widths of the bars in an .svg, those within the panels."""
    paths = re.findall(
        r'<path d="M ([\d.]+) ([\d.]+) \nL ([\d.]+) [\d.]+ \nL [\d.]+ ([\d.]+) \nL [^"]*z\n" clip-path',
        text,
    )
    return [float(path[2]) - float(path[0]) for path in paths]


def test_bars_go_from_one_to_the_ratio(tmp_path):
    ratios = {"torch": (4.0, 4.0, 4.0), "jax": (0.25, 0.25, 0.25), "numpy": (2.0, 2.0, 2.0)}
    races_plot([race(ratios=ratios, goals=())], Settings(), tmp_path / "a.svg")
    four, quarter, two = bars((tmp_path / "a.svg").read_text())
    assert four == pytest.approx(-quarter, rel=1e-4, abs=0)
    assert four == pytest.approx(2 * two, rel=1e-4, abs=0)


def test_the_figure_names_losses_contenders_and_the_machine(tmp_path):
    found = [
        race(f"loss_{number}", dtype=dtype)
        for number in range(40)
        for dtype in ("float32", "float64")
    ]
    races_plot([*found, small(1e-6)], Settings(), tmp_path / "a.svg")
    text = (tmp_path / "a.svg").read_text()
    for word in (
        "loss_0  1M",
        "loss_39  1M",
        "float32",
        "float64",
        "torch",
        "triad",
        "target",
        "one thread",
    ):
        assert f">{word}<" in text or word in text
    assert re.search(r"architecture \w+, cpu", text)
    assert "sklearn" not in re.sub("scikit-learn", "", text)
    assert len(text) < 250_000


def test_the_triad_is_drawn_where_memory_is_the_limit(tmp_path):
    races_plot([race(kind="pairs", goals=())], Settings(), tmp_path / "a.svg")
    assert len(bars((tmp_path / "a.svg").read_text())) == 2


def test_a_figure_of_nobody_is_refused(tmp_path):
    alone = race(kind="pairs", ratios={"triad": (0.1, 0.1, 0.1)}, goals=())
    with pytest.raises(FigureError, match="no peer has any"):
        races_plot([alone, small(1e-6)], Settings(), tmp_path / "a.svg")


SWEEP = Sweep(
    loss="square",
    axis="items",
    dtype="float32",
    shapes=("10", "100"),
    sizes=(10, 100),
    seconds={"ours": (1e-6, 1e-5), "torch": (1e-4, None)},
    slopes={"ours": Slope(1.0, 10)},
    stopped={"torch": "100 would take 10 s a call"},
    left_out={"jax": "10: has no such loss"},
    disputed=False,
)


def test_a_sweep_is_a_table_with_slopes():
    text = shown(sweep_table(SWEEP))
    assert re.search(r"10 +1 +100", text)
    assert re.search(r"100 +10 +-", text)
    assert re.search(r"slope +1\.00 from 10 +-", text)
    assert sweeps_notes([SWEEP])[:2] == [
        "square: jax is left out: 10: has no such loss",
        "square, items: torch stops before 100 would take 10 s a call",
    ]
    assert sweeps_json([SWEEP], {})["sweeps"][0]["slopes"] == {"ours": {"slope": 1.0, "start": 10}}


def test_sweeps_are_drawn_with_their_slopes(tmp_path):
    sweeps_plot([SWEEP, SWEEP, SWEEP], Settings(), tmp_path / "a.svg")
    text = (tmp_path / "a.svg").read_text()
    assert text.count(">ours: 1.00 from 10<") == 3
    assert text.count(">square, float32, by items<") == 3
