"""What measuring the elementary functions at every float32 has found, kept with the code."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import symloss
from symloss.approximation import Measurement
from symloss.emit import fingerprint_of_function
from symloss.publish.seal import read, write

FILE = Path(symloss.__file__).parent / "approximation" / "exhaustive.json"


@dataclass(frozen=True)
class Exhausted:
    """The worst error of a function over all of float32; `current` if its code is still that."""

    ulps: float
    current: bool


def recorded_functions(file: Path = FILE) -> dict[str, Exhausted]:
    """The functions that were measured at every float32."""
    return {
        name: Exhausted(entry["ulps"], entry["fingerprint"] == fingerprint_of_function(name))
        for name, entry in _entries(file).items()
    }


def record_function(found: Measurement, file: Path = FILE) -> None:
    """Keep what was measured of a function, beside what is kept of others.

    Raises:
        PublishError: the file cannot be written.
    """
    measured = found.to_json()
    kept = {name: measured[name] for name in ("points", "ulps", "at", "allowed")}
    kept["fingerprint"] = fingerprint_of_function(found.name)
    entries = _entries(file) | {found.name: kept}
    write(file, json.dumps(dict(sorted(entries.items())), indent=1) + "\n")


def _entries(file: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(read(file)) if file.exists() else {}
    return found
