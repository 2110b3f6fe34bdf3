"""Specs that call specs, and where files are found."""

from __future__ import annotations

import pytest
import sympy
from sympy import Symbol

from symloss.errors import SpecError
from symloss.language import Call, Mean
from symloss.spec import array_base, find_specs, index_symbol, read_spec, scalar_symbol

HUBER = """
title = "Huber"
math = "loss = where(Abs(p - t) <= delta, (p - t)**2/2, delta*(Abs(p - t) - delta/2))"
[inputs]
p = {}
t = {}
[parameters]
delta = { domain = "positive", default = 1 }
"""
SOFTMAX = """
title = "Softmax"
math = "loss = logsumexp(logits[k], k)/heat - logits[label]"
[inputs]
logits = { shape = ["K"] }
label = { domain = "index(K)" }
[parameters]
heat = {}
"""
PAIR = """
title = "Pair"
math = "loss = sum(u[i]*v[i], i) + sum(u[partner[i]], i)"
[inputs]
u = { shape = ["N"] }
v = { shape = ["N"] }
partner = { shape = ["N"], domain = "index(N)" }
"""
ROLES = """
[inputs]
a = {}
b = {}
z = { shape = ["M", "C"] }
y = { shape = ["M"], domain = "index(C)" }
w = { shape = ["C"] }
q = { shape = ["C"], domain = "index(C)" }
f = { shape = [3] }
[parameters]
s = { default = 1 }
"""
i = index_symbol("i")
a, b, s = map(scalar_symbol, "abs")
z, w = array_base("z"), array_base("w")
y, q = array_base("y", integer=True), array_base("q", integer=True)


@pytest.fixture
def callees(write):
    write(HUBER, "huber")
    write(SOFTMAX, "softmax")
    write(PAIR, "pair")


def spec_of(math, names):
    lines = [
        line for line in ROLES.split("\n") if line.split(" ")[0] in (*names.split(), "[inputs]")
    ]
    lines = [line for line in lines if not line.startswith("s ")]
    parameters = ["[parameters]", "s = { default = 1 }"] if "s" in names.split() else []
    return "\n".join([f"title = 't'\nmath = '''\n{math}\n'''", *lines, *parameters])


CALLS = {
    "huber(a, b)": ("a b", Call(Symbol("huber"), a, b, 1)),
    "huber(a, b, 2)": ("a b", Call(Symbol("huber"), a, b, 2)),
    "huber(a, b, delta=0.5)": ("a b", Call(Symbol("huber"), a, b, sympy.Rational(1, 2))),
    "huber(t=a, p=b**2, delta=s)": ("a b s", Call(Symbol("huber"), b**2, a, s)),
    "s*huber(a, 0) + huber(0, b)": (
        "a b s",
        s * Call(Symbol("huber"), a, 0, 1) + Call(Symbol("huber"), 0, b, 1),
    ),
    "softmax(w, q[0], heat=1)": ("w q", Call(Symbol("softmax"), w, q[0], 1)),
    "softmax(f, 2, 1)": ("f", Call(Symbol("softmax"), array_base("f"), 2, 1)),
    "mean(softmax(z[i], y[i], heat=s), i)": (
        "z y s",
        Mean(Call(Symbol("softmax"), z[i], y[i], s), i),
    ),
    "pair(w, z[0], q)": ("w z q", Call(Symbol("pair"), w, z[0], q)),
}


@pytest.mark.parametrize(("math", "rest"), CALLS.items(), ids=CALLS)
def test_a_spec_is_a_function(read, callees, math, rest):
    names, expected = rest
    spec = read(spec_of(f"loss = {math}", names))
    assert spec.definitions[-1].expression == expected
    assert spec.calls.keys() == {str(call.callee) for call in expected.atoms(Call)}


def test_a_definition_with_indices_is_an_array_for_a_call(read, callees):
    spec = read(spec_of("r[k] = w[k]**2\nloss = softmax(r, 0, 1)", "w"))
    assert spec.definitions[-1].expression == Call(Symbol("softmax"), array_base("r"), 0, 1)


MISTAKES = {
    "too many": ("§huber(a, b, 1, 2)", "huber takes 3 arguments, not 4", "huber(p, t, delta)"),
    "missing input": ("§huber(a)", "needs its input 't'", ""),
    "missing parameter": ("§softmax(w, 0)", "'heat', which has no default", "heat=value"),
    "unknown argument": ("huber(a, b, §delt=1)", "no argument 'delt'", "did you mean 'delta'"),
    "given twice": ("huber(a, b, §p=1)", "'p' is given twice", ""),
    "starred": ("huber(§*a)", "starred", ""),
    "double starred": ("huber(a, b, **§s)", "starred", ""),
    "outside the domain": ("huber(a, b, delta=§-1)", "outside its domain", ""),
    "number for an array": ("softmax(§a, 0, 1)", "logits of softmax is an array, and a is one number", ""),
    "expression for an array": ("softmax(§-w, 0, 1)", "and this is an expression", "logits[i] = ..."),
    "array for a number": ("huber(§w, b)", "w is an array", "w[i]"),
    "rank too high": ("softmax(§z, 0, 1)", "has 1 core dimensions, and this has 2", "z[i]"),
    "rank too low": ("softmax(§w[0], 0, 1)", "and this has 0", "write w"),
    "unknown array": ("softmax(§ww, 0, 1)", "unknown name 'ww'", "did you mean 'w'"),
    "label a number": ("softmax(w, §a, 1)", "a is no index", 'index(C)'),
    "label arithmetic": ("softmax(w, §a + 1, 1)", "arithmetic in a subscript", ""),
    "label of another dimension": ("softmax(f, §y[0], 1)", "along C, and here it stands at 3", ""),
    "label beyond": ("softmax(f, §3, 1)", "beyond the end", ""),
    "unequal dimensions": ("pair(w, §f, q)", "v of pair has shape [C], and f gives [3]", ""),
    "places of another dimension": ("pair(w, w, §y)", "has shape [C], and y gives [M]", ""),
    "places that are numbers": ("pair(w, w, §w)", "partner of pair selects places along C", ""),
    "free index": ("softmax(z[§i], 0, 1)", "the index i is free", ""),
    "choice in a condition": ("where(§sum(where(w[i] > 0, 1, 0), i) > 0, 1, 0)", "inside a condition", ""),
}  # fmt: skip


@pytest.mark.parametrize(("math", "problem", "remedy"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_in_a_call_is_answered_where_it_is(refused, callees, math, problem, remedy):
    error = refused(f"title = 't'\nmath = 'loss = {math}'\n{ROLES}")
    assert problem in error.problem
    assert remedy in error.remedy


def test_a_loss_that_contains_itself_is_refused_with_its_chain(write):
    body = "title='t'\nmath='loss = {}(x)'\n[inputs]\nx={{}}\n"
    for name, called in (("one", "two"), ("two", "three"), ("three", "one")):
        path = write(body.format(called), name)
    with pytest.raises(
        SpecError, match="cyclic composition: three -> one -> two -> three"
    ) as caught:
        read_spec(path)
    assert caught.value.place.file.endswith("two.toml")
    assert caught.value.place.column == 14
    itself = write(body.format("me"), "me")
    with pytest.raises(SpecError, match="cyclic composition: me -> me"):
        read_spec(itself)


def test_two_losses_may_state_laws_about_each_other(write):
    body = "title='t'\nmath='loss = {}'\n[inputs]\nx={{}}\n[[relations]]\nlaw = 'loss == {}(x)'\n"
    one = write(body.format("x", "two"), "one")
    two = write(body.format("one(x)", "one"), "two")
    assert read_spec(one).calls.keys() == {"two"}
    assert read_spec(two).calls["one"].relations == ()
    assert read_spec(one).calls["two"].calls.keys() == {"one"}


def test_a_mistake_in_a_called_spec_is_told_in_its_own_file(write):
    write("title='t'\nmath='loss = xx'\n[inputs]\nx={}\n", "broken")
    caller = write("title='t'\nmath='loss = broken(x)'\n[inputs]\nx={}\n", "caller")
    with pytest.raises(SpecError, match="unknown name 'xx'") as caught:
        read_spec(caller)
    assert caught.value.place.file.endswith("broken.toml")


def test_the_hash_follows_the_text_and_what_it_calls(write):
    caller = write("title='t'\nmath='loss = huber(x, 0)'\n[inputs]\nx={}\n", "caller")
    write(HUBER, "huber")
    first = read_spec(caller).hash
    assert read_spec(caller).hash == first
    assert len(first) == 64
    write(HUBER + "\n# changed", "huber")
    second = read_spec(caller).hash
    caller.write_text(caller.read_text() + "# changed")
    assert len({first, second, read_spec(caller).hash}) == 3


def test_a_called_spec_is_looked_for_nearby_first(write, tmp_path):
    text = "title='{}'\nmath='loss = x'\n[inputs]\nx={{}}\n"
    caller = write("title='t'\nmath='loss = near(x)'\n[inputs]\nx={}\n", "specs/family/caller")
    own = tmp_path / "own"
    with pytest.raises(SpecError, match="no spec named 'near'"):
        read_spec(caller, folders=[own])
    write(text.format("folders"), "own/deep/near")
    assert read_spec(caller, folders=[own]).calls["near"].title == "folders"
    write(text.format("sibling"), "specs/other/near")
    assert read_spec(caller, folders=[own]).calls["near"].title == "sibling"
    write(text.format("beside"), "specs/family/near")
    assert read_spec(caller, folders=[own]).calls["near"].title == "beside"


def test_an_ambiguous_name_is_refused(write, tmp_path):
    caller = write("title='t'\nmath='loss = near(x)'\n[inputs]\nx={}\n", "caller")
    write(HUBER, "own/one/near")
    write(HUBER, "own/two/near")
    with pytest.raises(SpecError, match="two specs are named 'near'") as caught:
        read_spec(caller, folders=[tmp_path / "own"])
    assert caught.value.place.column == 14


def test_the_packaged_catalogue_is_looked_in_last(write, tmp_path, monkeypatch):
    from symloss.spec import find

    caller = write("title='t'\nmath='loss = near(x, 0)'\n[inputs]\nx={}\n", "caller")
    write(HUBER, "packaged/family/near")
    monkeypatch.setattr(find, "catalogue", lambda: tmp_path / "packaged")
    assert read_spec(caller).calls["near"].title == "Huber"


def test_specs_of_a_folder(write, tmp_path):
    files = [write(HUBER, name) for name in ("b/two", "a/three", "one")]
    write("no spec", "a/notes").rename(tmp_path / "a" / "notes.txt")
    assert find_specs(tmp_path) == tuple(sorted(files))
    assert find_specs(str(files[0])) == (files[0],)


@pytest.mark.parametrize("missing", ["nowhere", "nowhere.toml", "empty", "a\0b", "x" * 300])
def test_a_path_that_names_no_specs_is_refused(tmp_path, missing):
    (tmp_path / "empty").mkdir()
    with pytest.raises(SpecError):
        find_specs(tmp_path / missing)


def test_a_file_of_another_kind_is_refused(tmp_path):
    (tmp_path / "notes.txt").write_text(HUBER)
    with pytest.raises(SpecError, match=r"no \.toml file"):
        find_specs(tmp_path / "notes.txt")


def test_two_files_of_one_name_are_refused(write, tmp_path):
    write(HUBER, "a/same")
    write(HUBER, "b/same")
    with pytest.raises(SpecError, match="two specs are named 'same'"):
        find_specs(tmp_path)


@pytest.mark.parametrize(
    "stem", ["two-parts", "2nd", "pi", "oo", "lambda", "_x", "__init__", "loss", "é", "weight"]
)
def test_a_files_name_must_be_able_to_name_a_loss(write, stem):
    with pytest.raises(SpecError, match="rename the file"):
        read_spec(write(HUBER, stem))


def test_a_file_may_be_named_like_a_function_which_keeps_its_meaning(write):
    math = "title = 't'\nmath = 'loss = exp(x)'\n[inputs]\nx = {}\n"
    spec = read_spec(write(math, "exp"))
    assert spec.name == "exp"
    assert spec.definitions[-1].expression == sympy.exp(scalar_symbol("x"))
