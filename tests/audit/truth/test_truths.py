"""Audits of the truth tables: no verdict is false, and nearly all are there.

A row names what may stay UNKNOWN; the share of such entries over all tables is bounded. The plain
suite audits every tenth row; SYMLOSS_ALL_TRUTHS=1 audits them all, which takes minutes.
"""

from __future__ import annotations

import operator
import os
import re
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import sympy
from sympy import Rational

from symloss.audit import audit
from symloss.audit.findings import Finding
from symloss.language import parse_domain
from tests.audit.truth.rows import CONSTANTS, Row, rows, spec_of

ROWS = rows()
ASKED = range(0, len(ROWS), 1 if os.environ.get("SYMLOSS_ALL_TRUTHS") else 10)
BUDGET = 60


def test_the_tables_are_large_and_nearly_all_is_asked():
    entries = sum(len(row.truth) for row in ROWS)
    assert len({(row.math, row.x) for row in ROWS}) >= 120
    assert sum(len(row.unknown) for row in ROWS) <= 0.05 * entries
    assert all(row.why and set(row.unknown) <= set(row.truth) for row in ROWS)


@cache
def findings(number: int) -> dict[str, Finding]:
    row = ROWS[number]
    with TemporaryDirectory() as folder:
        spec = spec_of(row, Path(folder))
    found = dict(audit(spec, budget=BUDGET, only=row.truth).findings)
    if row.constants_of_defaults:
        defaults = {name: Rational(entry["default"]) for name, entry in row.parameters.items()}
        at_defaults = audit(spec, defaults, budget=BUDGET, only=row.truth).findings
        found |= {name: at_defaults[name] for name in CONSTANTS}
    return {name: found[name] for name in row.truth}


def is_open(found: Finding) -> bool:
    return found.verdict == "UNKNOWN" or not found.tight


@pytest.mark.parametrize("number", ASKED, ids=lambda n: f"{ROWS[n].table}: {ROWS[n].math}")
def test_no_verdict_is_false(number: int):
    row = ROWS[number]
    for name, found in findings(number).items():
        assert is_open(found) or agrees(row, found, row.truth[name]), found


def test_nearly_all_are_decided():
    asked = [(ROWS[n], one) for n in ASKED for one in findings(n).values()]
    missing = [(row.math, one.name) for row, one in asked
               if is_open(one) and one.name not in row.unknown]  # fmt: skip
    assert len(missing) <= 0.05 * len(asked), missing


def agrees(row: Row, found: Finding, truth: bool | str) -> bool:
    """Whether a finding says what is true; "p >= 1" is a truth with a condition."""
    if isinstance(truth, bool):
        return not found.condition and (found.verdict == "PROVED") == truth
    if found.name not in (*CONSTANTS, "smoothness"):
        proved = found.verdict == "PROVED" and is_within(row, found, truth)
        return proved or (found.verdict == "REFUTED" and not found.condition)
    if found.name == "smoothness" or "oo" in truth:
        return found.verdict == "PROVED" and found.value == truth
    return found.verdict == "PROVED" and is_same(row, found.value, truth)


def is_within(row: Row, found: Finding, truth: str) -> bool:
    """Whether the condition implies the true one, and is it where it is told to be exact.

    Both are tried at numbers of the parameter's domain: "-2 <= c <= 2" is "Abs(c) <= 2".
    """
    ((name, entry),) = row.parameters.items()
    domain = parse_domain(entry["domain"])
    numbers = [n for k in range(-32, 33) if domain.contains(n := Rational(k, 8))]
    told, true = ([_holds(text, name, n) for n in numbers] for text in (found.condition, truth))
    return true == told if found.exact else all(b for a, b in zip(told, true, strict=True) if a)


def _holds(condition: str, name: str, number: Rational) -> bool:
    """Whether a number satisfies a chain of comparisons; any does if there is none."""
    if not condition:
        return True
    parts = re.split("(<=|>=|==|<|>)", condition)
    sides = [sympy.sympify(side, locals={name: number}, rational=True) for side in parts[::2]]
    links = zip(sides, parts[1::2], sides[1:], strict=False)
    return all(bool(_COMPARE[sign](one, other)) for one, sign, other in links)


_COMPARE = {"<=": operator.le, ">=": operator.ge, "==": operator.eq, "<": operator.lt,
            ">": operator.gt}  # fmt: skip


def is_same(row: Row, one: str, other: str) -> bool:
    """Whether two formulas in the row's parameters are equal."""
    symbols = {name: sympy.Symbol(name, positive=True) for name in row.parameters}
    if row.constants_of_defaults:
        symbols = {name: Rational(entry["default"]) for name, entry in row.parameters.items()}
    read = [sympy.sympify(text, locals=symbols, rational=True) for text in (one, other)]
    gap = read[0] - read[1]
    # Numbers that agree in fifty digits: SymPy may never simplify nested roots to 0.
    return bool(gap.is_number and abs(sympy.N(gap, 60)) < 10**-50) or sympy.simplify(gap) == 0
