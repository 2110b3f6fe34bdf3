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


def listing(specs: Iterable[tuple[str, Spec]]) -> tuple[Entry, ...]:
    """Entries for specs that come with the names of their families."""
    return tuple(
        Entry(spec.name, family, signature(spec), spec.title, spec.summary)
        for family, spec in specs
    )


def listing_table(entries: Iterable[Entry]) -> Table:
    """The entries as a table."""
    table = Table("loss", "family", "signature", "title", box=None, pad_edge=False)
    for entry in entries:
        table.add_row(entry.name, entry.family, entry.signature, entry.title)
    return table
