"""A progress bar on standard error, so that standard output stays what was asked for."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
)

from symloss.publish import Track


def bar(doing: str) -> Track:
    """A tracker that draws a bar while items are passed on, and wipes it afterwards."""

    def track(items: Iterable[Any], total: int) -> Iterable[Any]:
        columns = (
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
        )
        console = Console(stderr=True)
        hidden = not (total and console.is_terminal)
        with Progress(*columns, console=console, transient=True, disable=hidden) as progress:
            yield from progress.track(items, total=total, description=doing)

    return track
