"""The elementary functions' worst errors, as a table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from rich.table import Table

from symloss.approximation import Measurement
from symloss.publish import Exhausted

if TYPE_CHECKING:
    from rich.console import RenderableType


def elementary_table(
    found: Iterable[Measurement], exhausted: Mapping[str, Exhausted]
) -> RenderableType:
    """A line for each function and type; the ratio of times where it was taken.

    In float32 with the worst error over all arguments, as it was recorded.
    """
    measured = list(found)
    timed = any(one.ratio is not None for one in measured)
    table = Table(box=None, pad_edge=False)
    for name in ("function", "type"):
        table.add_column(name, no_wrap=True)
    figures = ("arguments", "worst ulp", "allowed", "recorded of all")
    for name in (*figures, *(["NumPy's time / ours"] if timed else [])):
        table.add_column(name, no_wrap=True, justify="right")
    table.add_column("the worst is at")
    for one in measured:
        ratio = [f"{one.ratio:.2g}"] if one.ratio is not None else []
        every = _recorded(exhausted.get(one.name)) if one.dtype == "float32" else ""
        shown = [f"{one.points:,}", f"{one.ulps:.3f}", f"{one.allowed:g}", every, *ratio]
        table.add_row(one.name, one.dtype, *shown, repr(one.at))
    return table


def _recorded(found: Exhausted | None) -> str:
    if found is None:
        return "not measured"
    return f"{found.ulps:.3f}" if found.current else "of earlier code"
