"""What an audit says: one finding a property, and all findings of a loss."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from symloss.audit.recheck import KINDS
from symloss.audit.verdicts import Answer, Proved, Refuted, Unknown

Verdict = Literal["PROVED", "REFUTED", "UNKNOWN"]


@dataclass(frozen=True)
class Finding:
    """What is true of one property.

    Attributes:
        name: the property's, as `[claims]` spells it; "convex in mean" is of one name of `wrt`.
        answer: proved, refuted or unknown; of a constant or a class, that it is `value`.
        value: for a constant or a class, what it is: a formula in the parameters, "oo", "C1", ....
        detail: where it is attained or approached, or what else a reader wants to know.
        formula: a constant's value as an expression.
        condition: on the parameters, where the verdict does not hold for all of them.
        exact: whether the property is shown to fail for all values outside the condition.
        region: in one variable, the open intervals on which what is refuted holds.
        tight: whether the value is the best one, not just some bound.
        wrt: the names that the property is about; empty: all of the loss's.
        statement: one plain sentence; written by the audit where a property gives none.
        seconds: the CPU time it took.
    """

    name: str
    answer: Answer
    value: str = ""
    detail: str = ""
    formula: Any = None
    condition: str = ""
    exact: bool = False
    region: tuple[tuple[str, str], ...] = ()
    tight: bool = True
    wrt: tuple[str, ...] = ()
    statement: str = ""
    seconds: float = 0.0

    @property
    def verdict(self) -> Verdict:
        """The answer's name."""
        if isinstance(self.answer, Proved):
            return "PROVED"
        return "REFUTED" if isinstance(self.answer, Refuted) else "UNKNOWN"

    @property
    def method(self) -> str:
        """How it was found; for what is unknown, nothing."""
        return "" if isinstance(self.answer, Unknown) else self.answer.method

    @property
    def recheck(self) -> str | None:
        """Whether the checker has a way to replay it; of what is unknown there is nothing to."""
        if isinstance(self.answer, Unknown):
            return None
        data = self.answer.certificate if isinstance(self.answer, Proved) else self.answer.witness
        return "replayable" if data.get("kind") in KINDS[self.verdict.lower()] else "not replayable"

    def to_json(self) -> dict[str, Any]:
        """The finding as JSON; every key is always there."""
        proof = self.answer if isinstance(self.answer, Proved) else None
        return {
            "property": self.name,
            "wrt": list(self.wrt),
            "verdict": self.verdict.lower(),
            "value": self.value or None,
            "tight": self.tight,
            "condition": self.condition or None,
            "exact": self.exact if self.condition else None,
            "method": self.method or None,
            "certificate": (proof.certificate or None) if proof else None,
            "recheck": self.recheck,
            "steps": list(proof.steps) if proof else [],
            "witness": self.answer.witness if isinstance(self.answer, Refuted) else None,
            "tried": list(self.answer.tried) if isinstance(self.answer, Unknown) else [],
            "region": [list(span) for span in self.region] or None,
            "detail": self.detail or None,
            "statement": self.statement,
            "seconds": round(self.seconds, 3),
        }


@dataclass(frozen=True)
class Audit:
    """All findings of a loss, by property.

    Attributes:
        loss: its name.
        wrt: what it varies by.
        spec_hash: of the spec that was audited.
        setting: the parameters that were set to numbers.
        findings: by name, in the order of the table of properties.
        contradictions: a line for each claim that a finding refutes.
        alarms: a line for each pair of findings that cannot both be true: a mistake of symloss.
    """

    loss: str
    wrt: tuple[str, ...]
    spec_hash: str
    setting: Mapping[str, str]
    findings: Mapping[str, Finding]
    contradictions: tuple[str, ...]
    alarms: tuple[str, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether no claim is refuted and no finding contradicts another."""
        return not self.contradictions and not self.alarms

    @property
    def problems(self) -> tuple[str, ...]:
        """What a command reports as an error."""
        alarms = (f"a mistake of symloss, please report it: {alarm}" for alarm in self.alarms)
        return (*self.contradictions, *alarms)

    def to_json(self, *, timed: bool = True) -> dict[str, Any]:
        """Everything, for programs; without `timed`, the same on every run."""
        findings = [one.to_json() for one in self.findings.values()]
        for one in findings if not timed else ():
            del one["seconds"]
        return {
            "loss": self.loss,
            "wrt": list(self.wrt),
            "spec_hash": self.spec_hash,
            "set": dict(self.setting),
            "passed": self.passed,
            "contradictions": list(self.contradictions),
            "alarms": list(self.alarms),
            "findings": findings,
        }

    def summary(self) -> dict[str, str]:
        """For the header of generated code: what was proved or refuted, in a word each."""
        return {name: _word(one) for name, one in self.findings.items() if one.verdict != "UNKNOWN"}


def _word(finding: Finding) -> str:
    word = finding.value or ("yes" if finding.verdict == "PROVED" else "no")
    word = word if finding.tight else f"at most {word}"
    return f"{word} where {finding.condition}" if finding.condition else word
