"""The index of the catalogue finds a loss by name, and imports nothing before it is asked."""

from __future__ import annotations

import importlib
import sys

import pytest

from symloss.publish import build


@pytest.fixture
def generated(catalogue, maker, monkeypatch):
    build(catalogue.plan())
    monkeypatch.syspath_prepend(str(catalogue.places.generated.parent))
    for name in [name for name in sys.modules if name.partition(".")[0] == "generated"]:
        monkeypatch.delitem(sys.modules, name)
    yield importlib.import_module("generated")
    for name in [name for name in sys.modules if name.partition(".")[0] == "generated"]:
        del sys.modules[name]


def test_importing_the_index_imports_no_loss(generated):
    assert not any(name.startswith("generated.regression") for name in sys.modules)


def test_a_loss_is_found_by_name(generated):
    assert generated.first == "the loss first"
    assert "generated.regression.first" in sys.modules
    assert "generated.regression.second" not in sys.modules


def test_a_loss_is_looked_up_once(generated):
    assert "first" not in vars(generated)
    assert generated.first is vars(generated)["first"]


def test_all_names_are_offered(generated):
    assert generated.__all__ == ["first", "second"]
    assert {"first", "second"} <= set(dir(generated))


def test_a_star_import_gives_losses(generated):
    space = {}
    exec("from generated import *", space)
    assert space["second"] == "the loss second"


def test_an_unknown_name_is_an_attribute_error(generated):
    with pytest.raises(AttributeError, match="no attribute 'third'"):
        _ = generated.third


def test_the_module_keeps_its_own_name(generated):
    module = importlib.import_module("generated.regression.first")
    assert module.first == generated.first == "the loss first"
