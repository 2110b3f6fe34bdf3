"""Published files: sealed by a digest of their own text, written whole or not at all."""

from __future__ import annotations

import os
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import Literal

from symloss.errors import PublishError

KEY = "# build-key: "
DIGEST = "# digest: "

Status = Literal["current", "missing", "stale", "edited", "foreign"]
"""Missing: no file. Stale: built from something else. Edited: by hand. Foreign: not ours."""


def seal(text: str) -> str:
    """The text, closed by a line that gives its digest."""
    body = text.rstrip("\n") + "\n"
    return f"{body}{DIGEST}{_digest(body)}\n"


def unsealed(text: str) -> str:
    """A sealed text without the line that gives its digest."""
    return text.rpartition(DIGEST)[0]


def is_ours(text: str) -> bool:
    """Whether symloss published a file with this text, edited since or not."""
    return any(line.startswith((DIGEST, KEY)) for line in text.splitlines())


def is_intact(text: str) -> bool:
    """Whether a sealed text is as it was published."""
    body, mark, digest = text.rpartition(DIGEST)
    return bool(mark) and digest == f"{_digest(body)}\n"


def status(file: Path, key: str) -> Status:
    """How a module on disk stands to the key it should have."""
    if not file.exists():
        return "missing"
    text = read(file)
    if not is_ours(text):
        return "foreign"
    if not is_intact(text):
        return "edited"
    return "current" if f"\n{KEY}{key}\n" in text else "stale"


def read(file: Path) -> str:
    """The file's text; a file that is no text is read as far as it goes."""
    return file.read_text("utf-8", errors="replace")


def write(file: Path, text: str) -> None:
    """Write beside the file, then move into place: no reader ever sees a part.

    Raises:
        PublishError: the folder or the file cannot be written.
    """
    draft = file.with_name(f".{file.name}.{os.getpid()}.py.tmp")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        draft.write_text(text, "utf-8", newline="\n")
        draft.replace(file)
    except OSError as error:
        raise PublishError(f"cannot write {file}: {error.strerror or error}") from error
    finally:
        with suppress(OSError):
            draft.unlink(missing_ok=True)


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()
