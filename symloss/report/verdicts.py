"""What the judge found: a table a loss, a line a loss, or JSON."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from rich.table import Table

from symloss.publish import Failure, Judged
from symloss.verify import Verification

COLUMNS = ("function", "points", "worst error", "bound", "")


def verdicts(judged: Iterable[Judged]) -> Iterator[Table]:
    """A table for each loss, in alphabetical order."""
    for one in sorted(judged, key=lambda one: one.case.name):
        yield verdict_table(one.case.name, one.verification)


def verdict_table(name: str, verification: Verification) -> Table:
    """Per function: the points tried, the worst error and the bound it is held to."""
    table = Table(*COLUMNS, title=name, title_justify="left", box=None, pad_edge=False)
    for row in verification.table_rows():
        table.add_row(*map(str, row))
    return table


def verdict_line(name: str, verification: Verification) -> str:
    """The whole of a verification in a line."""
    return f"{name}  {verification.summary()}"


def verdicts_json(judged: Iterable[Judged], failures: Iterable[Failure]) -> dict[str, Any]:
    """Everything, for programs."""
    losses = {one.case.name: one.verification.to_json() for one in judged}
    errors = {failure.subject: failure.message for failure in failures}
    passed = not errors and all(one.verification.passed for one in judged)
    return {"passed": passed, "losses": losses, "errors": errors}
