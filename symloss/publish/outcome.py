"""What a build tells: what was made, what was left, what went wrong."""

from __future__ import annotations

import traceback
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from symloss.publish.plan import Target
from symloss.verify import Verification


@dataclass(frozen=True)
class Built:
    """A loss that passed: its module's sealed text, its judgement, and the text of its audit."""

    target: Target
    text: str
    verification: Verification
    audit: str


@dataclass(frozen=True)
class Failure:
    """What is wrong with a spec or a file; with a traceback where the mistake is symloss's own."""

    subject: str
    message: str
    trace: str = ""


@dataclass(frozen=True)
class Report:
    """What a build did; `removed` holds the files whose spec is gone."""

    built: tuple[Built, ...]
    current: tuple[Target, ...]
    removed: tuple[Path, ...]
    failures: tuple[Failure, ...]


class Track(Protocol):
    """Passes items on as they come, of a known total, and may draw a progress bar meanwhile."""

    def __call__(self, items: Iterable[Any], total: int) -> Iterable[Any]:
        """The same items."""


def untracked(items: Iterable[Any], total: int) -> Iterable[Any]:  # noqa: ARG001 - a `Track`
    """The tracker that draws nothing."""
    return items


def unforeseen(subject: str, error: Exception) -> Failure:
    """An error that symloss did not mean to raise, in a line, with its traceback kept apart."""
    message = f"{type(error).__name__}: {error}\n  a mistake of symloss's own: --debug shows where"
    return Failure(subject, message, "".join(traceback.format_exception(error)))
