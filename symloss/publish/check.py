"""Whether what is published is what the specs say, without writing anything."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from symloss.errors import SymlossError
from symloss.publish.certificates import CERTIFICATES, accuracy_standing
from symloss.publish.dossiers import AUDITS
from symloss.publish.index import index_files
from symloss.publish.outcome import Failure
from symloss.publish.plan import Plan, Target, audit_standing, standing
from symloss.publish.seal import Status, is_intact, is_ours, read

AUDIT_REASON = "is the audit of something else: its spec or the auditor has changed"
ACCURACY_REASONS = {
    "stale": "tells of another certificate of accuracy than the one beside it",
    "edited": "was edited by hand; record it anew, or remove it",
    "foreign": "was not written by symloss, and is in the way",
}
SORTS = (AUDITS, CERTIFICATES)
"""The documents that may lie beside a module."""
REASONS = {
    "missing": "is not built",
    "stale": "was built from something else: its spec, a template or the generator has changed",
    "edited": "was edited by hand",
    "foreign": "was not written by symloss, and is in the way",
}


def check(plan: Plan) -> tuple[Failure, ...]:
    """All that a build would change, or refuse; nothing when everything is current."""
    found = [failure for target in plan.targets for failure in _of_target(plan, target)]
    if plan.is_catalogue:
        found += _of_index(plan)
        found += [Failure(str(file), "has no spec (any more)") for file in orphans(plan)]
        found += [Failure(str(file), REASONS["foreign"]) for file in strangers(plan)]
    return tuple(found)


def orphans(plan: Plan) -> tuple[Path, ...]:
    """Files that symloss published for specs that are gone."""
    return tuple(file for file in _leftovers(plan) if _is_ours(file))


def strangers(plan: Plan) -> tuple[Path, ...]:
    """Python files and documents among the published ones that symloss did not write."""
    return tuple(file for file in _leftovers(plan) if not _is_ours(file))


def _is_ours(file: Path) -> bool:
    if file.suffix == ".json":
        return any(sort.is_one(file) for sort in SORTS)
    return is_ours(read(file))


def _leftovers(plan: Plan) -> list[Path]:
    expected = {target.file for target in plan.targets} | index_files(plan).keys()
    expected |= {target.dossier for target in plan.targets}
    expected |= {target.certificate for target in plan.targets}
    patterns = ("*.py", *(f"*{sort.suffix}" for sort in SORTS))
    return sorted({file for one in patterns for file in plan.root.rglob(one)} - expected)


def _of_target(plan: Plan, target: Target) -> Iterator[Failure]:
    try:
        found, audited = standing(plan, target), audit_standing(target)
    except SymlossError as error:
        yield Failure(target.label, str(error))
        return
    if found != "current":
        yield Failure(str(target.file), REASONS[found])
    if audited != "current":
        reason = AUDIT_REASON if audited == "stale" else REASONS[audited]
        yield Failure(str(target.dossier), reason)
    yield from _of_certificate(target, found)


def _of_certificate(target: Target, module: Status) -> Iterator[Failure]:
    """What is wrong with a certificate, or with what a module that is current says of it."""
    found = accuracy_standing(target.file)
    if found == "stale" and module == "current":
        yield Failure(str(target.file), ACCURACY_REASONS[found])
    if found in ("edited", "foreign"):
        yield Failure(str(target.certificate), ACCURACY_REASONS[found])


def _of_index(plan: Plan) -> Iterator[Failure]:
    for file, text in index_files(plan).items():
        if not file.exists():
            yield Failure(str(file), REASONS["missing"])
        elif read(file) != text:
            reason = "is out of date" if is_intact(read(file)) else REASONS["edited"]
            yield Failure(str(file), reason)
