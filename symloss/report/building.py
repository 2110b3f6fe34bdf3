"""What a build did, in a few lines."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from symloss.publish import Report
from symloss.report.verdicts import verdict_line, verdict_table

if TYPE_CHECKING:
    from rich.console import RenderableType


def build_summary(done: Report, *, in_full: bool) -> Iterator[RenderableType]:
    """Each loss that was built, in a line, or in full what the judge did; then the totals."""
    for one in sorted(done.built, key=lambda one: one.target.name):
        if in_full:
            yield verdict_table(one.verification)
            yield f"{one.target.name} -> {one.target.file}"
        else:
            yield verdict_line(one.verification)
    for file in done.removed:
        yield f"removed {file}: its spec is gone"
    yield _totals(done)


def _totals(done: Report) -> str:
    counts = (
        f"{len(done.built)} built",
        f"{len(done.current)} current",
        f"{len(done.removed)} removed" if done.removed else "",
        f"{len(done.failures)} failed" if done.failures else "",
    )
    return ", ".join(count for count in counts if count)
