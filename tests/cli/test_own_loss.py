"""A stranger writes a vector-valued loss, builds it outside the checkout, and uses its gradient."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

USE = """
import sys

class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ("symloss", "sympy"):
            raise ModuleNotFoundError(f"{name} is not here", name=name)

sys.meta_path.insert(0, Absent())
import numpy as np
from mine.brier import brier

logits = np.array([[1.0, 2.0, 0.5], [0.0, 0.0, 0.0]])
target = np.array([[0.0, 1.0, 0.0], [1.0, 0.0, 0.0]])
gradient = brier.gradient(logits, target)
step = 1e-6 * np.eye(3)
central = [(brier.value(logits + d, target) - brier.value(logits - d, target)) / 2e-6 for d in step]
print(np.abs(gradient - np.transpose(central)).max(), gradient.shape)
"""


def test_building_succeeds_and_says_what_was_verified(built):
    assert built.returncode == 0, built.stderr
    assert "brier" in built.stdout
    assert "gradient" in built.stdout
    assert "1 built" in built.stdout


def test_the_module_works_where_there_is_no_symloss(built, own):
    done = subprocess.run([sys.executable, "-c", USE], cwd=own, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    difference, shape = done.stdout.split(maxsplit=1)
    assert float(difference) < 1e-8
    assert shape.strip() == "(2, 3)"


def test_a_second_build_makes_nothing(built, run):
    again = run("build", "brier.toml", "--out", "mine")
    assert again.returncode == 0, again.stderr
    assert "0 built, 1 current" in again.stdout


def test_checking_a_folder_of_ones_own(built, run, own, tmp_path):
    assert run("build", "brier.toml", "--out", "mine", "--check").returncode == 0
    missing = run("build", "brier.toml", "--out", str(tmp_path), "--check")
    assert missing.returncode == 1
    assert "brier.py is not built" in missing.stderr


def test_the_module_is_judged_where_it_lies(built, run, own):
    done = run("verify", "brier.toml", "--out", "mine", "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["passed"] is True


def test_judging_leaves_no_cache_beside_the_module(built, run, own):
    run("verify", "brier.toml", "--out", "mine")
    beside = {path.name for path in (own / "mine").iterdir()} - {"__pycache__"}
    assert beside == {"brier.py"}


def test_wrong_code_is_found(built, run, own, tmp_path):
    text = (own / "mine" / "brier.py").read_text("utf-8")
    wrong = tmp_path / "brier.py"
    lines = text.splitlines(keepends=True)
    changed = [line.replace("exp(", "0.5 * exp(") if " = " in line else line for line in lines]
    assert changed != lines
    wrong.write_text("".join(changed), "utf-8")
    done = run("verify", "brier.toml", "--out", str(tmp_path))
    assert done.returncode == 1
    assert "Traceback" not in done.stderr


def test_code_of_another_version_of_the_spec_is_refused(built, run, own, tmp_path):
    spec = tmp_path / "brier.toml"
    spec.write_text((own / "brier.toml").read_text("utf-8").replace("**2", "**4"), "utf-8")
    done = run("verify", str(spec), "--out", str(own / "mine"))
    assert done.returncode == 1
    assert "another version of its spec" in done.stderr


def test_a_spec_is_judged_without_being_published(run, own):
    before = sorted(own.iterdir())
    done = run("verify", "./brier.toml")
    assert done.returncode == 0, done.stderr
    assert "gradient" in done.stdout
    assert sorted(own.iterdir()) == before


@pytest.mark.parametrize("arguments", [("show", "brier.toml"), ("show", "brier.toml", "--latex")])
def test_a_spec_of_ones_own_is_shown(run, arguments):
    done = run(*arguments)
    assert done.returncode == 0, done.stderr
    assert "gradient by logits" in done.stdout
