"""`symloss build --check` sees every way in which what is published can differ from the specs."""

from __future__ import annotations

import pytest

from symloss.publish import build, check


@pytest.fixture
def published(catalogue, maker):
    build(catalogue.plan())
    return catalogue


def reasons(catalogue):
    return {failure.subject: failure.message for failure in check(catalogue.plan())}


def test_a_fresh_build_is_current(published):
    assert check(published.plan()) == ()


def test_checking_writes_nothing(published):
    published.write("first", factor=9)
    before = published.files()
    check(published.plan())
    assert published.files() == before


def test_a_stale_module_is_named(published):
    published.write("first", factor=9)
    found = reasons(published)
    audit = str(published.file("first").with_suffix(".audit.json"))
    assert set(found) == {str(published.file("first")), audit}
    assert "its spec or the auditor has changed" in found[audit]
    assert (
        "its spec, a template or the generator has changed" in found[str(published.file("first"))]
    )


def test_a_missing_module_is_named(published):
    published.file("second").unlink()
    assert reasons(published)[str(published.file("second"))] == "is not built"


@pytest.mark.parametrize(
    "edit",
    [
        lambda text: text.replace("import sys", "import os"),
        lambda text: text + "# a remark\n",
        lambda text: "\n" + text,
        lambda text: text.rpartition("# digest")[0],
    ],
    ids=["inside", "at the end", "at the start", "digest removed"],
)
def test_a_hand_edit_is_named(published, edit):
    file = published.file("first")
    file.write_text(edit(file.read_text()))
    assert reasons(published) == {str(file): "was edited by hand"}


def test_an_edited_index_is_named(published):
    index = published.places.generated / "__init__.py"
    index.write_text(index.read_text() + "first = None\n")
    assert reasons(published) == {str(index): "was edited by hand"}


def test_a_missing_index_is_named(published):
    index = published.places.generated / "regression" / "__init__.py"
    index.unlink()
    assert reasons(published) == {str(index): "is not built"}


def test_a_module_without_a_spec_is_named(published):
    (published.places.specs / "regression" / "second.toml").unlink()
    assert "has no spec" in reasons(published)[str(published.file("second"))]


def test_a_strange_file_is_named(published):
    file = published.file("notes")
    file.write_text("thoughts = 1\n")
    assert "was not written by symloss" in reasons(published)[str(file)]


def test_a_spec_with_a_mistake_is_named(published):
    published.write("first").write_text("title = ", "utf-8")
    assert "specs/regression/first.toml" in reasons(published)


def test_line_endings_of_another_system_are_no_edit(published):
    file = published.file("first")
    file.write_text(file.read_text(), newline="\r\n")
    assert check(published.plan()) == ()
