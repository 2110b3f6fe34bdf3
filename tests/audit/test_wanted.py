"""What is not asked for is not looked for: a second look may cost less than the first."""

import subprocess
import sys

import pytest
import sympy

from symloss.audit.properties import bounds, line, slopes
from symloss.audit.properties.lowest import lowest
from symloss.audit.subject import subject
from symloss.spec import read_spec
from tests.audit.composition.table import SECONDS, found_by

SPEC = """
title = "t"
summary = "s"
source = "s"
math = "loss = {math}"
[inputs]
x = {{ domain = "real"{shape} }}
"""
ONE, ANY_SIZE = ("sqrt(1 + x**2)", ""), ("sum(sqrt(1 + x[n]**2), n)", ', shape = ["N"]')
CONSTANTS = ("lower_bound", "upper_bound", "lipschitz", "gradient_lipschitz")


@pytest.fixture(params=[ONE, ANY_SIZE], ids=["one variable", "any size"])
def known(request, tmp_path):
    math, shape = request.param
    path = tmp_path / "own.toml"
    path.write_text(SPEC.format(math=math, shape=shape), "utf-8")
    return subject(read_spec(str(path)), {})


@pytest.mark.parametrize("name", CONSTANTS)
def test_one_constant_alone_is_found_as_among_the_others(known, name):
    find = bounds if name.endswith("bound") else slopes
    others = set(CONSTANTS) - {name}
    alone = {one.name: one for one in found_by(find, known, SECONDS, (name,))}
    assert not alone.keys() & others
    among = {one.name: one for one in found_by(find, known, SECONDS)}
    assert (alone[name].verdict, alone[name].value) == (among[name].verdict, among[name].value)


def test_shapes_are_left_out_where_a_bound_is_wanted(tmp_path):
    path = tmp_path / "own.toml"
    path.write_text(SPEC.format(math=ONE[0], shape=""), "utf-8")
    found = {
        one.name: one for one in line(subject(read_spec(str(path)), {}), 8.0, ("lower_bound",))
    }
    assert found["lower_bound"].value == "1"
    assert "convex" not in found


RECALLS = """
import sympy, sympy.core.exprtools
import symloss.audit.signs.chain as chain
from symloss.audit.signs.recall import recall
recall()
x = sympy.Symbol("x")
for ask in (sympy.simplify, chain.sympy.factor, sympy.core.exprtools.factor_terms):
    before = ask.cache_info().hits
    assert ask(x**2 + x) == ask(x**2 + x)
    assert ask.cache_info().hits > before
"""


def test_sympy_recalls_what_it_found_under_all_names():
    subprocess.run([sys.executable, "-c", RECALLS], check=True)


def test_no_stationary_point_is_looked_for_where_it_would_tell_nothing(tmp_path, monkeypatch):
    path = tmp_path / "own.toml"
    path.write_text(SPEC.format(math="sin(x) + cos(2*x)", shape=""), "utf-8")
    monkeypatch.setattr(sympy, "solve", lambda *_, **__: pytest.fail("solved"))
    known = subject(read_spec(str(path)), {})
    assert lowest(known, "lower_bound", -1, 2.0) is None
    assert lowest(known, "upper_bound", 1, 2.0) is None
