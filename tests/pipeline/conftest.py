"""A small catalogue of its own for each test, and a maker of modules that takes no time."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from symloss import pipeline
from symloss.errors import VerificationError
from symloss.publish import Places, Plan, catalogue_plan

SPEC = """
title = "Squared error"
summary = "The square of the difference."
source = "Legendre (1805)"
math = "loss = {factor}*(prediction - target)**2"

[inputs]
prediction = {{ domain = "real" }}
target = {{ domain = "real" }}
"""

MODULE = '''"""A stand-in for an emitted module.

Accuracy:  not measured
"""
# build-key: {key}

import sys


def _value(x):
    return {factor} * x


class Loss:
    kernels = {{"value": _value}}


{name} = "the loss {name}"
'''


@dataclass
class Catalogue:
    """Specs, templates and a folder for what is generated."""

    places: Places

    def write(self, name: str, factor: int = 1, family: str = "regression") -> Path:
        folder = self.places.specs / family
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{name}.toml"
        path.write_text(SPEC.format(factor=factor), "utf-8")
        return path

    def plan(self) -> Plan:
        return catalogue_plan(self.places)

    def file(self, name: str, family: str = "regression") -> Path:
        return self.places.generated / family / f"{name}.py"

    def files(self) -> dict[str, str]:
        root = self.places.generated
        found = (path for path in root.rglob("*") if path.is_file())
        return {path.relative_to(root).as_posix(): path.read_text("utf-8") for path in found}


@dataclass
class Maker:
    """Stands in for `pipeline.make`: notes what it is asked for, and raises what it is told to."""

    made: list[str] = field(default_factory=list)
    errors: dict[str, Exception] = field(default_factory=dict)
    audited: list[str] = field(default_factory=list)
    problems: dict[str, tuple[str, ...]] = field(default_factory=dict)
    records: dict[str, Any] = field(default_factory=dict)
    factor: int = 1

    def audit(self, spec: Any) -> Any:
        """Stands in for the auditor."""
        self.audited.append(spec.name)
        return SimpleNamespace(
            problems=self.problems.get(spec.name, ()),
            to_json=lambda **_: {"loss": spec.name, "spec_hash": spec.hash, "findings": []},
        )

    def __call__(self, spec: Any, *, build_key: str, record: Any, **_: Any) -> pipeline.Made:
        self.made.append(spec.name)
        self.records[spec.name] = record
        if spec.name in self.errors:
            raise self.errors[spec.name]
        verification: Any = SimpleNamespace(passed=True)
        text = MODULE.format(key=build_key, name=spec.name, factor=self.factor)
        return pipeline.Made(text, verification)

    def fail(self, name: str, error: Exception | None = None) -> None:
        self.errors[name] = error or VerificationError("gradient differs at prediction = 2.0")


@pytest.fixture
def catalogue(tmp_path: Path) -> Catalogue:
    places = Places(tmp_path / "specs", tmp_path / "templates", tmp_path / "generated")
    places.templates.mkdir()
    (places.templates / "module.py.jinja").write_text("{{ formula }}", "utf-8")
    made = Catalogue(places)
    made.write("first")
    made.write("second", factor=2)
    return made


@pytest.fixture
def maker(monkeypatch: pytest.MonkeyPatch) -> Maker:
    made = Maker()
    monkeypatch.setattr(pipeline, "make", made)
    monkeypatch.setattr(pipeline, "audit", made.audit)
    return made
