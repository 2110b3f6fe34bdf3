"""Mistakes in the tables of a spec: keys, domains, shapes, examples, laws."""

from __future__ import annotations

import pytest

TOP = "title = 't'\nmath = 'loss = x*y*delta'\n"
XY = "[inputs]\nx = {}\ny = {}\n"
GOOD = TOP + XY + "[parameters]\ndelta = { default = 1 }\n"
LIST = "title = 't'\nmath = 'loss = sum(p[k], k) + q[i]'\n"
SHAPED = (
    "title = 't'\nmath = 'loss = sum(p[k]*w[k], k) - p[i]'\n[inputs]\np = { shape = ['K'] }\n"
    "w = { shape = ['K'], domain = 'simplex(K)' }\ni = { domain = 'index(K)' }\n[[examples]]\n"
)


def example(given: str, rest: str = "loss = 1") -> str:
    return f"{GOOD}[[examples]]\ngiven = {{ {given} }}\n{rest}\n"


def law(text: str) -> str:
    return f"{GOOD}[[relations]]\nlaw = '{text}'\n"


MISTAKES = {
    # TOML
    "not TOML": ("title = 't'\n[inputs§\n", "not TOML", ""),
    "not TOML at the end": ("title = 't'\nmath = '''loss§", "not TOML", ""),
    "key twice": ("title = 't'\ntitle = 't'§\n", "not TOML", ""),
    "empty": ("§", "'title' is missing", 'title = "..."'),
    "no math": ("§title = 't'\n[inputs]\nx={}\n", "'math' is missing", "math ="),
    "no inputs": ("§title = 't'\nmath = 'loss = 1'\n", "'inputs' is missing", "[inputs]"),
    "empty inputs": ("title = 't'\nmath = 'loss = 1'\n§[inputs]\n", "'inputs' must be a table with", ""),
    "unknown table": (GOOD + "§[claim]\n", "unknown key 'claim'", "did you mean 'claims'"),
    "unknown key of an input": (TOP + "[inputs]\nx = { §domian = 'real' }\n", "'domian'", "'domain'"),
    "unknown key in a header": (TOP + "[inputs.x]\n§shap = []\n", "'shap'", "'shape'"),
    "unknown key, dotted": (TOP + "[inputs]\nx.§shap = []\n", "'shap'", "'shape'"),
    "unknown key of an example": (GOOD + "[[examples]]\ngiven = {}\nloss = 1\n§los = 1", "'los'", "'loss'"),
    "accuracy, no reason": (GOOD + "§[[accuracy]]\nbound = 9\n", "reason' is missing", "reason ="),
    "accuracy, empty reason": (GOOD + "[[accuracy]]\nbound = 9\nreason = §' '\n", "has a reason", "say why"),
    "accuracy, nothing": (GOOD + "§[[accuracy]]\nreason = 'r'\n", "this allows nothing", "bound = 64"),
    "accuracy, usual bound": (GOOD + "[[accuracy]]\nreason = 'r'\nbound = §4\n", "above 4", "leave"),
    "accuracy, function": (GOOD + "[[accuracy]]\nreason = 'r'\nbound = 9\nfunctions = [§'gradent']\n", "'gradent' is none of", "did you mean 'gradient'"),
    "accuracy, type": (GOOD + "[[accuracy]]\nreason = 'r'\nbound = 9\ntypes = [§'float16']\n", "'float16' is none of", "float"),
    "accuracy, range": (GOOD + "[[accuracy]]\nreason = 'r'\nmagnitudes = §2\n", "at most 1", "1/2"),
    "title a number": ("title = §1\nmath = ''\n" + XY, "'title' must be a string", ""),
    "title a date": ("title = §1979-05-27 07:32:00\nmath = ''\n" + XY, "must be a string", ""),
    "inputs a list": (TOP + "inputs = §[]\n", "'inputs' must be a table", ""),
    "input a string": (TOP + "[inputs]\nx = §'real'\n", "'inputs.x' must be a table", ""),
    "claim of nothing": (GOOD + "[claims]\n§convx = true\n", "no property named 'convx'", "did you mean 'convex'"),
    "claim of another name": (GOOD + '[claims]\n§"convex in z" = true\n', "'z' is no name of wrt", ""),
    "class as a number": (GOOD + "[claims]\nsmoothness = §1\n", "'smoothness' must be a string", "C0, C1"),
    "claim a list": (GOOD + "[claims]\nconvex = §[1]\n", "'claims.convex' must be true, false", ""),
    "wrt a string": ("wrt = §'x'\n" + GOOD, "'wrt' must be a list", ""),
    # names
    "input lambda": (TOP + "[inputs]\n§lambda = {}\n", "word of Python", "strength"),
    "input loss": (TOP + "[inputs]\n§loss = {}\n", "'loss' is what the math defines", ""),
    "input E": (TOP + "[inputs]\n§E = {}\n", "word of the math", ""),
    "input pi": (TOP + "[inputs]\n§pi = {}\n", "word of the math", ""),
    "input out": (TOP + "[inputs]\n§out = {}\n", "keyword argument", ""),
    "input vector": (TOP + "[inputs]\n§vector = {}\n", "keyword argument", ""),
    "input underscored": (TOP + "[inputs]\n§_x = {}\n", "underscore", ""),
    "input quoted": (TOP + '[inputs]\n§"a b" = {}\n', "is no name", "ASCII"),
    "input empty": (TOP + '[inputs]\n§"" = {}\n', "is no name", ""),
    "input long": (TOP + "[inputs]\n§" + "a" * 65 + " = {}\n", "longer than 64", ""),
    "parameter reduction": (TOP + XY + "[parameters]\n§reduction = {}\n", "keyword argument", ""),
    "parameter an input": (TOP + XY + "[parameters]\n§x = {}\n", "an input already", ""),
    "unused input": (GOOD.replace("y = {}", "y = {}\n§z = {}"), "'z' is not used", "remove"),
    "unused parameter": (GOOD + "§strength = {}\n", "'strength' is not used", "remove"),
    # domains and shapes
    "unknown domain": (TOP + "[inputs]\nx = { domain = §'rael' }\n", "unknown domain 'rael'", ""),
    "empty interval": (TOP + "[inputs]\nx = { domain = §'(1, 0)' }\n", "is empty", ""),
    "interval over zero": (TOP + "[inputs]\nx = { domain = §'[0, 1/0]' }\n", "zero", ""),
    "set over zero": (TOP + "[inputs]\nx = { domain = §'{0, 1/0}' }\n", "zero", ""),
    "index without a dimension": (
        TOP + "[inputs]\nx = { domain = §'index(K)' }\n",
        "no input has a core dimension K",
        'shape ["K"]',
    ),
    "index misspelt": (
        TOP + "[inputs]\ny = { shape = ['Kind'] }\nx = { domain = §'index(Kinds)' }\n",
        "no input has a core dimension Kinds",
        "did you mean 'Kind'",
    ),
    "index of nothing": (TOP + "[inputs]\nx = { domain = §'index(0)' }\n", "no places", ""),
    "simplex without a shape": (
        TOP + "[inputs]\ny = { shape = ['K'] }\nx = { domain = §'simplex(K)' }\n",
        "needs a shape whose last dimension is K",
        'shape = ["K"]',
    ),
    "simplex of the wrong axis": (
        TOP + "[inputs]\nx = { domain = §'simplex(K)', shape = ['K', 'N'] }\n",
        "last dimension is K",
        "",
    ),
    "size zero": (TOP + "[inputs]\nx = { shape = [§0] }\n", "positive whole number", ""),
    "size a fraction": (TOP + "[inputs]\nx = { shape = [§1.5] }\n", "must be a name", ""),
    "size true": (TOP + "[inputs]\nx = { shape = [§true] }\n", "must be a name", ""),
    "size an input": (TOP + "[inputs]\nx = { shape = ['K', §'x'] }\n", "name of something else", ""),
    "size a constant": (TOP + "[inputs]\nx = { shape = [§'pi'] }\n", "word of the math", ""),
    "size no name": (TOP + "[inputs]\nx = { shape = [§'2K'] }\n", "is no name", ""),
    "five axes": (TOP + "[inputs]\nx = { shape = §['A', 'B', 'C', 'D', 'F'] }\n", "at most 4", ""),
    # parameters
    "default outside": (
        TOP + XY + "[parameters]\ndelta = { domain = 'positive', default = §0 }\n",
        "outside its domain, (0, oo)",
        "",
    ),
    "default infinite": (TOP + XY + "[parameters]\ndelta = { default = §inf }\n", "number", ""),
    "default not a number": (TOP + XY + "[parameters]\ndelta = { default = §nan }\n", "number", ""),
    "default no constant": (TOP + XY + "[parameters]\ndelta = { default = '§x' }\n", "unknown name", ""),
    "default true": (TOP + XY + "[parameters]\ndelta = { default = §true }\n", "must be a number", ""),
    "default too large": (TOP + XY + "[parameters]\ndelta = { default = §1e999 }\n", "number", ""),
    "default an index": (TOP + XY + "[parameters]\ndelta = { domain = §'index(3)' }\n", "a parameter is", ""),
    # wrt
    "wrt unknown": ("wrt = ['x', §'yy']\n" + GOOD, "unknown name 'yy'", "did you mean 'y'"),
    "wrt twice": ("wrt = ['x', §'x']\n" + GOOD, "stands twice", ""),
    "wrt empty": ("wrt = §[]\n" + GOOD, "wrt is empty", ""),
    "wrt an index": (
        "wrt = [§'i']\ntitle = 't'\nmath = 'loss = p[i]'\n[inputs]\n"
        "p = { shape = ['K'] }\ni = { domain = 'index(K)' }\n",
        "i is an index",
        "take it out",
    ),
    "wrt by default an integer": (TOP + "[inputs]\n§x = { domain = 'integer' }\n", "x is an integer", "wrt ="),
    "wrt by default a set": (TOP + "[inputs]\n§x = { domain = '{-1, 1}' }\n", "finitely many", "wrt ="),
    # examples
    "example without loss": (GOOD + "§[[examples]]\ngiven = {}\n", "'examples.0.loss' is missing", ""),
    "second example": (
        example("x = 1, y = 2") + "[[examples]]\nloss = 1\ngiven = §{ x = 1 }\n",
        "'y' is not given",
        "y = ...",
    ),
    "given unknown": (example("x = 1, y = 2, yy = §3"), "unknown name 'yy'", "did you mean 'y'"),
    "given no number": (example("x = 1, y = §true"), "no number", ""),
    "given a date": (example("x = 1, y = §1979-05-27"), "no number", ""),
    "given infinite": (example("x = 1, y = §inf"), "outside the range", ""),
    "given a list": (example("x = 1, y = §[1]"), "a list where a number should stand", ""),
    "given outside": (
        "title='t'\nmath='loss=x'\n[inputs]\nx={domain='[0, 0.1]'}\n[[examples]]\nloss=1\ngiven={x=§0.11}",
        "outside the domain",
        "",
    ),
    "parameter not given": (
        example("x = 1, y = 2").replace("default = 1", "").replace("given = {", "given = §{"),
        "'delta' is not given",
        "",
    ),
    "given a number for an array": (SHAPED + "loss=1\ngiven={p=§1,w=[1],i=0}", "p needs a list", "K"),
    "given an empty list": (SHAPED + "loss=1\ngiven={p=§[],w=[1],i=0}", "not an empty one", ""),
    "given two lengths": (SHAPED + "loss=1\ngiven={p=[1,2],w=§[1],i=0}", "shape says K = 2", ""),
    "given a nested entry": (SHAPED + "loss=1\ngiven={p=[1,§[2]],w=[0,1],i=0}", "a list where", ""),
    "given no probabilities": (SHAPED + "loss=1\ngiven={p=[1,2],w=§[0.5,0.6],i=0}", "probabilities", "sum to 1"),
    "given a negative one": (SHAPED + "loss=1\ngiven={p=[1,2],w=§[1.5,-0.5],i=0}", "probabilities", ""),
    "given a place beyond": (SHAPED + "loss=1\ngiven={p=[1,2],w=[0.5,0.5],i=§2}", "outside the domain index(K)", ""),
    "given half a place": (SHAPED + "loss=1\ngiven={p=[1,2],w=[0.5,0.5],i=§0.5}", "outside the domain", ""),
    "loss not constant": (example("x=1,y=2", "loss = 'log(§x)'"), "unknown name 'x'", ""),
    "loss undefined": (example("x=1,y=2", "loss = '§log(-1)'"), "undefined", ""),
    "loss two expressions": (example("x=1,y=2", "loss = '§1; 2'"), "one expression", ""),
    "loss a list": (example("x=1,y=2", "loss = §[1]"), "must be a number", ""),
    "tolerance zero": (example("x=1,y=2", "loss=1\ntolerance=§0"), "positive", ""),
    "gradient of another": (example("x=1,y=2", "loss=1\ngradient={y=§1}"), "'y' is not in wrt", ""),
    "gradient a list": (example("x=1,y=2", "loss=1\ngradient={x=§[1]}"), "a list where", ""),
    # relations
    "law without operator": (law("§loss"), "no law", "left == right"),
    "law strict": (law("§loss < x"), "no law", ""),
    "law chained": (law("§0 <= loss <= x"), "no law", ""),
    "law a definition": (law("§loss = x"), "no law", ""),
    "law empty": (law("§"), "no law", ""),
    "law unknown": (law("loss == §xx"), "unknown name 'xx'", "'x'"),
    "law unknown spec": (law("loss == §nowhere(x)"), "no spec named 'nowhere'", ""),
    "law of itself": (law("loss == §tried(x)"), "tried needs its input 'y'", "tried(x, y, delta)"),
    "limit of no parameter": (law("loss >= limit(loss, §loss, 0)"), "a limit is taken in", ""),
    "limit to nowhere": (law("loss >= limit(loss, delta, §x)"), "the point of a limit", ""),
    "limit of two": (law("loss >= §limit(loss, delta)"), "takes 3 arguments", ""),
    "law infinite": (law("loss <= §oo"), "oo is not a number", ""),
    "law not a string": (GOOD + "[[relations]]\nlaw = §1\n", "must be a string", ""),
}  # fmt: skip


@pytest.mark.parametrize(("text", "problem", "remedy"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_in_a_table_is_answered_where_it_is(refused, text, problem, remedy):
    error = refused(text)
    assert problem in error.problem
    assert remedy in error.remedy


def test_what_the_mistakes_are_made_from_is_right(read):
    read(GOOD)
    read(example("x = 1, y = 2"))
    read(law("loss == tried(y, x)"))
    read(SHAPED + "loss = 1\ngiven = { p = [1, 2], w = [0.5, 0.5], i = 1 }")


def test_the_place_of_every_key_and_value_is_known(write):
    from symloss.spec.scan import scan, string_offsets

    text = (
        'a.b = 1\n"c d" = """x\\u0041\n""" # [no]\n[e]\nf = { g = [1, [2, "]"]], h = \'\'\'\n}\'\'\' }\n'
        "[[i]]\nj = 1979-05-27 07:32:00\n[[i.k]]\nl = 0\n[[i]]\n[i.m]\nn = ''\n"
    )
    found = scan(text)
    starts = {path: text[at:].split("\n")[0] for path, at in found.values.items()}
    assert starts[("a", "b")] == "1"
    assert starts[("e", "f", "g", 1, 1)].startswith('"]"]]')
    assert starts[("e", "f", "h")] == "'''"
    assert starts[("i", 0, "j")] == "1979-05-27 07:32:00"
    assert starts[("i", 0, "k", 0, "l")] == "0"
    assert starts[("i", 1, "m", "n")] == "''"
    characters, offsets = string_offsets(text, found.values[("c d",)])
    assert characters == "xA\n"
    assert [text[at] for at in offsets] == ["x", "\\", "\n", '"']
