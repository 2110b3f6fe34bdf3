"""Statements of an item, split into runs over the lanes of several items."""

from sympy import Piecewise, Symbol

from symloss.lower import Accumulate, Assign, Block, Loop, Run, Store, abreast
from symloss.spec import array_base, index_symbol, scalar_symbol

K, LABEL, TOTAL = index_symbol("k"), index_symbol("label"), scalar_symbol("total")
X, PLACES = array_base("x"), array_base("places", integer=True)


def split(*statements, operands=None):
    block = Block(statements, ())
    results = [entry.name for entry in statements if getattr(entry, "name", "") == "loss"]
    return abreast(block, {"label": True} if operands is None else operands, results)


def loop(*body, totals=()):
    return Loop(K, Symbol("K", integer=True), body, totals)


def test_what_one_run_leaves_to_another_is_held_in_each_lane():
    total = Accumulate("total", "sum", X[K] ** 2)
    plan = split(
        loop(total, totals=(("total", "sum"),)),
        Assign("twice", 2 * TOTAL),
        Assign("loss", scalar_symbol("twice") + 1),
    )
    start, turns, end = plan.statements
    assert start == Run((Assign("total", 0 * TOTAL),), (), ("total",))
    assert turns.body == (Run((total,), ("total",), ("total",)),)
    assert (end.loads, end.keeps) == (("total",), ("loss",))
    assert plan.held == {"loss": False, "total": False}


def test_elements_at_varying_places_are_fetched_in_a_run_of_their_own():
    plan = split(
        Assign("loss", scalar_symbol("a") ** 2 + X[LABEL]), operands={"label": True, "a": 0}
    )
    fetch, rest = plan.statements
    assert fetch.scattered
    assert not rest.scattered
    (taken,) = fetch.statements
    assert taken.expression == X[LABEL]
    assert rest.statements[0].expression == scalar_symbol("a") ** 2 + scalar_symbol(taken.name)


def test_what_a_loop_leaves_as_it_is_is_fetched_once_before_it():
    margin = Accumulate("total", "sum", X[K] - X[LABEL])
    plan = split(loop(margin, totals=(("total", "sum"),)))
    assert [type(entry).__name__ for entry in plan.statements] == ["Run", "Run", "Loop"]
    assert plan.statements[0].scattered
    assert not any(run.scattered for run in plan.statements[2].body)


def test_what_a_loop_changes_is_fetched_after_it():
    y = array_base("y")
    plan = split(
        Assign("before", y[LABEL]),
        loop(Store("y", (K,), X[K])),
        Assign("loss", scalar_symbol("before") + y[LABEL]),
    )
    assert [entry.scattered for entry in plan.statements if isinstance(entry, Run)] == [
        True,
        True,
        False,
    ]


def test_a_place_that_the_item_chooses_itself_is_known_before_it_is_read():
    place, best = index_symbol("place"), Accumulate("place", "argmax", X[K], place=K)
    plan = split(loop(best, totals=(("place", "argmax"),)), Assign("loss", X[place]))
    start, turns, fetch = plan.statements
    assert start.keeps == ("place", "place_best")
    assert turns.body[0].loads == ("place", "place_best")
    assert fetch.scattered
    assert plan.held == {"loss": False, "place": True, "place_best": False}


def test_additions_at_varying_places_stand_alone_and_their_values_do_not():
    value = scalar_symbol("a") ** 2
    plan = split(
        Store("g", (LABEL,), value, add=True, scaled=True), operands={"label": True, "a": 0}
    )
    computed, scatter = plan.statements
    assert computed.statements[0].expression == value
    assert scatter.scattered
    (store,) = scatter.statements
    assert store.expression == scalar_symbol(computed.statements[0].name)
    assert not store.scaled


def test_conditional_elements_are_read_before_the_condition_unless_they_may_not_exist():
    kept = Piecewise((X[K], K > LABEL), (X[1], True))
    plan = split(loop(Accumulate("total", "sum", kept), totals=(("total", "sum"),)))
    ahead, total = plan.statements[-1].body[0].statements
    assert ahead.expression == X[K]
    assert total.expression == kept.xreplace({X[K]: scalar_symbol(ahead.name)})


def test_places_read_under_a_condition_remain_places():
    kept = Piecewise((X[K], PLACES[K] < K), (0, True))
    plan = split(loop(Accumulate("total", "sum", kept), totals=(("total", "sum"),)))
    *ahead, _ = plan.statements[-1].body[0].statements
    assert {entry.expression: entry.is_integer for entry in ahead} == {X[K]: False, PLACES[K]: True}
