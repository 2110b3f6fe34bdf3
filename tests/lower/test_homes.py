"""Which intermediates may live in an output's place."""

from __future__ import annotations

import pytest
from sympy import Symbol

from symloss.lower.homes import housed
from symloss.lower.model import Accumulate, Array, Assign, Loop, Output, Statement, Store, Zero
from symloss.spec import array_base, dimension_symbol, index_symbol, scalar_symbol

K = dimension_symbol("K")
AT, THERE = index_symbol("i"), index_symbol("j")
X, ROW, GRAD, FACTOR = array_base("x"), array_base("row"), array_base("grad"), scalar_symbol("f")
FILL = Loop(AT, K, (Store("row", (AT,), X[AT] ** 2),))
USE = Store("grad", (AT,), ROW[AT] * FACTOR)


def home_of(*statements: Statement, shape: tuple[Symbol, ...] = (K,), integer: bool = False) -> str:
    (row,) = housed((Array("row", shape, integer),), statements, [Output("grad", (K,))])
    return row.home


def over(*body: Statement, index: Symbol = AT) -> Loop:
    return Loop(index, K, body)


TOTAL = over(Accumulate("f", "sum", ROW[AT]))
FITTING = {
    "read as the output is written": (FILL, over(USE)),
    "summed before": (FILL, TOTAL, over(USE)),
    "by way of a number": (
        FILL,
        over(Assign("r", ROW[AT]), Store("grad", (AT,), scalar_symbol("r"))),
    ),
}
OTHERS = {
    "read after": (FILL, over(USE), TOTAL),
    "read by another loop for each": (
        FILL,
        over(over(Accumulate("s", "sum", ROW[THERE]), index=THERE), USE),
    ),
    "read at another place": (FILL, over(Store("grad", (AT,), ROW[AT] * ROW[0]))),
    "read after it in the loop": (FILL, over(USE, Accumulate("s", "sum", ROW[AT]))),
    "written beside": (FILL, over(Store("row", (AT,), X[AT]), USE)),
    "added to": (FILL, over(Store("grad", (AT,), ROW[AT], add=True))),
    "zeroed before": (Zero("grad"), FILL, over(USE)),
    "set in another order": (FILL, over(Store("grad", (K - 1 - AT,), ROW[AT]))),
    "an output that is read": (FILL, over(USE), over(Accumulate("s", "sum", GRAD[AT]))),
    "set over and over": (FILL, over(over(USE, index=THERE))),
    "read for another after it": (
        FILL,
        over(Store("grad", (AT,), X[AT]), Store("other", (AT,), ROW[AT])),
    ),
    "never read": (FILL, over(Store("grad", (AT,), X[AT]))),
    "never written": (FILL, TOTAL),
    "no loop": (FILL, Store("grad", (THERE,), ROW[THERE])),
}


@pytest.mark.parametrize("name", FITTING)
def test_what_is_read_last_as_the_output_is_written_lives_there(name):
    assert home_of(*FITTING[name]) == "grad"


@pytest.mark.parametrize("name", OTHERS)
def test_what_is_needed_otherwise_has_a_place_of_its_own(name):
    assert home_of(*OTHERS[name]) == ""


def test_places_of_another_kind():
    assert home_of(FILL, over(USE), integer=True) == ""
    assert home_of(FILL, over(USE), shape=(K, K)) == ""


def test_only_one_lives_in_a_place():
    arrays = (Array("row", (K,)), Array("other", (K,)))
    both = over(Store("grad", (AT,), ROW[AT] * array_base("other")[AT]))
    fill = over(Store("other", (AT,), X[AT]))
    found = housed(arrays, (FILL, fill, both), [Output("grad", (K,))])
    assert [array.home for array in found] == ["grad", ""]
