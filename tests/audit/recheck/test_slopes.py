"""Lipschitz constants of any size: true bounds are confirmed, and nothing that is less or false."""

from pathlib import Path

import flint
import pytest

from symloss.audit.recheck import curvatures, lines
from symloss.audit.recheck.evaluate import BITS, Unsettled
from symloss.audit.recheck.witnesses import Case, NotReplayable
from symloss.program import read_program
from symloss.spec import read_spec

HEAD = 'title = "t"\nsummary = "s"\nsource = "s"\n'
VECTOR = '[inputs]\nx = { domain = "real", shape = ["K"] }\n'
LABEL = VECTOR + 'y = { domain = "index(K)" }\n'
SCALED = VECTOR + '[parameters]\np = { domain = "positive" }\n'
WEIGHTED = SCALED + 'q = { domain = "[0, 1]" }\n'
TWO = '[inputs]\nx = { domain = "real" }\nz = { domain = "real" }\n'
MARGIN = TWO + '[parameters]\nm = { domain = "nonnegative" }\n'
UNIT = '[inputs]\nx = { domain = "[0, 1]", shape = ["K"] }\n'
SOFTMAX = "loss = logsumexp(x[k], k) - x[y]"


def case_of(folder: Path, math: str, inputs: str, wrt: str = '["x"]') -> Case:
    path = folder / "own.toml"
    wrt = f"wrt = {wrt}\n"
    path.write_text(f"{HEAD}{wrt}math = '''{math}'''\n{inputs}", "utf-8")
    spec = read_spec(path)
    return Case(spec, read_program(spec), {})


def is_confirmed(case: Case, name: str, value: str, *, tight=False, reached=None) -> bool:
    certificate = {"kind": "slopes"} | ({"reached": reached} if reached else {})
    finding = {"property": name, "wrt": list(case.program.wrt), "value": value, "tight": tight,
               "certificate": certificate}  # fmt: skip
    try:
        with flint.ctx.workprec(BITS):
            return curvatures.proof(case, finding)
    except (NotReplayable, Unsettled):
        return False


BOTH = '["x", "z"]'
BOUNDS = [
    (SOFTMAX, LABEL, '["x"]', "lipschitz", "sqrt(2)", "1414/1000"),
    (SOFTMAX, LABEL, '["x"]', "gradient_lipschitz", "1/2", "499/1000"),
    ("loss = sum(Abs(x[k]), k)", VECTOR, '["x"]', "lipschitz", "sqrt(K)", "sqrt(K) - 1/100"),
    ("loss = max(x[k], k) + sum(x[k], k)/K", VECTOR, '["x"]', "lipschitz", "2", "1"),
    ("loss = p*sum(q*x[k]**2, k)", WEIGHTED, '["x"]', "gradient_lipschitz", "2*p*q", "p*q"),
    ("loss = p*sum(x[k]**2, k)", SCALED, '["x"]', "gradient_lipschitz", "2*p", "2"),
    ("loss = sqrt(sum(x[k]**2, k))", VECTOR, '["x"]', "lipschitz", "1", "9/10"),
    ("loss = sum(x[k]**2, k)", UNIT, '["x"]', "lipschitz", "2*sqrt(K)", "sqrt(K)"),
    ("loss = sum(x[k]**3, k)", UNIT, '["x"]', "gradient_lipschitz", "6", "3"),
    ("loss = softplus(x - z)", TWO, BOTH, "lipschitz", "sqrt(2)", "1"),
    ("loss = softplus(x - z)", TWO, BOTH, "gradient_lipschitz", "1/2", "1/4"),
    ("loss = softplus(x) + z**2", TWO, BOTH, "gradient_lipschitz", "2", "9/4 - 1"),
    ("loss = Max(0, m + x - z)", MARGIN, BOTH, "lipschitz", "sqrt(2)", "1"),
    # The same coordinate in every term, so that nothing is orthogonal:
    ("loss = sum(Abs(x[k] - x[0]), k)", VECTOR, '["x"]', "lipschitz", "2*K", "sqrt(2*K)"),
    ("loss = logsumexp(2*x[k], k)", VECTOR, '["x"]', "gradient_lipschitz", "2", "1/2"),
]


@pytest.mark.parametrize(("math", "inputs", "wrt", "name", "true", "false"), BOUNDS)
def test_bounds(tmp_path, math, inputs, wrt, name, true, false):
    case = case_of(tmp_path, math, inputs, wrt)
    assert is_confirmed(case, name, true)
    assert not is_confirmed(case, name, false)


@pytest.mark.parametrize(
    ("math", "inputs", "name"),
    [
        ("loss = sum(x[k]**2, k)", VECTOR, "lipschitz"),
        ("loss = sum(exp(x[k]), k)", VECTOR, "lipschitz"),
        ("loss = sum(Abs(x[k]), k)", VECTOR, "gradient_lipschitz"),
        ("loss = sqrt(sum(x[k]**2, k))", VECTOR, "gradient_lipschitz"),
        ("loss = sum(x[k]*x[0], k)", VECTOR, "lipschitz"),
        ("loss = sum(where(x[k] > 0, 1, 0), k)", VECTOR, "lipschitz"),
        ("loss = x[y]**2", LABEL, "lipschitz"),
    ],
)
def test_what_has_no_constant_gets_none(tmp_path, math, inputs, name):
    case = case_of(tmp_path, math, inputs)
    assert not is_confirmed(case, name, "1000000*K")


def test_larger_bounds_are_not_the_best(tmp_path):
    case = case_of(tmp_path, "loss = p*sum(x[k]**2, k)", SCALED)
    assert is_confirmed(case, "gradient_lipschitz", "2*p", tight=True)
    assert is_confirmed(case, "gradient_lipschitz", "3*p")
    assert not is_confirmed(case, "gradient_lipschitz", "3*p", tight=True)
    mixed = case_of(tmp_path, SOFTMAX, LABEL)
    assert not is_confirmed(mixed, "lipschitz", "sqrt(2)", tight=True)


def line(**changes):
    told = {"sizes": {}, "places": {}, "point": {"x": "0", "z": "1"}, "order": "1", "way": "1",
            "direction": {"x": "1", "z": "-1"}, "t": "oo"}  # fmt: skip
    return {**told, **changes}


def test_places_for_all_values_of_parameters(tmp_path):
    case = case_of(tmp_path, "loss = Max(0, m + x - z)", MARGIN, BOTH)

    def told(value, **changes):
        return is_confirmed(case, "lipschitz", value, tight=True, reached=line(**changes))

    assert told("sqrt(2)")
    assert told("sqrt(2)", t="-oo", direction={"x": "-1", "z": "1"}, way="-1")
    assert not told("2")
    assert not told("sqrt(2)", t="-oo")  # there the loss is flat
    assert not told("sqrt(2)", order="2")
    assert not told("sqrt(2)", direction={"x": "1"})
    assert not told("sqrt(2)", direction={"m": "1"})
    assert not told("sqrt(2)", t="0")  # there it is flat for m < 1


def test_values_at_closed_ends_of_parameters_count(tmp_path):
    told = {**line(direction={"x": "1"}), "derivative": "0", "sign": "1"}
    endless = {"property": "upper_bound", "value": "oo", "wrt": ["x", "z"], "certificate": told}
    still = case_of(tmp_path, "loss = m*Max(0, x - z)", MARGIN, BOTH)
    grows = case_of(tmp_path, "loss = (m + 1)*Max(0, x - z)", MARGIN, BOTH)
    with flint.ctx.workprec(BITS):
        assert not lines.endless(still, endless)  # where m = 0 the loss is 0
        assert lines.endless(grows, endless)
