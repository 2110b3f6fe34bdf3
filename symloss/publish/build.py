"""Building a plan: what is stale is made anew, what has no spec goes, a failure stops no other."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from shutil import rmtree

from symloss.errors import PublishError, SymlossError
from symloss.publish.certificates import accuracy_standing, retell
from symloss.publish.check import ACCURACY_REASONS, REASONS, orphans, strangers
from symloss.publish.index import index_files
from symloss.publish.outcome import Built, Failure, Report, Track, untracked
from symloss.publish.plan import Plan, Target, audit_standing, standing
from symloss.publish.seal import read, write
from symloss.publish.spread import spread
from symloss.publish.work import lost, workshop


def build(plan: Plan, *, jobs: int = 1, force: bool = False, track: Track = untracked) -> Report:
    """Publish every loss of the plan that is stale, or every one with `force`.

    Raises:
        PublishError: the output folder cannot be written.
    """
    current: list[Target] = []
    stale: list[Target] = []
    failures: list[Failure] = []
    for target in plan.targets:
        try:
            (stale if _is_stale(plan, target, force=force) else current).append(target)
        except SymlossError as error:
            failures.append(Failure(target.label, str(error)))
    for target in current:
        retell(target.file)
    built: list[Built] = []
    for outcome in _publish(plan, stale, jobs, track):
        if isinstance(outcome, Built):
            built.append(outcome)
        else:
            failures.append(outcome)
    removed = _tidy(plan) if plan.is_catalogue else ()
    if plan.is_catalogue:
        failures += [Failure(str(file), REASONS["foreign"]) for file in strangers(plan)]
    return Report(tuple(built), tuple(current), removed, tuple(failures))


def _is_stale(plan: Plan, target: Target, *, force: bool) -> bool:
    """Whether to build the target.

    Raises:
        PublishError: its file holds something that a build would destroy.
        SpecError: its spec cannot be read.
    """
    found = standing(plan, target)
    if found == "foreign":
        raise PublishError(
            f"{target.file} {REASONS[found]}\n  move it away, or choose another --out"
        )
    if found == "edited" and not plan.is_catalogue and not force:
        raise PublishError(
            f"{target.file} {REASONS[found]}\n"
            "  keep it under another name, or overwrite it with --force"
        )
    audited = audit_standing(target)
    if audited == "foreign":
        raise PublishError(
            f"{target.dossier} {REASONS[audited]}\n  move it away, or choose another --out"
        )
    measured = accuracy_standing(target.file)
    if measured in ("edited", "foreign"):
        raise PublishError(f"{target.certificate} {ACCURACY_REASONS[measured]}")
    return force or found != "current" or audited != "current"


def _publish(plan: Plan, stale: list[Target], jobs: int, track: Track) -> Iterator[Built | Failure]:
    """Outcomes as they come, each loss that passed written already."""
    with workshop(plan) as make, closing(spread(make, stale, jobs, lost=lost)) as outcomes:
        for outcome in track(outcomes, len(stale)):
            if isinstance(outcome, Built):
                write(outcome.target.dossier, outcome.audit)
                write(outcome.target.file, outcome.text)
            yield outcome


def _tidy(plan: Plan) -> tuple[Path, ...]:
    """Remove what has no spec any more, and write the index of what is there."""
    gone = orphans(plan)
    for file in gone:
        file.unlink(missing_ok=True)
    for file, text in index_files(plan).items():
        if not file.exists() or read(file) != text:
            write(file, text)
    for folder in {file.parent for file in gone} - {target.file.parent for target in plan.targets}:
        _remove_if_empty(folder)
    return gone


def _remove_if_empty(folder: Path) -> None:
    rmtree(folder / "__pycache__", ignore_errors=True)
    with suppress(OSError):  # it holds something else
        folder.rmdir()
