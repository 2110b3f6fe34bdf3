"""What is imported when: SymPy never at a user's; and every room has its place and its door."""

from __future__ import annotations

import ast
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

SYMBOLIC = ("sympy", "flint", "mpmath", "jinja2", "pydantic")


def modules_after(code: str, cwd: Path) -> set[str]:
    """The top-level modules that a fresh interpreter has imported after running some code."""
    report = "import sys; print(*{name.partition('.')[0] for name in sys.modules})"
    command = [sys.executable, "-c", f"{code}\n{report}"]
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=True)
    return set(done.stdout.split())


@pytest.mark.parametrize(
    "code",
    [
        "import symloss",
        "import symloss.losses",
        "import symloss.cli",
        "from symloss.losses import huber; huber.value_and_gradient([3.0, 0.5], [0.0, 0.0])",
        "from symloss.losses import *",
    ],
)
def test_no_symbolic_package_is_imported(code, tmp_path):
    assert not modules_after(code, tmp_path) & set(SYMBOLIC)


@pytest.mark.parametrize("code", ["import symloss", "import symloss.losses"])
def test_importing_the_index_imports_no_numba(code, tmp_path):
    assert not modules_after(code, tmp_path) & {"numba", "numpy"}


def test_the_detector_sees_sympy(tmp_path):
    assert "sympy" in modules_after("import symloss.spec", tmp_path)


def rooms(root: Path) -> list[Path]:
    return sorted(path for path in (root / "symloss").glob("*/__init__.py"))


def test_every_room_says_what_it_does(root):
    for door in rooms(root):
        told = ast.get_docstring(ast.parse(door.read_text("utf-8"))) or ""
        missing = [word for word in ("In:", "Out:", "Guarantees:", "Raises:") if word not in told]
        assert not missing, f"{door}: the docstring lacks {missing}"


@pytest.fixture(scope="module")
def contracts(root):
    settings = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))
    return settings["tool"]["importlinter"]["contracts"]


def test_every_room_has_a_door_that_is_watched(root, contracts):
    watched = {
        module.removesuffix(".*")
        for contract in contracts
        if contract["type"] == "protected"
        for module in contract["protected_modules"]
        if contract["allowed_importers"] == [module.removesuffix(".*")]
    }
    assert watched == {f"symloss.{door.parent.name}" for door in rooms(root)}


def test_every_room_has_a_place_in_the_order(root, contracts):
    layers = next(contract["layers"] for contract in contracts if contract["type"] == "layers")
    placed = {module.strip() for layer in layers for module in layer.split("|")}
    modules = {f"symloss.{path.stem}" for path in (root / "symloss").glob("[a-z]*.py")}
    assert modules | {f"symloss.{door.parent.name}" for door in rooms(root)} <= placed
