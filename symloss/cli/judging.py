"""`symloss verify` and `symloss elementary`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from symloss.cli.base import WORDS, Jobs, Json, fail, out, print_json

if TYPE_CHECKING:
    from symloss.publish import Case


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
    as_json: Json = False,
    jobs: Jobs = None,
) -> None:
    """Judge emitted code against the mathematics of its spec, once more."""
    from symloss import publish, report

    cases = publish.cases(words or [], folder)
    jobs = jobs or publish.available_jobs()
    if accuracy:
        _certify(context, cases, jobs, budget, as_json)
        return
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


def _certify(
    context: typer.Context, cases: Sequence[Case], jobs: int, budget: float, as_json: bool
) -> None:
    """Print certificates; exit with 1 where a bound is broken."""
    from symloss import publish, report

    track = report.bar("measuring")
    outcomes = list(publish.measure(cases, jobs=jobs, seconds=budget, track=track))
    measured = [outcome for outcome in outcomes if isinstance(outcome, publish.Measured)]
    failures = [outcome for outcome in outcomes if isinstance(outcome, publish.Failure)]
    if as_json:
        print_json(report.certificates_json(measured, failures))
    else:
        for part in report.certificates(measured):
            out.print(part)
    fail(context, failures)
    if not all(one.certificate.holds for one in measured):
        raise typer.Exit(1)


def elementary(
    exhaustive: Annotated[
        bool, typer.Option("--exhaustive", help="Every float32: some 10 minutes of CPU time.")
    ] = False,
    speed: Annotated[bool, typer.Option("--speed", help="Compare times with NumPy's.")] = False,
    as_json: Json = False,
) -> None:
    """Measure the elementary functions that emitted code rests on, in ulps."""
    from symloss import approximation, report

    found = list(approximation.measure(exhaustive, speed))
    if as_json:
        print_json([one.to_json() for one in found])
    else:
        out.print(report.elementary_table(found))
    if not all(one.holds for one in found):
        raise typer.Exit(1)
