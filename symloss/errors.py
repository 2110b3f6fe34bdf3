"""The exceptions of symloss.

    SymlossError
    ├── SpecError            a spec file is wrong: says file, line, column, and shows the text under
    a caret ├── DerivationError      the mathematics cannot be differentiated or lowered as written
    ├── VerificationError    emitted code disagrees with the mathematics it came from └──
    PublishError         the output folder cannot be written, or holds files that are not ours

Every message says where, what is wrong, and what to do next.
"""

from __future__ import annotations

from dataclasses import dataclass


class SymlossError(Exception):
    """Base of everything that symloss raises on purpose."""


@dataclass(frozen=True)
class Place:
    """A position in a spec: `line` and `column` count from 1; `text` is that whole line."""

    file: str
    line: int
    column: int
    text: str

    def __str__(self) -> str:
        caret = " " * (self.column - 1) + "^"
        return f"{self.file}:{self.line}:{self.column}\n    {self.text}\n    {caret}"


class SpecError(SymlossError):
    """A spec is wrong; `place` is where, `remedy` what to write instead."""

    def __init__(self, problem: str, *, place: Place | None = None, remedy: str = "") -> None:
        self.problem = problem
        self.place = place
        self.remedy = remedy
        where = f"{place}\n" if place else ""
        hint = f"\n  {remedy}" if remedy else ""
        super().__init__(f"{where}{problem}{hint}")


class DerivationError(SymlossError):
    """The mathematics cannot be differentiated or lowered as written."""


class VerificationError(SymlossError):
    """Emitted code disagrees with the mathematics it came from."""


class PublishError(SymlossError):
    """The output folder cannot be written, or holds files that are not ours."""
