"""The checker's own bounds and convexity of values, against truths worked out by hand."""

from pathlib import Path

import pytest
from sympy import E, oo

from symloss.audit.recheck.rules import Rules
from symloss.program import read_program
from symloss.spec import read_spec

HEAD = 'title = "t"\nsummary = "s"\nsource = "s"\n'
LINE = 'x = { domain = "real" }\n'
VECTORS = "".join(f'{n} = {{ domain = "real", shape = ["I"] }}\n' for n in "xy")
UNIT = 'x = { domain = "[0, 1]", shape = ["I"] }\n'
SIMPLEX = "".join(f'{n} = {{ domain = "simplex(I)", shape = ["I"] }}\n' for n in "xy")
RATE = 'x = { domain = "real" }\n[parameters]\nb = { domain = "[0, 1)", default = 0 }\n'
DOT, LENGTHS = "sum(x[i]*y[i], i)", "sqrt(sum(x[i]**2, i))*sqrt(sum(y[i]**2, i))"


def rules_of(folder: Path, math: str, inputs: str) -> Rules:
    path = folder / "own.toml"
    if "y" not in math.replace("xlogy", ""):
        inputs = "".join(line for line in inputs.splitlines(keepends=True) if line[0] != "y")
    names = '"x", "y"' if "\ny =" in f"\n{inputs}" else '"x"'
    text = f'{HEAD}wrt = [{names}]\nmath = "loss = {math}"\n[inputs]\n{inputs}'
    path.write_text(text, "utf-8")
    return Rules(read_program(read_spec(path)))


@pytest.mark.parametrize(
    ("math", "inputs", "low", "high"),
    [
        (f"{DOT}/({LENGTHS})", VECTORS, -1, 1),
        (f"2*{DOT}/({LENGTHS})", VECTORS, -2, 2),
        (f"{DOT}/sqrt((1 + sum(x[i]**2, i))*sum(y[i]**2, i))", VECTORS, -oo, oo),
        ("sum(x[i]*x[i], i)/sqrt(sum(x[i]**2, i))", VECTORS, 0, oo),
        ("mean(x[i]/sqrt(1 + sum(x[j]**2, j)), i)", VECTORS, -1, 1),
        ("mean(x[i]/sqrt(sum(x[j]**2, j) - 1), i)", VECTORS, -oo, oo),
        (f"{DOT}/sqrt(sum(x[i]**2, i))", VECTORS, -oo, oo),
        (f"{DOT}/({LENGTHS.replace('**2', '**4')})", VECTORS, -oo, oo),
        ("mean(x[i], i)", UNIT, 0, 1),
        ("sum(x[i], i)", UNIT, 0, oo),
        ("3 - 2*mean(x[i]**2, i)", UNIT, 1, 3),
        ("sum(x[i], i)", SIMPLEX, 1, 1),
        ("sum(x[i]**2, i)", SIMPLEX, 0, 1),
        ("sum(sqrt(x[i]), i)", SIMPLEX, 0, oo),
        ("Abs(x[0])", 'x = { domain = "[-3, 2]", shape = [1] }\n', 0, 3),
        ("Max(tanh(x), 0)*2", LINE, 0, oo),
        ("x**2*b**2", RATE, 0, oo),
        ("(2*b)**b*exp(-Abs(x))", RATE, 0, oo),
        ("exp(b)*exp(-Abs(x))", RATE, 0, E),
    ],
)
def test_bounds(tmp_path, math, inputs, low, high):
    found = rules_of(tmp_path, math, inputs).known["loss"]
    assert (found.low, found.high) == (low, high)


@pytest.mark.parametrize(
    ("math", "inputs", "is_positive"),
    [
        ("(1 - b**2)*exp(x)", RATE, True),
        ("(1 - b**b)*exp(x)", RATE, False),
        ("sum(x[i]**2, i)", SIMPLEX, True),
        ("sum(x[i]**2, i)", UNIT, False),
        ("Max(exp(x), 0)", LINE, True),
        ("Min(exp(x), x**2)", LINE, False),
        ("Piecewise((exp(x), x > 0), (1, True))", LINE, True),
        ("Piecewise((exp(x), x > 0), (0, True))", LINE, False),
    ],
)
def test_positive(tmp_path, math, inputs, is_positive):
    assert rules_of(tmp_path, math, inputs).known["loss"].positive is is_positive


@pytest.mark.parametrize(
    ("math", "inputs", "is_convex"),
    [
        ("sum(x[i]*log(x[i]/y[i]), i)", SIMPLEX, True),
        ("sum(xlogy(x[i], x[i]) - xlogy(x[i], y[i]), i)", SIMPLEX, True),
        ("sum(xlogy(x[i], x[i]) - xlogy(x[i], (x[i] + y[i])/2), i)", SIMPLEX, True),
        ("sum(xlogy(y[i], x[i]) - xlogy(x[i], y[i]), i)", SIMPLEX, False),
        ("sum(xlogy(x[i], y[i]) - xlogy(x[i], x[i]), i)", SIMPLEX, False),
        ("sum(x[i]*log(x[i]) - 2*x[i]*log(y[i]), i)", SIMPLEX, False),
        ("sum(x[i]*log(x[i]**2/y[i]), i)", SIMPLEX, False),
        ("sum(x[i]*log(x[i]) - x[i]**2*log(y[i]), i)", SIMPLEX, False),
        ("sum(x[i]*log(x[i]) - log(y[i]), i)", SIMPLEX, True),
        ("sum(x[i]*log(x[i]) + log(y[i]), i)", SIMPLEX, False),
        ("sum(x[i]*log(x[i]) - x[i]**2, i)", SIMPLEX, False),
    ],
)
def test_entropies(tmp_path, math, inputs, is_convex):
    assert rules_of(tmp_path, math, inputs).known["loss"].convex is is_convex
