"""The table `[likelihood]`: what it becomes, and its mistakes."""

import pytest
import sympy

from symloss.errors import SpecError
from symloss.spec import read_spec, scalar_symbol

TEXT = """
title = "t"
math = "loss = (x - y)**2/2"
[inputs]
x = { domain = "real" }
y = { domain = "real" }
[likelihood]
variable = "y"
density = "Normal(x, 1)"
"""


def read(folder, old="", new=""):
    assert old in TEXT
    file = folder / "tried.toml"
    file.write_text(TEXT.replace(old, new), "utf-8")
    return read_spec(file)


def test_the_log_density_is_sympys(tmp_path):
    found = read(tmp_path).likelihood
    x, y = scalar_symbol("x"), scalar_symbol("y")
    at = {x: sympy.Rational(1, 3), y: 2}
    expected = -((2 - sympy.Rational(1, 3)) ** 2) / 2 - sympy.log(2 * sympy.pi) / 2
    assert abs((found.log_density.subs(at) - expected).evalf(30)) < 1e-25
    assert (found.variable, found.density) == ("y", "Normal(x, 1)")


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("Normal(x, 1)", "Norml(x, 1)", ("no density named 'Norml'", "did you mean 'Normal'?")),
        ("Normal(x, 1)", "Normal(x, -1)", ("SymPy refuses these arguments",)),
        ("Normal(x, 1)", "Normal(x)", ("SymPy refuses these arguments",)),
        ("Normal(x, 1)", "Normal(z, 1)", ("'z'",)),
        ("Normal(x, 1)", "x + 1", ("this is no density",)),
        ("Normal(x, 1)", "Normal(x, 1).pdf", ("this is no density",)),
        ("Normal(x, 1)", "sample(x)", ("no density named 'sample'",)),
        ('variable = "y"', 'variable = "w"', ("'w'", "x, y")),
        ('variable = "y"\n', "", ("'likelihood.variable' is missing",)),
        ("density =", "densty =", ("'likelihood.density' is missing",)),
        ("density =", "form = 1\ndensity =", ("unknown key 'form'",)),
    ],
)
def test_mistakes_are_answered_at_their_place(old, new, words, tmp_path):
    with pytest.raises(SpecError) as caught:
        read(tmp_path, old, new)
    for word in ("tried.toml:", *words):
        assert word in str(caught.value)
