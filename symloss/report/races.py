"""Races against other packages: a table, or JSON."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any

from rich.markup import escape
from rich.table import Table

from symloss.bench import Race, machine, versions


def races_table(races: Sequence[Race], peers: Sequence[str]) -> Table:
    """How often each peer's time contains ours: above 1, ours is quicker; of the triad, below 1."""
    table = Table(title="time of each / time of ours", title_justify="left", box=None)
    for name in ("loss", "shape", "type", "function"):
        table.add_column(name, no_wrap=True)
    for name in ("us", *peers, "triad"):
        table.add_column(name, no_wrap=True, justify="right")
    for race in races:
        ratios = [_shown(race, name) for name in (*peers, "triad")]
        words = (escape(race.loss), race.shape, race.dtype, race.function)
        table.add_row(*words, f"{race.seconds * 1e6:.3g}", *ratios)
    return table


def races_notes(races: Iterable[Race]) -> list[str]:
    """Who took no part, who disagreed, and what it ran on."""
    told: dict[str, None] = {}
    for race in races:
        for name, why in race.left_out.items():
            told[f"{race.loss}: {name} is left out: {why}"] = None
        for name, why in race.disagreements.items():
            told[f"{race.loss} {race.dtype} {race.function}: {name} is not timed: {why}"] = None
    settings = {**machine(), **versions()}
    return [*told, ", ".join(f"{name} {value}" for name, value in settings.items())]


def races_json(races: Iterable[Race], errors: dict[str, str]) -> dict[str, Any]:
    """Everything, for programs."""
    rows = [asdict(race) for race in races]
    return {"machine": machine(), "versions": versions(), "races": rows, "errors": errors}


def _shown(race: Race, name: str) -> str:
    if name in race.disagreements:
        return "differs"
    return f"{race.ratios[name][1]:.2f}" if name in race.ratios else "-"
