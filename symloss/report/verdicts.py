"""What the judge found: a table a loss, a line a loss, or JSON."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from rich.markup import escape
from rich.table import Table

from symloss.publish import Failure, Judged
from symloss.verify import Verification

if TYPE_CHECKING:
    from rich.console import RenderableType


def verdicts(judged: Iterable[Judged]) -> Iterator[RenderableType]:
    """For each loss, in alphabetical order: a table, and what failed, if anything did."""
    for one in sorted(judged, key=lambda one: one.case.name):
        yield verdict_table(one.verification)
        if not one.verification.passed:
            yield escape(str(one.verification))


def verdict_table(verification: Verification) -> Table:
    """Per function and type: points tried, the worst error, and the bound it is held to."""
    title = f"{verification.loss}: {verification.summary()}"
    table = Table(title=escape(title), title_justify="left", box=None, pad_edge=False)
    for name in ("function", "type", "points", "worst error"):
        table.add_column(name, no_wrap=True, justify="right" if name == "points" else "left")
    table.add_column("held to")
    for row in verification.table_rows():
        table.add_row(*(escape(str(cell)) for cell in row))
    return table


def verdict_line(verification: Verification) -> str:
    """The whole of a verification in a line."""
    return escape(f"{verification.loss}: {verification.summary()}")


def verdicts_json(judged: Iterable[Judged], failures: Iterable[Failure]) -> dict[str, Any]:
    """Everything, for programs."""
    ordered = sorted(judged, key=lambda one: one.case.name)
    losses = {one.case.name: finite(one.verification.to_json()) for one in ordered}
    errors = {failure.subject: failure.message for failure in failures}
    passed = not errors and all(one.verification.passed for one in ordered)
    return {"passed": passed, "losses": losses, "errors": errors}


def finite(value: Any) -> Any:
    """The value in what JSON has: it has no infinity and no NaN, which become their names."""
    if isinstance(value, dict):
        return {key: finite(entry) for key, entry in value.items()}
    if isinstance(value, (list, tuple)):
        return [finite(entry) for entry in value]
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    return value
