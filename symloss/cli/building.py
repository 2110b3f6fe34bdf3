"""`symloss build`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from symloss.cli.base import Jobs, complain, err, fail, out, told

if TYPE_CHECKING:
    from symloss.publish import Case, Failure, Plan

SPECS = "Spec files, or folders of them; without any, symloss's own catalogue."
AHEAD = "Compile functions for float32 and float64 now, into the disk cache; PATH may be a name."
CHECK = "Write nothing; fail if a module is stale, missing or edited."


def build(
    context: typer.Context,
    paths: Annotated[list[Path] | None, typer.Argument(help=SPECS)] = None,
    folder: Annotated[
        Path | None, typer.Option("--out", help="Where the modules of PATHS go. [default: losses]")
    ] = None,
    check: Annotated[bool, typer.Option("--check", help=CHECK)] = False,
    force: Annotated[bool, typer.Option("--force", help="Rebuild what is current, too.")] = False,
    precompile: Annotated[bool, typer.Option("--precompile", help=AHEAD)] = False,
    jobs: Jobs = None,
) -> None:
    """Derive, emit, verify and publish the losses that have changed."""
    from symloss import publish

    if folder is not None and not paths:
        raise typer.BadParameter("--out is for specs of yours: name their files or folders, too")
    words = [str(path) for path in paths or []]
    if precompile and words and not any(map(publish.is_path, words)):
        fail(context, _precompile(publish.cases(words, None), jobs))
        return
    plan = _plan(paths or [], folder or Path("losses"))
    if check:
        _check(plan)
    else:
        _build(context, plan, force, jobs, precompile)


def _plan(paths: list[Path], folder: Path) -> Plan:
    from symloss import publish

    if paths:
        return publish.own_plan(paths, folder)
    return publish.catalogue_plan(publish.checkout_places())


def _check(plan: Plan) -> None:
    from symloss import publish

    problems = publish.check(plan)
    for problem in problems:
        complain(told(problem, " "))
    if problems:
        err.print("run `symloss build`, and read what it says")
        raise typer.Exit(1)
    out.print(f"all current: {len(plan.targets)}")


def _build(context: typer.Context, plan: Plan, force: bool, jobs: int | None, ahead: bool) -> None:
    from symloss import publish, report

    jobs = jobs or publish.available_jobs()
    done = publish.build(plan, jobs=jobs, force=force, track=report.bar("building"))
    for part in report.build_summary(done, in_full=not plan.is_catalogue):
        out.print(part)
    targets = (*(one.target for one in done.built), *done.current)
    cases = [publish.Case(target.spec, target.file) for target in targets]
    fail(context, (*done.failures, *(_precompile(cases, jobs) if ahead else ())))


def _precompile(cases: Sequence[Case], jobs: int | None) -> list[Failure]:
    from symloss import publish, report

    track = report.bar("compiling")
    jobs = jobs or publish.available_jobs()
    outcomes = list(publish.precompile(cases, jobs=jobs, track=track))
    failures = [outcome for outcome in outcomes if isinstance(outcome, publish.Failure)]
    out.print(f"{len(outcomes) - len(failures)} precompiled")
    return failures
