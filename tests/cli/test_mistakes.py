"""What a user gets wrong is answered in words, with an exit code, and never with a traceback."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from typer.testing import CliRunner

import symloss
from symloss import cli, publish
from symloss.cli import app

runner = CliRunner()


@pytest.mark.parametrize("command", ["show", "verify"])
def test_an_unknown_name_is_answered_with_a_near_one(command):
    done = runner.invoke(app, [command, "hubr"])
    assert done.exit_code == 1
    assert "no loss is called 'hubr'" in done.stderr
    assert "did you mean huber" in done.stderr
    assert done.stdout == ""


def test_a_name_like_no_other_is_answered_with_the_list():
    done = runner.invoke(app, ["show", "qqqqqq"])
    assert done.exit_code == 1
    assert "symloss list" in done.stderr


def test_a_file_that_is_not_there_is_named():
    done = runner.invoke(app, ["build", "nowhere/loss.toml"])
    assert done.exit_code == 1
    assert "nowhere/loss.toml" in done.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ["bild"],
        ["build", "--jobs", "0"],
        ["build", "--out", "mine"],
        ["verify", "--points", "0"],
        ["show"],
        ["list", "--yaml"],
    ],
)
def test_a_command_that_is_not_understood_exits_with_2(arguments):
    done = runner.invoke(app, arguments)
    assert done.exit_code == 2
    assert done.stderr


def test_a_mistake_in_a_spec_is_shown_where_it_is(ask, tmp_path):
    spec = tmp_path / "wrong.toml"
    spec.write_text('title = "Wrong"\nmath = "loss = squar(x)"\n[inputs]\nx = {domain = "real"}\n')
    done = ask("build", "wrong.toml", cwd=tmp_path)
    assert done.exit_code == 1
    assert "wrong.toml:2:" in done.stderr
    assert "^" in done.stderr
    assert "square" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "losses").exists()


def test_a_good_spec_beside_a_wrong_one_is_built(ask, own, tmp_path):
    (tmp_path / "wrong.toml").write_text('title = "Wrong"\nmath = "loss = squar(x)"\n')
    (tmp_path / "right.toml").write_text((own / "plain.toml").read_text("utf-8"), "utf-8")
    done = ask("build", ".", cwd=tmp_path)
    assert done.exit_code == 1
    assert sorted(path.name for path in (tmp_path / "losses").glob("*.py")) == ["right.py"]


def test_the_catalogue_is_not_built_where_symloss_is_only_installed(monkeypatch):
    monkeypatch.setattr("symloss.publish.places.is_checkout", lambda: False)
    done = runner.invoke(app, ["build"])
    assert done.exit_code == 1
    assert "checkout" in done.stderr
    assert "symloss build my_loss.toml --out losses" in done.stderr


def test_a_module_that_was_never_built_is_named(ask, tmp_path):
    done = ask("verify", "soft.toml", "--out", str(tmp_path))
    assert done.exit_code == 1
    assert "soft.py does not exist" in done.stderr


def broken():
    raise ZeroDivisionError("a planted mistake")


@pytest.mark.parametrize(
    ("arguments", "left"), [(["list"], SystemExit), (["--debug", "list"], ZeroDivisionError)]
)
def test_a_mistake_of_symlosss_own_is_traced_only_on_demand(arguments, left, monkeypatch, capsys):
    monkeypatch.setattr(publish, "catalogue_specs", broken)
    monkeypatch.setattr(sys, "argv", ["symloss", *arguments])
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)  # typer puts its own there
    with pytest.raises(left) as caught:
        cli.main()
    if left is SystemExit:
        assert caught.value.code == 1
        told = capsys.readouterr().err
        assert "ZeroDivisionError: a planted mistake" in told
        assert "Traceback" not in told


def test_the_version():
    done = runner.invoke(app, ["--version"])
    assert (done.exit_code, done.stdout) == (0, f"symloss {symloss.__version__}\n")


def test_help_is_there_for_every_command():
    for command in ("build", "verify", "list", "show"):
        assert "--help" in runner.invoke(app, [command, "--help"]).stdout


def is_alive(group):
    """Whether any process of a group is left."""
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


def wait_for_children(parent):
    """Until both jobs of a build are there and have begun, however slow the machine is."""
    children = Path(f"/proc/{parent}/task/{parent}/children")
    patience = time.monotonic() + 60
    while children.exists() and time.monotonic() < patience:
        if len(children.read_text().split()) > 2:  # beside the tracker of resources
            break
        time.sleep(0.05)
    time.sleep(1 if children.exists() else 3)


@pytest.mark.skipif(os.name != "posix", reason="signals are sent to groups of processes")
@pytest.mark.parametrize("whole_group", [True, False], ids=["from a terminal", "to one process"])
def test_ctrl_c_leaves_nothing_half_done(own, tmp_path, whole_group):
    for name in ("one", "two", "three", "four"):
        (tmp_path / f"{name}.toml").write_text((own / "soft.toml").read_text("utf-8"), "utf-8")
    command = [sys.executable, "-m", "symloss", "build", ".", "--jobs", "2"]
    working = subprocess.Popen(
        command, cwd=tmp_path, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    wait_for_children(working.pid)
    (os.killpg if whole_group else os.kill)(working.pid, signal.SIGINT)
    _, told = working.communicate(timeout=60)
    assert working.returncode == 130
    assert "Traceback" not in told
    for path in (tmp_path / "losses").glob("*"):
        assert publish.is_intact(path.read_text("utf-8"))
    patience = time.monotonic() + 20
    while is_alive(working.pid) and time.monotonic() < patience:
        time.sleep(0.05)
    assert not is_alive(working.pid)
