"""Statistical findings: what is true is confirmed, what is false is not, whoever claims it."""

from pathlib import Path

import flint
import pytest

from symloss.audit.recheck import densities, margins, scores
from symloss.audit.recheck.evaluate import BITS, Unsettled
from symloss.audit.recheck.witnesses import Case, NotReplayable
from symloss.program import read_program
from symloss.spec import read_spec

HEAD = 'title = "t"\nsummary = "s"\nsource = "s"\n'
MARGIN = 'x = { domain = "real" }\ny = { domain = "{-1, 1}" }\n'
OUTCOME = 'x = { domain = "(0, 1)" }\ny = { domain = "{0, 1}" }\n'
SIMPLEX = 'x = { domain = "simplex(K)", shape = ["K"] }\ny = { domain = "index(K)" }\n'
LABEL = 'x = { domain = "real" }\ny = { domain = "[0, 1]" }\n'
PAIR = 'x = { domain = "real" }\ny = { domain = "real" }\n'
CALIBRATED, ABOVE = "classification_calibrated", "upper_bounds_zero_one"


def case_of(folder: Path, math: str, inputs: str, more: str = "") -> Case:
    path = folder / "own.toml"
    path.write_text(f"{HEAD}math = '''loss = {math}'''\n[inputs]\n{inputs}{more}", "utf-8")
    spec = read_spec(path)
    return Case(spec, read_program(spec), {})


def is_confirmed(case: Case, checker, name: str, value: str | None = None) -> bool:
    finding = {"property": name, "wrt": ["x"], "value": value, "tight": True}
    try:
        with flint.ctx.workprec(BITS):
            return bool(checker(case, finding))
    except (NotReplayable, Unsettled, ValueError):
        return False


GOOD = [
    ("Max(0, 1 - x*y)", MARGIN),
    ("log(1 + exp(-x*y))", MARGIN),
    ("exp(-x*y)", MARGIN),
    ("Max(0, 1 - x*y)**2", MARGIN),
    ("Min(1, Max(0, 1 - x*y))", MARGIN),  # not convex
    ("softplus(x) - x*y", LABEL),
]
BAD = [
    ("Max(0, -x*y)", MARGIN),  # a kink at 0
    ("Max(0, x*y)", MARGIN),
    ("Abs(x*y)", MARGIN),
    ("Min(1, Max(0, -x*y))", MARGIN),  # 0 at 0, as far out
    ("Max(0, 1 - x*y) + Max(0, 1 + x*y)", MARGIN),  # even
    ("Max(0, 1 - x*y) + Max(0, x)", MARGIN),  # no margin's
    ("(x - y)**2", PAIR),
]


@pytest.mark.parametrize(("math", "inputs"), GOOD)
def test_calibrated_losses(tmp_path, math, inputs):
    case = case_of(tmp_path, math, inputs)
    assert is_confirmed(case, margins.calibrated, CALIBRATED)
    assert not is_confirmed(case, margins.not_calibrated, CALIBRATED)
    assert not is_confirmed(case, margins.even, CALIBRATED)
    assert not is_confirmed(case, margins.calibrated, "proper")


@pytest.mark.parametrize(("math", "inputs"), BAD)
def test_losses_that_are_not_calibrated(tmp_path, math, inputs):
    assert not is_confirmed(case_of(tmp_path, math, inputs), margins.calibrated, CALIBRATED)


def test_refuted_calibration(tmp_path):
    for math, _ in BAD[:2]:
        case = case_of(tmp_path, math, MARGIN)
        assert is_confirmed(case, margins.not_calibrated, CALIBRATED)
        assert not is_confirmed(case, margins.even, CALIBRATED)
    assert is_confirmed(case_of(tmp_path, BAD[4][0], MARGIN), margins.even, CALIBRATED)


@pytest.mark.parametrize(
    ("math", "true", "false"),
    [
        ("Max(0, 1 - x*y)", "1", ("2", "1/2", "0")),
        ("log(1 + exp(-x*y))", "log(2)", ("1", "69/100", "7/10")),
        ("3*exp(-x*y)", "3", ("1",)),
        ("Min(1, Max(0, 1 - x*y))", "1", ("2",)),
    ],
)
def test_multiples_of_the_zero_one_loss(tmp_path, math, true, false):
    case = case_of(tmp_path, math, MARGIN)
    assert is_confirmed(case, margins.above_zero_one, ABOVE, true)
    assert not is_confirmed(case, margins.not_above_zero_one, ABOVE)
    for value in false:
        assert not is_confirmed(case, margins.above_zero_one, ABOVE, value)


def test_losses_that_are_above_no_multiple(tmp_path):
    perceptron = case_of(tmp_path, "Max(0, -x*y)", MARGIN)
    assert is_confirmed(perceptron, margins.not_above_zero_one, ABOVE)
    assert not is_confirmed(perceptron, margins.above_zero_one, ABOVE, "0")
    negative = case_of(tmp_path, "Max(0, 1 - x*y) - 1/2", MARGIN)
    assert not is_confirmed(negative, margins.above_zero_one, ABOVE, "1/2")


def density(text: str) -> str:
    return f'[likelihood]\nvariable = "y"\ndensity = "{text}"\n'


@pytest.mark.parametrize(
    ("math", "inputs", "text", "holds"),
    [
        ("(x - y)**2/2", PAIR, "Normal(x, 1)", True),
        ("(x - y)**2", PAIR, "Normal(x, 1)", False),
        ("Abs(x - y)", PAIR, "Laplace(x, 1)", True),
        ("Abs(x - y)", PAIR, "Laplace(x, 2)", False),
        ("Abs(x - y) + Max(0, x)", PAIR, "Laplace(x, 1)", False),
        ("Abs(x - y) + sign(x)", PAIR, "Laplace(x, 1)", False),  # still but for a step
        ("softplus(x) - x*y", LABEL, "Bernoulli(sigmoid(x))", True),
        ("softplus(x) - 2*x*y", LABEL, "Bernoulli(sigmoid(x))", False),
    ],
)
def test_likelihoods(tmp_path, math, inputs, text, holds):
    case = case_of(tmp_path, math, inputs, density(text))
    assert is_confirmed(case, densities.likelihood, "likelihood", text) == holds
    assert not is_confirmed(case, densities.likelihood, "likelihood", "Normal(x, 3)")
    assert not is_confirmed(case, densities.likelihood, "proper", text)


@pytest.mark.parametrize(
    ("math", "inputs", "weak", "strict"),
    [
        ("-y*log(x) - (1 - y)*log(1 - x)", OUTCOME, True, True),
        ("(x - y)**2", OUTCOME, True, True),
        ("Abs(x - y)", OUTCOME, False, False),
        ("(x - y)**4", OUTCOME, False, False),
        ("-(x - y)**2", OUTCOME, False, False),
        ("sum((x[k] - where(k == y, 1, 0))**2, k)", SIMPLEX, True, True),
        ("-x[y]/sqrt(sum(x[k]**2, k))", SIMPLEX, True, True),
        ("x[y]/sqrt(sum(x[k]**2, k))", SIMPLEX, False, False),
        ("-x[y]", SIMPLEX, False, False),
        ("sum((x[k] - where(k == y, 2, 0))**2, k)", SIMPLEX, False, False),
        ("sum(Abs(x[k] - where(k == y, 1, 0)), k)", SIMPLEX, False, False),
        ("-x[y]/sum(x[k]**3, k)**(1/3)", SIMPLEX, False, False),
        ("-x[y]**2/sum(x[k]**3, k)**(2/3)", SIMPLEX, True, True),
    ],
)
def test_scores(tmp_path, math, inputs, weak, strict):
    case = case_of(tmp_path, math, inputs)
    assert is_confirmed(case, scores.proper, "proper") == weak
    assert is_confirmed(case, scores.proper, "strictly_proper") == strict
    assert not is_confirmed(case, scores.proper, "convex")
