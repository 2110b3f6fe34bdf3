"""Build keys: what a module was built from, as one number. Equal keys, nothing to rebuild."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path

import symloss
from symloss.spec import Spec

GENERATOR = ("language", "spec", "program", "stable", "derive", "lower", "emit", "runtime")
"""What can change the emitted text; the judge can only refuse it."""
AUDITOR = ("language", "spec", "program", "derive", "audit")
"""What can change an audit."""


def generator_digest(templates: Path) -> str:
    """A digest of all that turns a spec into code: version, templates, the generator's source."""
    package = Path(symloss.__file__).parent
    parts = [symloss.__version__, *_texts(templates, templates.rglob("*.jinja"))]
    for room in GENERATOR:
        files = [*package.glob(f"{room}.py"), *(package / room).rglob("*.py")]
        parts += _texts(package, files)
    return digest(parts)


def auditor_digest() -> str:
    """A digest of all that turns a spec into an audit: version, the auditor's source."""
    package = Path(symloss.__file__).parent
    files = [file for room in AUDITOR for file in (package / room).rglob("*.py")]
    return digest([symloss.__version__, *_texts(package, files)])


def build_key(spec: Spec, generator: str, *, standalone: bool, audit: str) -> str:
    """The key of the module that a spec becomes; `audit` is a digest of what its header tells."""
    return digest([spec.hash, generator, "standalone" if standalone else "shared runtime", audit])


def _texts(root: Path, files: Iterable[Path]) -> list[str]:
    """Names and texts, in an order that no file system decides."""
    named = sorted((path.relative_to(root).as_posix(), path) for path in files)
    return [part for name, path in named for part in (name, path.read_text("utf-8"))]


def digest(parts: Iterable[str]) -> str:
    """SHA-256 over the parts, each closed by a byte that no UTF-8 text holds."""
    total = sha256()
    for part in parts:
        total.update(part.encode() + b"\xff")
    return total.hexdigest()
