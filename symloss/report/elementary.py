"""The elementary functions' worst errors, as a table."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from rich.table import Table

from symloss.approximation import Measurement

if TYPE_CHECKING:
    from rich.console import RenderableType


def elementary_table(found: Iterable[Measurement]) -> RenderableType:
    """A line for each function and type; the ratio of times where it was taken."""
    measured = list(found)
    timed = any(one.ratio is not None for one in measured)
    table = Table(box=None, pad_edge=False)
    for name in ("function", "type"):
        table.add_column(name, no_wrap=True)
    for name in ("arguments", "worst ulp", "allowed", *(["NumPy's time / ours"] if timed else [])):
        table.add_column(name, no_wrap=True, justify="right")
    table.add_column("the worst is at")
    for one in measured:
        ratio = [f"{one.ratio:.2g}"] if one.ratio is not None else []
        shown = [f"{one.points:,}", f"{one.ulps:.3f}", f"{one.allowed:g}", *ratio, repr(one.at)]
        table.add_row(one.name, one.dtype, *shown)
    return table
