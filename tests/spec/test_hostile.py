"""Nothing that a file holds raises anything but SpecError, hangs, or grows without bound."""

from __future__ import annotations

import os
import signal
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from symloss.errors import SpecError
from symloss.spec import read_spec
from symloss.spec.source import LARGEST_FILE

SECONDS = 20
"""Far more than any spec takes, far less than a hang."""


@contextmanager
def deadline():
    """Fail, rather than hang for ever."""

    def expired(*_):
        raise AssertionError(f"still busy after {SECONDS} s")

    before = signal.signal(signal.SIGALRM, expired)
    signal.alarm(SECONDS)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def attempt(folder: Path, data: str | bytes) -> SpecError | None:
    """Read a spec; the error that it is answered with, if any."""
    path = folder / "tried.toml"
    path.write_bytes(data.encode("utf-8", "surrogatepass") if isinstance(data, str) else data)
    with deadline():
        try:
            read_spec(path)
        except SpecError as error:
            return error
    return None


TABLES = """
[inputs]
x = {}
y = {}
v = { shape = ["N"] }
m = { shape = ["N", "N"] }
p = { shape = ["N"], domain = "index(N)" }
[parameters]
a = { default = 2 }
"""
WORDS = [
    "x",
    "y",
    "v",
    "m",
    "p",
    "a",
    "N",
    "loss",
    "i",
    "j",
    "v[i]",
    "v[j]",
    "m[i,j]",
    "v[p[i]]",
    "m[i,p[i]]",
    "0",
    "1",
    "2",
    "0.5",
    "1e3",
    "9",
    "1000",
    "oo",
    "pi",
    "E",
    "+",
    "-",
    "*",
    "/",
    "**",
    "(",
    ")",
    "[",
    "]",
    ",",
    "=",
    "==",
    "!=",
    "<",
    "<=",
    "&",
    "|",
    "~",
    "and",
    "or",
    "not",
    "True",
    "where(",
    "Piecewise(",
    "sum(",
    "mean(",
    "max(",
    "logsumexp(",
    "stop_gradient(",
    "exp(",
    "log(",
    "sqrt(",
    "Abs(",
    "Max(",
    "tan(",
    "acos(",
    "xlogy(",
    "polygamma(",
    "sign(",
    ",i)",
    ",j)",
    ",True)",
    "\n",
    "#",
    ":",
    ".",
    ";",
    "lambda",
    "if",
    "else",
    "for",
    "in",
    "'",
    '"',
    "{",
    "}",
    ":=",
    "@",
    "\\",
    "__x__",
    "é",
    "\t",
    "\r",
    "\x00",
    "limit(",
    "tried(",
]
relaxed = settings(
    max_examples=400,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def expressions() -> st.SearchStrategy[str]:
    """Text that is mostly well-formed, so that it reaches SymPy."""
    leaves = st.sampled_from(
        ["x", "y", "a", "N", "0", "1", "2", "0.5", "3", "7", "v[i]", "v[j]", "m[i,j]", "v[p[i]]", "v[0]", "i", "j", "pi"]
    )  # fmt: skip
    functions = st.sampled_from(
        ["exp", "log", "sqrt", "Abs", "sign", "tanh", "acos", "tan", "cosh", "atanh", "softplus", "sigmoid", "relu", "logcosh"]
    )  # fmt: skip

    def grow(inner):
        binary = st.builds(
            "({}{}{})".format, inner, st.sampled_from(["+", "-", "*", "/", "**"]), inner
        )
        choice = st.builds(
            "where({}{}{}, {}, {})".format,
            inner,
            st.sampled_from(["<", "==", ">="]),
            inner,
            inner,
            inner,
        )
        reduction = st.builds(
            "{}({}, {})".format,
            st.sampled_from(["sum", "max", "logsumexp"]),
            inner,
            st.sampled_from("ij"),
        )
        several = st.builds("Max({}, {}, {})".format, inner, inner, inner)
        return binary | st.builds("{}({})".format, functions, inner) | choice | reduction | several

    return st.recursive(leaves, grow, max_leaves=25)


@relaxed
@given(st.lists(st.sampled_from(WORDS), max_size=40).map(" ".join))
def test_words_in_any_order(tmp_path, math):
    attempt(tmp_path, f"title = 't'\nmath = '''\nloss = {math.replace(chr(39), '')}\n'''\n{TABLES}")


@relaxed
@given(expressions())
def test_expressions_of_any_shape(tmp_path, expression):
    """All inputs are used, so that nothing stands in the way of a whole reading."""
    used = "u = x + y + a + sum(v[i]*v[j]*m[i, j]*v[p[i]], i, j)"
    math = f"{used}\nt[i, j] = {expression}\nloss = u + sum(t[i, j], i, j)"
    attempt(tmp_path, f"title = 't'\nmath = '''\n{math}\n'''\n{TABLES}")


def test_expressions_of_any_shape_are_often_good():
    """The strategy above is worth its name only if many of its expressions are read whole."""
    from tempfile import TemporaryDirectory

    outcomes = []

    @settings(max_examples=100, derandomize=True, deadline=None, database=None)
    @given(expressions())
    def collect(expression):
        with TemporaryDirectory() as folder:
            used = "u = x + y + a + sum(v[i]*v[j]*m[i, j]*v[p[i]], i, j)"
            math = f"{used}\nt[i, j] = {expression}\nloss = u + sum(t[i, j], i, j)"
            text = f"title = 't'\nmath = '''\n{math}\n'''\n{TABLES}"
            outcomes.append(attempt(Path(folder), text) is None)

    collect()
    assert sum(outcomes) > 20


@relaxed
@given(st.text(max_size=200))
def test_any_text_as_math(tmp_path, math):
    quoted = "".join(f"\\U{ord(c):08x}" for c in math if not 0xD800 <= ord(c) < 0xE000)
    attempt(tmp_path, f'title = "t"\nmath = "{quoted}"\n{TABLES}')


@relaxed
@given(st.binary(max_size=300))
def test_any_bytes_as_a_file(tmp_path, data):
    attempt(tmp_path, data)


TOML = [
    "title",
    "math",
    "inputs",
    "parameters",
    "wrt",
    "claims",
    "examples",
    "relations",
    "given",
    "loss",
    "law",
    "domain",
    "shape",
    "default",
    "gradient",
    "[",
    "]",
    "[[",
    "]]",
    "{",
    "}",
    "=",
    ",",
    ".",
    "\n",
    "\n",
    "\n",
    "'x'",
    "'loss",
    "=",
    "x'",
    "'''loss",
    "=",
    "x'''",
    '"x"',
    "x",
    "1",
    "0.5",
    "inf",
    "nan",
    "true",
    "[]",
    "{}",
    "'index(K)'",
    "'simplex(K)'",
    "'K'",
    "'{1,",
    "2}'",
    "'[0,",
    "1/0]'",
    "1979-05-27",
    "#",
    '"\\u0041"',
    '"""',
    "'''",
    "\\",
    "1e999",
    "-0",
    "0x1F",
    "-1",
]


@relaxed
@given(st.lists(st.sampled_from(TOML), max_size=40).map(" ".join))
def test_words_of_toml_in_any_order(tmp_path, text):
    attempt(tmp_path, text)
    attempt(tmp_path, f"title = 't'\nmath = 'loss = x'\n[inputs]\nx = {{}}\n{text}")


BASE = f"""title = "t"
math = '''
u = x + y + a + sum(v[i]*v[j]*m[i, j]*v[p[i]], i, j)
loss = u
'''
{TABLES}
[claims]
convex = true
[[examples]]
given = {{ x = 1, y = 2, v = [1], m = [[1]], p = [0] }}
loss = 'log(2)'
[[relations]]
law = 'loss >= limit(u0, a, oo)'
"""


@relaxed
@given(st.integers(0, len(BASE)), st.integers(0, 6), st.sampled_from(["", *WORDS, *TOML]))
def test_a_spec_with_one_piece_replaced(tmp_path, at, width, piece):
    attempt(tmp_path, BASE[:at] + piece + BASE[at + width :])


def good(math: str) -> str:
    return f"title = 't'\nmath = '''\n{math}\n'''\n[inputs]\nx = {{}}\n"


HOSTILE = {
    "a tower": good("loss = x*9**9**9**9"),
    "a symbolic tower": good("loss = " + "**".join(["x"] * 50)),
    "powers of powers": good("loss = " + "(" * 50 + "x" + "**999)" * 50),
    "powers of a fraction": good("loss = x*" + "(" * 50 + "1.000001" + "**999)" * 50),
    "products of digits": good("loss = x*" + "*".join(["1." + "3" * 58] * 60)),
    "quotients of digits": good("loss = x*" + "/".join([f"1.{n}" + "7" * 50 for n in range(60)])),
    "powers of a sum": good("loss = (x + 1)**1000*(x + 2)**1000"),
    "roots of digits": good("loss = x + sqrt(" + "7" * 59 + ") + " + "9" * 59 + "**(1/7)"),
    "exp of exp": good("loss = x*" + "exp(" * 50 + "x" + ")" * 50),
    "tan of constants": good("loss = x*tan(" + "1" * 59 + ")*cos(pi/1000003)*sin(1e300)"),
    "many maxima": good("loss = Max(" + ", ".join(f"x*{n} + sin(x)" for n in range(32)) + ")"),
    "nested maxima": good("loss = " + "Max(x, 1 + Min(x, " * 25 + "x" + "))" * 25),
    "nested choices": good("loss = " + "where(x > 1, x, " * 50 + "x" + ")" * 50),
    "choices of choices": good(
        "a = where(x > 0, x, 1)\n" + "\n".join(
            f"a{n} = where({'a' if n == 0 else f'a{n - 1}'} > {n}, {'a' if n == 0 else f'a{n - 1}'}, x)" for n in range(60)
        ) + "\nloss = a59"
    ),
    "many branches": good("loss = Piecewise(" + "".join(f"(x*{n}, x > {n})," for n in range(31)) + "(x, True))"),
    "nested conditions": good("loss = where(" + "not (x > 1 or " * 25 + "x > 2" + ")" * 25 + ", x, 1)"),
    "many conditions": good("loss = where(" + " and ".join(f"x > {n}" for n in range(32)) + ", x, 1)"),
    "equal fractions": good("loss = where(" + "+".join(f"1/(x+{n})" for n in range(50)) + " == x, x, 1)"),
    "absolute values": good("loss = " + "Abs(1 - " * 50 + "x" + ")" * 50),
    "absolute products": good("loss = Abs(" + "*".join(f"(x - {n})" for n in range(50)) + ")"),
    "roots of roots": good("loss = " + "sqrt(1 + " * 50 + "x" + ")" * 50),
    "logarithms": good("loss = " + "log(2 + " * 50 + "x" + ")" * 50),
    "a long sum": good("loss = " + "x+" * 4000 + "x"),
    "a long line of signs": good("loss = " + "-" * 15000 + "x"),
    "brackets": good("loss = " + "(" * 9000 + "x" + ")" * 9000),
    "open brackets": good("loss = " + "[{(" * 3000),
    "many lines": good("\n".join(f"a{n} = x" for n in range(2000)) + "\nloss = x"),
    "long math": good("loss = x" + " " * 30000),
    "null bytes": 'title = "t"\nmath = "loss = x\\u0000"\n[inputs]\nx = {}\n',
    "dotted keys": ".".join(["a"] * 30000) + " = 1",
    "quoted dotted keys": ".".join(['""'] * 20000) + " = 1",
    "spaced dotted keys": " . ".join(["'a'"] * 12000) + " = 1",
    "one long word": "a" * 60000,
    "many quotes": '"' * 60000,
    "toml brackets": "a = " + "[" * 60000,
    "toml tables": "a = " + "{a=" * 20000,
    "digits": "a = " + "1" * 60000,
    "exponent": good("loss = x") + "[parameters]\na = { default = 1e99999999999999999999 }",
    "claims": good("loss = x") + "[claims]\nlipschitz = 1e999999999",
    "many headers": "[[a]]\n" * 10000,
    "large": "#" * (LARGEST_FILE + 1),
}  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_file_is_answered_at_once(tmp_path, text):
    attempt(tmp_path, text)


REFUSED = ("a tower", "powers of powers", "powers of a fraction", "a long sum", "brackets", "many lines", "long math",
           "null bytes", "dotted keys", "quoted dotted keys", "toml brackets", "digits", "large", "exponent")  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_too_much_is_refused(tmp_path, name):
    assert attempt(tmp_path, HOSTILE[name]) is not None


def test_composition_cannot_grow_without_bound(tmp_path):
    (tmp_path / "s0.toml").write_text(good("loss = x**2"))
    for n in range(1, 15):
        (tmp_path / f"s{n}.toml").write_text(good(f"loss = s{n - 1}(x) + s{n - 1}(2*x)"))
    with deadline(), pytest.raises(SpecError, match="composed of more than 500 definitions"):
        read_spec(tmp_path / "s14.toml")


def test_a_long_chain_of_specs_is_refused(tmp_path):
    (tmp_path / "s0.toml").write_text(good("loss = x**2"))
    for n in range(1, 40):
        deep = "exp(" * 50 + f"s{n - 1}(x)" + ")" * 50
        (tmp_path / f"s{n}.toml").write_text(good(f"loss = {deep}"))
    with deadline(), pytest.raises(SpecError, match="more than 16 specs call one another"):
        read_spec(tmp_path / "s39.toml")


@pytest.mark.parametrize("name", ["nowhere.toml", "a\0b.toml", "x" * 300 + ".toml", "", "/", ".."])
def test_a_path_to_nothing_is_refused(tmp_path, name):
    with pytest.raises(SpecError):
        read_spec(tmp_path / name)


def test_a_pipe_is_not_waited_for(tmp_path):
    with suppress(AttributeError):
        os.mkfifo(tmp_path / "pipe.toml")
    with deadline(), pytest.raises(SpecError):
        read_spec(tmp_path / "pipe.toml")


def test_latin_letters_are_refused_with_their_line(tmp_path):
    error = attempt(tmp_path, "title = 't'\n# é".encode("latin-1"))
    assert error is not None
    assert "not UTF-8 in line 2" in error.problem


def test_nothing_in_a_file_is_executed(tmp_path):
    trace = tmp_path / "trace"
    for math in (
        f"loss = __import__('os').system('touch {trace}')",
        f"loss = x.__class__.__base__.__subclasses__()\nopen('{trace}', 'w')",
        f"loss = eval(\"open('{trace}', 'w')\")",
        "loss = exec",
    ):
        assert attempt(tmp_path, good(math)) is not None
    assert not trace.exists()
