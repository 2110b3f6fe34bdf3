"""Bounds of ratios of sums: confirmed where they hold for all parameters, and not a bit beyond."""

from pathlib import Path

import pytest
from sympy import Rational

from symloss.audit.recheck.ratios import Ratios
from symloss.program import read_program
from symloss.spec import read_spec

HEAD = 'title = "t"\nsummary = "s"\nsource = "s"\n'
MASKS = (
    '[inputs]\np = { domain = "[0, 1]", shape = ["I"] }\nt = { domain = "[0, 1]", shape = ["I"] }\n'
)
SMOOTH = '[parameters]\ns = { domain = "nonnegative" }\n'
WEIGHED = SMOOTH + 'a = { domain = "%s" }\n'


@pytest.mark.parametrize(
    ("math", "more", "low", "high"),
    [
        ("1 - (2*sum(p[i]*t[i], i) + s)/(sum(p[i], i) + sum(t[i], i) + s)", SMOOTH, 0, 1),
        ("1 - (sum(p[i]*t[i], i) + s)/(sum(p[i] + t[i] - p[i]*t[i], i) + s)", SMOOTH, 0, 1),
        ("1 - (3*sum(p[i]*t[i], i) + s)/(sum(p[i], i) + sum(t[i], i) + s)", SMOOTH, None, 1),
        ("sum(a*p[i]*(1 - t[i]), i)/(sum(p[i]*t[i], i) + s)", WEIGHED % "nonnegative", 0, None),
        ("sum(a*p[i]*(1 - t[i]), i)/(sum(p[i]*t[i], i) + s)", WEIGHED % "real", None, None),
        ("sum(p[i]**2 - p[i], i)/(sum(t[i], i) + s)", SMOOTH, None, None),
        ("sum(p[i]*(1 - 2*t[i]), i)/(sum(t[i], i) + s)", SMOOTH, None, None),
    ],
)
def test_bounds_of_ratios(tmp_path: Path, math, more, low, high):
    path = tmp_path / "own.toml"
    path.write_text(f"{HEAD}math = '''loss = {math}'''\n{MASKS}{more}", "utf-8")
    program = read_program(read_spec(path))
    ratios, loss = Ratios(program), program.step("loss").expression
    step = Rational(1, 100)
    assert ratios.is_nonnegative(loss - (low or 0)) == (low is not None)
    assert ratios.is_nonnegative((high or 1) - loss) == (high is not None)
    assert not ratios.is_nonnegative(loss - (low or 0) - step)
    assert not ratios.is_nonnegative((high or 1) - step - loss)
