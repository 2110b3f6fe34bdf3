"""A user's specs go to a user's folder, in which symloss destroys nothing."""

from __future__ import annotations

import pytest

from symloss.errors import PublishError
from symloss.publish import build, check, own_plan


@pytest.fixture
def plan(catalogue, maker, tmp_path):
    return own_plan([catalogue.places.specs], tmp_path / "out")


def test_modules_lie_side_by_side_without_an_index(plan):
    build(plan)
    assert sorted(path.name for path in plan.root.iterdir()) == [
        "first.audit.json", "first.py", "second.audit.json", "second.py",
    ]  # fmt: skip


def test_the_way_to_the_spec_is_relative_to_the_module(plan):
    assert [target.label for target in plan.targets] == [
        "../specs/regression/first.toml",
        "../specs/regression/second.toml",
    ]


def test_a_spec_named_twice_is_built_once(catalogue, maker, tmp_path):
    first = catalogue.places.specs / "regression" / "first.toml"
    assert len(own_plan([first, first], tmp_path / "out").targets) == 1


def test_other_modules_in_the_folder_stay(catalogue, maker, plan, tmp_path):
    build(plan)
    alone = own_plan([catalogue.places.specs / "regression" / "first.toml"], tmp_path / "out")
    report = build(alone)
    assert report.removed == ()
    assert (plan.root / "second.py").exists()


def test_a_second_build_makes_nothing(plan, maker):
    build(plan)
    maker.made.clear()
    assert len(build(plan).current) == 2
    assert maker.made == []
    assert check(plan) == ()


def test_a_hand_edit_is_kept_until_forced(plan):
    build(plan)
    file = plan.root / "first.py"
    edited = file.read_text().replace("stand-in", "version")
    file.write_text(edited)
    report = build(plan)
    assert "overwrite it with --force" in report.failures[0].message
    assert file.read_text() == edited
    assert build(plan, force=True).failures == ()
    assert file.read_text() != edited


def test_the_catalogues_key_is_not_the_standalone_key(catalogue, maker, plan):
    build(plan)
    build(catalogue.plan())
    lines = [
        next(line for line in path.read_text().splitlines() if line.startswith("# build-key"))
        for path in (plan.root / "first.py", catalogue.file("first"))
    ]
    assert lines[0] != lines[1]


def test_two_paths_to_specs_of_one_name_are_refused(catalogue, maker, tmp_path):
    paths = [catalogue.write("first"), catalogue.write("first", family="metric")]
    with pytest.raises(PublishError, match="two specs are called first"):
        own_plan(paths, tmp_path / "out")
