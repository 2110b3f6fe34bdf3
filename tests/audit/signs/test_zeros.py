"""What is 0 is told by algebra, what is not by numbers, wherever its symbols may be."""

import pytest
import sympy
from sympy import Symbol

from symloss.audit.signs import scaling, zeros
from symloss.language import Interval

x, p = Symbol("x", real=True), Symbol("p", positive=True)
n, m = Symbol("n", integer=True, positive=True), Symbol("m", negative=True)
BOX = {
    x: Interval(-sympy.oo, sympy.oo, True, True),
    p: Interval(sympy.S.Zero, sympy.oo, True, True),
}


@pytest.mark.parametrize("zero", [
    sympy.S.Zero, (x + 1) ** 2 - x**2 - 2 * x - 1, sympy.log(p**2) - 2 * sympy.log(p),
    sympy.sqrt(m**2) + m, sympy.exp(sympy.log(p) + x) - p * sympy.exp(x), sympy.sin(sympy.pi * n),
    (-1) ** (2 * n) - 1,
])  # fmt: skip
def test_what_is_zero_where_its_symbols_may_be(zero):
    assert zeros.vanishes(zero)


@pytest.mark.parametrize("other", [
    sympy.sqrt(2) - 1, x, sympy.Abs(x) - x, sympy.Max(p, 1) - p, sympy.Max(p, 1) - 1, p - n,
    sympy.sqrt(m**2) - m, sympy.nan, sympy.oo, sympy.log(m), x - p,
])  # fmt: skip
def test_what_is_not_zero_everywhere(other):
    assert not zeros.vanishes(other)


def test_nothing_is_simplified_that_numbers_tell_apart(monkeypatch):
    monkeypatch.setattr(sympy, "simplify", lambda _: pytest.fail("simplified"))
    for other in (x, sympy.Max(p, 1) - p, sympy.Max(p, 1) - 1, p - n, sympy.sqrt(m**2) - m, x - p):
        assert not zeros.vanishes(other)


def test_no_quotient_is_simplified_that_holds_other_symbols(monkeypatch):
    monkeypatch.setattr(
        sympy, "simplify", lambda e: e if len(e.free_symbols) < 2 else pytest.fail("simplified")
    )
    assert scaling.scaled(sympy.log(1 + p + x**2), x, BOX).factor == 1


def test_a_quotient_is_simplified_where_a_symbol_only_scales():
    found = scaling.scaled(sympy.exp(x + p) + sympy.exp(p - x), x, BOX)
    assert found.factor == sympy.exp(p - 1)
