"""`symloss verify --accuracy --peers` and `--plot`: what they refuse, print and draw."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from symloss import bench, peers
from symloss.bench import Standing
from symloss.cli import app
from symloss.verify import Extreme, Row


def run(*words: str):
    return CliRunner().invoke(app, ["verify", *words])


def row(mixed: float, plain: float, got: float, lost: int = 0) -> Row:
    def extreme(ulps: float) -> Extreme:
        return Extreme(ulps, "gradient logit", "logit=40.0 target=1.0", got, -4e-18, {})

    first = extreme(float("inf")) if lost else None
    worst, at = extreme(mixed), extreme(plain)
    return Row("gradient", "float64", 100, 0, lost, worst, at, first, 4.0, ())


@pytest.fixture
def measured(monkeypatch: pytest.MonkeyPatch):
    """Standings that somebody has measured."""
    rows = {
        "ours": row(0.75, 1.5, -4e-18),
        "torch": row(1e14, 9e15, 0.0, lost=2),
        "optax": row(120.0, 3e15, -3.9e-18),
    }
    left_out = {"sklearn": "has its value alone"}
    one = Standing("huber", {"delta": 0.75}, "gradient", "float64", rows, left_out)
    monkeypatch.setattr("symloss.bench.standings", lambda case, search: [one])


@pytest.mark.usefixtures("measured")
def test_digits_that_are_gone_and_results_that_are_lost_are_told():
    told = run("huber", "--accuracy", "--peers", "torch,jax,sklearn").stdout
    assert "huber(delta=0.75)" in told
    assert "0.8 / 1.5 " in told
    assert "1e14 / 9e15, all digits, lost at 2" in told
    assert "1e2 / 3e15 " in told
    assert "scikit-learn is left out: has its value alone" in told
    assert (
        "PyTorch: lost: gradient logit at logit=40.0 target=1.0: expected -4e-18, got 0.0" in told
    )


@pytest.mark.usefixtures("measured")
def test_markdown_and_json():
    words = ("huber", "--accuracy", "--peers", "torch,sklearn")
    lines = run(*words, "--markdown").stdout.splitlines()
    assert lines[0] == "| loss | function | type | symloss | PyTorch | scikit-learn |"
    assert "| `huber` | gradient | float64 | 0.8 / 1.5 | 1e14 / 9e15, all digits" in lines[2]
    assert lines[2].endswith("| - |")
    assert "numpy" in lines[-1]
    (one,) = json.loads(run(*words, "--json").stdout)["standings"]
    assert one["rows"]["torch"]["mixed"]["ulps"] == 1e14
    assert one["rows"]["torch"]["lost"] == 2


def test_a_package_that_is_missing_is_told(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(peers, "installed", list)
    done = run("huber", "--accuracy", "--peers", "torch")
    assert done.exit_code == 1
    assert (
        'not installed: torch\n  to compare with them: pip install "symloss[hosts,test]"'
        in done.output
    )


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--accuracy", "--peers", "keras"], "no peer 'keras': choose from all, jax, torch"),
        (["--peers", "torch"], "go with --accuracy"),
        (["--accuracy", "--peers", "torch", "--record"], "keeps ours alone"),
        (["--accuracy", "--peers", "torch", "--range", "0:1"], "two numbers of one sign"),
        (["--accuracy", "--plot", "a.svg", "--at", "target"], "is no number"),
        (["hinge", "--accuracy", "--plot", "a.svg"], "draws one loss"),
    ],
)
def test_mistakes_are_answered(words: list[str], told: str):
    done = run("huber", *words)
    assert done.exit_code == 2
    assert told in " ".join(done.output.replace("│", " ").split())


def test_a_line_that_cannot_be_is_refused(tmp_path):
    plot = ["huber", "--accuracy", "--peers", "sklearn", "--plot", str(tmp_path / "a.svg")]
    assert "no input 'logit' to vary: it has prediction" in run(*plot, "--along", "logit").output
    assert "takes no 'label'" in run(*plot, "--at", "label=1").output
    assert not list(tmp_path.iterdir())


def test_a_figure_is_drawn_of_a_loss_that_nobody_else_has(tmp_path):
    file = tmp_path / "a.svg"
    done = run("ramp", "--accuracy", "--peers", "scipy", "--plot", str(file))
    assert done.exit_code == 0, done.output
    assert "ramp in ulps of the result as prediction varies, target=1.0" in file.read_text()


def test_a_peer_is_one_for_its_own_parameters():
    """Two rows of scikit-learn's quantile loss were made for two levels: both are compared."""
    pytest.importorskip("sklearn", reason="pip install symloss[hosts,test]")
    from symloss import publish

    (case,) = publish.cases(["quantile"], None)
    found = list(bench.standings(case, bench.Search(("sklearn",), 0.0, (0.5, 2.0))))
    levels = {one.parameters["level"]: one for one in found if one.function == "gradient"}
    assert sorted(levels) == [0.25, 0.75]
    assert "sklearn" in levels[0.25].rows
    assert levels[0.75].left_out == {"sklearn": "has its value alone"}
