"""The fingerprint of code: another number in it, or in what it calls, is another fingerprint."""

from __future__ import annotations

import pytest

from symloss.emit import (
    embed,
    fingerprint,
    fingerprint_of_function,
    fingerprint_of_module,
    with_accuracy,
)

MODULE = '''"""Logistic loss.

Accuracy: is what this summary is about
Accuracy:  not measured
"""
# build-key: abc
from symloss.runtime import exp, compiled

@compiled
def _value(x):
    """The value."""
    return exp(x) + 1  # one

def unrelated(x):
    return x

class Logistic:
    kernels = {"value": _value, "gradient": None}
'''


@pytest.fixture
def changed_runtime(monkeypatch):
    """Changes the text of the run-time."""

    def change(old, new):
        sources = embed._sources()
        assert any(old in text for text in sources.values())
        changed = {file: text.replace(old, new) for file, text in sources.items()}
        monkeypatch.setattr(embed, "_sources", lambda: changed)
        fingerprint._runtime.cache_clear()

    yield change
    monkeypatch.undo()
    fingerprint._runtime.cache_clear()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Logistic loss", "Another loss"),
        ("The value.", "What it costs."),
        ("  # one", ""),
        ("build-key: abc", "build-key: def"),
        ("return x\n", "return 2 * x\n"),
    ],
)
def test_words_and_what_is_not_called_do_not_count(old, new):
    assert old in MODULE
    assert fingerprint_of_module(MODULE.replace(old, new)) == fingerprint_of_module(MODULE)


@pytest.mark.parametrize(("old", "new"), [("+ 1", "+ 2"), ("exp(x)", "expm1(x)")])
def test_what_is_computed_counts(old, new):
    assert fingerprint_of_module(MODULE.replace(old, new)) != fingerprint_of_module(MODULE)


@pytest.mark.parametrize(
    ("old", "new", "counts"),
    [
        ("NEGLIGIBLE = -80.0", "NEGLIGIBLE = -81.0", False),  # exp does without it
        ("UP, DOWN = (24.0, 53.0)", "UP, DOWN = (24.0, 52.0)", True),
        ('"contract", "nsz"', '"contract"', True),
        ("class Shelf:", "class Shelf:\n    pass\n", False),
        ('"_nrt": True', '"_nrt": False', False),
        ('"nogil": True,', "", False),
        ('"forceinline": True', '"forceinline": False', True),
        ("CHUNK = 2048", "CHUNK = 1024", False),  # of `part`, a variable's name in exp
    ],
)
def test_so_does_the_run_time_below_it(changed_runtime, old, new, counts):
    before = fingerprint_of_module(MODULE), fingerprint_of_function("exp")
    changed_runtime(old, new)
    after = fingerprint_of_module(MODULE), fingerprint_of_function("exp")
    assert [one != other for one, other in zip(before, after, strict=True)] == [counts, counts]


def test_the_last_line_of_the_header_tells_of_accuracy():
    text = with_accuracy(MODULE, "value 1.2 ulp")
    assert "\nAccuracy:  value 1.2 ulp\n" in text
    assert "\nAccuracy: is what this summary is about\n" in text
    assert fingerprint_of_module(text) == fingerprint_of_module(MODULE)
