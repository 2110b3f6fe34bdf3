"""Spec files for a test, written where it works."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from symloss.errors import SpecError
from symloss.spec import Spec, read_spec

MARK = "§"
"""Stands in a bad spec where the caret is expected."""

INPUTS = """
[inputs]
x = {}
y = {}
logits = { shape = ["K"] }
label = { domain = "index(K)" }
z = { shape = ["N", "D"] }
partner = { shape = ["N"], domain = "index(N)" }
rgb = { shape = [3] }
[parameters]
delta = { domain = "positive", default = 1 }
"""
"""What the tests of math have names for; a spec that uses one of them is not complete."""


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Write a spec file."""

    def write(text: str, name: str = "tried") -> Path:
        path = tmp_path / f"{name}.toml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
        return path

    return write


@pytest.fixture
def read(write: Callable[..., Path]) -> Callable[[str], Spec]:
    """Read a spec from its text."""
    return lambda text: read_spec(write(text))


@pytest.fixture
def refused(write: Callable[..., Path]) -> Callable[[str], SpecError]:
    """The error that a spec is answered with, which must stand where the text is marked."""

    def refused(text: str) -> SpecError:
        before, mark, _ = text.partition(MARK)
        assert mark, "the text marks the place of its mistake"
        plain = text.replace(MARK, "")
        with pytest.raises(SpecError) as caught:
            read_spec(write(plain))
        place = caught.value.place
        assert place is not None, caught.value
        column = len(before) - (before.rfind("\n") + 1) + 1
        assert (place.line, place.column) == (before.count("\n") + 1, column), caught.value
        assert place.text == plain.split("\n")[place.line - 1]
        return caught.value

    return refused


@pytest.fixture
def inputs() -> str:
    """Tables of names for math to use."""
    return INPUTS
