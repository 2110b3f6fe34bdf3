"""`symloss audit`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from symloss.cli.base import Jobs, Json, fail, out, print_json

if TYPE_CHECKING:
    from symloss.publish import Examiner

AUDITED = "Losses by name, spec files, or folders of them."


def audit(
    context: typer.Context,
    words: Annotated[list[str], typer.Argument(metavar="NAME|PATH...", help=AUDITED)],
    settings: Annotated[
        list[str] | None, typer.Option("--set", metavar="NAME=NUMBER", help="Set a parameter.")
    ] = None,
    budget: Annotated[
        float, typer.Option(min=0.1, help="Seconds for properties that are found together.")
    ] = 10.0,
    again: Annotated[
        bool, typer.Option("--recheck", help="Replay what was found with the small checker, too.")
    ] = False,
    as_json: Json = False,
    jobs: Jobs = None,
) -> None:
    """Say what is true of a loss, proved or refuted.

    Exit code 1: a claim of a spec is refuted, a spec cannot be audited at all, or the checker
    rejects a finding.
    """
    from symloss import publish, report
    from symloss.audit import Audit, setting

    work = publish.Examiner(setting(settings or []), budget)
    jobs = jobs or publish.available_jobs()
    if again:
        _recheck(context, words, work, jobs, as_json)
        return
    found = publish.examine(words, work, jobs=jobs, track=report.bar("auditing"))
    audits = [one for one in found if isinstance(one, Audit)]
    if as_json:
        print_json(report.audits_json(found))
    else:
        for one in audits:
            out.print(report.audit_table(one))
    told = [publish.Failure(one.loss, line) for one in audits for line in one.problems]
    fail(context, [*(one for one in found if isinstance(one, publish.Failure)), *told])


def _recheck(
    context: typer.Context, words: Sequence[str], work: Examiner, jobs: int, as_json: bool
) -> None:
    """Print what the checker says of audits; exit with 1 where it rejects a finding."""
    from symloss import publish, report

    replayed = publish.Replayer(work)
    found = publish.examine(words, replayed, jobs=jobs, track=report.bar("auditing"))
    checked = [one for one in found if isinstance(one, publish.Rechecked)]
    failures = [one for one in found if isinstance(one, publish.Failure)]
    if as_json:
        print_json(report.rechecks_json(found))
    else:
        for one in checked:
            out.print(report.recheck_table(one))
    told = [publish.Failure(one.loss, line) for one in checked for line in one.problems]
    fail(context, [*failures, *told])
