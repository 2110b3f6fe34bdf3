"""What an audit says: one finding a property, and all findings of a loss."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from symloss.audit.verdicts import Answer, Proved, Refuted, Unknown

Verdict = Literal["PROVED", "REFUTED", "UNKNOWN"]


@dataclass(frozen=True)
class Finding:
    """What is true of one property.

    Attributes:
        name: the property's, as `[claims]` spells it.
        answer: proved, refuted or unknown.
        value: for a constant or a class, what it is: a formula in the parameters, "C1", ....
        detail: where it is attained or approached, or what else a reader wants to know.
        formula: a constant's value as an expression.
    """

    name: str
    answer: Answer
    value: str = ""
    detail: str = ""
    formula: Any = None

    @property
    def verdict(self) -> Verdict:
        """The answer's name."""
        if isinstance(self.answer, Proved):
            return "PROVED"
        return "REFUTED" if isinstance(self.answer, Refuted) else "UNKNOWN"

    def to_json(self) -> dict[str, Any]:
        """The finding with its certificate, witness or list of what was tried."""
        found: dict[str, Any] = {"verdict": self.verdict}
        found |= {"value": self.value} if self.value else {}
        found |= {"detail": self.detail} if self.detail else {}
        if isinstance(self.answer, Unknown):
            return {**found, "tried": list(self.answer.tried)}
        found["method"] = self.answer.method
        if isinstance(self.answer, Refuted):
            return {**found, "witness": self.answer.witness}
        steps = {"steps": list(self.answer.steps), "certificate": self.answer.certificate}
        return {**found, **steps}


@dataclass(frozen=True)
class Audit:
    """All findings of a loss, by property, and the claims that they contradict."""

    loss: str
    spec_hash: str
    setting: Mapping[str, str]
    findings: Mapping[str, Finding]
    contradictions: tuple[str, ...]

    @property
    def passed(self) -> bool:
        """Whether no claim is refuted."""
        return not self.contradictions

    def to_json(self) -> dict[str, Any]:
        """Everything, for programs."""
        return {
            "loss": self.loss,
            "spec_hash": self.spec_hash,
            "set": dict(self.setting),
            "passed": self.passed,
            "contradictions": list(self.contradictions),
            "findings": {name: one.to_json() for name, one in self.findings.items()},
        }

    def summary(self) -> dict[str, str]:
        """For the header of generated code: what was proved or refuted, in a word each."""
        return {
            name: one.value or ("yes" if one.verdict == "PROVED" else "no")
            for name, one in self.findings.items()
            if one.verdict != "UNKNOWN"
        }
