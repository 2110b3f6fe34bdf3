"""Parameters away from the ends of their domains: what holds where `strength > 0`.

At an end a loss is often another one: a penalty of strength 0 is no penalty, a ratio without
smoothing is not defined everywhere. What is not found for all values may be found without the ends.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

from sympy import Expr

from symloss.audit.conditions.narrow import narrowed
from symloss.audit.findings import Finding
from symloss.audit.subject import Subject
from symloss.language import Interval

End = tuple[str, bool]
"""A parameter, and whether its lower end is meant."""


def ends_of(subject: Subject) -> list[tuple[str, str, Expr]]:
    """The ends that a parameter may be at: what is told of it elsewhere, its name, and the end."""
    found = []
    for name, is_low in _all_ends(subject):
        domain = _domain(subject, name)
        end = domain.low if is_low else domain.high
        found.append((_told(subject, ((name, is_low),)), name, end))
    return found


def opened(subject: Subject) -> list[tuple[str, Subject]]:
    """The subject without ends of its parameters' domains, and where that is.

    First those without one end, then those with one end only, at last that without any.
    """
    ends = _all_ends(subject)
    sizes = sorted({1, len(ends) - 1, len(ends)} - {0, -1})
    choices = [chosen for size in sizes for chosen in combinations(ends, size)]
    found = ((_told(subject, chosen), _without(subject, chosen)) for chosen in choices)
    return [(told, inside) for told, inside in found if inside is not None]


def under(condition: str, finding: Finding) -> Finding:
    """What was found there, as a finding about all values; what fails for some, fails."""
    return finding if finding.verdict == "REFUTED" else replace(finding, condition=condition)


def _all_ends(subject: Subject) -> list[End]:
    parameters = subject.program.parameters
    return [(entry.name, is_low) for entry in parameters for is_low in _ends(entry.domain)]


def _ends(domain: object) -> list[bool]:
    """The ends that a domain has and can be without: the lower one is told as true."""
    if not isinstance(domain, Interval) or domain.integer or domain.low == domain.high:
        return []
    return [low for low in (True, False) if not (domain.low_open if low else domain.high_open)]


def _without(subject: Subject, chosen: tuple[End, ...]) -> Subject | None:
    inside: Subject | None = subject
    for name, is_low in chosen:
        if inside is None:
            return None
        domain = _domain(inside, name)
        part = replace(domain, low_open=True) if is_low else replace(domain, high_open=True)
        inside = narrowed(inside, name, part)
    return inside


def _told(subject: Subject, chosen: tuple[End, ...]) -> str:
    domains = {name: _domain(subject, name) for name, _ in chosen}
    return " and ".join(
        f"{name} > {domains[name].low}" if is_low else f"{name} < {domains[name].high}"
        for name, is_low in chosen
    )


def _domain(subject: Subject, name: str) -> Interval:
    domain = next(entry.domain for entry in subject.program.parameters if entry.name == name)
    assert isinstance(domain, Interval)
    return domain
