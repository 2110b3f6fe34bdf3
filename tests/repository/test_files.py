"""The files of the repository: what they must say, and what they must not."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
import typer

from symloss.cli import app

OWN = Path(__file__).name
ROOT = Path(__file__).parents[2]
# A home, a scratch folder, a mount: paths that are true on one machine only.
MACHINE = re.compile(r"(?<![\w.$}~-])/(?:home|root|Users|work|tmp|mnt|opt|var)/\w+")


def text(path: Path) -> str:
    return path.read_text("utf-8", errors="replace")


def test_no_file_names_a_place_on_somebodys_machine(tracked):
    found = [
        f"{path}: {match.group()}"
        for path in tracked
        if path.name != OWN
        for match in MACHINE.finditer(text(path))
    ]
    assert found == []


@pytest.mark.parametrize("place", ["see /home/ada/loss.toml", "('/tmp/x')", "/work/main"])
def test_places_on_a_machine_are_recognised(place):
    assert MACHINE.search(place)


@pytest.mark.parametrize("place", ["~/tmp/x", "$HOME/work/x", "a/tmp/x", "https://a.org/home/x"])
def test_other_paths_are_not(place):
    assert not MACHINE.search(place)


def commands() -> list[str]:
    return sorted(typer.main.get_command(app).commands)


def test_there_are_commands():
    assert {"build", "verify", "list", "show"} <= set(commands())


@pytest.mark.parametrize("command", commands())
def test_every_command_is_documented(command, root):
    assert f"symloss {command}" in text(root / "README.md")


def test_the_readmes_test_command_is_what_ci_runs(root):
    assert "python -m pytest" in text(root / "README.md")
    assert text(root / ".ci" / "run").rstrip().endswith("python -m pytest")


def test_the_changelog_knows_this_version(root):
    from symloss import __version__

    assert f"## [{__version__}]" in text(root / "CHANGELOG.md")


def emitted(root: Path) -> list[Path]:
    return sorted(
        path for path in (root / "generated").glob("*/*.py") if path.name != "__init__.py"
    )


def specs(root: Path) -> set[str]:
    return {path.stem for path in (root / "specs").glob("*/*.toml")}


def test_every_spec_is_emitted_and_nothing_else(root):
    assert {path.stem for path in emitted(root)} == specs(root) != set()


def test_every_emitted_file_opens_with_where_it_comes_from(root):
    for path in emitted(root):
        family = path.parent.name
        head = "\n".join(text(path).splitlines()[:60])
        assert f"specs/{family}/{path.stem}.toml" in head, path
        assert re.search(r"^# build-key: [0-9a-f]{64}$", head, re.MULTILINE), path
        assert re.search(r"^# digest: [0-9a-f]{64}\n\Z", text(path), re.MULTILINE), path


def test_every_ignored_rule_has_its_reason(root):
    block = re.search(r"^ignore = \[\n(.*?)^\]", text(root / "pyproject.toml"), re.M | re.S)
    assert block
    for line in block.group(1).splitlines():
        assert re.search(r'"[A-Z0-9]+",\s+# \w+', line), line


def test_every_room_and_family_is_packaged():
    listed = set(
        tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["packages"]
    )
    rooms = {
        ".".join(path.parent.relative_to(ROOT).parts)
        for path in (ROOT / "symloss").rglob("*/__init__.py")
    }
    families = {
        f"symloss.losses.{path.parent.name}" for path in (ROOT / "generated").glob("*/__init__.py")
    }
    assert (
        listed
        == {"symloss", "symloss.losses", "symloss.specs", "symloss.templates"} | rooms | families
    )
