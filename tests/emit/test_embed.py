"""A loss may be named like something that its module's code uses."""

from symloss.emit.embed import without

CODE = """from __future__ import annotations
from helpers import plus

def half(x, count):
    return x.plus / 2

def total(x, count=0):
    return plus(x, count) + abs(half(x, count=count))
"""


def test_an_imported_name_steps_aside():
    assert "from helpers import plus as plus_\n" in without(CODE, "plus")
    assert "x.plus / 2" in without(CODE, "plus")
    assert "return plus_(x, count)" in without(CODE, "plus")


def test_a_defined_name_steps_aside():
    assert "def half_(x, count)" in without(CODE, "half")
    assert "abs(half_(x, count=count))" in without(CODE, "half")


def test_a_function_of_python_is_kept_under_a_longer_name():
    code = without(CODE, "abs")
    assert code.index("__future__") < code.index("abs_ = abs") < code.index("abs_(half(")


def test_names_of_other_things_stay():
    assert without(CODE, "x") == CODE
    assert without(CODE, "huber") == CODE
