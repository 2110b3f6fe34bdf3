"""A stranger writes a vector-valued loss, builds it outside the checkout, and uses its gradient."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from symloss import pipeline

USE = """
import sys

class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ("symloss", "sympy"):
            raise ModuleNotFoundError(f"{name} is not here", name=name)

sys.meta_path.insert(0, Absent())
import numpy as np
from mine.soft import soft

logits = np.array([[1.0, 2.0, 0.5], [0.0, 0.0, 0.0]])
target = np.array([[0.0, 1.0, 0.0], [1.0, 0.0, 0.0]])
gradient = soft.gradient(logits, target)
step = 1e-6 * np.eye(3)
central = [(soft.value(logits + d, target) - soft.value(logits - d, target)) / 2e-6 for d in step]
print(np.abs(gradient - np.transpose(central)).max(), gradient.shape)
"""


PUBLISHED = ["plain.audit.json", "plain.py", "soft.audit.json", "soft.py"]


def test_building_succeeds_and_says_what_was_verified(built):
    assert built.returncode == 0, built.stderr
    assert "soft" in built.stdout
    assert "gradient" in built.stdout
    assert "2 built" in built.stdout


def test_the_module_works_where_there_is_no_symloss(built, own, tmp_path):
    elsewhere = {"NUMBA_CACHE_DIR": str(tmp_path), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        [sys.executable, "-c", USE],
        cwd=own,
        env=os.environ | elsewhere,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    difference, shape = done.stdout.split(maxsplit=1)
    assert float(difference) < 1e-8
    assert shape.strip() == "(2, 3)"


def test_a_second_build_makes_nothing(built, ask):
    again = ask("build", "soft.toml", "--out", "mine")
    assert again.exit_code == 0, again.stderr
    assert "0 built, 1 current" in again.stdout


def test_checking_a_folder_of_ones_own(built, ask, tmp_path):
    assert ask("build", "soft.toml", "--out", "mine", "--check").exit_code == 0
    missing = ask("build", "soft.toml", "--out", str(tmp_path), "--check")
    assert missing.exit_code == 1
    assert "soft.py is not built" in missing.stderr


def test_a_module_is_judged_where_it_lies(built, ask, own):
    judged = ask("verify", "plain.toml", "--out", "mine", "--points", "3", "--json")
    assert judged.exit_code == 0, judged.stderr
    assert json.loads(judged.stdout)["passed"] is True
    left = [path for path in (own / "mine").rglob("*") if "__pycache__" not in path.parts]
    assert sorted(path.name for path in left) == PUBLISHED


WRONG = """
_right = plain.gradient
plain.gradient = lambda *arguments, **options: 2 * _right(*arguments, **options)
"""


def test_wrong_code_is_found(ask, own, tmp_path):
    pipeline.draft(pipeline.read_spec(own / "plain.toml"), tmp_path)
    with (tmp_path / "plain.py").open("a", encoding="utf-8") as module:
        module.write(WRONG)
    done = ask("verify", "plain.toml", "--out", str(tmp_path), "--points", "3")
    assert done.exit_code == 1
    assert "gradient float64" in done.stdout
    assert "expected" in done.stdout
    assert "Traceback" not in done.stderr


def test_code_of_another_version_of_the_spec_is_refused(built, ask, own, tmp_path):
    spec = tmp_path / "soft.toml"
    spec.write_text((own / "soft.toml").read_text("utf-8").replace("sum(", "2*sum("), "utf-8")
    done = ask("verify", str(spec), "--out", str(own / "mine"))
    assert done.exit_code == 1
    assert "another version of its spec" in done.stderr


def test_a_spec_is_judged_without_being_published(ask, own):
    before = sorted(own.iterdir())
    done = ask("verify", "./plain.toml", "--points", "3")
    assert done.exit_code == 0, done.stderr
    assert "gradient" in done.stdout
    assert sorted(own.iterdir()) == before


@pytest.mark.parametrize("arguments", [("show", "soft.toml"), ("show", "soft.toml", "--latex")])
def test_a_spec_of_ones_own_is_shown(ask, arguments):
    done = ask(*arguments)
    assert done.exit_code == 0, done.stderr
    assert "gradient by logits" in done.stdout


def test_compiling_before_the_first_call(built, ask, own):
    done = ask("build", "plain.toml", "--out", "mine", "--precompile")
    assert done.exit_code == 0, done.stderr
    assert "0 built, 1 current\n1 precompiled" in done.stdout
    stored = {file.name.split("-")[0] for file in (own / "mine" / "__pycache__").glob("*.nbc")}
    assert {"plain._value", "plain._value_and_gradient"} <= stored


def test_compiling_a_loss_by_name(ask):
    unknown = ask("build", "hubr", "--precompile")
    assert unknown.exit_code == 1
    assert "did you mean huber?" in unknown.stderr
