"""What is remembered of expressions, and what numbers spare a search."""

import sys
import time

import pytest
import sympy
from sympy import Dummy

from symloss.audit.signs import chain, extrema, worker
from symloss.audit.signs.memory import remembered
from symloss.language import parse_domain

pytestmark = pytest.mark.usefixtures("as_in_a_worker")
X, D = sympy.symbols("x d", real=True)


@pytest.fixture
def as_in_a_worker(monkeypatch):
    monkeypatch.setitem(worker._state, "inside", True)


def test_only_workers_remember(monkeypatch):
    asked = []

    @remembered
    def ask(expression):
        asked.append(expression)

    monkeypatch.setitem(worker._state, "inside", False)
    ask(X)
    ask(X)
    assert len(asked) == 2


def test_a_question_in_other_anonymous_symbols_is_the_same_question():
    asked = []

    @remembered
    def double(expression, box):
        asked.append(box)
        return [2 * expression]

    for y in (Dummy("y", positive=True), Dummy("y", positive=True)):
        assert double(y**2, {y: (y, 1)}) == [2 * y**2]
    assert len(asked) == 1
    z = Dummy("y", real=True)
    assert double(z**2, {z: (z, 1)}) == [2 * z**2]
    assert len(asked) == 2, "another sign of the symbol is another question"


def test_anonymous_symbols_are_told_apart():
    @remembered
    def same(one, other):
        return one == other

    a, b = Dummy(positive=True), Dummy(positive=True)
    assert same(a, a)
    assert not same(a, b)
    assert not same(b, a)


def test_what_is_found_late_is_not_kept(monkeypatch):
    asked = []

    @remembered
    def ask(expression):
        asked.append(expression)
        return "?"

    monkeypatch.setitem(worker._state, "deadline", time.process_time() - 1)
    ask(X)
    ask(X)
    assert len(asked) == 2
    monkeypatch.setitem(worker._state, "deadline", None)
    ask(X)
    ask(X)
    assert len(asked) == 3


def test_no_chain_is_tried_where_numbers_show_both_signs(monkeypatch):
    monkeypatch.setattr(chain, "_by_derivative", lambda *_: "tried")
    y = Dummy("y", positive=True)
    assert chain.sign(sympy.log(y) - sympy.sqrt(y) / 3, y) == "?"
    assert not chain.is_mixed(y - sympy.log(y) - 1)


def test_limits_end(monkeypatch):
    def endless(*_):
        while True:
            pass

    monkeypatch.setattr(sympy, "limit", endless)
    monkeypatch.setattr(chain, "LIMIT_SECONDS", 0.05)
    assert chain.limit(sympy.exp(-X) * sympy.log(X), X, sympy.oo) is None


def test_only_candidates_that_numbers_leave_standing_are_looked_for_in_every_cell(monkeypatch):
    looked = []
    candidates = extrema.candidates
    monkeypatch.setattr(extrema, "candidates", lambda *a: looked.append(a) or candidates(*a))
    box = {X: parse_domain("[0, 1]"), D: parse_domain("nonnegative")}
    # Of 0, at both ends, nothing is left by numbers; the critical point is not named.
    found = extrema.supremum(X * (1 - X) * (sympy.exp(X * D) + sympy.sin(X)), box, [X])
    assert found.value is None
    assert len(looked) == 1


@pytest.mark.parametrize(("module", "name"), [
    ("sympy.simplify.powsimp", "powsimp"), ("sympy.core.exprtools", "_monotonic_sign"),
])  # fmt: skip
def test_sympy_remembers_what_a_limit_asks_again(module, name, monkeypatch):
    monkeypatch.setitem(worker._state, "inside", False)
    assert worker.run(_hits_of_a_limit, module, name, seconds=20) > 0


def _hits_of_a_limit(module: str, name: str) -> int:
    y = Dummy(positive=True)
    sympy.limit(sympy.log(1 + sympy.exp(-y)) * (y + sympy.exp(y)), y, sympy.oo)
    return int(vars(sys.modules[module])[name].cache_info().hits)
