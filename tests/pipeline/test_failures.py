"""One loss's failure stops no other, and leaves what was published as it was."""

from __future__ import annotations

import os
import pathlib

import pytest

from symloss.errors import PublishError, SpecError
from symloss.publish import build


def built(report):
    return sorted(one.target.name for one in report.built)


def test_a_loss_that_fails_its_judge_is_not_published_and_the_others_are(catalogue, maker):
    maker.fail("first")
    report = build(catalogue.plan())
    assert built(report) == ["second"]
    assert [failure.subject for failure in report.failures] == ["specs/regression/first.toml"]
    assert "gradient differs at prediction = 2.0" in report.failures[0].message
    assert not catalogue.file("first").exists()
    assert '"first"' not in catalogue.files()["__init__.py"]


def test_a_published_loss_survives_a_failing_successor(catalogue, maker):
    build(catalogue.plan())
    before = catalogue.file("first").read_text()
    catalogue.write("first", factor=5)
    maker.fail("first")
    report = build(catalogue.plan())
    assert len(report.failures) == 1
    assert catalogue.file("first").read_text() == before


def test_a_spec_with_a_mistake_fails_alone(catalogue, maker):
    catalogue.write("first").write_text("title = ", "utf-8")
    report = build(catalogue.plan())
    assert built(report) == ["second"]
    assert "first.toml" in report.failures[0].subject
    assert maker.made == ["second"]


def test_an_unforeseen_error_is_a_failure_of_one_loss_with_its_traceback_kept(catalogue, maker):
    maker.fail("first", ZeroDivisionError("division by zero"))
    report = build(catalogue.plan())
    assert built(report) == ["second"]
    assert "ZeroDivisionError: division by zero" in report.failures[0].message
    assert "Traceback" in report.failures[0].trace


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_an_interrupted_write_leaves_the_old_file_and_no_part_of_a_new_one(
    catalogue, maker, monkeypatch, error
):
    build(catalogue.plan())
    before = catalogue.files()
    write_text = pathlib.Path.write_text

    def interrupted(path, text, *arguments, **options):
        write_text(path, text[: len(text) // 2], *arguments, **options)
        raise error

    monkeypatch.setattr(pathlib.Path, "write_text", interrupted)
    with pytest.raises((PublishError, KeyboardInterrupt)):
        build(catalogue.plan(), force=True)
    assert catalogue.files() == before


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="permissions do not bind root")
def test_a_folder_that_cannot_be_written_is_named(catalogue, maker):
    catalogue.places.generated.mkdir(mode=0o500)
    with pytest.raises(PublishError, match="cannot write"):
        build(catalogue.plan())


def test_an_output_folder_that_is_a_file_is_named(catalogue, maker):
    catalogue.places.generated.write_text("a file")
    with pytest.raises(PublishError, match="cannot write"):
        build(catalogue.plan())


def test_two_specs_of_one_name_are_refused(catalogue, maker):
    catalogue.write("first", family="metric")
    with pytest.raises(SpecError, match="two specs are named 'first'"):
        catalogue.plan()


def test_a_spec_outside_the_families_is_refused(catalogue, maker):
    (catalogue.places.specs / "stray.toml").write_text("title = ''")
    with pytest.raises(PublishError, match=r"specs/stray\.toml lies in no family"):
        catalogue.plan()


def test_a_loss_may_not_take_the_name_of_a_family(catalogue, maker):
    catalogue.write("metric")
    catalogue.write("third", family="metric")
    with pytest.raises(PublishError, match="name of a family"):
        catalogue.plan()
