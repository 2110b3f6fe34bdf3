"""The text of a spec file, and the places in it."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Any, NoReturn

from symloss.errors import Place, SpecError
from symloss.spec import scan

LARGEST_FILE = 64 * 1024
_AT = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")
_WORD = r"""(?:[A-Za-z0-9_-]++|"[^"\n]*"|'[^'\n]*')"""
_LONG_KEY = re.compile(rf"(?<![\w.-])(?:{_WORD}[ \t]*+\.[ \t]*+){{9}}")


@dataclass(frozen=True)
class Source:
    """A file's name and text; line ends are newlines."""

    file: str
    text: str

    @cached_property
    def positions(self) -> scan.Positions:
        """Where keys and values stand; asked for only when `tomllib` has accepted the text."""
        return scan.scan(self.text)

    @cached_property
    def lines(self) -> list[str]:
        """The lines without their ends."""
        return self.text.split("\n")

    def place(self, offset: int) -> Place:
        """The place of a character."""
        before = self.text[:offset]
        line = before.count("\n")
        column = offset - (before.rfind("\n") + 1)
        return Place(self.file, line + 1, column + 1, self.lines[line])

    def key(self, *path: str | int) -> Place:
        """The place of a key; of the nearest table around it where the file has no such key."""
        return self._nearest(self.positions.keys, path)

    def value(self, *path: str | int) -> Place:
        """The place of a key's value; of the nearest thing around it where there is none."""
        return self._nearest(self.positions.values, path)

    def passage(self, *path: str | int) -> Passage:
        """The string at a path."""
        characters, offsets = scan.string_offsets(self.text, self.positions.values[path])
        return Passage(self, characters, offsets)

    def _nearest(self, where: dict[scan.Path, int], path: scan.Path) -> Place:
        for length in range(len(path), 0, -1):
            for known in (where, self.positions.keys):
                if path[:length] in known:
                    return self.place(known[path[:length]])
        return self.place(0)


@dataclass(frozen=True)
class Passage:
    """A string inside a file: its characters, and the offset in the file of each."""

    source: Source
    text: str
    offsets: list[int] = field(repr=False)

    def place(self, offset: int) -> Place:
        """The place in the file of a character of the string."""
        return self.source.place(self.offsets[min(offset, len(self.offsets) - 1)])

    def fail(self, problem: str, offset: int, remedy: str = "") -> NoReturn:
        """Raise at a character of the string."""
        raise SpecError(problem, place=self.place(offset), remedy=remedy)


def read_source(path: Path) -> Source:
    """The text of a file.

    Raises:
        SpecError: there is no such file, or it is too large or not UTF-8.
    """
    remedy = "give the path of a spec, a .toml file"
    try:
        if not path.exists():
            raise SpecError(f"{path} does not exist", remedy=remedy)
        if not path.is_file():
            raise SpecError(f"{path} is not a file", remedy=remedy)
        with path.open("rb") as stream:
            data = stream.read(LARGEST_FILE + 1)
    except (OSError, ValueError) as error:
        raise SpecError(f"{path} cannot be read: {error}", remedy=remedy) from None
    if len(data) > LARGEST_FILE:
        raise SpecError(
            f"{path} is larger than {LARGEST_FILE // 1024} KiB", remedy="a spec is text"
        )
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        problem = f"{path} is not UTF-8 in line {line}"
        raise SpecError(problem, remedy="save the file as UTF-8") from None
    return Source(str(path), text.replace("\r\n", "\n"))


def read_tables(source: Source) -> dict[str, Any]:
    """The file as TOML; numbers with a point or an exponent are `Decimal`, so that they stay exact.

    Raises:
        SpecError: it is no TOML.
    """
    if match := _LONG_KEY.search(
        source.text
    ):  # tomllib takes quadratic time over the parts of a key
        raise SpecError("a key has too many parts", place=source.place(match.start()))
    try:
        return tomllib.loads(source.text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        raise _toml_error(source, str(error)) from None
    except RecursionError:
        raise SpecError(
            f"{source.file} nests too deeply", remedy="a spec needs no such depth"
        ) from None
    except (ValueError, ArithmeticError) as error:
        raise SpecError(f"{source.file} holds a value that cannot be read: {error}") from None


def _toml_error(source: Source, message: str) -> SpecError:
    match = _AT.search(message)
    problem = f"this is not TOML: {message[: match.start()] if match else message}"
    if match and match[1]:
        line, column = int(match[1]), int(match[2])
        place = Place(source.file, line, column, source.lines[line - 1])
    else:
        place = source.place(len(source.text))
    return SpecError(problem, place=place, remedy="see https://toml.io for the format")
