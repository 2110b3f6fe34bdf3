"""`symloss bench`: what it refuses before anything is timed, what it prints and draws."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from symloss.bench import Goal, Race, Slope, Sweep
from symloss.cli import app


@pytest.fixture(autouse=True)
def no_measuring(monkeypatch):
    """Races and sweeps that somebody has run; the threads of this process stay as they are."""
    goals = (Goal("torch", 2.0, 0.5),)
    ratios = {"torch": (0.5, 0.5, 0.5), "triad": (0.9, 0.9, 0.9)}
    facts = ("memory-bound", "1M", "float32", "value_and_gradient", 1e-3, 12, ratios, {}, {})
    slopes = {"ours": Slope(1.0, 10)}
    times = {"ours": (1e-6, 1e-5)}
    monkeypatch.setattr("symloss.processes.limit_threads", lambda _: None)
    monkeypatch.setattr(
        "symloss.bench.races", lambda case, _: [Race(case.name, *facts, False, goals)]
    )
    monkeypatch.setattr(
        "symloss.bench.sweeps",
        lambda case, _: [
            Sweep(
                case.name, "items", "float32", ("10", "100"), (10, 100), times, slopes, {}, {}, True
            )
        ],
    )


def run(*words):
    return CliRunner().invoke(app, ["bench", *words])


def test_a_missed_target_is_told_and_no_error():
    done = run("huber", "hinge")
    assert done.exit_code == 0
    assert done.stdout.count("missed: torch 0.5 < 2") == 2
    found = json.loads(run("huber", "--json").stdout)
    assert found["races"][0]["goals"][0]["met"] is False


def test_scaling_prints_slopes_and_a_dispute_is_an_error():
    done = run("huber", "--scaling")
    assert done.exit_code == 1
    assert "1.00 from 10" in done.stdout
    assert json.loads(run("huber", "--scaling", "--json").stdout)["sweeps"][0]["sizes"] == [10, 100]


@pytest.mark.parametrize(
    ("more", "title"), [([], "right of 1"), (["--scaling"], "Seconds of a call")]
)
def test_a_plot_is_drawn(tmp_path, more, title):
    run("huber", "--plot", str(tmp_path / "a.svg"), *more)
    assert title in (tmp_path / "a.svg").read_text()


def test_a_plot_that_cannot_be_is_refused_first(tmp_path, monkeypatch):
    monkeypatch.setattr("symloss.bench.races", lambda *_: pytest.fail("measured"))
    done = run("huber", "--plot", str(tmp_path / "a.pdf"))
    assert done.exit_code == 1
    assert "a figure is saved as .svg or .png" in done.stderr


def test_a_peer_that_nobody_knows_is_refused():
    done = run("huber", "--peers", "tensorflow")
    assert done.exit_code == 2
    assert "torch.compile" in done.stderr
