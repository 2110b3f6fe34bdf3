"""Statements of an item in turns: its loops, and the calls between them for several items."""

import sympy
from sympy import Piecewise, Symbol, exp

from symloss.lower import Accumulate, Assign, Block, Loop, Store, in_rows
from symloss.spec import array_base, index_symbol, scalar_symbol

K, LABEL, TOTAL = index_symbol("k"), index_symbol("label"), scalar_symbol("total")
X, OUT = array_base("x"), array_base("out")
SUM = Loop(
    K,
    Symbol("K", integer=True),
    (Accumulate("total", "sum", exp(X[K])),),
    (("total", "sum"),),
)


def turns(*statements):
    plan = in_rows(Block(statements, ()), {"label": True}, ["loss"])
    return plan and plan.turns


def test_a_call_waits_for_the_loops_of_all_items():
    loops, calls = turns(SUM, Assign("loss", sympy.log(TOTAL)))
    assert not loops.abreast
    assert calls.abreast
    assert (loops.loads, loops.keeps) == ((), ("total",))
    assert (calls.loads, calls.keeps) == (("total",), ("loss",))


def test_there_are_no_turns_without_calls_between_the_loops():
    assert turns(SUM, Assign("loss", 2 * TOTAL + X[LABEL])) is None


def test_what_needs_no_call_stays_with_the_loops_before_or_with_the_calls():
    loops, calls = turns(
        SUM,
        Assign("twice", 2 * TOTAL),
        Assign("size", sympy.log(scalar_symbol("twice"))),
        Assign("loss", scalar_symbol("size") + 1),
    )
    assert [entry.name for entry in loops.block.statements[1:]] == ["twice"]
    assert [entry.name for entry in calls.block.statements] == ["size", "loss"]


def test_elements_are_fetched_with_the_loops():
    loops, calls = turns(SUM, Assign("loss", sympy.log(TOTAL) - X[LABEL]))
    fetch = loops.block.statements[-1]
    assert fetch.expression == X[LABEL]
    assert calls.block.statements[0].expression == sympy.log(TOTAL) - scalar_symbol(fetch.name)


def test_elements_under_a_condition_are_read_where_it_holds():
    """Elsewhere their places may not exist."""
    choice = Piecewise((exp(X[LABEL + 1]), LABEL < 2), (TOTAL, True))
    (loops, *_) = turns(SUM, Assign("chosen", choice), Assign("loss", sympy.log(TOTAL)))
    assert loops.block.statements[1].expression == choice


def test_what_is_stored_is_computed_with_the_calls():
    store = Store("out", (LABEL,), sympy.log(TOTAL), add=True, scaled=True)
    _, calls, stores = turns(SUM, store, Assign("loss", TOTAL))
    (value,) = calls.block.statements
    assert value.expression == sympy.log(TOTAL)
    kept = stores.block.statements[0]
    assert kept == Store("out", (LABEL,), scalar_symbol(value.name), add=True, scaled=True)
