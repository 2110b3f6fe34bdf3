"""JSON beside modules, sealed by a digest of all that it says: an edited one is noticed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from symloss.publish.seal import Status, read

SEAL = "digest"


@dataclass(frozen=True)
class Sort:
    """One sort of document: how its files' names end, and the entry that shows it to be ours."""

    suffix: str
    key: str

    def file(self, module: Path) -> Path:
        """Where the document of a module's loss lies."""
        return module.with_name(module.stem + self.suffix)

    def is_one(self, file: Path) -> bool:
        """Whether symloss wrote the file, edited since or not."""
        return file.name.endswith(self.suffix) and self.key in document_in(file)

    def status(self, file: Path, key: str | None = None) -> Status:
        """How a file stands to the key it should have; without a key, any will do."""
        if not file.exists():
            return "missing"
        document = document_in(file)
        if self.key not in document:
            return "foreign"
        if document.get(SEAL) != _digest(document):
            return "edited"
        return "current" if key in (None, document[self.key]) else "stale"

    def stored(self, file: Path) -> dict[str, Any] | None:
        """What lies in a file, if it is as it was published."""
        return document_in(file) if self.status(file) == "current" else None

    def sealed(self, key: str, said: Mapping[str, Any]) -> dict[str, Any]:
        """A document with its key and its seal."""
        document = {self.key: key, **said}
        return {**document, SEAL: _digest(document)}


def text_of(document: Mapping[str, Any]) -> str:
    """A document as its file holds it."""
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


def text_in_lines(document: Mapping[str, Any]) -> str:
    """The same with a line for each entry, and for each part of a list: short, and read by row."""
    lines = [f" {json.dumps(name)}: {_line(value)}" for name, value in document.items()]
    return "{\n" + ",\n".join(lines) + "\n}\n"


def _line(value: Any) -> str:
    if not isinstance(value, list):
        return json.dumps(value, ensure_ascii=False)
    return "[\n  " + ",\n  ".join(json.dumps(part, ensure_ascii=False) for part in value) + "\n ]"


def document_in(file: Path) -> dict[str, Any]:
    """What a file says, if it is a document at all."""
    try:
        found = json.loads(read(file))
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _digest(document: Mapping[str, Any]) -> str:
    said = {name: value for name, value in document.items() if name != SEAL}
    return sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()
