"""Where every key and value of a TOML file stands.

`tomllib` says what a file means and keeps no positions. This scanner walks a text that `tomllib`
has accepted, so it checks nothing: it only steps over tokens and notes where they begin.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

Path = tuple[str | int, ...]
"""Keys and list positions from the root of the file."""

_BLANK = re.compile(r"(?:[ \t\n]|#[^\n]*)*")
_SPACE = re.compile(r"[ \t]*")
_BARE = re.compile(r"[A-Za-z0-9_-]+")
_SCALAR = re.compile(r"[^\s,\]}#]+(?: (?=\d)[^\s,\]}#]+)?")
_ESCAPES = {"b": "\b", "t": "\t", "n": "\n", "f": "\f", "r": "\r", '"': '"', "\\": "\\"}
_WRAP = re.compile(r"\\[ \t]*\n[ \t\n]*")


@dataclass
class Positions:
    """Offsets into the file's text, by path."""

    keys: dict[Path, int] = field(default_factory=dict)
    values: dict[Path, int] = field(default_factory=dict)


def scan(text: str) -> Positions:
    """The positions of all keys and values of a valid TOML text."""
    return _Scanner(text).run()


@dataclass
class _Scanner:
    text: str
    at: int = 0
    found: Positions = field(default_factory=Positions)
    counts: dict[Path, int] = field(default_factory=dict)

    def run(self) -> Positions:
        table: Path = ()
        self.skip(_BLANK)
        while self.at < len(self.text):
            if self.text[self.at] == "[":
                table = self.header()
            else:
                self.pair(table)
            self.skip(_BLANK)
        return self.found

    def skip(self, pattern: re.Pattern[str]) -> None:
        match = pattern.match(self.text, self.at)
        self.at = match.end() if match else self.at

    def header(self) -> Path:
        """`[a.b]` or `[[a.b]]`; lists on the way stand at their latest element."""
        many = self.text.startswith("[[", self.at)
        start = self.at
        self.at += 2 if many else 1
        path = self.dotted(())
        self.at += 2 if many else 1
        if many:
            self.counts[path] = self.counts.get(path, -1) + 1
            path = (*path, self.counts[path])
        self.found.keys[path] = start
        self.found.values[path] = start
        return path

    def dotted(self, table: Path) -> Path:
        path = table
        while True:
            self.skip(_SPACE)
            start = self.at
            path = (*path, self.word())
            self.found.keys.setdefault(path, start)
            self.skip(_SPACE)
            if path in self.counts:
                path = (*path, self.counts[path])
            if not self.text.startswith(".", self.at):
                return path if isinstance(path[-1], str) else path[:-1]
            self.at += 1

    def word(self) -> str:
        if self.text[self.at] in "\"'":
            return self.string()
        match = _BARE.match(self.text, self.at)
        assert match, "tomllib accepted this key"
        self.at = match.end()
        return match.group()

    def pair(self, table: Path) -> None:
        path = self.dotted(table)
        self.at += 1
        self.skip(_SPACE)
        self.value(path)

    def value(self, path: Path) -> None:
        self.found.values[path] = self.at
        first = self.text[self.at]
        if first in "\"'":
            self.string()
        elif first == "[":
            self.items(path)
        elif first == "{":
            self.table(path)
        else:
            self.skip(_SCALAR)

    def items(self, path: Path) -> None:
        self.at += 1
        position = 0
        self.skip(_BLANK)
        while self.text[self.at] != "]":
            if self.text[self.at] == ",":
                self.at += 1
            else:
                self.value((*path, position))
                position += 1
            self.skip(_BLANK)
        self.at += 1

    def table(self, path: Path) -> None:
        self.at += 1
        self.skip(_BLANK)
        while self.text[self.at] != "}":
            if self.text[self.at] == ",":
                self.at += 1
            else:
                self.pair(path)
            self.skip(_BLANK)
        self.at += 1

    def string(self) -> str:
        characters, _ = string_offsets(self.text, self.at)
        self.at = _end_of_string(self.text, self.at)
        return characters


def string_offsets(text: str, start: int) -> tuple[str, list[int]]:
    """The characters of the string token at `start`; the offset of each, and of the end."""
    quote = text[start]
    long = text.startswith(quote * 3, start)
    end = _end_of_string(text, start) - (3 if long else 1)
    at = start + (3 if long else 1)
    at += long and text.startswith("\n", at)
    characters: list[str] = []
    offsets: list[int] = []
    while at < end:
        wrap = _WRAP.match(text, at) if long and quote == '"' else None
        if wrap:
            at = wrap.end()
            continue
        character, width = _escape(text, at) if quote == '"' else (text[at], 1)
        characters.append(character)
        offsets.append(at)
        at += width
    return "".join(characters), [*offsets, end]


def _escape(text: str, at: int) -> tuple[str, int]:
    if text[at] != "\\":
        return text[at], 1
    kind = text[at + 1]
    if kind in "uU":
        width = 4 if kind == "u" else 8
        return chr(int(text[at + 2 : at + 2 + width], 16)), 2 + width
    return _ESCAPES[kind], 2


def _end_of_string(text: str, start: int) -> int:
    """The offset just after the closing quotes."""
    quote = text[start]
    closing = quote * 3 if text.startswith(quote * 3, start) else quote
    at = start + len(closing)
    while not text.startswith(closing, at):
        at += 2 if text[at] == "\\" and quote == '"' else 1
    at += len(closing)
    while len(closing) == 3 and text.startswith(quote, at) and at - start >= 6:
        at += 1  # up to two quotes may stand before the closing three
    return at
