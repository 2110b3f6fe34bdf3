"""How time grows: a table per axis, JSON, and a plot."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from rich.markup import escape
from rich.table import Table

from symloss.bench import Settings, Sweep, machine, versions
from symloss.report.figures import line, logarithmic, page, readable
from symloss.report.races import environment, headline

COLUMNS = 2
# Inches.
PANEL, TITLE = (6.5, 3.2), 0.7


def sweep_table(sweep: Sweep) -> Table:
    """Microseconds of a call by size, and the slopes below."""
    title = f"{escape(sweep.loss)}, {sweep.dtype}: microseconds by {sweep.axis}"
    table = Table(title=title, title_justify="left", box=None, show_footer=True)
    table.add_column("shape", "slope", no_wrap=True)
    for name in sweep.seconds:
        table.add_column(name, _slope(sweep, name), no_wrap=True, justify="right")
    for place, shape in enumerate(sweep.shapes):
        times = (found[place] for found in sweep.seconds.values())
        table.add_row(shape, *("-" if time is None else f"{time * 1e6:.3g}" for time in times))
    return table


def _slope(sweep: Sweep, name: str) -> str:
    fitted = sweep.slopes.get(name)
    return f"{fitted.slope:.2f} from {readable(fitted.start)}" if fitted else "-"


def sweeps_notes(sweeps: Sequence[Sweep]) -> list[str]:
    """Who took no part, who stopped before the end and why, and what it ran on."""
    told: dict[str, None] = {}
    for sweep in sweeps:
        for name, why in sweep.left_out.items():
            told[f"{sweep.loss}: {name} is left out: {why}"] = None
        for name, why in sweep.stopped.items():
            told[f"{sweep.loss}, {sweep.axis}: {name} stops before {why}"] = None
    return [*told, environment()]


def sweeps_json(sweeps: Sequence[Sweep], errors: dict[str, str]) -> dict[str, Any]:
    """Everything, for programs."""
    rows = [asdict(sweep) for sweep in sweeps]
    return {"machine": machine(), "versions": versions(), "sweeps": rows, "errors": errors}


def sweeps_plot(sweeps: Sequence[Sweep], settings: Settings, path: Path) -> None:
    """A panel for each loss and axis; the slope of each contender stands in its legend."""
    columns = min(COLUMNS, len(sweeps))
    rows = math.ceil(len(sweeps) / columns)
    threads = "one thread" if settings.threads == 1 else f"{settings.threads} threads"
    title = headline(f"Seconds of a call of value_and_gradient, mean, {threads}")
    with page(path, PANEL[0] * columns, TITLE + PANEL[1] * rows, title) as figure:
        panels = list(figure.subplots(rows, columns, squeeze=False).flat)
        for panel, sweep in zip(panels, sweeps, strict=False):
            _panel(panel, sweep)
        for panel in panels[len(sweeps) :]:
            panel.remove()


def _panel(axes: Any, sweep: Sweep) -> None:
    for number, (name, times) in enumerate(sweep.seconds.items()):
        label = f"{name}: {_slope(sweep, name)}"
        sizes = [size for size, time in zip(sweep.sizes, times, strict=True) if time is not None]
        axes.plot(sizes, times[: len(sizes)], **line(name, number), label=label)
    axes.set_title(f"{sweep.loss}, {sweep.dtype}, by {sweep.axis}")
    logarithmic(axes.xaxis)
    logarithmic(axes.yaxis)
    axes.set_xlabel("items" if sweep.axis == "items" else "size of each axis of an item")
    beside = {"loc": "upper left", "bbox_to_anchor": (1.0, 1.0)}
    axes.legend(title="fitted slope", fontsize=7, title_fontsize=7, **beside)
