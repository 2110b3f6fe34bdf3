"""Known functions, audited from their spec files: no verdict may be wrong, most must be there."""

from pathlib import Path

import pytest
from sympy import Rational, Symbol, sympify

from symloss.audit import REJECTED, audit, replay, setting
from symloss.audit.formulas import read_formula
from symloss.errors import SymlossError
from symloss.spec import read_spec

# math, domain of x, then what is true: convex, smoothness, infimum, Lipschitz constants of f and f'.
# None: there is no such number. A verdict may be UNKNOWN only where the row ends with its names.
TRUTH = [
    ("x**2", "real", True, "Cinf", "0", None, "2", ""),
    ("Abs(x)", "real", True, "C0", "0", "1", None, ""),
    ("-Abs(x)", "real", False, "C0", None, "1", None, ""),
    ("exp(x)", "real", True, "Cinf", "0", None, None, ""),
    ("log(1 + exp(x))", "real", True, "Cinf", "0", "1", "1/4", ""),
    ("sqrt(1 + x**2) - 1", "real", True, "Cinf", "0", "1", "1", ""),
    ("x/sqrt(1 + x**2)", "real", False, "Cinf", "-1", "1", "", ""),
    ("1/x", "positive", True, "Cinf", "0", None, None, ""),
    ("-log(x)", "positive", True, "Cinf", None, None, None, ""),
    ("x*log(x)", "positive", True, "Cinf", "-exp(-1)", None, None, ""),
    ("x**4", "real", True, "Cinf", "0", None, None, ""),
    ("x**3", "real", False, "Cinf", None, None, None, ""),
    ("Max(0, x)", "real", True, "C0", "0", "1", None, ""),
    ("Max(0, x)**2", "real", True, "C1", "0", None, "2", ""),
    ("Min(x**2, 1)", "real", False, "C0", "0", "2", None, ""),
    ("sign(x)", "real", False, "discontinuous", "-1", None, None, ""),
    (
        "Piecewise((x**2/2, Abs(x) <= 1), (Abs(x) - 1/2, True))",
        "real",
        True,
        "C1",
        "0",
        "1",
        "1",
        "",
    ),
    ("Piecewise((x**2, x <= 0), (x**3, True))", "real", True, "C1", "0", None, None, ""),
    ("exp(-x)", "nonnegative", True, "Cinf", "0", "1", "1", ""),
    ("3*x + 1", "real", True, "Cinf", None, "3", "0", ""),
    ("x**2/(1 + x**2)", "real", False, "Cinf", "0", "", "2", ""),
    ("x**2 + 2.001*cos(x)", "real", False, "Cinf", "", None, "4001/1000", ""),
    ("x**2 - 3*cos(x)", "real", False, "Cinf", "-3", None, "5", ""),
    ("x + sin(x)", "real", False, "Cinf", None, "2", "1", ""),
    ("Abs(x) + x**2", "real", True, "C0", "0", None, None, ""),
]


ASKED = ("convex", "smoothness", "lower_bound", "lipschitz", "gradient_lipschitz")


def spec_of(folder: Path, math: str, domain: str = "real", more: str = ""):
    text = f'title = "t"\nsummary = "s"\nsource = "s"\nmath = "loss = {math}"\n'
    text += f'[inputs]\nx = {{ domain = "{domain}" }}\n{more}'
    path = folder / "own.toml"
    path.write_text(text, "utf-8")
    return read_spec(str(path))


def check(finding, truth, open_properties):
    """A number, None (there is none) or "" (not asked)."""
    if truth == "" or finding.verdict == "UNKNOWN":
        assert truth == "" or finding.name in open_properties, finding
    elif truth is None:
        assert finding.verdict == "PROVED", finding
        assert finding.value in ("oo", "-oo"), finding
    else:
        assert finding.verdict == "PROVED", finding
        assert sympify(finding.value).equals(sympify(truth)), finding


@pytest.mark.parametrize("row", TRUTH, ids=lambda row: row[0])
def test_table_of_truths(tmp_path: Path, row):
    math, domain, convex, smoothness, low, first, second, unknown = row
    found = audit(spec_of(tmp_path, math, domain), budget=60, only=ASKED).findings
    assert found["convex"].verdict == ("PROVED" if convex else "REFUTED")
    assert (found["smoothness"].verdict, found["smoothness"].value) == ("PROVED", smoothness)
    check(found["lower_bound"], low, unknown)
    check(found["lipschitz"], first, unknown)
    check(found["gradient_lipschitz"], second, unknown)


def test_constants_are_formulas_in_parameters(tmp_path: Path):
    more = '[parameters]\ndelta = { domain = "positive", default = 1 }\n'
    spec = spec_of(tmp_path, "delta**2*(sqrt(1 + (x/delta)**2) - 1)", more=more)
    found = audit(spec).findings
    assert found["lipschitz"].value == "delta"
    assert audit(spec, {"delta": Rational(3)}).findings["lipschitz"].value == "3"


@pytest.mark.parametrize(
    ("math", "constant"),
    [
        ("sqrt(delta**2 + x**2)", "1/delta"),  # not Max(0, 1/delta)
        ("delta*sqrt(1 + (2*x - 1)**2)", "4*delta"),  # far out, x**2 and more cancel
        ("delta*log(1 + exp(x))", "delta/4"),
    ],
)
def test_the_greatest_second_derivative(tmp_path: Path, math, constant):
    more = '[parameters]\ndelta = { domain = "positive", default = 1 }\n'
    one = audit(spec_of(tmp_path, math, more=more), only=["gradient_lipschitz"])
    assert one.findings["gradient_lipschitz"].value == constant


def test_constants_that_follow_are_exact_and_replayed(tmp_path: Path):
    math = "sqrt(sum((x[k] - y[k])**2, k))"
    path = tmp_path / "own.toml"
    shape = 'domain = "real", shape = ["K"]'
    inputs = f"[inputs]\nx = {{ {shape} }}\ny = {{ {shape} }}\n"
    head = 'title = "t"\nsummary = "s"\nsource = "s"\n'
    path.write_text(f'{head}math = "loss = {math}"\n{inputs}', "utf-8")
    spec = read_spec(str(path))
    found = audit(spec, only=("smoothness", "zero_at_match"))  # nobody asks for the constants
    low, bend = (found.findings[name] for name in ("lower_bound", "gradient_lipschitz"))
    assert (low.value, low.tight, low.method) == ("0", True, "follows: zero_at_match is proved")
    assert (bend.value, bend.method) == ("oo", "follows: smoothness is C0")
    told = {one.name: one.status for one in replay(spec, found.to_json())}
    assert REJECTED not in told.values()


def test_joints_are_told_in_the_parameters(tmp_path: Path):
    more = '[parameters]\nlevel = { domain = "(0, 1)", default = 0.5 }\n'
    found = audit(spec_of(tmp_path, "Max(level*x, (level - 1)*x)", more=more)).findings
    assert "level - 1 before, level after" in found["differentiable"].detail


@pytest.mark.parametrize(
    ("claim", "told"),
    [
        ("convex = false", "convex is PROVED"),
        ("strongly_convex = true", "strongly_convex is REFUTED"),
        ('smoothness = "C1"', "it is Cinf"),
        ('lipschitz = "1/2"', "it is 1"),
        ('gradient_lipschitz = "1/5"', "it is 1/4"),
        ('lower_bound = "1"', "it is 0"),
        ('upper_bound = "9"', "it is oo"),
        ('lipschitz = "2"', "it is 1"),
        ('lipschitz = "speed"', "that is no formula in: numbers"),
    ],
)
def test_false_claims_are_contradicted(tmp_path: Path, claim: str, told: str):
    spec = spec_of(tmp_path, "log(1 + exp(x))", more=f"[claims]\n{claim}\n")
    # The constant tells that a loss which is not strongly convex is none.
    found = audit(spec, only=(claim.partition(" ")[0], "strong_convexity_constant"))
    assert len(found.contradictions) == 1
    assert told in found.contradictions[0]


def test_true_claims_pass(tmp_path: Path):
    claims = '[claims]\nconvex = true\nsmoothness = "Cinf"\nlipschitz = "1"\nlower_bound = "-3"\n'
    assert audit(spec_of(tmp_path, "log(1 + exp(x))", more=claims)).passed


@pytest.mark.parametrize(
    "text", ["delta", "delta=", "=2", "delta=x", "a=1/0", "delta=1e400", "a b=2"]
)
def test_settings_that_are_none(text: str):
    with pytest.raises(SymlossError, match="write a name and a number"):
        setting([text])


def test_settings_outside_the_spec(tmp_path: Path):
    more = '[parameters]\ndelta = { domain = "positive", default = 1 }\n'
    spec = spec_of(tmp_path, "delta*x**2", more=more)
    with pytest.raises(SymlossError, match="has no parameter gamma; it has: delta"):
        audit(spec, {"gamma": Rational(1)})
    with pytest.raises(SymlossError, match="lies outside"):
        audit(spec, {"delta": Rational(0)})


def test_claims_are_read_and_never_run():
    x = Symbol("gamma", real=True)
    assert read_formula("2*gamma + sqrt(1/4) - .5", {"gamma": x}) == 2 * x
    for text in ("__import__('os').abort()", "gamma.real", "9**9**9", "(" * 900, "beta", "[1]", ""):
        assert read_formula(text, {"gamma": x}) is None


def test_parameters_with_names_of_functions(tmp_path: Path):
    more = '[parameters]\ngamma = { domain = "positive", default = 1 }\n'
    spec = spec_of(tmp_path, "gamma*x**2", more=more + '[claims]\ngradient_lipschitz = "gamma"\n')
    found = audit(spec, {"gamma": Rational(3)})
    assert "it is 6" in found.contradictions[0]


def test_names_that_a_spec_gives_are_not_those_that_a_search_gives(tmp_path: Path):
    """Two specs that differ in a parameter's name alone have the same verdicts."""
    verdicts = []
    for name in ("t", "quantile"):
        more = f'[parameters]\n{name} = {{ domain = "(0, 1)", default = 0.3 }}\n'
        math = f"Piecewise(({name}*x**2, x >= 0), ((1 - {name})*x**2, True))"
        found = audit(spec_of(tmp_path, math, more=more), only=SHAPES).findings
        verdicts.append({shape: found[shape].verdict for shape in SHAPES})
    assert verdicts[0] == verdicts[1]
    assert "REFUTED" not in (verdicts[0]["convex"], verdicts[0]["strictly_convex"])


SHAPES = ("convex", "strictly_convex", "concave")


@pytest.mark.parametrize(("claim", "is_refused"), [("2/K", False), ("1/J", True)])
def test_claims_may_name_core_dimensions(tmp_path: Path, claim: str, *, is_refused: bool):
    path = tmp_path / "own.toml"
    path.write_text(
        "title = 't'\nmath = 'loss = mean(x[k]**2, k)'\n"
        "[inputs]\nx = { domain = 'real', shape = ['K'] }\n"
        f"[claims]\ngradient_lipschitz = '{claim}'\n",
        "utf-8",
    )
    found = audit(read_spec(str(path)), only=("gradient_lipschitz",))
    assert bool(found.contradictions) is is_refused
