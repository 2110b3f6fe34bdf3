"""Every mistake in math is answered with its place, what is wrong, and what to write instead."""

from __future__ import annotations

import pytest

from symloss.errors import SpecError
from symloss.spec import read_spec

MISTAKES = {
    # definitions
    "no loss": ("§r = x - y", "does not define loss", "loss = expression"),
    "empty": ("§", "does not define loss", "loss = expression"),
    "only a comment": ("§# nothing", "does not define loss", ""),
    "loss with indices": ("§loss[k] = logits[k]", "loss is one number", "sum("),
    "after loss": ("loss = x\n§r = y", "after loss", "move it"),
    "twice": ("r = x\n§r = y\nloss = r", "defined twice", "another name"),
    "named as an input": ("§x = 1\nloss = x", "input, a parameter or a dimension", "another name"),
    "named as a dimension": ("§K = 1\nloss = x", "input, a parameter or a dimension", ""),
    "named as a constant": ("§pi = x\nloss = pi", "word of the math language", ""),
    "named as a keyword argument": ("§weight = x\nloss = weight", "keyword argument", ""),
    "underscore": ("§_r = x\nloss = _r", "underscore", "letter"),
    "dunder read": ("loss = §__import__", "underscore", ""),
    "dunder called": ("loss = §__import__(x)", "underscore", ""),
    "later": ("a = §b\nb = x\nloss = a", "b is defined later, on line 4", "move"),
    "cyclic": ("a = §b + x\nb = c\nc = a\nloss = c", "cyclic definitions: a -> b -> c -> a", "above"),
    "by itself": ("r = §r + x\nloss = r", "defined by itself", "another name"),
    "loss in loss": ("loss = §loss + x", "defined by itself", ""),
    "unused": ("§r = x\nloss = y", "never used", "remove"),
    "no expression": ("§x + y\nloss = x", "defines nothing", "name = expression"),
    "two targets": ("a = §b = x\nloss = a", "one name", "one definition a line"),
    "tuple target": ("§a, b = x, y\nloss = a", "cannot be defined", "name = expression"),
    "attribute target": ("§a.b = x\nloss = a", "cannot be defined", ""),
    "indented": ("r = x\n  §loss = r", "indented", "same column"),
    # names
    "unknown": ("loss = §xx - y", "unknown name 'xx'", "did you mean 'x'"),
    "unknown function": ("loss = §squar(x)", "named 'squar'", "did you mean 'square'"),
    "function uncalled": ("loss = §exp + x", "exp is a function", "exp(...)"),
    "no fraction": ("loss = §Rational(x, 3)", "whole numbers", "1/3"),
    "fraction over 0": ("loss = §Rational(1, 0)*x", "divides by 0", ""),
    "softmax without an index": ("loss = softmax(logits[0], §k)", "share of one place", "p[k] ="),
    "softmax of nothing named": ("loss = sum(softmax(logits[k], §2), k)", "share of one place", "p[k]"),
    "number called": ("loss = §x(y)", "x is not a function", "x*(...)"),
    "called by no name": ("loss = §(x)(y)(y)", "by name", ""),
    "unknown spec argument": ("loss = §hubr(x, y)", "no spec named 'hubr'", ""),
    # Python that is no mathematics
    "attribute": ("loss = §x.real", "attribute", "exp(x)"),
    "method": ("loss = §x.exp()", "by name", ""),
    "lambda": ("loss = §lambda: x", "lambda is a word of Python", "strength"),
    "comprehension": ("loss = sum(§[x for k in y], k)", "comprehension", "sum(x[i], i)"),
    "generator": ("loss = §sum(x for k in y)", "runs over an index", ""),
    "string": ("loss = §'x'", "string", ""),
    "bytes": ("loss = §b'x'", "string", ""),
    "f-string": ("loss = §f'x'", "f-string", ""),
    "walrus": ("loss = (§r := x)", "walrus", "line of its own"),
    "starred": ("loss = exp(§*x)", "starred", ""),
    "double star": ("loss = exp(**§x)", "keyword", ""),
    "keyword of a function": ("loss = exp(x=§y)", "no keyword arguments", ""),
    "if else": ("loss = §x if y else 1", "if ... else", "where("),
    "import": ("§import os\nloss = x", "import", "definitions"),
    "def": ("§def f(): pass\nloss = x", "def", "definitions"),
    "for": ("§for k in x: pass\nloss = x", "for is not", ""),
    "delete": ("§del x\nloss = x", "del is not", ""),
    "augmented": ("§r += x\nloss = r", "+=", ""),
    "annotated": ("§r: int = x\nloss = r", "annotation", ""),
    "print": ("§print(x)\nloss = x", "defines nothing", ""),
    "list": ("loss = §[x, y]", "list", ""),
    "tuple": ("loss = §x, y", "several values", ""),
    "dict": ("loss = §{}", "dictionary", ""),
    "slice": ("loss = sum(logits[§:], k)", "slice", "x[i]"),
    "matrix product": ("loss = §x @ y", "@", "sum("),
    "modulo": ("loss = §x % 2", "%", ""),
    "floor division": ("loss = §x // 2", "//", "/"),
    "caret": ("loss = §x ^ 2", "^ is not a power", "**"),
    "none": ("loss = x + §None", "None", "real number"),
    "imaginary": ("loss = x*§1j", "imaginary", ""),
    "ellipsis": ("loss = §...", "...", ""),
    "hexadecimal": ("loss = x*§0x10", "decimal digits", ""),
    # characters and syntax
    "greek": ("loss = §δ*x", "not a word", "spell it: delta"),
    "square sign": ("loss = x§²", "not a word", "**2"),
    "minus sign": ("loss = x §− y", "not a word", "write -"),
    "full width": ("loss = §ｘ", "not a word", "ASCII"),
    "backslash": ("loss = x + §\\\n  y", "backslash", "parentheses"),
    "missing parenthesis": ("loss = exp§(x", "never closed", ""),
    "two side by side": ("loss = §2x", "runs into a name", "2*x"),
    "juxtaposed": ("loss = (§x y)", "side by side", "*"),
    "assignment inside": ("loss = (§x = y)", "assignment", "name = value"),
    "deep brackets": ("loss = " + "(" * 60 + "§(x" + ")" * 61, "deeper than 60", "lines of their own"),
    "deep signs": ("loss = " + "-" * 61 + "§x", "deeper than 60", ""),
    # conditions
    "comparison as a number": ("loss = §x > y", "condition is not a number", "where(condition, 1, 0)"),
    "comparison times": ("loss = (§x > y)*x", "condition is not a number", "where("),
    "and as a number": ("loss = §x and y", "condition is not a number", ""),
    "not as a number": ("loss = §not x", "condition is not a number", ""),
    "true as a number": ("loss = §True + x", "condition is not a number", ""),
    "Eq as a number": ("loss = §Eq(x, y)", "condition is not a number", "where(condition, 1, 0)"),
    "Eq of one": ("loss = where(§Eq(x), 1, 0)", "takes 2 arguments, not 1", ""),
    "Eq of infinity": ("loss = where(Eq(x, §oo), 1, 0)", "oo is not a number", ""),
    "number as a condition": ("loss = where(§x, 1, 0)", "condition should stand", "x > 0"),
    "bitwise precedence": ("loss = where(x > §0 & y > 0, 1, 0)", "& joins conditions", "(a > 0) & (b > 0)"),
    "in": ("loss = where(§x in y, 1, 0)", "'in' and 'is'", ""),
    "infinite comparison": ("loss = where(x < §oo, 1, 0)", "oo is not a number", "branch"),
    "choice in a condition": ("loss = where(§where(x > 0, x, y) > 0, 1, 0)", "inside a condition", "line"),
    "no true branch": ("loss = Piecewise((x, x > 0), §(y, y > 0))", "none of its conditions", "(value, True)"),
    "branch no pair": ("loss = Piecewise(§x, (y, True))", "pair", "(value, condition)"),
    "too few for where": ("loss = §where(x > 0, x)", "takes 3 arguments, not 2", ""),
    "unreal comparison": ("loss = §where(sqrt(-x**2) > 0, 1, 0)", "not a real", "root"),
    "many branches": ("loss = §Piecewise(" + "(x, y > 0)," * 32 + "(x, True))", "32", ""),
    "many conditions": ("loss = where(§" + " and ".join(["x > 0"] * 33) + ", 1, 0)", "32", "name parts"),
    # numbers
    "infinity": ("loss = x + §oo", "oo is not a number", "where(condition, x, -oo)"),
    "division by zero": ("loss = §x/0", "divides by 0", ""),
    "division by hidden zero": ("loss = §x/(2 - 2)", "divides by 0", ""),
    "division by cancelled": ("loss = §x/(y - y)", "divides by 0", ""),
    "root of -1": ("loss = x*§sqrt(-1)", "sqrt(-1) is undefined", "[0, oo)"),
    "log of -1": ("loss = x*§log(-1)", "log(-1) is undefined", "(0, oo)"),
    "log of 0": ("loss = x*§log(0)", "log(0) is undefined", ""),
    "log of cancelled": ("loss = x*§log(x - x)", "undefined", ""),
    "asin of 2": ("loss = x*§asin(2)", "asin(2) is undefined", "[-1, 1]"),
    "atanh of 1": ("loss = x*§atanh(1)", "undefined", "(-1, 1)"),
    "exp of 1000": ("loss = x*§exp(1000)", "outside the range of a double", ""),
    "tower": ("loss = x*§9**9**9", "exponent beyond 1000", ""),
    "large power": ("loss = §x**1001", "exponent beyond 1000", ""),
    "powers that add up": ("loss = §x**600*x**600", "exponent beyond 1000", ""),
    "powers that multiply": ("loss = §(x**40)**40", "exponent beyond 1000", ""),
    "digits by power": ("loss = §(1.0000000000001*x)**999", "too many digits", "round"),
    "many digits": ("loss = x*§" + "1" * 61, "more than 60 digits", "round"),
    "too large": ("loss = x*§1e400", "outside the range", "rescale"),
    "too small": ("loss = x*§1e-400", "outside the range", ""),
    "product too large": ("loss = x*(§1e200*1e200)", "outside the range", ""),
    "negative to a fraction": ("loss = x*§(-8)**(1/3)", "is not real", "Abs(x)**p"),
    "negative to a variable": ("loss = §(-2)**x", "is not real", ""),
    "zero to a negative": ("loss = x*§0**-1", "divides by 0", ""),
    "imaginary root": ("loss = §sqrt(-x**2)", "not a real", ""),
    "order of polygamma": ("loss = §polygamma(x, y)", "order of polygamma", "polygamma(1, x)"),
    "arity": ("loss = §exp(x, y)", "takes 1 argument, not 2", ""),
    "arity of Max": ("loss = §Max(x)", "takes 2 to 32 arguments, not 1", ""),
    "many maxima": ("loss = §Max(" + ", ".join(["x"] * 33) + ")", "32", ""),
    # ranks
    "array as a number": ("loss = §logits + x", "array with 1 core dimension", "logits[i]"),
    "matrix as a number": ("loss = sum(§z, i)", "array with 2 core dimensions", "z[i, j]"),
    "number with subscripts": ("loss = sum(§x[k], k)", "x is one number", "x alone"),
    "too many subscripts": ("loss = sum(§logits[k, k], k)", "1 core dimension, and here 2", "logits[i]"),
    "too few subscripts": ("loss = sum(§z[i], i)", "2 core dimensions, and here 1", "z[i, j]"),
    "subscripts of an expression": ("loss = sum(§(x + y)[k], k)", "only an array", ""),
    "unknown array": ("loss = sum(§logitss[k], k)", "unknown name 'logitss'", "did you mean 'logits'"),
    # subscripts
    "beyond the end": ("loss = rgb[§3]", "beyond the end", "count from 0"),
    "perhaps beyond the end": ("loss = logits[§1]", "K may be too short", "shape = [2]"),
    "negative subscript": ("loss = rgb[§-1]", "negative subscript", "count from 0"),
    "fractional subscript": ("loss = rgb[§0.5]", "whole number", ""),
    "boolean subscript": ("loss = rgb[§True]", "whole number", ""),
    "arithmetic subscript": ("loss = sum(logits[§k + 1], k)", "arithmetic in a subscript", "index input"),
    "call as a subscript": ("loss = logits[§exp(x)]", "not supported", ""),
    "real subscript": ("loss = logits[§x]", "x is no index", 'index(K)'),
    "definition as a subscript": ("r = x\nloss = logits[§r]", "r is no index", ""),
    "array as a subscript": ("loss = sum(z[§partner, 0], i)", "partner is an array", "partner[i]"),
    "real array as a subscript": ("loss = sum(z[§z[i, j], j], i, j)", "z is no index", ""),
    "other dimension": ("loss = rgb[§label]", "label selects places along K", 'index(3)'),
    "other dimension of an array": ("loss = sum(logits[§partner[i]], i)", "along N", ""),
    "misspelt subscript": ("loss = logits[§lable]", "is free", "did you mean 'label'"),
    # indices
    "free": ("loss = logits[§k]", "the index k is free", "sum(..., k)"),
    "free after its sum": ("loss = sum(logits[k], k) + §k", "the index k is free", ""),
    "free in a definition": ("r[i] = z[i, §j]\nloss = sum(r[i], i)", "the index j is free", "r"),
    "clash": ("loss = sum(logits[k]*z[§k, 0], k)", "index clash: k ranges over K, and here it stands at N", ""),
    "clash of lines": ("a = sum(logits[k], k)\nloss = a + sum(rgb[§k], k)", "clash: k ranges over K", "3"),
    "bound twice": ("loss = sum(logits[k], k, §k)", "twice over the same index", ""),
    "bound inside itself": ("loss = sum(sum(logits[k], §k), k)", "k has a meaning already", "another name"),
    "bound on the left": ("r[k] = sum(logits[k], §k)\nloss = r[0]", "k has a meaning already", ""),
    "index named as an input": ("loss = sum(logits[y], §y)", "y has a meaning already", "another name"),
    "index named as a dimension": ("loss = sum(logits[K], §K)", "K has a meaning already", ""),
    "index named as a constant": ("loss = sum(logits[pi], §pi)", "", ""),
    "index named as a definition": ("r = x\nloss = sum(logits[r], §r)", "r has a meaning already", ""),
    "definition named as an index": ("a = sum(logits[k], §k)\nk = a\nloss = k", "k is a definition", ""),
    "index named as a later line": ("a = sum(logits[b], §b)\nb = a\nloss = b", "b is a definition", ""),
    "no range": ("loss = sum(x, §k)", "the range of k is unknown", "x[k]"),
    "no range in comparisons": ("loss = sum(where(j < k, x, 0), §j, k)", "range of j is unknown", "compared"),
    "two ranges in comparisons": ("loss = sum(where(i == k, logits[i], 0)*where(k == n, z[n, 0], 0), i, §k, n)", "range of k is unknown", ""),
    "no range on the left": ("r[§k] = x\nloss = r[0]", "the range of k is unknown", ""),
    "left twice": ("§r[i, i] = z[i, i]\nloss = r[0, 0]", "stands twice on the left", ""),
    "number on the left": ("r[§0] = x\nloss = r[0]", "left side carries indices", ""),
    "reduction without an index": ("loss = §sum(x)", "sum runs over an index", "sum(x[i], i)"),
    "reduction over an expression": ("loss = sum(logits[k], §k + 1)", "this is none", ""),
    "max of two": ("loss = max(x, §0)", "max runs over an index", "Max(a, b)"),
    "max of two names": ("loss = max(x, §y)", "y has a meaning already", "Max(a, b)"),
    "min of two": ("loss = min(x, §0)", "min runs over an index", "Min(a, b)"),
    "limit in math": ("loss = §limit(x, y, 0)", "laws", ""),
}  # fmt: skip


@pytest.mark.parametrize(("math", "problem", "remedy"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_in_math_is_answered_where_it_is(refused, inputs, math, problem, remedy):
    error = refused(f"title = 'Tried'\nmath = '''\n{math}\n'''\n{inputs}")
    assert problem in error.problem
    assert remedy in error.remedy
    assert error.problem in str(error)
    assert "^" in str(error)


def test_there_are_mistakes_enough():
    assert len(MISTAKES) > 100


@pytest.mark.parametrize("quotes", ["'''", '"""'])
@pytest.mark.parametrize("margin", ["", "    ", "\t"])
@pytest.mark.parametrize("before", ["\n", "\n\n", "\n# a comment, with δ\n"])
def test_columns_count_in_the_file_and_not_in_the_math(refused, inputs, quotes, margin, before):
    lines = f"{margin}r = x\n\n{margin}loss = r + (\n{margin}§xx)\n"
    assert (
        "unknown" in refused(f"math = {quotes}{before}{lines}{quotes}\ntitle='t'\n{inputs}").problem
    )


@pytest.mark.parametrize(
    "text",
    [
        'math = "loss = §xx"',
        "math = 'loss = §xx'",
        'math = "r = x\\nloss = §xx + r"',
        'math = "loss\\u0020= §xx"',
        'math = """loss = \\\n     §xx"""',
        '"math" = "loss = §xx"',
        "# first\nmath='''loss = (\n\n    §xx)'''",
    ],
)
def test_the_place_survives_the_ways_of_toml(refused, inputs, text):
    assert "unknown name 'xx'" in refused(f"{text}\ntitle = 't'\n{inputs}").problem


def test_windows_line_ends_and_a_byte_order_mark_do_not_move_the_place(tmp_path, refused, inputs):
    text = f"title = 't'\nmath = '''\nr = x\nloss = §xx + r\n'''\n{inputs}"
    error = refused(text)
    path = tmp_path / "windows.toml"
    path.write_bytes(b"\xef\xbb\xbf" + text.replace("§", "").replace("\n", "\r\n").encode())
    with pytest.raises(SpecError) as caught:
        read_spec(path)
    assert error.place
    assert caught.value.place
    assert (caught.value.place.line, caught.value.place.column) == (4, 8)
