"""What the README shows is what happens."""

from __future__ import annotations

import doctest
import re
import tomllib
from pathlib import Path

from typer.testing import CliRunner

from symloss.cli import app
from symloss.pipeline import derive_spec
from symloss.spec import read_spec

README = Path(__file__).parents[2] / "README.md"


def test_the_python_in_the_readme_runs():
    found = doctest.testfile(str(README), module_relative=False, optionflags=doctest.ELLIPSIS)
    assert found.attempted > 8
    assert found.failed == 0


def test_the_specs_in_the_readme_are_specs(tmp_path):
    blocks = re.findall(r"```toml\n(.*?)```", README.read_text("utf-8"), flags=re.DOTALL)
    assert len(blocks) == 2
    for number, block in enumerate(blocks):
        file = tmp_path / f"shown{number}.toml"
        file.write_text(block)
        assert derive_spec(read_spec(file)).gradient.outputs


def test_the_readmes_table_is_what_the_command_prints():
    shown = CliRunner().invoke(app, ["list", "--markdown"]).stdout.strip()
    text = README.read_text("utf-8")
    assert text.split("<!-- losses -->")[1].split("<!-- end -->")[0].strip() == shown


def test_the_readmes_limits_name_the_specs_that_give_up_all_digits():
    text = README.read_text("utf-8")
    sentence = text.split("(`bound = 1e+300`)")[1].split("These are ")[1].split(";")[0]
    names = re.findall(r"`(\w+)`", sentence)
    given_up = [
        path.stem
        for path in sorted(README.parent.glob("specs/*/*.toml"), key=lambda path: path.stem)
        if any(
            entry.get("bound", 0) >= 1e300
            for entry in tomllib.loads(path.read_text("utf-8")).get("accuracy", [])
        )
    ]
    assert names == given_up
