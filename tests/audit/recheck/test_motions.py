"""Laws of motion: those of the search hold, and the checker's own rules tell true from false."""

from pathlib import Path

import pytest
from sympy import S

from symloss.audit import audit
from symloss.audit.recheck.motions import SCALE, SHIFT, Motion, NoLaw
from symloss.program import read_program
from symloss.spec import read_spec

HEAD = 'title = "t"\nsummary = "s"\nsource = "s"\n'
PAIR = 'x = { domain = "real" }\ny = { domain = "real" }\n'
VECTOR = 'x = { domain = "real", shape = ["I"] }\ny = { domain = "real", shape = ["I"] }\n'


def spec_of(folder: Path, math: str, inputs: str = PAIR):
    path = folder / "own.toml"
    path.write_text(f'{HEAD}math = "{math}"\n[inputs]\n{inputs}', "utf-8")
    return read_spec(path)


@pytest.mark.parametrize(
    ("math", "inputs", "scaled", "shifted"),
    [
        ("loss = (x - y)**2", PAIR, "scale 2", "stays"),
        ("loss = Max(x, 0) - Max(y, 0)", PAIR, "scale 1", None),
        ("loss = Max(x, y)", PAIR, "scale 1", "shift 1"),
        ("loss = Piecewise((0, x < y), (x - y, True))", PAIR, "scale 1", "stays"),
        ("loss = Piecewise((0, x < y), (x, True))", PAIR, "scale 1", None),
        ("loss = Piecewise((0, x < 1), (x - y, True))", PAIR, None, None),
        ("loss = log(x**2*y**2)", PAIR, "shift 4", None),
        ("loss = log(exp(x)/exp(y))", PAIR, None, "stays"),
        ("loss = logsumexp(x[i], i) - mean(y[i], i)", VECTOR, None, "stays"),
        ("loss = sum(x[i] + y[i], i)", VECTOR, "scale 1", "shift 2*I"),
        ("loss = prod(x[i]**2, i)*sum(y[i], i)", VECTOR, "scale 2*I + 1", None),
    ],
)
def test_moves(tmp_path, math, inputs, scaled, shifted):
    program = read_program(spec_of(tmp_path, math, inputs))
    for how, expected in ((SCALE, scaled), (SHIFT, shifted)):
        assert told(Motion(program, how, {"x": S.One, "y": S.One})) == expected


def told(motion: Motion):
    try:
        move = motion.loss()
    except NoLaw:
        return None
    return "stays" if move.stays else f"{move.how} {move.amount}"


@pytest.mark.parametrize(
    ("math", "verdict"),
    [("loss = Max(x, 0) - Max(y, 0)", "REFUTED"), ("loss = Max(x, 1) - Max(y, 1)", "REFUTED")],
)
def test_a_shift_moves_zero(tmp_path, math, verdict):
    found = audit(spec_of(tmp_path, math), only=["translation_invariant"]).findings
    assert found["translation_invariant"].verdict == verdict
