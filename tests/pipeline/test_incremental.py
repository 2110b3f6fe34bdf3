"""A build makes what has changed, all of it, and nothing else."""

from __future__ import annotations

import pytest

import symloss
from symloss.publish import build


def names(report):
    return sorted(one.target.name for one in report.built)


def test_the_first_build_makes_everything(catalogue, maker):
    assert names(build(catalogue.plan())) == ["first", "second"]
    assert catalogue.files().keys() == {
        "__init__.py",
        "regression/__init__.py",
        "regression/first.audit.json",
        "regression/first.py",
        "regression/second.audit.json",
        "regression/second.py",
    }


def test_a_second_build_makes_nothing_and_touches_nothing(catalogue, maker):
    build(catalogue.plan())
    stamps = {path: path.stat().st_mtime_ns for path in catalogue.places.generated.rglob("*")}
    report = build(catalogue.plan())
    assert names(report) == []
    assert len(report.current) == 2
    assert {path: path.stat().st_mtime_ns for path in stamps} == stamps


def test_an_edited_spec_is_rebuilt_alone(catalogue, maker):
    build(catalogue.plan())
    catalogue.write("first", factor=3)
    assert names(build(catalogue.plan())) == ["first"]


def test_a_changed_template_rebuilds_everything(catalogue, maker):
    build(catalogue.plan())
    (catalogue.places.templates / "module.py.jinja").write_text("{{ other }}", "utf-8")
    assert names(build(catalogue.plan())) == ["first", "second"]


def test_a_renamed_template_rebuilds_everything(catalogue, maker):
    build(catalogue.plan())
    template = catalogue.places.templates / "module.py.jinja"
    template.rename(template.with_name("other.py.jinja"))
    assert names(build(catalogue.plan())) == ["first", "second"]


def test_a_new_version_rebuilds_everything(catalogue, maker, monkeypatch: pytest.MonkeyPatch):
    build(catalogue.plan())
    monkeypatch.setattr(symloss, "__version__", "99.0")
    assert names(build(catalogue.plan())) == ["first", "second"]


def test_force_rebuilds_what_is_current(catalogue, maker):
    build(catalogue.plan())
    assert names(build(catalogue.plan(), force=True)) == ["first", "second"]


def test_a_new_spec_is_built_alone_and_enters_the_index(catalogue, maker):
    build(catalogue.plan())
    catalogue.write("third", family="metric")
    assert names(build(catalogue.plan())) == ["third"]
    assert '"third": "metric.third"' in catalogue.files()["__init__.py"]
    assert "third" in catalogue.files()["metric/__init__.py"]


def test_a_hand_edit_is_undone(catalogue, maker):
    build(catalogue.plan())
    before = catalogue.files()
    catalogue.file("first").write_text(before["regression/first.py"].replace("stand-in", "fake"))
    assert names(build(catalogue.plan())) == ["first"]
    assert catalogue.files() == before


def test_what_has_no_spec_is_removed(catalogue, maker):
    build(catalogue.plan())
    catalogue.write("third", family="metric")
    build(catalogue.plan())
    (catalogue.places.specs / "metric" / "third.toml").unlink()
    (catalogue.file("third", "metric").parent / "__pycache__").mkdir()
    report = build(catalogue.plan())
    assert catalogue.file("third", "metric") in report.removed
    assert not catalogue.file("third", "metric").parent.exists()
    assert "third" not in catalogue.files()["__init__.py"]
    assert catalogue.file("first").exists()


def test_a_file_that_symloss_did_not_write_is_left_alone_and_reported(catalogue, maker):
    build(catalogue.plan())
    mine = catalogue.file("notes")
    mine.write_text("thoughts = 1\n")
    report = build(catalogue.plan())
    assert mine.read_text() == "thoughts = 1\n"
    assert [failure.subject for failure in report.failures] == [str(mine)]


def test_a_file_in_the_way_is_not_overwritten_even_by_force(catalogue, maker):
    mine = catalogue.file("first")
    mine.parent.mkdir(parents=True)
    mine.write_text("thoughts = 1\n")
    report = build(catalogue.plan(), force=True)
    assert names(report) == ["second"]
    assert "was not written by symloss" in report.failures[0].message
    assert mine.read_text() == "thoughts = 1\n"
