"""The `symloss` command: arguments, printing, exit codes.

Exit codes: 0, all is well; 1, something is wrong with a loss; 2, the command was not understood.
What was asked for goes to standard output, progress and errors to standard error. The rooms are
imported inside the commands, so that `symloss --help` does not wait for SymPy.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer
from rich.console import Console
from typer.core import TyperGroup

from symloss import __version__
from symloss.errors import SymlossError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from symloss.publish import Case, Examiner, Failure, Plan


class Answering(TyperGroup):
    """Commands whose foreseen errors are messages, not tracebacks."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command; report an error of symloss and exit with 1."""
        try:
            return super().invoke(ctx)
        except SymlossError as error:
            _complain(str(error))
            raise typer.Exit(1) from None


app = typer.Typer(
    cls=Answering,
    help="Loss functions written once as mathematics: derived, emitted as fast code, and verified.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
# A pipe has no width of its own: tables are not folded to a terminal's.
out = Console(highlight=False, soft_wrap=True, width=None if sys.stdout.isatty() else 200)
err = Console(highlight=False, soft_wrap=True, stderr=True)

SPECS = "Spec files, or folders of them; without any, symloss's own catalogue."
AHEAD = "Compile functions for float32 and float64 now, into the disk cache; PATH may be a name."
WORDS = "Losses by name, or spec files; without any, the whole catalogue."
AUDITED = "Losses by name, spec files, or folders of them."
CHECK = "Write nothing; fail if a module is stale, missing or edited."
Jobs = Annotated[int | None, typer.Option("--jobs", min=1, help="Processes. [default: one a core]")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def main() -> NoReturn:
    """Run the command line; without `--debug`, a mistake of symloss's own is a message, too."""
    try:
        app()
    except Exception as error:
        if "--debug" in sys.argv:
            raise
        _complain(f"{type(error).__name__}: {error}\n  a mistake of symloss: --debug shows where")
    sys.exit(1)


def _print_version(wanted: bool) -> None:
    if wanted:
        out.print(f"symloss {__version__}")
        raise typer.Exit


Version = typer.Option(
    "--version", callback=_print_version, is_eager=True, help="Print the version."
)


@app.callback()
def symloss(
    context: typer.Context,
    _version: Annotated[bool, Version] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Show tracebacks.")] = False,
) -> None:
    """Keep what holds for every command."""
    context.obj = debug


@app.command()
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
        _fail(context, _precompile(publish.cases(words, None), jobs))
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
        _complain(_told(problem, " "))
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
    _fail(context, (*done.failures, *(_precompile(cases, jobs) if ahead else ())))


def _precompile(cases: Sequence[Case], jobs: int | None) -> list[Failure]:
    from symloss import publish, report

    track = report.bar("compiling")
    jobs = jobs or publish.available_jobs()
    outcomes = list(publish.precompile(cases, jobs=jobs, track=track))
    failures = [outcome for outcome in outcomes if isinstance(outcome, publish.Failure)]
    out.print(f"{len(outcomes) - len(failures)} precompiled")
    return failures


@app.command()
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
        _print_json(report.verdicts_json(judged, failures))
    else:
        for part in report.verdicts(judged):
            out.print(part)
    _fail(context, failures)
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
        _print_json(report.certificates_json(measured, failures))
    else:
        for part in report.certificates(measured):
            out.print(part)
    _fail(context, failures)
    if not all(one.certificate.holds for one in measured):
        raise typer.Exit(1)


@app.command()
def audit(
    context: typer.Context,
    words: Annotated[list[str], typer.Argument(metavar="NAME|PATH...", help=AUDITED)],
    settings: Annotated[
        list[str] | None, typer.Option("--set", metavar="NAME=NUMBER", help="Set a parameter.")
    ] = None,
    budget: Annotated[
        float, typer.Option(min=0.1, help="CPU seconds for properties that are found together.")
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
        _print_json(report.audits_json(found))
    else:
        for one in audits:
            out.print(report.audit_table(one))
    told = [publish.Failure(one.loss, line) for one in audits for line in one.problems]
    _fail(context, [*(one for one in found if isinstance(one, publish.Failure)), *told])


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
        _print_json(report.rechecks_json(found))
    else:
        for one in checked:
            out.print(report.recheck_table(one))
    told = [publish.Failure(one.loss, line) for one in checked for line in one.problems]
    _fail(context, [*failures, *told])


@app.command()
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
        _print_json([one.to_json() for one in found])
    else:
        out.print(report.elementary_table(found))
    if not all(one.holds for one in found):
        raise typer.Exit(1)


@app.command()
def bench(
    context: typer.Context,
    words: Annotated[list[str] | None, typer.Argument(metavar="[NAME|PATH]...", help=WORDS)] = None,
    peers: Annotated[
        str | None, typer.Option(help="Peers, with commas between. [default: all]")
    ] = None,
    threads: Annotated[int, typer.Option(min=1, help="Threads of every library.")] = 1,
    quick: Annotated[bool, typer.Option("--quick", help="Small arrays, few rounds.")] = False,
    as_json: Json = False,
) -> None:
    """Race losses against other packages, after comparing what they compute.

    Exit code 1: a loss cannot be had, or a peer disagrees and is not known to be the wrong one.
    """
    from symloss.processes import limit_threads

    limit_threads(threads)
    from symloss import bench as room
    from symloss import publish, report

    chosen = tuple(peers.split(",")) if peers is not None else tuple(room.ENGINES)
    unknown = [name for name in chosen if name not in room.ENGINES]
    if unknown:
        raise typer.BadParameter(f"no peer {unknown[0]!r}: choose from {', '.join(room.ENGINES)}")
    found, failures = [], []
    for case in publish.cases(words or [], None):
        try:
            found += list(room.races(case, room.Settings(chosen, quick)))
        except Exception as error:
            failures.append(publish.unforeseen(case.name, error))
    if as_json:
        _print_json(report.races_json(found, {one.subject: one.message for one in failures}))
    else:
        out.print(report.races_table(found, chosen))
        for line in report.races_notes(found):
            out.print(line, markup=False)
    _fail(context, failures)
    if any(race.disputed for race in found):
        raise typer.Exit(1)


@app.command("list")
def list_losses(
    as_json: Json = False,
    as_markdown: Annotated[
        bool, typer.Option("--markdown", help="Print a Markdown table with sources.")
    ] = False,
) -> None:
    """List the losses of the catalogue."""
    from symloss import pipeline, publish, report

    paths = publish.catalogue_specs().values()
    entries = report.listing((path.parent.name, pipeline.read_spec(path)) for path in paths)
    if as_json:
        _print_json([vars(entry) for entry in entries])
    elif as_markdown:
        typer.echo(report.listing_markdown(entries))
    else:
        out.print(report.listing_table(entries))


@app.command()
def show(
    word: Annotated[str, typer.Argument(metavar="NAME|PATH", help="A loss, or a spec file.")],
    latex: Annotated[bool, typer.Option("--latex", help="Print LaTeX.")] = False,
) -> None:
    """Show a loss as mathematics: its definitions, its derivatives, its kinks."""
    from symloss import pipeline, publish, report

    for path in publish.specs_of(word):
        spec = pipeline.read_spec(path)
        text = report.mathematics(spec, pipeline.derive_spec(spec), as_latex=latex)
        out.print(text, markup=False)


def _fail(context: typer.Context, failures: Iterable[Failure]) -> None:
    """Report failures and exit with 1; with none, do nothing."""
    failures = list(failures)
    for failure in failures:
        _complain(_told(failure, "\n"))
        if context.obj and failure.trace:
            err.print(failure.trace, markup=False)
    if failures:
        raise typer.Exit(1)


def _told(failure: Failure, gap: str) -> str:
    """What is wrong with what; a message that names its subject itself needs no other."""
    if failure.subject in failure.message:
        return failure.message
    return f"{failure.subject}{gap}{failure.message}"


def _complain(message: str) -> None:
    err.print("error:", style="bold red", end=" ")
    err.print(message, markup=False)


def _print_json(value: Any) -> None:
    typer.echo(json.dumps(value, indent=2, allow_nan=False))
