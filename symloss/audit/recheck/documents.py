"""A document's findings, one after the other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import flint
from sympy.core.facts import InconsistentAssumptions

from symloss.audit.recheck.conditions import narrowed
from symloss.audit.recheck.evaluate import BITS, Unsettled
from symloss.audit.recheck.kinds import PROOFS, WITNESSES
from symloss.audit.recheck.patience import OutOfPatience, patience
from symloss.audit.recheck.proofs import STEEP, premises, program_of
from symloss.audit.recheck.witnesses import Case, Finding, NotReplayable
from symloss.errors import SymlossError
from symloss.program import read_program
from symloss.spec import Spec

CONFIRMED, REJECTED, OPEN = "confirmed", "rejected", "not replayable"
KINDS = {"proved": {*PROOFS, "consequence"}, "refuted": set(WITNESSES)}
"""The kinds of certificates and witnesses that can be replayed, by verdict."""


@dataclass(frozen=True)
class Outcome:
    """What became of a finding: `status` is confirmed, rejected or not replayable; `why` tells."""

    name: str
    status: str
    why: str = ""


def replay(spec: Spec, document: Mapping[str, Any]) -> list[Outcome]:
    """Replay all findings of an audit's JSON that are not unknown.

    Raises:
        SymlossError: the document is no audit of this spec.
    """
    if document.get("spec_hash") != spec.hash:
        raise SymlossError(f"{spec.name}: the audit is of another version of the spec; audit anew")
    setting = document.get("set", {})
    case = Case(spec, program_of(spec, read_program(spec), setting), setting)
    found = {one["property"]: one for one in document["findings"] if one["verdict"] != "unknown"}
    told: dict[str, Outcome] = {}
    for name, finding in found.items():
        if _kind(finding) != "consequence":
            told[name] = _replayed(case, finding)
    for name in found:
        _follow(case, name, found, told, ())
    return [told[name] for name in found]


Found = Mapping[str, Finding]


def _kind(finding: Finding) -> str:
    data = finding["certificate"] if finding["verdict"] == "proved" else finding["witness"]
    follows = finding["verdict"] == "refuted" and (data or {}).get("of") in STEEP
    return "consequence" if follows else str((data or {}).get("kind", ""))


def _replayed(case: Case, finding: Finding) -> Outcome:
    name, kind = finding["property"], _kind(finding)
    checkers = PROOFS if finding["verdict"] == "proved" else WITNESSES
    if kind not in checkers:
        return Outcome(name, OPEN, f"no checker for {kind or 'findings without a certificate'}")
    try:
        if finding.get("condition"):
            case = narrowed(case, finding["condition"])
        with flint.ctx.workprec(BITS), patience():
            good = checkers[kind](case, finding)
    except NotReplayable as missing:
        return Outcome(name, OPEN, str(missing))
    except (
        OutOfPatience,
        NotImplementedError,
        RecursionError,
        InconsistentAssumptions,
    ) as error:
        return Outcome(name, OPEN, f"SymPy does not answer: {type(error).__name__}")
    except Unsettled as open_:
        return Outcome(name, REJECTED, f"cannot be evaluated: {open_}")
    except (KeyError, ValueError, TypeError, IndexError, AttributeError) as error:
        if str(error).startswith("Invalid comparison"):  # of a limit that SymPy does not settle
            return Outcome(name, OPEN, f"SymPy does not answer: {error}")
        return Outcome(name, REJECTED, f"malformed: {type(error).__name__}: {error}")
    return Outcome(name, CONFIRMED) if good else Outcome(name, REJECTED, f"{kind} does not hold")


def _follow(
    case: Case, name: str, found: Found, told: dict[str, Outcome], seen: tuple[str, ...]
) -> Outcome:
    """The outcome of a consequence: that of what it rests on."""
    if name in told:
        return told[name]
    try:
        with flint.ctx.workprec(BITS), patience():
            bases = premises(case, found[name], found)
        if name in seen or any(found[base]["verdict"] != "proved" for base in bases):
            raise KeyError(name)
        parts = [_follow(case, base, found, told, (*seen, name)) for base in bases]
    except (NotReplayable, OutOfPatience) as missing:
        told[name] = Outcome(name, OPEN, str(missing))
        return told[name]
    except (KeyError, ValueError, Unsettled):
        told[name] = Outcome(name, REJECTED, "it does not follow")
        return told[name]
    worst = next((p for p in parts if p.status != CONFIRMED), None)
    told[name] = Outcome(name, worst.status, f"rests on {worst.name}: {worst.why}") if worst \
        else Outcome(name, CONFIRMED)  # fmt: skip
    return told[name]
