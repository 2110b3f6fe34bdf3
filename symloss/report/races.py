"""Races against other packages: a table, or JSON."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any

from rich.markup import escape
from rich.table import Table

from symloss.bench import DISPATCH, TRIAD, Goal, Kind, Race, Settings, machine, versions


def races_table(races: Sequence[Race], peers: Sequence[str]) -> Table:
    """How often each peer's time contains ours, next to the targets for losses of that kind."""
    title = "time of each / time of ours; us: microseconds of ours; triad: the speed of memory"
    table = Table(title=title, title_justify="left", box=None)
    for name in ("loss", "kind", "shape", "type", "function"):
        table.add_column(name, no_wrap=True)
    for name in ("us", *peers, TRIAD):
        table.add_column(name, no_wrap=True, justify="right", min_width=6)
    table.add_column("targets")
    for race in races:
        ratios = [_shown(race, name) for name in (*peers, TRIAD)]
        words = (escape(race.loss), race.kind, race.shape, race.dtype, race.function)
        table.add_row(*words, f"{race.seconds * 1e6:.3g}", *ratios, verdict(race))
    return table


def verdict(race: Race) -> str:
    """Whether the targets are met, and which are not."""
    missed = [goal for goal in race.goals if not goal.met]
    if missed:
        return "missed: " + ", ".join(map(_missed, missed))
    return "met" if race.goals else "-"


def _missed(goal: Goal) -> str:
    if goal.against == DISPATCH:
        return f"{goal.reached * 1e6:.2f} us above an empty call > {goal.bound * 1e6:g}"
    # Cut, not rounded: 0.8996 is no 0.9.
    return f"{goal.against} {math.floor(100 * goal.reached) / 100:g} < {goal.bound:g}"


def races_notes(races: Sequence[Race], settings: Settings) -> list[str]:
    """Who took no part, who disagreed, how many targets are met, and what it ran on."""
    told: dict[str, None] = {}
    for race in races:
        for name, why in race.left_out.items():
            told[f"{race.loss}: {name} is left out: {why}"] = None
        for name, why in race.disagreements.items():
            told[f"{race.loss} {race.dtype} {race.function}: {name} is not timed: {why}"] = None
    return [*told, *_summary(races, settings), environment()]


def _summary(races: Sequence[Race], settings: Settings) -> list[str]:
    if settings.threads != 1:
        return ["targets are for one thread"]
    found = []
    for kind in dict.fromkeys(race.kind for race in races):
        judged = [race for race in races if race.kind == kind and race.goals]
        met = sum(all(goal.met for goal in race.goals) for race in judged)
        reached = f"{kind}: all targets met in {met} of {len(judged)} rows"
        found.append(reached + _memory(judged if kind == Kind.MEMORY else []))
    small = ["targets are for larger shapes than those of --quick"] if settings.quick else []
    return [*found, *small]


def _memory(races: Sequence[Race]) -> str:
    reached = [race.ratios[TRIAD][1] for race in races]
    if not reached:
        return ""
    speed = max(race.moved / race.seconds / race.ratios[TRIAD][1] for race in races) / 1e9
    return f"; {min(reached):.2f} to {max(reached):.2f} of a triad of {speed:.0f} GB/s"


def environment() -> str:
    """What it ran on, in a line."""
    return ", ".join(f"{name} {value}" for name, value in {**machine(), **versions()}.items())


def headline(told: str) -> str:
    """The title of a figure: what it shows, and in two lines what it ran on."""
    facts = environment().split(", ")
    half = (len(facts) + 1) // 2
    return "\n".join((told, ", ".join(facts[:half]), ", ".join(facts[half:])))


def races_json(races: Iterable[Race], errors: dict[str, str]) -> dict[str, Any]:
    """Everything, for programs."""
    rows = [
        asdict(race) | {"goals": [asdict(goal) | {"met": goal.met} for goal in race.goals]}
        for race in races
    ]
    return {"machine": machine(), "versions": versions(), "races": rows, "errors": errors}


def _shown(race: Race, name: str) -> str:
    if name in race.disagreements:
        return "differs"
    return f"{race.ratios[name][1]:.2f}" if name in race.ratios else "-"
