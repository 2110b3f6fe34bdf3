"""Lipschitz constants of any size in the Euclidean norm, each bound worked out by hand."""

from __future__ import annotations

from pathlib import Path

import pytest
import sympy

from symloss.audit import audit
from symloss.audit.properties import bounds, slopes
from symloss.audit.properties.anysize import bounds_of_program, slopes_of_program
from symloss.audit.subject import subject
from tests.audit.composition.table import SECONDS, Row, found_by, spec_of

PAIR = "x real K; y real K"
ROWS = [
    Row("logsumexp(x[k], k) - x[label]", "x real K; label index(K)", "sqrt(2) 1/2 =",
        "softmax less a unit vector; diag(p) - pp' has no eigenvalue above 1/2"),
    Row("sqrt(sum(x[k]**2, k))", "x real K", "1 oo", "a unit vector; a kink at 0"),
    Row("sqrt(mean((x[k] - y[k])**2, k))", PAIR, "1/sqrt(K) oo", "a norm over sqrt(K)", "x"),
    Row("mean((x[k] - y[k])**2, k)", PAIR, "oo 2/K =", "the Hessian is 2/K I", "x"),
    Row("sum(x[k], k)**2", "x real K", "oo 2*K", "2 ones ones' has the eigenvalue 2K"),
    Row("sum(log(1 + exp(-y[k]*x[k])), k)", "x real K; y {-1,1} K", "sqrt(K) 1/4 =", "logistic", "x"),
    Row("sum(a*Abs(x[k]), k)", "x real K", "sqrt(K)*a oo", "signs", "", "a positive"),
    Row("sum(Piecewise(((x[k]-y[k])**2/2, Abs(x[k]-y[k]) <= a), (a*(Abs(x[k]-y[k]) - a/2), True)), k)",
        PAIR, "sqrt(K)*a 1 =", "Huber", "x", "a positive"),
    Row("sum(x[j,k]*x[k,j], j, k)", "x real K,K", "oo 2", "transposes overlap: x12*x21 comes twice"),
    Row("sum((k + 1)*x[k]**2, k)", "x real K", "oo 2*K", "weights up to K"),
    Row("max(x[k], k) - min(x[k], k)", "x real K", "sqrt(2) oo", "two unit vectors"),
    Row("sum(sqrt(sum(x[g,p]**2, p)), g)", "x real G,P", "sqrt(G) oo", "a unit vector a group"),
    Row("sum(x[k]*w[k], k)", "x real K; w [0,1] K", "sqrt(K) 0", "linear", "x"),
    Row("sum(Max(0, x[k])**2, k)", "x real K", "oo 2 =", "second derivatives 0 and 2"),
    Row("sum(where(x[k] > 0, x[k] + 1, 0), k)", "x real K", "oo oo", "a jump"),
    Row("sum(xlogy(y[k], x[k]), k)", "x positive K; y positive K", "oo oo", "slope y/x", "x"),
    Row("sum(x[k]/y[k], k)", "x real K; y positive K", "oo 0", "slope 1/y", "x"),
    Row("a*sum(x[k]/y[k], k)", "x real K; y positive K", "oo 0", "slope a/y", "x", "a positive"),
    Row("sum(hypot(y[k], x[k]), k)", "x real K; y real K", "sqrt(K) oo", "slope at most 1", "x"),
    Row("sum(sqrt(x[k]), k)", "x nonnegative K", "oo oo", "infinite slope at 0"),
    Row("sum(where(k == label, 3*Abs(x[k]), Abs(x[k])), k)", "x real K; label index(K)",
        "sqrt(K+8) oo", "the label alone has slope 3"),
    Row("sum(where(k > 0, Abs(x[k]), 0), k)", "x real K", "sqrt(K-1) oo", "the first is left out"),
    Row("log(1 + exp(-x)) + log(1 + exp(y))", "x real; y real", "sqrt(2) 1/4 =",
        "slopes up to 1 in each name; a diagonal Hessian", "x y"),
    Row("log(1 + exp(y - x))", "x real; y real", "sqrt(2) 1/2 =", "(1, -1) times a sigmoid", "x y"),
    Row("log(1 + exp(y + x))", "x real; y real", "sqrt(2) 1/2 =", "(1, 1) times a sigmoid", "x y"),
    Row("Max(0, 1 + Abs(a - p) - Abs(a - n))", "a real; p real; n real", "sqrt(6) oo",
        "(2, -1, -1) where a lies between", "a p n"),
    Row("log(a + exp(y - 2*x))", "x real; y real", "sqrt(5) 5/4", "(-2, 1)", "x y", "a positive"),
    Row("Max(x, y)", "x real; y real", "1 oo", "one slope at a time", "x y"),
]  # fmt: skip


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.math)
def test_no_bound_is_too_small(row: Row, tmp_path: Path) -> None:
    found = found_by(slopes_of_program, subject(spec_of(row, tmp_path), {}), SECONDS)
    *truths, is_tight = (*row.truths.split(), "")[:3]
    sizes = {name: sympy.Symbol(name, positive=True) for name in ("a", "K", "G")}
    for finding, text in zip(found, truths, strict=False):
        if finding.verdict != "PROVED":
            assert text == "oo" or (finding.verdict == "UNKNOWN" and not is_tight)
            continue
        for number in (1, 2, 5):
            value, truth = (_at(s, sizes, number) for s in (finding.value, text))
            assert value == truth if finding.tight else value >= truth, (finding, row.why)
        assert finding.tight or not is_tight


def _at(text: str, names: dict[str, sympy.Symbol], number: int) -> sympy.Expr:
    return sympy.sympify(text, locals=names).subs(dict.fromkeys(names.values(), number))


@pytest.mark.parametrize(("math", "endless"), [
    ("sum(x[k]**2, k)", ("upper_bound", "lipschitz")),
    ("sum(x[k], k)**3", ("lower_bound", "upper_bound", "lipschitz", "gradient_lipschitz")),
    ("sum(y[k]*x[k]**2, k)", ("lower_bound", "upper_bound", "lipschitz", "gradient_lipschitz")),
])  # fmt: skip
def test_what_grows_without_end_has_no_bound(
    math: str, endless: tuple[str, ...], tmp_path: Path
) -> None:
    row = Row(math, "x real K; y real K" if "y" in math else "x real K", "", "", "x")
    known = subject(spec_of(row, tmp_path), {})
    found = {
        one.name: one
        for one in (*found_by(bounds, known, SECONDS), *found_by(slopes_of_program, known, SECONDS))
    }
    assert {name for name, one in found.items() if one.verdict == "REFUTED"} == set(endless)


@pytest.mark.parametrize(("math", "low", "is_best"), [
    ("(x*y - 1)**2", "0", True),  # at (1, 1)
    ("exp(x + y)", "0", True),  # approached far out
    ("a*exp(x)/(1 + exp(y)) + 1", "1", True),  # for every a > 0
    ("log(exp(x) + exp(y)) - (x + y)/2", "log(2)", True),  # convex, and even
    ("exp(x) + exp(y) - a*x - y", "-a*log(a) + a + 1", True),  # at x = log(a)
    ("x*y*(x*y - 1) + 1", "", False),  # the gradient vanishes at 0, too, where it is not least
    ("Abs(x - y) + Abs(x - y - 1)", "0", False),  # the sum is 1 at least
    ("Abs(x - y) + Abs(x - y - 1/10**4)", "0", False),  # nearly 0 is not 0
])  # fmt: skip
def test_a_lower_bound_that_is_reached(math: str, low: str, is_best: bool, tmp_path: Path) -> None:
    row = Row(math, "x real; y real", "", "", "x y", "a positive" if "a" in math else "")
    found = audit(spec_of(row, tmp_path), only={"lower_bound"}).findings["lower_bound"]
    assert (found.value, found.value != "" and found.tight) == (low, is_best)


MASKS = "p [0,1] K; t [0,1] K"
LABELLED = "x real K; label index(K)"


@pytest.mark.parametrize(("math", "inputs", "low"), [
    ("logsumexp(x[k], k) - x[label]", LABELLED, "0"),
    ("a*logsumexp(x[k]/a, k) - x[label]", LABELLED, "0"),
    ("max(x[k], k) - x[label]", LABELLED, "0"),
    ("x[label] - min(x[k], k) + 1", LABELLED, "1"),
    ("logsumexp(where(k != label, x[k], -oo), k) - x[label]", LABELLED, ""),
    ("x[label] - max(x[k], k)", LABELLED, ""),
    ("1 - (2*sum(p[k]*t[k], k) + a)/(sum(p[k], k) + sum(t[k], k) + a)", MASKS, "0"),
    ("1 - (sum(p[k]*t[k], k) + a)/(sum(p[k] + t[k] - p[k]*t[k], k) + a)", MASKS, "0"),
    ("1 - (3*sum(p[k]*t[k], k) + a)/(sum(p[k], k) + sum(t[k], k) + a)", MASKS, ""),
    ("1 - (2*sum(p[k]*t[k], k) + 2*a)/(sum(p[k], k) + sum(t[k], k) + a)", MASKS, ""),
    ("sum(p[k]**2 + exp(t[k]) - t[k], k)", "p real K; t real K", "K"),
])  # fmt: skip
def test_lower_bounds_of_any_size(math: str, inputs: str, low: str, tmp_path: Path) -> None:
    wrt = "x" if inputs == LABELLED else "p t"
    row = Row(math, inputs, "", "", wrt, "a positive" if "a)" in math or "a*" in math else "")
    found = found_by(bounds, subject(spec_of(row, tmp_path), {}), SECONDS)[0]
    assert found.value == low


@pytest.mark.parametrize(("math", "gradient", "strong"), [
    ("x**2 + y**2 + (2 - 1/10**6)*x*y", "3999999/1000000", "1/1000000"),
    ("x**2 + y**2 + 3*x*y", "5", "0"),
    ("(x + 2*y - 7)**2 + (2*x + y - 5)**2", "18", "2"),
])  # fmt: skip
def test_constants_of_a_quadratic(math: str, gradient: str, strong: str, tmp_path: Path) -> None:
    spec = spec_of(Row(math, "x real; y real", "", "", "x y"), tmp_path)
    found = {one.name: one for one in found_by(slopes, subject(spec, {}), SECONDS)}
    constants = (found["gradient_lipschitz"].value, found["strong_convexity_constant"].value)
    assert constants == (gradient, strong)


@pytest.mark.parametrize(("math", "constants"), [
    ("sum(x[k]**2 - x[k], k)", {"lower_bound": "-K/4", "strong_convexity_constant": "2"}),
    ("mean(sin(x[k]) + x[k]**2, k)", {"strong_convexity_constant": "1/K"}),
    ("sum(sin(x[k]), k)",
     {"lower_bound": "-K", "upper_bound": "K", "strong_convexity_constant": "0"}),
    ("sum(sqrt(1 + (x[k] - y[k])**2), k)", {"lower_bound": "K", "strong_convexity_constant": "0"}),
    ("sum(where(k > 0, x[k]**2 + 1, 0), k)", {}),
])  # fmt: skip
def test_constants_of_separable_sums(math: str, constants: dict[str, str], tmp_path: Path) -> None:
    row = Row(math, "x real K; y real K" if "y" in math else "x real K", "", "", "x")
    known = subject(spec_of(row, tmp_path), {})
    found = [*found_by(bounds_of_program, known), *found_by(slopes_of_program, known, SECONDS)]
    asked = ("lower_bound", "upper_bound", "strong_convexity_constant")
    assert {one.name: one.value for one in found if one.name in asked} == constants


def test_whole_numbers_are_not_where_reals_would_be_worst(tmp_path: Path) -> None:
    row = Row("sum(Abs(x[k])/(1 + (2*y[k] - 1)**2), k)", "x real K; y integer K", "", "", "x")
    found = found_by(slopes_of_program, subject(spec_of(row, tmp_path), {}), SECONDS)
    assert not any(one.tight and one.name == "lipschitz" and one.value for one in found)


@pytest.mark.parametrize(("math", "lipschitz", "gradient"), [
    ("sqrt(x**2 + y**2)", "1", ""),  # a kink at 0
    ("sqrt(1 + x**2 + y**2)", "1", "1"),
    ("sqrt(4 + 4*x**2 + y**2)", "2", "2"),
    ("sqrt(x**2 + x*y + y**2 - 2*x + 2)", "sqrt(6)/2", "3*sqrt(6)/4"),
    ("sqrt(1 + x**2 + 2*x*y + y**2)", "sqrt(2)", "2"),
    ("sqrt(x**2 + y**2 - 1)", "", ""),  # not defined near 0, endlessly steep around
])  # fmt: skip
def test_constants_of_a_norm(math: str, lipschitz: str, gradient: str, tmp_path: Path) -> None:
    spec = spec_of(Row(math, "x real; y real", "", "", "x y"), tmp_path)
    found = {one.name: one for one in found_by(slopes, subject(spec, {}), SECONDS)}
    told = [found[name].value for name in ("lipschitz", "gradient_lipschitz")]
    assert told == [lipschitz, gradient]


@pytest.mark.parametrize(("math", "parameters", "constant"), [
    ("sum(Abs(x[k]), k)", "", "0"),
    ("sum(cos(x[k])*x[k], k)", "", "0"),  # not even convex
    ("a*sum(x[k]**2, k)", "a nonnegative", "2*a"),  # 0 at a = 0
    ("(a - b)*sum(x[k]**2, k)", "a real; b real", ""),  # not even convex for a < b
])  # fmt: skip
def test_the_constant_of_what_is_not_strongly_convex(
    math: str, parameters: str, constant: str, tmp_path: Path
) -> None:
    names = {"strongly_convex", "strictly_convex", "convex", "strong_convexity_constant"}
    spec = spec_of(Row(math, "x real K", "", "", "", parameters), tmp_path)
    assert audit(spec, only=names).findings["strong_convexity_constant"].value == constant
