"""Modules carry all of the run-time that they use; losses may be named like something in it."""

import builtins
import re
import symtable
from collections.abc import Iterator

import pytest

from symloss.emit.embed import definitions_of, embedded, names_at_top, without

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


def _scopes(table: symtable.SymbolTable) -> Iterator[symtable.SymbolTable]:
    yield table
    for inner in table.get_children():
        yield from _scopes(inner)


def _names(file: str) -> set[str]:
    return {name for node in definitions_of()[file] for name in names_at_top(node)}


EVERYTHING = embedded(set().union(*map(_names, definitions_of())))


@pytest.mark.parametrize("file", definitions_of())
def test_what_is_embedded_comes_with_all_that_it_mentions(file: str):
    """Of each name alone: another that rests on the same would hide what is forgotten."""
    for name in _names(file):
        code = embedded([name])
        top = symtable.symtable(code, "<embedded>", "exec")
        bound = {
            one.get_name() for one in top.get_symbols() if one.is_assigned() or one.is_imported()
        }
        mentioned = {
            one.get_name()
            for scope in _scopes(top)
            for one in scope.get_symbols()
            if one.is_referenced() and (one.is_global() or scope is top)
        }
        assert name in bound
        assert mentioned - bound - {*vars(builtins), "__name__", "__file__"} == set(), name
        compilers = rf"@.*\({name}\b"  # decorators that tell how calls of it compile
        assert re.findall(compilers, code) == re.findall(compilers, EVERYTHING), name
