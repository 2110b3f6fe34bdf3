"""`symloss verify --accuracy`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import typer

from symloss.cli.base import fail, out, print_json

if TYPE_CHECKING:
    from symloss.publish import Case


@dataclass(frozen=True)
class Wish:
    """What is asked of certificates: how long to hunt, whether to keep them, how to print them."""

    jobs: int
    seconds: float
    keep: bool
    as_json: bool


def certify(context: typer.Context, cases: Sequence[Case], wish: Wish) -> None:
    """Print certificates; exit with 1 where a bound is broken."""
    from symloss import publish, report

    effort = publish.Effort(0, wish.seconds)
    if wish.keep:
        publish.require_keeping(cases)
    track = report.bar("measuring")
    measured, failures = [], []
    for one in publish.measure(cases, jobs=wish.jobs, effort=effort, track=track):
        if isinstance(one, publish.Failure):
            failures.append(one)
            continue
        measured.append(one)
        if wish.keep:
            publish.keep(one, effort)
    if wish.as_json:
        print_json(report.certificates_json(measured, failures))
    else:
        for part in report.certificates(measured):
            out.print(part)
    fail(context, failures)
    if not all(one.certificate.holds for one in measured):
        raise typer.Exit(1)
