"""The command as a user runs it: in a process of its own, in a folder of theirs."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

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


@pytest.fixture(scope="session")
def own(tmp_path_factory) -> Path:
    """A folder far from the checkout, with a spec in it."""
    folder = tmp_path_factory.mktemp("project")
    (folder / "soft.toml").write_text(LOSS, "utf-8")
    return folder


@pytest.fixture(scope="session")
def run(own) -> Run:
    """Runs `symloss`, as a module so that it is this interpreter's."""

    def run(*arguments: str, cwd: Path = own) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "symloss", *arguments]
        return subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=300)

    return run


@pytest.fixture(scope="session")
def built(run, own) -> subprocess.CompletedProcess[str]:
    """The spec of that folder, built."""
    return run("build", "soft.toml", "--out", "mine")


@pytest.fixture(scope="session")
def judged(built, run) -> subprocess.CompletedProcess[str]:
    """The module that was built there, judged where it lies."""
    return run("verify", "soft.toml", "--out", "mine", "--points", "3", "--json")
