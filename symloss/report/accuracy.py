"""Certificates of accuracy: a table a loss, or JSON."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from rich.markup import escape
from rich.table import Table

from symloss.publish import Failure, Measured
from symloss.report.verdicts import finite
from symloss.verify import Certificate, Extreme, Row

if TYPE_CHECKING:
    from rich.console import RenderableType


def certificates(measured: Iterable[Measured]) -> Iterator[RenderableType]:
    """For each loss, in alphabetical order: a table, and the points of what breaks its bound."""
    for one in sorted(measured, key=lambda one: one.case.name):
        yield _table(one.certificate)
        for row in one.certificate.rows:
            yield from map(escape, _broken(row))
            yield from (escape(f"  allowed: {reason}") for reason in row.reasons)


def certificates_json(measured: Iterable[Measured], failures: Iterable[Failure]) -> dict[str, Any]:
    """Everything, for programs."""
    ordered = sorted(measured, key=lambda one: one.case.name)
    losses = {one.case.name: finite(one.certificate.to_json()) for one in ordered}
    errors = {failure.subject: failure.message for failure in failures}
    holds = not errors and all(one.certificate.holds for one in ordered)
    return {"holds": holds, "losses": losses, "errors": errors}


def _table(certificate: Certificate) -> Table:
    state = "holds" if certificate.holds else "BROKEN"
    title = f"{certificate.loss}: {state}: {certificate.summary()}"
    table = Table(title=escape(title), title_justify="left", box=None, pad_edge=False)
    for name in ("function", "type", "points", "mixed ulp", "allowed", "plain ulp"):
        table.add_column(name, no_wrap=True, justify="left" if name in _WORDS else "right")
    table.add_column("the worst is at")
    for row in certificate.rows:
        shown = [row.function, row.dtype, str(row.points), _ulps(row.worst), _ulps(row.bound)]
        worst = row.first_lost or row.mixed
        table.add_row(*shown, _ulps(_of(row.plain)), escape(_short(worst.point if worst else "")))
    return table


_WORDS = ("function", "type")


def _broken(row: Row) -> list[str]:
    """What breaks the bound, to the last digit."""
    lines = []
    if row.first_lost:
        what = f"{row.lost} of {row.points} results lost"
        lines.append(f"  {row.function} {row.dtype}: {what}, the first: {_told(row.first_lost)}")
    if _of(row.mixed) > row.bound:
        assert row.mixed is not None
        what = f"{_ulps(row.mixed.ulps)} ulp, allowed {_ulps(row.bound)}"
        lines.append(f"  {row.function} {row.dtype}: {what}: {_told(row.mixed)}")
    return lines


def _told(extreme: Extreme) -> str:
    gave = f"expected {extreme.expected!r}, got {extreme.got!r}"
    return f"{extreme.component} at {extreme.point}: {gave}"


def _of(extreme: Extreme | None) -> float:
    return extreme.ulps if extreme else 0.0


def _ulps(number: float) -> str:
    return "lost" if math.isinf(number) else f"{number:.3g}"


def _short(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:57]}..."
