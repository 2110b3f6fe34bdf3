"""`symloss verify`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from symloss.cli.base import WORDS, Jobs, Json, fail, out, print_json
from symloss.cli.certifying import Wish, certify
from symloss.cli.comparing import AUTOMATIC, Comparing, compare

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
    keep: Annotated[
        bool, typer.Option("--record", help="With --accuracy: keep it beside the module.")
    ] = False,
    peers: Annotated[
        str | None,
        typer.Option(
            metavar="NAME,...",
            help="With --accuracy: beside other packages', at the same points: torch, jax, sklearn,"
            " scipy or all.",
        ),
    ] = None,
    span: Annotated[
        str, typer.Option("--range", metavar="LOW:HIGH", help="With --peers: inputs' magnitudes.")
    ] = AUTOMATIC,
    markdown: Annotated[
        bool, typer.Option("--markdown", help="With --peers: a table for a README.")
    ] = False,
    plot: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="With --accuracy and one loss: draw errors against an input, peers' beside ours,"
            " as .svg or .png; needs Matplotlib.",
        ),
    ] = None,
    along: Annotated[
        str | None,
        typer.Option(
            metavar="INPUT=LOW:HIGH",
            help="With --plot: what varies; of an array, its first number."
            f" [default: the first input, {AUTOMATIC}]",
        ),
    ] = None,
    at: Annotated[
        str | None,
        typer.Option(
            metavar="NAME=NUMBER,...", help="With --plot: where other inputs and parameters stand."
        ),
    ] = None,
    as_json: Json = False,
    jobs: Jobs = None,
) -> None:
    """Judge emitted code against the mathematics of its spec, once more."""
    from symloss import publish

    cases = publish.cases(words or [], folder)
    shown = Comparing(peers, span, budget, markdown, as_json, plot, along, at)
    _require_accuracy(accuracy, keep, shown.is_asked)
    if shown.is_asked:
        compare(context, cases, shown)
    elif accuracy:
        certify(context, cases, Wish(jobs or publish.available_jobs(), budget, keep, as_json))
    else:
        _judge(context, cases, jobs or publish.available_jobs(), points, as_json)


def _require_accuracy(accuracy: bool, keep: bool, compares: bool) -> None:
    if keep and not accuracy:
        raise typer.BadParameter("--record goes with --accuracy")
    if compares and not accuracy:
        raise typer.BadParameter("--peers and --plot go with --accuracy")
    if compares and keep:
        raise typer.BadParameter("--record goes without --peers and --plot: it keeps ours alone")


def _judge(
    context: typer.Context, cases: Sequence[Case], jobs: int, points: int | None, as_json: bool
) -> None:
    from symloss import publish, report

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
