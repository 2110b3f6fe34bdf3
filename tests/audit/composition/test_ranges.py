"""Where values lie, of any size: means, powers, lengths, numbers that sum to one."""

from __future__ import annotations

import re

import pytest

from symloss.audit import audit
from symloss.audit.composition import Walk, simple
from symloss.program import read_program
from symloss.spec import read_spec

HEAD = 'title = "t"\nsummary = "s"\nsource = "s"\n'
ARRAYS = {
    "x": 'domain = "real", shape = ["K"]',
    "y": 'domain = "real", shape = ["K"]',
    "t": 'domain = "{0, 1}", shape = ["K"]',
    "p": 'domain = "simplex(K)", shape = ["K"]',
    "label": 'domain = "index(K)"',
    "n": 'domain = "positive integer"',
}


def spec_of(folder, math, parameter=""):
    used = [name for name in ARRAYS if re.search(rf"\b{name}\b", math)]
    lines = "\n".join(f"{name} = {{ {ARRAYS[name]} }}" for name in used)
    more = f'[parameters]\na = {{ domain = "{parameter}", default = 0.5 }}\n' if parameter else ""
    path = folder / "own.toml"
    own = f'wrt = ["{"p" if "p" in used else used[0]}"]\nmath = "loss = {math}"\n'
    path.write_text(f"{HEAD}{own}[inputs]\n{lines}\n{more}", "utf-8")
    return read_spec(path)


COSINE = "sum(x[k]*y[k], k)/(sqrt(sum(x[k]**2, k))*sqrt(sum(y[k]**2, k)))"


@pytest.mark.parametrize(
    ("math", "parameter", "span"),
    [
        ("mean(1 - t[k], k) + 0*sum(x[k], k)", "", "[0, 1]"),
        ("mean(a*tanh(x[k]), k)", "(0, 1)", "(-1, 1)"),
        ("sum(t[k], k)/2 + 0*sum(x[k], k)", "", "[0, oo)"),
        ("a**n + 0*sum(x[k], k)", "[0, 1)", "[0, 1)"),
        ("a**n + 0*sum(x[k], k)", "[0, 1]", "[0, 1]"),
        ("sum(p[k]**2, k)", "", "(0, oo)"),
        ("sum(p[k]**2*t[k], k)", "", "[0, oo)"),  # may be 0
        ("p[label]/sqrt(sum(p[k]**2, k))", "", "[0, 1]"),
        ("x[label]/sqrt(1 + sum(x[k]**2, k))", "", "[-1, 1]"),
        (COSINE, "", "[-1, 1]"),
        (f"1 - 2*{COSINE}", "", "[-1, 3]"),
        ("sum(x[k]*y[k], k)/sqrt(sum(x[k]**2, k))", "", "(-oo, oo)"),
        (COSINE.replace("x[k]*y[k]", "x[k]**2*y[k]"), "", "(-oo, oo)"),  # another product
        ("sum(x[k], k)/sqrt(sum(x[k]**2, k))", "", "(-oo, oo)"),  # sqrt(K)
    ],
)
def test_ranges(tmp_path, math, parameter, span):
    program = simple(read_program(spec_of(tmp_path, math, parameter)))
    assert str(Walk(program, program.wrt).facts["loss"].range) == span


def test_positive_parts_at_chosen_places(tmp_path):
    """What stands under its own sign is a maximum: convex, continuous, Lipschitz."""
    gap = "x[k] - x[label] + 1"
    math = f"sum(where(k != label and {gap} > 0, {gap}, 0), k)"
    found = audit(spec_of(tmp_path, math), only=("convex", "continuous")).findings
    assert found["convex"].verdict == found["continuous"].verdict == "PROVED"
    math = (
        f"sum(where(k != label and {gap} > 0, x[k], 0), k)"  # another value than the gap: it jumps
    )
    found = audit(spec_of(tmp_path, math), only=("convex", "continuous")).findings
    assert found["convex"].verdict != "PROVED"
    assert found["continuous"].verdict != "PROVED"


def test_a_bound_is_not_attained_where_the_loss_is_not_defined(tmp_path):
    one = audit(spec_of(tmp_path, COSINE), only={"upper_bound"}).findings["upper_bound"]
    assert (one.value, one.tight) == ("1", True)
    assert "approached" in one.detail
