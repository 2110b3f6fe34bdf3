"""Truths of losses of any size and in several variables: none contradicted, nearly all decided."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from symloss.audit.consequences import completed
from symloss.audit.findings import Finding
from symloss.audit.properties.shape import degrees_of, shape, shapes_of
from symloss.audit.recheck.composition import confirms
from symloss.audit.subject import Subject, subject
from symloss.audit.verdicts import Refuted, Unknown
from tests.audit.composition.table import NAMES, ROWS, SECONDS, Row, found_by, spec_of


def jointly(known: Subject) -> list[Finding]:
    """The shapes in all of `wrt` together, which alone the table tells of."""
    answers = found_by(shapes_of, known, SECONDS)
    found = [Finding(name, answer) for name, answer in answers.items()]
    return found + found_by(degrees_of, known.program, answers["convex"], SECONDS)


@cache
def findings(row: Row) -> dict[str, Finding]:
    with TemporaryDirectory() as folder:
        spec = spec_of(row, Path(folder))
    found = jointly(subject(spec, {}))
    for finding in found:
        if isinstance(finding.answer, Refuted) and finding.answer.witness["kind"] == "chord":
            assert confirms(spec, finding.answer.witness)
    nothing = {name: Finding(name, Unknown()) for name in NAMES.values()}
    return {**nothing, **completed({one.name: one for one in found})}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.math} in {row.wrt or 'the first'}")
def test_no_verdict_is_false(row: Row) -> None:
    found = findings(row)
    for name, truth in row.expected.items():
        wrong = "REFUTED" if truth else "PROVED"
        assert found[name].verdict != wrong, (name, row.why, found[name].answer)


def test_nearly_all_are_decided() -> None:
    asked = [(row, name) for row in ROWS for name in row.expected]
    open_ones = [
        (row.math, name) for row, name in asked if findings(row)[name].verdict == "UNKNOWN"
    ]
    assert len(open_ones) <= 0.05 * len(asked), open_ones


def test_each_name_alone_has_shapes_of_its_own(tmp_path: Path) -> None:
    row = Row("sum(a[d]*b[d], d)", "a real D; b real D", "", "linear in one", "a b")
    found = {
        one.name: one.verdict
        for one in found_by(shape, subject(spec_of(row, tmp_path), {}), SECONDS)
    }
    told = [found[name] for name in ("affine", "affine in a", "affine in b")]
    assert told == ["REFUTED", "PROVED", "PROVED"]
