"""Weighted logarithms whose tangents cancel, each less its own."""

from __future__ import annotations

import mpmath
import numpy as np
import pytest

from symloss import pipeline
from symloss.program import text
from symloss.spec import read_spec
from symloss.stable import divergences_apart

SKEW = """
m[k]   = (p[k] + 3*t[k])/4
a[k]   = xlogy(p[k], p[k]) - xlogy(p[k], m[k])
loss   = sum(a[k] + 3*xlogy(t[k], t[k]) - 3*xlogy(t[k], m[k]), k)
"""


def spec_of(folder, math):
    inputs = "\n".join(f'{n} = {{ shape = ["K"], domain = "[0, oo)" }}' for n in "pt")
    file = folder / "tried.toml"
    file.write_text(f"title = 't'\nmath = '''\n{math}\n'''\n[inputs]\n{inputs}\n", "utf-8")
    return read_spec(file)


@pytest.mark.parametrize(
    ("math", "found"),
    [
        (SKEW, True),
        (SKEW.replace("/4", "/2"), False),
        (SKEW.replace("loss   = sum(a", "loss   = sum(2*a"), False),
        ("loss = sum(p[k]*log(p[k]/(p[k] + t[k])) + t[k]*log(t[k]/(p[k] + t[k])), k)", False),
    ],
)
def test_only_tangents_that_cancel_are_taken_off(math, found, tmp_path):
    program = divergences_apart(pipeline.read_program(spec_of(tmp_path, math)))
    assert ("log1pmx" in text(program)) == found


def test_all_digits_are_kept(tmp_path):
    loss = pipeline.draft(spec_of(tmp_path, SKEW), tmp_path)
    p = np.array([[0.3], [0.3], [0.3], [1e-310], [0.0]])
    t = np.array([[0.3 * (1 + 1e-9)], [0.4], [3.0], [0.5], [0.25]])
    for found, x, y in zip(loss.value(p, t), p.ravel().tolist(), t.ravel().tolist(), strict=True):
        with mpmath.workdps(60):
            u, v = mpmath.mpf(x), mpmath.mpf(y)
            m = (u + 3 * v) / 4
            truth = (u * mpmath.log(u / m) if u else 0) + 3 * v * mpmath.log(v / m)
        assert found == pytest.approx(float(truth), rel=2e-15, abs=0)


def test_what_underflows_is_nothing_beside_its_tangent(tmp_path):
    """In x*log(x/y) - x + y, x may be the smallest number."""
    loss = pipeline.draft(
        spec_of(tmp_path, "loss = sum(p[k]*log(p[k]/t[k]) - p[k] + t[k], k)"), tmp_path
    )
    p = np.array([[5e-324], [1e-310], [0.0]])
    np.testing.assert_array_equal(loss.value(p, np.array([3.0])), 3.0)
