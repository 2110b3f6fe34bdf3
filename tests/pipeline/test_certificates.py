"""Certificates lie beside modules, headers tell of them, and they stay true while the code is the same."""

from __future__ import annotations

import json

import pytest

from symloss.publish import Effort, build, check
from symloss.publish.certificates import keep_certificate
from symloss.verify import Certificate, Extreme, Row

WORST = Extreme(1.25, "value", "x=0.1", 1.0, 1.1, {"component": [], "values": {"x": "0x1p-3"}})


def certificate(bound=4.0):
    row = Row("value", "float64", 90, 0, 0, WORST, WORST, None, bound, ())
    return Certificate("first", (row,))


@pytest.fixture
def file(catalogue):
    return catalogue.file("first").with_suffix(".accuracy.json")


@pytest.fixture
def kept(catalogue, maker, file):
    """The catalogue, built, with a certificate of its first loss."""
    build(catalogue.plan())
    keep_certificate(catalogue.file("first"), certificate(), Effort(0, 1.0))
    return catalogue


def told(catalogue):
    lines = catalogue.file("first").read_text("utf-8").splitlines()
    return next(line.partition(":")[2].strip() for line in lines if line.startswith("Accuracy:"))


def changed_generator(catalogue):
    (catalogue.places.templates / "module.py.jinja").write_text("another", "utf-8")
    build(catalogue.plan())


def test_a_header_says_when_nothing_was_measured(catalogue, maker):
    build(catalogue.plan())
    assert told(catalogue) == "not measured"


def test_a_kept_certificate_is_told_and_nothing_is_stale(kept, maker, file):
    assert told(kept) == "value 1.2 ulp of mixed error at worst, at 90 points"
    assert check(kept.plan()) == ()
    assert build(kept.plan()).built == ()
    (row,) = json.loads(file.read_text("utf-8"))["rows"]
    assert row["at"] == [{"component": [], "values": {"x": "0x1p-3"}}]
    assert (row["mixed"], row["bound"], row["holds"]) == (1.25, 4.0, True)


def test_a_broken_bound_is_told(kept):
    keep_certificate(kept.file("first"), certificate(bound=1.0), Effort(0, 1.0))
    assert told(kept).startswith("BROKEN: value 1.2")


def test_a_certificate_is_carried_over_to_the_same_code(kept, maker):
    changed_generator(kept)
    assert maker.made.count("first") == 2
    assert told(kept).startswith("value 1.2")
    assert check(kept.plan()) == ()


def test_other_code_is_not_told_to_be_measured(kept, maker):
    maker.factor = 3
    changed_generator(kept)
    assert told(kept) == "measured for earlier code, not for this"
    assert check(kept.plan()) == ()


def test_the_judge_gets_what_is_on_record(kept, maker):
    changed_generator(kept)
    (row,) = maker.records["first"]
    assert row["function"] == "value"
    assert maker.records["second"] == ()


def test_a_header_follows_when_its_certificate_goes(kept, maker, file):
    file.unlink()
    (failure,) = check(kept.plan())
    assert "tells of another certificate" in failure.message
    build(kept.plan())
    assert told(kept) == "not measured"
    assert check(kept.plan()) == ()
    assert maker.made.count("first") == 1


@pytest.mark.parametrize(
    ("edit", "reason"),
    [
        (lambda text: text.replace("1.25", "0.25"), "was edited by hand"),
        (lambda text: "{}", "was not written by symloss"),
    ],
)
def test_a_certificate_that_is_not_as_it_was_kept_stands_in_the_way(kept, file, edit, reason):
    before = kept.file("first").read_text("utf-8")
    file.write_text(edit(file.read_text("utf-8")), "utf-8")
    assert (str(file), True) in {(one.subject, reason in one.message) for one in check(kept.plan())}
    (failure,) = build(kept.plan()).failures
    assert reason in failure.message
    assert kept.file("first").read_text("utf-8") == before


def test_the_certificate_of_a_spec_that_is_gone_is_removed(kept, file):
    (kept.places.specs / "regression" / "first.toml").unlink()
    assert file in build(kept.plan()).removed
    assert not file.exists()
