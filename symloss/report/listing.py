"""The catalogue at a glance."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from rich.table import Table

from symloss.emit import signature
from symloss.spec import Spec


@dataclass(frozen=True)
class Entry:
    """A loss in a list."""

    name: str
    family: str
    signature: str
    title: str
    summary: str
    source: str


def listing(specs: Iterable[tuple[str, Spec]]) -> tuple[Entry, ...]:
    """Entries for specs that come with the names of their families."""
    return tuple(
        Entry(spec.name, family, signature(spec), spec.title, spec.summary, spec.source)
        for family, spec in specs
    )


def listing_markdown(entries: Iterable[Entry]) -> str:
    """The entries as the table of the README, family by family."""
    lines = ["| loss | signature | title | source |", "|---|---|---|---|"]
    for entry in entries:
        cells = (f"`{entry.name}`", f"`{entry.signature}`", entry.title, entry.source)
        lines.append(f"| {' | '.join(map(_cell, cells))} |")
    return "\n".join(lines)


def _cell(text: str) -> str:
    return text.replace("|", r"\|")


def listing_table(entries: Iterable[Entry]) -> Table:
    """The entries as a table."""
    table = Table("loss", "family", "signature", "title", box=None, pad_edge=False)
    for entry in entries:
        table.add_row(entry.name, entry.family, entry.signature, entry.title)
    return table
