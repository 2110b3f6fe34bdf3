"""Audits lie beside modules: made once, used until they are stale, and in the way of false claims."""

from __future__ import annotations

import json

import pytest

from symloss.publish import build, check, dossiers


@pytest.fixture
def file(catalogue):
    return catalogue.file("first").with_suffix(".audit.json")


def test_a_module_with_a_refuted_claim_is_not_published(catalogue, maker, file):
    maker.problems["first"] = ("convex = false is claimed, but convex is PROVED",)
    report = build(catalogue.plan())
    (failure,) = report.failures
    assert "convex is PROVED" in failure.message
    assert "nothing is published" in failure.message
    assert not catalogue.file("first").exists()
    assert not file.exists()
    assert catalogue.file("second").exists()


def test_an_audit_is_used_again_when_only_the_generator_changes(catalogue, maker):
    build(catalogue.plan())
    (catalogue.places.templates / "module.py.jinja").write_text("another", "utf-8")
    build(catalogue.plan())
    assert maker.made == ["first", "second", "first", "second"]
    assert maker.audited == ["first", "second"]


def test_an_audit_is_made_anew_when_the_auditor_changes(catalogue, maker, monkeypatch):
    build(catalogue.plan())
    monkeypatch.setattr(dossiers, "_auditor", lambda: "another")
    assert {one.message for one in check(catalogue.plan())} == {
        "is the audit of something else: its spec or the auditor has changed"
    }
    build(catalogue.plan())
    assert maker.audited == ["first", "second", "first", "second"]
    assert check(catalogue.plan()) == ()


def test_an_edited_audit_is_noticed_and_made_anew(catalogue, maker, file):
    build(catalogue.plan())
    document = json.loads(file.read_text("utf-8"))
    file.write_text(json.dumps({**document, "passed": True}), "utf-8")
    assert (str(file), "was edited by hand") in {
        (one.subject, one.message) for one in check(catalogue.plan())
    }
    build(catalogue.plan())
    assert check(catalogue.plan()) == ()


def test_a_file_that_is_no_audit_is_kept(catalogue, maker, file):
    file.parent.mkdir(parents=True)
    file.write_text("[1, 2]", "utf-8")
    report = build(catalogue.plan())
    assert "is in the way" in report.failures[0].message
    assert file.read_text("utf-8") == "[1, 2]"


def test_the_audit_of_a_spec_that_is_gone_is_removed(catalogue, maker, file):
    build(catalogue.plan())
    (catalogue.places.specs / "regression" / "first.toml").unlink()
    assert file in build(catalogue.plan()).removed
    assert not file.exists()


def test_headers_tell_what_was_proved_and_refuted():
    finding = {"verdict": "proved", "value": None, "condition": None, "tight": True}
    findings = [
        {**finding, "property": "convex"},
        {**finding, "property": "convex in mean"},
        {**finding, "property": "lipschitz", "value": "delta", "tight": False},
        {**finding, "property": "symmetric", "verdict": "refuted"},
        {**finding, "property": "proper", "verdict": "unknown"},
        {**finding, "property": "strictly_convex", "condition": "a > 0"},
    ]
    assert dossiers.Dossier("", {"findings": findings}).summary == {
        "convex": "yes",
        "lipschitz": "delta, perhaps not the best",
        "symmetric": "no",
        "strictly_convex": "yes where a > 0",
    }
