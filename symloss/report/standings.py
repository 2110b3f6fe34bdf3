"""Accuracy beside that of other packages: a table, Markdown, JSON, and errors along a line."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.markup import escape
from rich.table import Table

from symloss.bench import OURS, Standing, versions
from symloss.report.figures import GREY, line, logarithmic, page
from symloss.report.verdicts import finite
from symloss.verify import Curve, Extreme, Row

DIGITS = {"float32": 23, "float64": 52}
NAMES = {OURS: "symloss", "torch": "PyTorch", "optax": "JAX, optax", "sklearn": "scikit-learn"}
NAMES["scipy"] = "SciPy"
PANEL = (5.6, 3.0)
# Inches, above the panels.
TITLE = 0.7
# Whatever is less is drawn there: 0 has no logarithm, and how right is right is noise.
BOTTOM = 0.1
EXCUSED = 64.0
"""Ulps of mixed error up to which digits that are gone were gone in the inputs."""


def standings_table(found: Sequence[Standing], packages: Sequence[str]) -> Table:
    """Worst mixed and plain errors of everybody, and at how many points."""
    table = Table(title=HEADLINE, title_justify="left", box=None, pad_edge=False)
    for name in ("loss", "function", "type", "points", *map(_name, (OURS, *packages))):
        table.add_column(name, no_wrap=True)
    for one in found:
        cells = [_cell(one, name) for name in (OURS, *packages)]
        words = (escape(_loss(one)), one.function, one.dtype, str(one.rows[OURS].points))
        table.add_row(*words, *cells)
    return table


HEADLINE = "worst mixed / plain error in ulps, all at the same points"


def standings_markdown(found: Sequence[Standing], packages: Sequence[str]) -> list[str]:
    """The same as a table for a README."""
    heads = ["loss", "function", "type", *map(_name, (OURS, *packages))]
    lines = [f"| {' | '.join(heads)} |", "|" + "---|" * len(heads)]
    for one in found:
        cells = [_cell(one, name) for name in (OURS, *packages)]
        lines.append(f"| {' | '.join([f'`{one.loss}`', one.function, one.dtype, *cells])} |")
    return [*lines, "", environment()]


def standings_notes(found: Sequence[Standing]) -> list[str]:
    """Where each is worst, who took no part and why, and the versions."""
    told: dict[str, None] = {}
    for one in found:
        for name, row in one.rows.items():
            worst = row.first_lost or row.mixed
            if worst is not None:
                what = f"{_loss(one)} {one.function} {one.dtype}: {_name(name)}"
                told[f"{what}: {_point(worst)}"] = None
    for one in found:
        for name, why in one.left_out.items():
            told[f"{one.loss} {one.function}: {_name(name)} is left out: {why}"] = None
    return [*told, environment()]


def standings_json(found: Sequence[Standing], errors: dict[str, str]) -> dict[str, Any]:
    """Everything, for programs."""
    rows = [
        {
            **vars(one),
            "parameters": dict(one.parameters),
            "rows": {name: _plain(row) for name, row in one.rows.items()},
        }
        for one in found
    ]
    return {"versions": versions(), "standings": [finite(row) for row in rows], "errors": errors}


def environment() -> str:
    """The versions of what was compared, in a line."""
    return ", ".join(f"{name} {value}" for name, value in versions().items())


def curves_plot(loss: str, name: str, curves: Sequence[Curve], path: Path) -> None:
    """Errors against the input: functions side by side, formats below each other."""
    functions = list(dict.fromkeys(curve.function for curve in curves))
    types = list(dict.fromkeys(curve.dtype for curve in curves))
    size = PANEL[0] * len(functions), TITLE + PANEL[1] * len(types)
    rest = f", {curves[0].rest}" if curves[0].rest else ""
    title = f"Error of {loss} in ulps of the result as {name} varies{rest}\n{environment()}"
    with page(path, *size, title) as figure:
        panels = figure.subplots(len(types), len(functions), squeeze=False, sharex=True)
        for row, dtype in zip(panels, types, strict=True):
            for axes, function in zip(row, functions, strict=True):
                part = [one for one in curves if (one.function, one.dtype) == (function, dtype)]
                _panel(axes, part, f"{function}, {dtype}", DIGITS[dtype])
        for axes in panels[-1]:
            axes.set_xlabel(name)


def _panel(axes: Any, curves: Sequence[Curve], title: str, digits: int) -> None:
    axes.axhline(2.0**digits, color=GREY, linestyle=":", linewidth=1.0)
    for number, one in enumerate(curves):
        look = line(_look(one.name), number)
        shown = {"markersize": 2.5, "linewidth": 0.8, "label": _name(one.name)}
        top = 2.0 ** (digits + 4)
        ulps = [min(max(error, BOTTOM), top) for error in one.ulps]
        axes.plot([abs(x) for x in one.numbers], ulps, **look, **shown, zorder=9 - number)
    axes.set_title(title)
    axes.set_ylabel("ulps")
    logarithmic(axes.xaxis)
    logarithmic(axes.yaxis)
    axes.annotate(
        "no digit right", (0.995, 2.0**digits), xycoords=("axes fraction", "data"),
        fontsize=7, color=GREY, va="center", ha="right", zorder=20,
        bbox={"facecolor": "white", "edgecolor": "none", "pad": 1},
    )  # fmt: skip
    axes.legend(fontsize=7, loc="upper left", bbox_to_anchor=(1.0, 1.0))


def _look(name: str) -> str:
    return "jax" if name == "optax" else name


def _name(name: str) -> str:
    return NAMES.get(name, name)


def _loss(one: Standing) -> str:
    given = ", ".join(f"{name}={value:g}" for name, value in one.parameters.items())
    return f"{one.loss}({given})" if given else one.loss


def _cell(one: Standing, name: str) -> str:
    """Both errors; where no digit is right, or results are no numbers, that instead."""
    row = one.rows.get(name)
    if row is None:
        return "-"
    lost = f", lost at {row.lost}" if row.lost else ""
    if row.mixed is None or row.plain is None:
        return f"lost at all {row.lost}" if row.lost else "-"
    gone = ", all digits" if _is_nothing_right(row.mixed) else ""
    return f"{_short(row.mixed.ulps)} / {_short(row.plain.ulps)}{gone}{lost}"


def _is_nothing_right(mixed: Extreme) -> bool:
    """Whether no digit is right, and what was rounded in the inputs is no excuse."""
    gap = abs(mixed.got - mixed.expected)
    return mixed.ulps > EXCUSED and gap >= abs(mixed.expected) / 2


def _short(ulps: float) -> str:
    return f"{ulps:.1f}" if ulps < 99.5 else f"{ulps:.0e}".replace("e+0", "e").replace("e+", "e")


def _point(worst: Extreme) -> str:
    told = "lost" if math.isinf(worst.ulps) else f"{worst.ulps:.3g} ulp"
    gave = f"expected {worst.expected!r}, got {worst.got!r}"
    return f"{told}: {worst.component} at {worst.point}: {gave}"


def _plain(row: Row) -> dict[str, Any]:
    shown = {key: value for key, value in vars(row).items() if key not in ("bound", "reasons")}
    return {k: vars(value) if isinstance(value, Extreme) else value for k, value in shown.items()}
