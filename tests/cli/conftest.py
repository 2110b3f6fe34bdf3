"""The command as a user runs it, in a folder of theirs: in a process of its own, or within this one.

A process takes two seconds to import what it needs: one test of a command, or of what leaves or
enters a process, is enough.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from symloss.cli import app

Run = Callable[..., subprocess.CompletedProcess[str]]

LOSS = '''
title = "Cross-entropy with soft labels"
math = """
total = logsumexp(logits[k], k)
loss  = sum(target[k]*(total - logits[k]), k)
"""

[inputs]
logits = { domain = "real", shape = ["K"] }
target = { domain = "simplex(K)", shape = ["K"] }
'''

PLAIN = """
title = "Squared error"
math = "loss = (prediction - target)**2"

[inputs]
prediction = {}
target = {}
"""


@pytest.fixture(scope="session")
def own(tmp_path_factory) -> Path:
    """A folder far from the checkout, with two specs in it; the plain one is judged quickly."""
    folder = tmp_path_factory.mktemp("project")
    (folder / "soft.toml").write_text(LOSS, "utf-8")
    (folder / "plain.toml").write_text(PLAIN, "utf-8")
    return folder


@pytest.fixture(scope="session")
def run(own) -> Run:
    """Runs `symloss`, as a module so that it is this interpreter's."""

    def run(*arguments: str, cwd: Path = own) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "symloss", *arguments]
        return subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=300)

    return run


@pytest.fixture
def ask(own, monkeypatch) -> Callable[..., Result]:
    """Runs `symloss` within this process: for what a command answers."""

    def ask(*arguments: str, cwd: Path = own) -> Result:
        monkeypatch.chdir(cwd)
        return CliRunner().invoke(app, arguments)

    return ask


@pytest.fixture(scope="session")
def built(run, own) -> subprocess.CompletedProcess[str]:
    """The specs of that folder, built."""
    return run("build", "soft.toml", "plain.toml", "--out", "mine", "--jobs", "1")
