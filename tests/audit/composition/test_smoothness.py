"""Classes of smoothness of any size, each truth worked out by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from symloss.audit.properties.regularity import smoothness
from symloss.audit.subject import subject
from tests.audit.composition.table import Row, spec_of

PAIR = "x real K; y real K"
ROWS = [
    Row("logsumexp(x[k], k) - x[label]", "x real K; label index(K)", "Cinf", "analytic"),
    Row("sqrt(sum(x[k]**2, k))", "x real K", "C0", "a norm has a kink at 0"),
    Row("sum(x[k]**2, k)**(3/2)", "x real K", "C2", "the cube of the norm: |t|**3 on lines through 0"),
    Row("sqrt(1 + sum(x[k]**2, k))", "x real K", "Cinf", "the root of something >= 1"),
    Row("sum(sqrt(x[k]), k)", "x nonnegative K", "C0", "infinite slope at 0"),
    Row("sum(Abs(x[k] - y[k])**3, k)", PAIR, "C2", "|t|**3"),
    Row("sum(Max(0, x[k])**2, k)", "x real K", "C1", "second derivatives 0 and 2"),
    Row("sum(Piecewise(((x[k]-y[k])**2/2, Abs(x[k]-y[k]) <= a), (a*(Abs(x[k]-y[k]) - a/2), True)), k)",
        PAIR, "C1", "Huber", "x", "a positive"),
    Row("max(x[k], k)", "x real K", "C0", "kinks where two are largest"),
    Row("sum(where(k != label and x[k] > 0, x[k] + 1, 0), k)", "x real K; label index(K)",
        "discontinuous", "a jump of 1 wherever k is not the label"),
    Row("sum(where(k != label and x[k] > 0, x[k], 0), k)", "x real K; label index(K)", "C0", "hinge"),
    Row("sum(where(k != label, x[k]**2, 0), k)", "x real K; label index(K)", "Cinf", "squares"),
    Row("sum(where(k != label, Abs(x[k]), x[k]), k)", "x real K; label index(K)", "C0", "kinks"),
    Row("sum(x[k]*Abs(x[k]), k)", "x real K", "C1", "second derivatives -2 and 2"),
    Row("sum(Abs(x[k]), k)**2", "x real K", "C0", "|x1||x2| has a kink across x1 = 0"),
    Row("log(sum(x[k]**2, k) + 1)", "x real K", "Cinf", "the logarithm of something >= 1"),
    Row("x**2/y", "x real; y positive", "Cinf", "the pole is outside", "x y"),
    Row("Max(x, y)", "x real; y real", "C0", "a kink on x = y", "x y"),
]  # fmt: skip


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.math)
def test_the_class_is_true(row: Row, tmp_path: Path) -> None:
    found = {one.name: one for one in smoothness(subject(spec_of(row, tmp_path), {}), 10.0)}
    order = {"discontinuous": -1, "Cinf": 99}.get(row.truths) or int(row.truths[1:])
    if found["smoothness"].verdict != "UNKNOWN":
        assert found["smoothness"].value == row.truths, row.why
    for name, least in (("continuous", 0), ("differentiable", 1)):
        assert found[name].verdict == ("PROVED" if order >= least else "REFUTED"), (name, row.why)
