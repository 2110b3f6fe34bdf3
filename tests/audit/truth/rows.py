"""The truth tables of this folder as specs."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from symloss.spec import Spec, read_spec

FOLDER = Path(__file__).parent
CONSTANTS = (
    "lipschitz", "gradient_lipschitz", "strong_convexity_constant", "lower_bound", "upper_bound",
)  # fmt: skip


@dataclass(frozen=True)
class Row:
    """One loss and what is true of it.

    Attributes:
        table: the file that it stands in.
        math: the loss.
        why: the mathematics that the truths come from.
        truth: by property; constants as formulas in the parameters.
        x: the domain of what it varies by.
        inputs: the domains of its other inputs.
        parameters: as a spec has them.
        constants_of_defaults: whether constants are those of the parameters' defaults.
        unknown: the properties that may stay UNKNOWN.
    """

    table: str
    math: str
    why: str
    truth: dict[str, Any]
    x: str = "real"
    inputs: dict[str, str] = field(default_factory=dict)
    parameters: dict[str, dict[str, str]] = field(default_factory=dict)
    constants_of_defaults: bool = False
    unknown: tuple[str, ...] = ()

    @property
    def constants(self) -> dict[str, str]:
        """The truths that are numbers or formulas."""
        return {name: value for name, value in self.truth.items() if name in CONSTANTS}


def rows() -> list[Row]:
    """All rows of all tables."""
    return [
        Row(path.stem, **entry)
        for path in sorted(FOLDER.glob("*.toml"))
        for entry in tomllib.loads(path.read_text("utf-8"))["row"]
    ]


def spec_of(row: Row, folder: Path) -> Spec:
    """The row's loss, read from a file as anybody's is."""
    lines = [
        'title = "t"',
        'summary = "s"',
        'source = "s"',
        f'math = "loss = {row.math}"',
        "[inputs]",
    ]
    lines += [f'{n} = {{ domain = "{d}" }}' for n, d in {"x": row.x, **row.inputs}.items()]
    lines += ["[parameters]"] if row.parameters else []
    lines += [
        f'{n} = {{ domain = "{p["domain"]}", default = {p["default"]} }}'
        for n, p in row.parameters.items()
    ]
    path = folder / "row.toml"
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return read_spec(str(path))
