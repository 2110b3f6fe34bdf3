"""Minimisers, matches and sums over places: true ones are confirmed, false ones are not."""

from pathlib import Path

import flint
import pytest

from symloss.audit.recheck import extremes, lowest
from symloss.audit.recheck.evaluate import BITS, Unsettled
from symloss.audit.recheck.witnesses import Case, NotReplayable
from symloss.program import read_program
from symloss.spec import read_spec

HEAD = 'title = "t"\nsummary = "s"\nsource = "s"\n'
PAIR = 'x = { domain = "real" }\ny = { domain = "real" }\n'
UNIT = 'x = { domain = "[0, 1]" }\ny = { domain = "[0, 1]" }\n'
MARGIN = 'x = { domain = "real" }\ny = { domain = "{-1, 1}" }\n'
LINE = 'x = { domain = "real" }\n'
VECTORS = 'x = { domain = "real", shape = ["K"] }\ny = { domain = "real", shape = ["K"] }\n'
SCALED = VECTORS + '[parameters]\np = { domain = "%s" }\n'


def case_of(folder: Path, math: str, inputs: str) -> Case:
    path = folder / "own.toml"
    path.write_text(f"{HEAD}math = '''loss = {math}'''\n[inputs]\n{inputs}", "utf-8")
    spec = read_spec(path)
    return Case(spec, read_program(spec), {})


def is_confirmed(case: Case, checker, name: str, value: str | None, **certificate) -> bool:
    finding = {"property": name, "wrt": ["x"], "value": value, "tight": True,
               "certificate": certificate}  # fmt: skip
    try:
        with flint.ctx.workprec(BITS):
            return bool(checker(case, finding))
    except (NotReplayable, Unsettled):
        return False


@pytest.mark.parametrize(
    ("math", "inputs", "true", "false"),
    [
        ("(x - y)**2 + 1", PAIR, "x = y", ("x = 0", "none", "x = -y")),
        ("Abs(x - y - 1)", PAIR, "x = y + 1", ("x = y", "x = y - 1")),
        ("exp(-x*y)", MARGIN, "none", ("x = 0", "x = 1 (y = 1); x = -1 (y = -1)")),
        ("(x - y)**2 + x", MARGIN, "x = 1/2 (y = 1); x = -3/2 (y = -1)",
         ("x = 1/2", "x = -3/2 (y = 1); x = 1/2 (y = -1)", "x = 1/2 (y = 1)")),
        ("(x - y)**2", UNIT, "x = y", ("x = 0", "x = 1")),
        ("Max(0, Abs(x) - 1)", LINE, None, ("x = 0", "x = 1", "none")),
        ("x**2*exp(-x)", LINE, None, ("none",)),
        ("where(x > 0, x, 1)", LINE, None, ("x = 0", "none")),
    ],
)  # fmt: skip
def test_minimisers(tmp_path, math, inputs, true, false):
    case = case_of(tmp_path, math, inputs)
    assert true is None or is_confirmed(case, lowest.minimiser, "minimiser", true)
    for value in false:
        assert not is_confirmed(case, lowest.minimiser, "minimiser", value)


@pytest.mark.parametrize(
    ("math", "inputs", "holds"),
    [
        ("Abs(x - y)", PAIR, True),
        ("(x - y)**2", UNIT, True),
        ("Max(0, Abs(x - y) - 1)", PAIR, False),
        ("(x - y)**2 + 1", PAIR, False),
        ("(x + y)**2", PAIR, False),
        ("x - y", PAIR, False),
        ("y*(x - y)**2", UNIT, False),  # where y = 0 it is 0 throughout
    ],
)
def test_matches(tmp_path, math, inputs, holds):
    case = case_of(tmp_path, math, inputs)
    assert holds == is_confirmed(case, lowest.match, "zero_at_match", None, inputs=["x", "y"])
    assert not is_confirmed(case, lowest.match, "zero_at_match", None, inputs=["x", "x"])
    assert not is_confirmed(case, lowest.match, "convex", None, inputs=["x", "y"])


@pytest.mark.parametrize(
    ("math", "inputs", "holds"),
    [
        ("sqrt(sum((x[k] - y[k])**2, k))", VECTORS, True),
        ("p*mean(Abs(x[k] - y[k]), k)", SCALED % "positive", True),
        ("p*mean(Abs(x[k] - y[k]), k)", SCALED % "nonnegative", False),
        ("sum(x[k] - y[k], k)**2", VECTORS, False),
        ("1 - sum((x[k] - y[k])**2, k)", VECTORS, False),
        ("sum((x[k] - y[0])**2, k)", VECTORS, False),
        ("exp(sum((x[k] - y[k])**2, k))", VECTORS, False),
    ],
)
def test_matches_at_places(tmp_path, math, inputs, holds):
    case = case_of(tmp_path, math, inputs)
    told = {"inputs": ["x", "y"]}
    assert holds == is_confirmed(case, lowest.match_of_places, "zero_at_match", None, **told)
    assert holds == is_confirmed(case, lowest.match_of_places, "minimiser", "x = y", **told)
    assert not is_confirmed(case, lowest.match_of_places, "minimiser", "x = 0", **told)


@pytest.mark.parametrize(
    ("math", "inputs", "name", "true", "false"),
    [
        ("mean((x[k] - y[k])**2, k)", VECTORS, "strong_convexity_constant", "2/K", "2"),
        ("p*sum((x[k] - y[k])**2 + 1, k)", SCALED % "positive", "lower_bound", "p*K", "0"),
        ("-sum(exp(-(x[k] - y[k])**2), k)", VECTORS, "lower_bound", None, "-1"),
        ("sum(x[k] - y[k], k)", VECTORS, "lower_bound", "-oo", "0"),
        ("p*sum((x[k] - y[k])**2, k)", SCALED % "real", "lower_bound", None, "0"),
        ("sum((x[k] - y[k])**2, k)**2", VECTORS, "strong_convexity_constant", None, "2"),
        ("sum((x[k] - x[0])**2, k) + sum(y[k], k)**2", VECTORS, "lower_bound", None, "1"),
    ],
)
def test_sums_over_places(tmp_path, math, inputs, name, true, false):
    case = case_of(tmp_path, math, inputs)
    assert true is None or is_confirmed(case, extremes.terms, name, true)
    assert not is_confirmed(case, extremes.terms, name, false)
