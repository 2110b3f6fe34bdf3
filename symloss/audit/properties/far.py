"""Far out in several variables, and of any size: growth along lines, and where slopes stay.

The growth is the fastest on a line. A Lipschitz constant caps it at linear, one of the gradient at
quadratic; a line on which the first or the second derivative does not vanish comes to that.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from symloss.audit.findings import Finding
from symloss.audit.hessians import steady
from symloss.audit.subject import REALS, Subject
from symloss.audit.verdicts import Proved, Refuted, Unknown

METHOD = "a line through a small instance"
CAPS = (("lipschitz", "linear", 1), ("gradient_lipschitz", "quadratic", 2))
"""Constants, the growth that they allow, and the derivative that shows it on a line."""
RESTS_ON = ("lower_bound", "upper_bound", *(name for name, _, _ in CAPS))


def far_out(subject: Subject, found: Mapping[str, Finding], seconds: float) -> list[Finding]:
    """Growth and whether the loss redescends, where one variable's limits do not say it."""
    return [_growth(subject, found, seconds / 2), _redescending(subject, seconds / 2)]


def _growth(subject: Subject, found: Mapping[str, Finding], seconds: float) -> Finding:
    if all(_is_finite(found.get(name)) for name in ("lower_bound", "upper_bound")):
        told = "both bounds are finite"
        of = {"kind": "consequence", "of": "lower_bound, upper_bound"}
        return Finding("growth", Proved(f"follows: {told}", (told,), of), "bounded")
    for name, word, order in CAPS:
        cap = found.get(name)
        line = _line(subject, order, seconds / 2) if _is_finite(cap) else None
        if line is not None and cap is not None:
            steps = (f"{name} is {cap.value}: at most {word}", "and so it is on a line")
            data: dict[str, Any] = {"kind": "consequence", "of": name, "line": line}
            answer = Proved(f"{METHOD}, and {name}", steps, data)
            return Finding("growth", answer, word, f"along a line, t -> {line['t']}")
    return Finding("growth", Unknown((METHOD,)))


def _is_finite(finding: Finding | None) -> bool:
    """Whether a constant is known to be finite, whatever the parameters are."""
    if finding is None or finding.verdict != "PROVED" or finding.condition:
        return False
    return finding.value not in ("oo", "-oo")


def _redescending(subject: Subject, seconds: float) -> Finding:
    name = "redescending"
    domains = {entry.name: entry.domain for entry in subject.program.arguments}
    if any(domains[entry] != REALS for entry in subject.wrt):
        return Finding(name, Unknown(("the domain is not the whole space",)))
    line = _line(subject, 1, seconds)
    if line is None:
        return Finding(name, Unknown((METHOD,)))
    return Finding(name, Refuted("the slope does not vanish on a line", line))


def _line(subject: Subject, order: int, seconds: float) -> dict[str, Any] | None:
    return steady(subject.program, subject.wrt, order, seconds)
