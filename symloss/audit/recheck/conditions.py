"""Conditions of findings: parameters on a part of their domains."""

from __future__ import annotations

import re
from dataclasses import replace

from sympy import Rational

from symloss.audit.recheck.witnesses import Case, NotReplayable
from symloss.language import Interval

_CLAUSE = re.compile(r"([A-Za-z]\w*) (>=|>|<=|<) (-?\d{1,30}(?:/\d{1,30})?)")


def narrowed(case: Case, condition: str) -> Case:
    """The case with its parameters where the condition, clauses joined by "and", holds.

    Raises:
        NotReplayable: it is another kind of condition.
    """
    domains = {entry.name: entry.domain for entry in case.program.parameters}
    for clause in condition.split(" and "):
        found = _CLAUSE.fullmatch(clause.strip())
        domain = domains.get(found[1]) if found else None
        if found is None or not isinstance(domain, Interval):
            raise NotReplayable(f"a condition on the parameters: {condition}")
        domains[found[1]] = _cut(domain, found[2], Rational(found[3]))
    parameters = tuple(
        replace(entry, domain=domains[entry.name]) for entry in case.program.parameters
    )
    return replace(case, program=replace(case.program, parameters=parameters))


def _cut(domain: Interval, operator: str, end: Rational) -> Interval:
    """The part of an interval on one side of a number."""
    is_open = operator in (">", "<")
    if operator.startswith(">"):
        if end < domain.low or (end == domain.low and domain.low_open):
            return domain
        return replace(domain, low=end, low_open=is_open)
    if end > domain.high or (end == domain.high and domain.high_open):
        return domain
    return replace(domain, high=end, high_open=is_open)
