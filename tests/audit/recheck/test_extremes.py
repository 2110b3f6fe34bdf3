"""Constants of one variable: the checker confirms true ones, and no false one, however near."""

from pathlib import Path

import pytest

from symloss.audit.recheck import extremes
from symloss.audit.recheck.witnesses import Case, NotReplayable
from symloss.program import read_program
from symloss.spec import read_spec

HEAD = 'title = "t"\nsummary = "s"\nsource = "s"\n'
PAIR = 'x = { domain = "real" }\ny = { domain = "real" }\n'
SCALED = PAIR + '[parameters]\nd = { domain = "positive", default = 1 }\n'
UNIT = 'x = { domain = "[0, 1]" }\ny = { domain = "[0, 1]" }\n'
OPEN = 'x = { domain = "(0, 1)" }\n'
MARGIN = 'x = { domain = "real" }\ny = { domain = "{-1, 1}" }\n'
LOGISTIC = "log(1 + exp(-x*y))"
HUBER = "Piecewise(((x-y)**2/2, Abs(x-y) <= d), (d*(Abs(x-y) - d/2), True))"


def confirmed(folder: Path, math: str, inputs: str, name: str, value: str) -> bool:
    path = folder / "own.toml"
    path.write_text(f'{HEAD}math = "loss = {math}"\n[inputs]\n{inputs}', "utf-8")
    spec = read_spec(path)
    finding = {"property": name, "wrt": ["x"], "value": value, "tight": True}
    verb = extremes.growth if name == "growth" else extremes.constant
    try:
        return verb(Case(spec, read_program(spec), {}), finding)
    except NotReplayable:
        return False


@pytest.mark.parametrize(
    ("math", "inputs", "name", "true", "false"),
    [
        (LOGISTIC, MARGIN, "lipschitz", "1", ("2", "999999/1000000", "oo")),
        (LOGISTIC, MARGIN, "gradient_lipschitz", "1/4", ("1", "249999/1000000")),
        (LOGISTIC, MARGIN, "strong_convexity_constant", "0", ("1/1000000", "-1")),
        (LOGISTIC, MARGIN, "lower_bound", "0", ("-1", "1/1000000", "-oo")),
        (LOGISTIC, MARGIN, "upper_bound", "oo", ("1000",)),
        (LOGISTIC, MARGIN, "growth", "bounded on one side, linear on the other", ("linear",)),
        (HUBER, SCALED, "lipschitz", "d", ("1", "2*d")),
        (HUBER, SCALED, "gradient_lipschitz", "1", ("d", "2")),
        (HUBER, SCALED, "growth", "linear", ("quadratic", "bounded")),
        ("sqrt(1 + (x-y)**2) - 1", PAIR, "lipschitz", "1", ("2", "99/100")),
        ("(x-y)**2", UNIT, "growth", "bounded", ("quadratic", "logarithmic")),
        ("-log(x) - log(1-x)", OPEN, "growth", "logarithmic", ("bounded", "linear")),
        ("Abs(x-y)", PAIR, "gradient_lipschitz", "oo", ("0", "1")),
        ("Abs(x-y)", PAIR, "strong_convexity_constant", "0", ("1",)),
    ],
)
def test_constants(tmp_path, math, inputs, name, true, false):
    if (math, name) != ("Abs(x-y)", "gradient_lipschitz"):  # that follows from its class
        assert confirmed(tmp_path, math, inputs, name, true)
    for value in false:
        assert not confirmed(tmp_path, math, inputs, name, value)
