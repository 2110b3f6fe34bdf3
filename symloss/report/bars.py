"""Races as bars: how often the time of each contender contains ours, on a logarithmic axis."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from symloss.bench import ENGINES, TRIAD, Kind, Race, Settings
from symloss.report.figures import INK, FigureError, colour, logarithmic, page
from symloss.report.races import headline

FUNCTION = "value_and_gradient"
# Inches of a bar, and between losses; many losses are drawn closer.
MANY = 30
ROOMY, DENSE = (0.085, 0.12), (0.055, 0.08)
PANEL, BESIDE, ABOVE, TITLE = 4.2, 2.2, 1.6, 0.55
LEGEND_LINES = 2


@dataclass(frozen=True)
class Group:
    """The bars of one loss and shape: its races by type, and the place of each contender."""

    label: str
    races: Mapping[str, Race]
    places: Mapping[str, float]

    @property
    def middle(self) -> float:
        """The place of the label."""
        return sum(self.places.values()) / len(self.places)


@dataclass(frozen=True)
class Chart:
    """All groups from top to bottom, in inches."""

    groups: tuple[Group, ...]
    bar: float
    height: float


def races_plot(races: Sequence[Race], settings: Settings, path: Path) -> None:
    """A panel for each type, a bar for each contender, from 1 to its ratio; targets are marked.

    Raises:
        FigureError: nobody took part in any race.
    """
    shown = [race for race in races if race.function == FUNCTION and _shown(race)]
    if not shown:
        raise FigureError(f"{path}: nothing to draw, as no peer has any of these losses")
    types = list(dict.fromkeys(race.dtype for race in shown))
    chart = _chart(shown)
    width = BESIDE + PANEL * len(types)
    with page(path, width, ABOVE + chart.height, _title(settings)) as figure:
        panels = figure.subplots(1, len(types), sharex=True, sharey=True, squeeze=False)[0]
        for panel, dtype in zip(panels, types, strict=True):
            _panel(panel, dtype, chart)
        logarithmic(panels[0].xaxis)
        panels[0].set_ylim(chart.height, 0)
        panels[0].set_yticks(*zip(*((one.middle, one.label) for one in chart.groups), strict=True))
        _legend(figure, chart)


def _title(settings: Settings) -> str:
    threads = "one thread" if settings.threads == 1 else f"{settings.threads} threads"
    told = f"Time of each / time of ours: {FUNCTION}, mean, {threads}; right of 1 ours is faster"
    return headline(told) + "\n" * LEGEND_LINES


def _chart(races: Sequence[Race]) -> Chart:
    found: dict[tuple[str, str], dict[str, Race]] = {}
    for race in races:
        found.setdefault((race.loss, race.shape), {})[race.dtype] = race
    bar, gap = DENSE if len(found) > MANY else ROOMY
    top, groups = gap, []
    for (loss, shape), by_type in found.items():
        present = {name for race in by_type.values() for name in _shown(race)}
        names = [name for name in (*ENGINES, TRIAD) if name in present]
        places = {name: top + (row + 0.5) * bar for row, name in enumerate(names)}
        groups.append(Group(f"{loss}  {shape}", by_type, places))
        top += len(names) * bar + gap
    return Chart(tuple(groups), bar, top)


def _shown(race: Race) -> list[str]:
    """Peers, and the triad where memory is the limit."""
    return [name for name in race.ratios if name != TRIAD or race.kind == Kind.MEMORY]


def _panel(axes: Any, dtype: str, chart: Chart) -> None:
    bars = defaultdict(list)
    targets = []
    for group in (one for one in chart.groups if dtype in one.races):
        race = group.races[dtype]
        for name in _shown(race):
            bars[name].append((group.places[name], race.ratios[name][1]))
        targets += [(goal.bound, group.places[goal.against]) for goal in race.goals]
    for name, drawn in bars.items():
        places, lengths = zip(*((place, ratio - 1) for place, ratio in drawn), strict=True)
        axes.barh(places, lengths, chart.bar, left=1, color=colour(name), linewidth=0)
    axes.plot(*_marks(targets, chart.bar / 2), color=INK, linewidth=1.2, marker="")
    axes.axvline(1, color=INK, linewidth=0.8)
    axes.set_title(dtype)
    axes.grid(visible=False, axis="y")
    axes.tick_params(axis="y", length=0, labelsize=8)
    axes.tick_params(axis="x", which="both", top=True, labeltop=True)


def _marks(targets: Sequence[tuple[float, float]], half: float) -> tuple[list[float], list[float]]:
    """Upright strokes as one line with gaps: a file has them as one path."""
    across = [value for bound, _ in targets for value in (bound, bound, math.nan)]
    down = [value for _, place in targets for value in (place - half, place + half, math.nan)]
    return across, down


def _legend(figure: Any, chart: Chart) -> None:
    """The contenders that are there, and what a mark means."""
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    present = {name for group in chart.groups for name in group.places}
    handles: list[Any] = [
        Patch(color=colour(name), label=name) for name in (*ENGINES, TRIAD) if name in present
    ]
    if any(race.goals for group in chart.groups for race in group.races.values()):
        mark = Line2D([], [], label="target", color=INK, marker="|", linestyle="none", markersize=9)
        handles.append(mark)
    below_title = (0.0, 1 - TITLE / figure.get_figheight())
    figure.legend(handles=handles, loc="upper left", bbox_to_anchor=below_title, ncols=len(handles))
