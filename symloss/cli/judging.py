"""`symloss verify`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from symloss.cli.base import WORDS, Jobs, Json, fail, out, print_json
from symloss.cli.certifying import Wish, certify


def verify(
    context: typer.Context,
    words: Annotated[list[str] | None, typer.Argument(metavar="[NAME|PATH]...", help=WORDS)] = None,
    points: Annotated[
        int | None, typer.Option(min=1, help="Points to try. [default: as when it was built]")
    ] = None,
    folder: Annotated[
        Path | None, typer.Option("--out", help="Judge what `build --out` left in this folder.")
    ] = None,
    accuracy: Annotated[
        bool, typer.Option("--accuracy", help="Hunt for the worst errors instead, in ulps.")
    ] = False,
    budget: Annotated[
        float, typer.Option(min=0.0, help="Seconds of hunting for each function and type.")
    ] = 2.0,
    keep: Annotated[
        bool, typer.Option("--record", help="With --accuracy: keep it beside the module.")
    ] = False,
    as_json: Json = False,
    jobs: Jobs = None,
) -> None:
    """Judge emitted code against the mathematics of its spec, once more."""
    from symloss import publish, report

    cases = publish.cases(words or [], folder)
    jobs = jobs or publish.available_jobs()
    if accuracy:
        certify(context, cases, Wish(jobs, budget, keep, as_json))
        return
    if keep:
        raise typer.BadParameter("--record goes with --accuracy")
    outcomes = list(publish.judge(cases, jobs=jobs, points=points, track=report.bar("judging")))
    judged = [outcome for outcome in outcomes if isinstance(outcome, publish.Judged)]
    failures = [outcome for outcome in outcomes if isinstance(outcome, publish.Failure)]
    if as_json:
        print_json(report.verdicts_json(judged, failures))
    else:
        for part in report.verdicts(judged):
            out.print(part)
    fail(context, failures)
    if not all(one.verification.passed for one in judged):
        raise typer.Exit(1)
