"""The checker's own rules for derivatives and for bending, against truths worked out by hand."""

from pathlib import Path

import pytest
from sympy import oo

from symloss.audit.recheck.bends import Bends
from symloss.audit.recheck.orders import Orders
from symloss.audit.recheck.rules import Rules
from symloss.program import read_program
from symloss.spec import read_spec

HEAD = 'title = "t"\nsummary = "s"\nsource = "s"\n'
LINE = 'x = { domain = "real" }\n'
VECTOR = 'x = { domain = "real", shape = ["I"] }\n'
SCALED = LINE + '[parameters]\nd = { domain = "positive", default = 1 }\n'


def program_of(folder: Path, math: str, inputs: str):
    path = folder / "own.toml"
    path.write_text(f'{HEAD}math = "loss = {math}"\n[inputs]\n{inputs}', "utf-8")
    return read_program(read_spec(path))


@pytest.mark.parametrize(
    ("math", "inputs", "order"),
    [
        ("sum(x[i]**2, i)", VECTOR, oo),
        ("log(1 + exp(x))", LINE, oo),
        ("Abs(x)", LINE, 0),
        ("Abs(x)**3", LINE, 2),
        ("Max(x, 0)**2", LINE, 1),
        ("x*Abs(x)", LINE, 1),
        ("Max(x, 0) + log(1 + exp(-Abs(x)))", LINE, oo),
        ("Max(x, 0) + log(1 + exp(-2*Abs(x)))", LINE, 0),
        ("Piecewise((x**2/2, Abs(x) <= d), (d*(Abs(x) - d/2), True))", SCALED, 1),
        ("Piecewise((x**2/2, Abs(x) <= d), (d*(Abs(x) - d), True))", SCALED, -1),
        ("Piecewise((1, Eq(x, 0)), (x**2, True))", LINE, -1),
        ("Piecewise((0, x < 0), (1, True))*x", LINE, 0),
        ("sqrt(x**2)", LINE, 0),
        ("max(Abs(x[i]), i)", VECTOR, 0),
        ("1/x", LINE, -1),
        ("log(x)", LINE, -1),
    ],
)
def test_orders(tmp_path, math, inputs, order):
    assert Orders(program_of(tmp_path, math, inputs)).steps["loss"] == order


@pytest.mark.parametrize(
    ("math", "inputs", "amount"),
    [
        ("x**2", LINE, "2"),
        ("x**4", LINE, "0"),
        ("sum(x[i]**2, i)/2 + sum(x[i], i)", VECTOR, "1"),
        ("mean(exp(x[i]), i)", VECTOR, "0"),
        ("log(1 + exp(-x))", LINE, "0"),
        ("exp(sum(x[i]**2, i))", VECTOR, "0"),
        ("d*x**2 + Abs(x)", SCALED, "2*d"),
        ("x*d", SCALED, None),
        ("Abs(x)", LINE, None),
        ("Max(x, 0)**2", LINE, None),
        ("sum(x[i], i)**2", VECTOR, None),
        ("max(x[i]**2, i)", VECTOR, None),
        ("-x**2", LINE, None),
    ],
)
def test_bends(tmp_path, math, inputs, amount):
    found = Bends(Rules(program_of(tmp_path, math, inputs))).by_name()
    assert (str(found["x"]) if "x" in found else None) == amount
