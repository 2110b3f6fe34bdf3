"""Good specs become the expressions that their authors mean."""

from __future__ import annotations

import pickle

import pytest
import sympy
from sympy import Abs, Eq, Function, Ge, Integer, Max, Ne, Piecewise, Rational, oo, pi

from symloss.language import (
    FUNCTIONS,
    Call,
    Interval,
    Limit,
    LogSumExp,
    Maximum,
    Mean,
    Product,
    StopGradient,
    Sum,
)
from symloss.spec import array_base, dimension_symbol, index_symbol, scalar_symbol
from symloss.spec.constants import Value, check_function

x, y, delta = map(scalar_symbol, ("x", "y", "delta"))
i, j, k, d = map(index_symbol, "ijkd")
k_2 = index_symbol("k_2")
N, D, K = map(dimension_symbol, "NDK")
logits, z = array_base("logits"), array_base("z")
label = index_symbol("label")
partner = array_base("partner", integer=True)

TABLES = """
[inputs]
{inputs}
[parameters]
{parameters}
"""
MEANINGS = {row.node: row.definition for row in FUNCTIONS.values() if row.node and row.definition}
MEANINGS |= {
    FUNCTIONS[name].node: meaning
    for name, meaning in (
        ("loggamma", sympy.loggamma),
        ("polygamma", sympy.polygamma),
        ("log1p", lambda x: sympy.log(1 + x)),
        ("expm1", lambda x: sympy.exp(x) - 1),
    )
}
"""What SymPy can evaluate, for the classes that it does not know."""
SPELLED = {
    "x": "x = {}",
    "y": "y = {}",
    "logits": 'logits = { shape = ["K"] }',
    "label": 'label = { domain = "index(K)" }',
    "z": 'z = { shape = ["N", "D"] }',
    "partner": 'partner = { shape = ["N"], domain = "index(N)" }',
    "rgb": "rgb = { shape = [3] }",
}


@pytest.fixture
def loss(read):
    """The last expression of math that uses some of the inputs above, the first of them real."""

    def loss(math, names="x y", parameters=""):
        inputs = "\n".join(SPELLED[name] for name in names.split())
        tables = TABLES.format(inputs=inputs, parameters=parameters)
        return read(f"title = 't'\nmath = '''\n{math}\n'''\n{tables}").definitions[-1].expression

    return loss


EXPRESSIONS = {
    "x - y": x - y,
    "x**2/2 + 0*y": x**2 / 2,
    "0.1*x + y": x / 10 + y,
    "1e-3*x + 2.50*y": x / 1000 + Rational(5, 2) * y,
    "x*.5 + y*1.": x / 2 + y,
    "1_000*x + y": 1000 * x + y,
    "x*pi + y*E": x * pi + y * sympy.E,
    "-x**2 + +y": -(x**2) + y,
    "2**x*y": 2**x * y,
    "x**(1/3) + y": x ** Rational(1, 3) + y,
    "x**Rational(1, 3) + Rational(3)*y": x ** Rational(1, 3) + 3 * y,
    "x + y*(0.1 + 0.2 - 0.3)": x,
    "x + y/(1e20 + 1 - 1e20)": x + y,
    "sqrt(x) + exp(y)": sympy.sqrt(x) + sympy.exp(y),
    "Max(x, y, 0)": Max(x, y, 0),
    "relu(x) + square(y)": Max(x, 0) + y**2,
    "where(x > 0, y, 0)": Piecewise((y, x > 0), (0, True)),
    "where(x*y > 0, 0, 1)": Piecewise((0, x * y > 0), (1, True)),
    "where(0 < x <= 1, y, 0)": Piecewise((y, (x > 0) & (x <= 1)), (0, True)),
    "where(not (x > 0 or y > 0), 1, 0)": Piecewise((1, (x <= 0) & (y <= 0)), (0, True)),
    "where((x > 0) & ~(y > 0), 1, 0)": Piecewise((1, (x > 0) & (y <= 0)), (0, True)),
    "where((x > 0) | (y > 0), 1, 0)": Piecewise((1, (x > 0) | (y > 0)), (0, True)),
    "where(x == y, 1, 0)": Piecewise((1, Eq(x, y)), (0, True)),
    "where(x != y, oo, 0)": Piecewise((oo, Ne(x, y)), (0, True)),
    "where(True, x, y)": x,
    "where(2 > 1, x, y)": x,
    "where(x > y, x, where(y > 0, y, 0))": Piecewise(
        (x, x > y), (Piecewise((y, y > 0), (0, True)), True)
    ),
    "Piecewise((x, y > 0), (-x, True))": Piecewise((x, y > 0), (-x, True)),
    "stop_gradient(x)*y": StopGradient(x) * y,
    "Abs(\n  x -  # first\n  y\n)": Abs(x - y),
}


@pytest.mark.parametrize(("math", "expected"), EXPRESSIONS.items(), ids=EXPRESSIONS)
def test_an_expression_is_what_it_says(loss, math, expected):
    assert loss(f"loss = {math}") == expected


@pytest.mark.parametrize(
    ("named", "written"),
    [
        ("Eq(x, y)", "x == y"),
        ("Ne(x, y)", "x != y"),
        ("Lt(x, y)", "x < y"),
        ("Le(x, y)", "x <= y"),
        ("Gt(x, y)", "x > y"),
        ("Ge(x, y)", "x >= y"),
        ("And(x > 0, Lt(y, 1))", "x > 0 and y < 1"),
        ("Or(x > 0, y > 0, x > y)", "x > 0 or y > 0 or x > y"),
        ("Not(And(x > 0, y > 0))", "x <= 0 or y <= 0"),
    ],
)
def test_a_condition_may_be_called_by_its_name_in_sympy(loss, named, written):
    assert loss(f"loss = where({named}, x, y)") == loss(f"loss = where({written}, x, y)")


INDEXED = {
    "logsumexp(logits[k], k) - logits[label]": LogSumExp(logits[k], k) - logits[label],
    "mean(logits[k], k) + logits[label]": Mean(logits[k], k) + logits[label],
    "max(logits[k], k) + min(logits[k], k)*0 + logits[label]": Maximum(logits[k], k) + logits[label],
    "prod(logits[k], k) - logits[label]": Product(logits[k], k) - logits[label],
    "sum(where(k != label, logits[k], 0), k)": Sum(
        Piecewise((logits[k], Ne(k, label)), (0, True)), k
    ),
    "sum((k + 1)*logits[k], k)/K + logits[label]": Sum((k + 1) * logits[k], k) / K + logits[label],
    "logits[0] - logits[label]": logits[0] - logits[label],
    "sum(softmax(logits[k]/2, k)**2, k) + label": Sum(
        sympy.exp(logits[k] / 2 - LogSumExp(logits[k_2] / 2, k_2)) ** 2, k
    )
    + label,
    "max(log_softmax(logits[k], k), k) + label": Maximum(
        logits[k] - LogSumExp(logits[k_2], k_2), k
    )
    + label,
    "sum(where(i < j, logits[i]*logits[j], 0), i, j) + label": Sum(
        Piecewise((logits[i] * logits[j], i < j), (0, True)), i, j
    )
    + label,
}  # fmt: skip


@pytest.mark.parametrize(("math", "expected"), INDEXED.items(), ids=INDEXED)
def test_an_indexed_expression_is_what_it_says(loss, math, expected):
    assert loss(f"loss = {math}", "logits label") == expected


@pytest.mark.parametrize("row", FUNCTIONS.values(), ids=FUNCTIONS)
def test_every_function_is_read(loss, row):
    names = ["x", "y", "x", "y"][: row.arity]
    arguments = list(map(scalar_symbol, names))
    if row.name == "polygamma":
        names[0], arguments[0] = "2", Integer(2)
    unused = "" if {"x", "y"} <= set(names) else f" + {'y' if 'x' in names else 'x'}"
    extra = scalar_symbol(unused[3:]) if unused else 0
    text = f"{row.name}({', '.join(names)}){unused}"
    assert loss(f"loss = {text}") == row.build(*arguments) + extra


@pytest.mark.parametrize("row", FUNCTIONS.values(), ids=FUNCTIONS)
def test_every_function_of_constants_is_evaluated_as_it_is_defined(row):
    at = {"acosh": [1.5], "polygamma": [2, 0.5]}.get(row.name, [0.5, 0.25, 0.75][: row.arity])
    found = check_function(row, [Value(sympy.nsimplify(number), number) for number in at])
    meant = row.build(*map(sympy.nsimplify, at))
    while primitives := [node for node in meant.atoms(Function) if node.func in MEANINGS]:
        meant = meant.xreplace({node: MEANINGS[node.func](*node.args) for node in primitives})
    assert found == pytest.approx(float(meant.evalf(30)), rel=1e-12, abs=0)


def test_ntxent(read):
    spec = read("""
title = "NT-Xent"
math = '''
norm[i]   = sqrt(sum(z[i,d]**2, d))
sim[i,j]  = sum(z[i,d]*z[j,d], d) / (norm[i]*norm[j]*temperature)
loss      = mean(logsumexp(where(i != j, sim[i,j], -oo), j) - sim[i, partner[i]], i)
'''
[inputs]
z = { shape = ["N", "D"] }
partner = { shape = ["N"], domain = "index(N)" }
[parameters]
temperature = { domain = "positive", default = 0.5 }
""")
    norm, sim = array_base("norm"), array_base("sim")
    names = [definition.name for definition in spec.definitions]
    assert names == ["norm", "sim", "loss"]
    assert [definition.indices for definition in spec.definitions] == [(i,), (i, j), ()]
    expressions = [definition.expression for definition in spec.definitions]
    assert expressions[0] == sympy.sqrt(Sum(z[i, d] ** 2, d))
    scale = norm[i] * norm[j] * scalar_symbol("temperature")
    assert expressions[1] == Sum(z[i, d] * z[j, d], d) / scale
    masked = Piecewise((sim[i, j], Ne(i, j)), (-oo, True))
    assert expressions[2] == Mean(LogSumExp(masked, j) - sim[i, partner[i]], i)
    assert spec.ranges == {i: N, j: N, d: D}
    assert spec.wrt == ("z",)
    assert spec.parameters[0].default == Rational(1, 2)
    assert spec.dimensions == ("N", "D")
    assert [definition.place.line for definition in spec.definitions] == [4, 5, 6]


def test_ridge(read):
    spec = read("""
title = "Ridge"
math = "loss = sum((sum(X[n,d]*w[d], d) - y[n])**2, n) + strength*sum(w[d]**2, d)"
wrt = ["w", "strength"]
[inputs]
X = { shape = ["N", "D"] }
w = { shape = ["D"] }
y = { shape = ["N"] }
[parameters]
strength = { domain = "nonnegative" }
""")
    design, w, target, n = array_base("X"), array_base("w"), array_base("y"), index_symbol("n")
    fit = Sum((Sum(design[n, d] * w[d], d) - target[n]) ** 2, n)
    penalty = scalar_symbol("strength") * Sum(w[d] ** 2, d)
    assert spec.definitions[0].expression == fit + penalty
    assert spec.wrt == ("w", "strength")
    assert spec.parameters[0].default is None


def test_dice_and_a_kullback_leibler_divergence(read):
    dice = read("""
title = "Dice"
math = '''
overlap = sum(p[i]*t[i], i)
loss = 1 - (2*overlap + smooth)/(sum(p[i], i) + sum(t[i], i) + smooth)
'''
inputs.p = { domain = "[0, 1]", shape = ["I"] }
inputs.t = { domain = "{0, 1}", shape = ["I"] }
parameters.smooth = { domain = "positive", default = "1/3" }
""")
    assert dice.parameters[0].default == Rational(1, 3)
    assert dice.inputs[0].domain == Interval(Integer(0), Integer(1), False, False)
    kl = read("""
title = "KL"
wrt = ["mu", "log_variance"]
math = "loss = sum(exp(log_variance[k]) + mu[k]**2 - 1 - log_variance[k], k)/2"
[inputs]
mu = { shape = ["K"] }
log_variance = { shape = ["K"] }
""")
    assert kl.wrt == ("mu", "log_variance")


def test_examples_are_exact_and_shaped(read):
    spec = read("""
title = "t"
math = "loss = sum(w[k]*p[k], k) + p[i]"
wrt = ["p"]
[inputs]
p = { shape = ["K"], domain = "[0, 0.1]" }
w = { shape = ["K"], domain = "simplex(K)" }
i = { domain = "index(K)" }
[[examples]]
given = { p = [0.1, "1/20"], w = [0.25, "3/4"], i = 1 }
loss = "log(2)"
gradient = { p = [0.25, 1.75] }
[[examples]]
given = { p = [0], w = [1], i = 0 }
loss = 0
tolerance = 1e-3
""")
    first, second = spec.examples
    assert first.given == {"p": [0.1, 0.05], "w": [0.25, 0.75], "i": 1}
    assert isinstance(first.given["i"], int)
    assert first.loss == 0.6931471805599453
    assert first.gradient == {"p": [0.25, 1.75]}
    assert (first.tolerance, second.tolerance) == (1e-12, 1e-3)
    assert (first.place.line, second.place.line) == (9, 13)


def test_claims_are_kept_as_they_are(read):
    spec = read(
        "title='t'\nmath='loss=x'\n[inputs]\nx={}\n[claims]\nconvex=true\nsmoothness='C1'\nlipschitz=1\nlower_bound=0.5\n"
    )
    assert spec.claims == {"convex": True, "smoothness": "C1", "lipschitz": 1, "lower_bound": 0.5}


def test_laws(read):
    spec = read("""
title = "t"
math = "loss = delta*Abs(x - y)"
inputs = { x = {}, y = {} }
parameters = { delta = { default = 1 } }
relations = [
  { law = "tried(y, x, delta=delta) == loss" },
  { law = "tried(x, y) >= 0" },
  { law = "limit(loss/delta, delta, oo) <= Abs(x) + Abs(y)" },
]
""")
    itself = sympy.Symbol("tried")
    first, second, third = spec.relations
    assert (first.left, first.operator) == (Call(itself, y, x, delta), "==")
    assert second.left == Call(itself, x, y, 1)
    assert third.left == Limit(scalar_symbol("loss") / delta, delta, oo)
    assert third.law == "limit(loss/delta, delta, oo) <= Abs(x) + Abs(y)"
    assert "tried" not in spec.calls


def test_a_spec_can_be_sent_to_another_process(read):
    spec = read("title='t'\nmath='loss=x'\n[inputs]\nx={}\n[claims]\nconvex=true\n")
    assert pickle.loads(pickle.dumps(spec)) == spec


def test_sums_of_many_terms_are_read(loss):
    terms = " + ".join(["x*y"] * 50)
    assert loss(f"loss = {terms}") == 50 * x * y


@pytest.mark.parametrize(
    "math",
    [
        "c[k] = label + sum(where(j <= k, logits[j], 0), j)\nloss = sum(c[k]**2, k)",
        "c[k] = sum(where(j + 1 == k, logits[j], 0), j)\nloss = label + max(c[k], k)",
        "c[k] = where(k < label, logits[0], 0)\nloss = sum(c[k], k)",
        "c[k] = sum(where(Le(i, j), logits[i], 0) * where(j < k, 1, 0), i, j)\nloss = label + sum(c[k], k)",
    ],
)
def test_an_index_runs_over_what_it_is_compared_with(read, math):
    tables = TABLES.format(inputs=f"{SPELLED['logits']}\n{SPELLED['label']}", parameters="")
    spec = read(f"title = 't'\nmath = '''\n{math}\n'''\n{tables}")
    assert set(spec.ranges.values()) == {K}


def test_inequalities_may_be_written_either_way(loss):
    either = Piecewise((1, Ge(x, y)), (0, True))
    assert (
        loss("loss = where(y <= x, 1, 0)") == either or loss("loss = where(x >= y, 1, 0)") == either
    )
