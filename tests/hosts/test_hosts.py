"""Every row of every host: values, gradients, weighted means, and who is right in a dispute."""

from __future__ import annotations

from dataclasses import replace
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import mpmath
import numpy as np
import pytest

from symloss import losses
from tests.hosts import harness
from tests.hosts.harness import (
    ULPS,
    Case,
    Host,
    apart,
    compared,
    disputes,
    items_of,
    ours,
    table,
    theirs,
)

PACKAGES = ["torch", "sklearn", "optax"]
KINDS = ["float32", "float64"]


def _rows() -> list[Any]:
    """A parameter per row; one that says so for a host that is not installed."""
    rows = []
    for package in PACKAGES:
        if find_spec(package) is None:
            skip = pytest.mark.skip(reason=f"no {package}: pip install symloss[hosts,test]")
            rows.append(pytest.param(None, None, id=package, marks=skip))
            continue
        host = import_module(f"tests.hosts.{package}").HOST
        rows += [pytest.param(host, case, id=f"{package}-{case.loss}") for case in host.cases]
    return rows


ROWS = _rows()
walk = pytest.mark.parametrize(("host", "case"), ROWS)


def _require_built(case: Case) -> None:
    """A row may be written before its loss is built; `test_every_row_names_a_loss` forgets none."""
    if case.loss not in losses.__all__:
        pytest.skip(f"{case.loss} is not built")


@walk
def test_every_row_names_a_loss(host: Host, case: Case):
    assert case.loss in losses.__all__, f"{case.loss} is not in symloss.losses: build or rename it"


@walk
def test_values_and_gradients_agree(host: Host, case: Case):
    _require_built(case)
    told = [line for kind in KINDS for line in disputes(host, case, kind)]
    if told:
        assert case.differs, f"exactly computed, ours are right; say what {host.name} does: {told}"
    else:
        assert not case.differs, f"{host.name} agrees everywhere: the row's `differs` is stale"


@walk
def test_weighted_means_agree(host: Host, case: Case):
    """Of the items that nobody disputes: the host's values and slopes, weighted by hand."""
    _require_built(case)
    arrays, found, expected, allowed = compared(host, case, "float64")
    kept = ~apart(found, expected, allowed, "float64").any(axis=1) & np.isfinite(expected).all(
        axis=1
    )
    weights = np.random.default_rng(1).uniform(0.5, 2.0, kept.sum())
    share = (weights / weights.sum())[:, None]
    loss = getattr(losses, case.loss)
    mean, gradient = loss.value_and_gradient(
        *(part[kept] for part in arrays), **case.parameters, weight=weights, reduction="mean"
    )
    parts = [gradient] if len(loss.wrt) == 1 else list(gradient)
    slack = 2 * share * allowed[kept] + ULPS * np.finfo(float).eps * share * np.abs(expected[kept])
    slopes = table(np.zeros(len(weights)), parts)[:, : expected.shape[1]]
    off = np.abs(slopes - share * expected[kept])[:, 1:]
    assert (off <= slack[:, 1:]).all(), off.max()
    assert abs(mean - np.sum(share[:, 0] * expected[kept, 0])) <= slack[:, 0].sum()


KINKS = [
    ("absolute_error", [2.0, 2.0]),
    ("huber", [3.0, 2.0]),
    ("huber", [2.0, 2.0]),
    ("hinge", [1.0, 1.0]),
    ("triplet", [[0.0, 0.0], [1.0, 0.0], [0.0, 2.0]]),
]


@pytest.mark.parametrize(("name", "item"), KINKS)
def test_the_element_chosen_at_a_kink_is_pytorchs(name: str, item: list[Any]):
    pytest.importorskip("torch", reason="PyTorch is not installed: pip install symloss[hosts]")
    host = import_module("tests.hosts.torch").HOST
    row = next(case for case in host.cases if case.loss == name)
    case = replace(row, inputs=lambda random: [np.array([part]) for part in item])
    arrays = items_of(case, "float64")
    np.testing.assert_allclose(ours(case, arrays), theirs(host, case, arrays), rtol=1e-15)


def test_where_they_differ_ours_is_right():
    """At a logit of 40 PyTorch's gradient of a confident, right prediction is lost in rounding."""
    pytest.importorskip("torch", reason="PyTorch is not installed: pip install symloss[hosts]")
    host = import_module("tests.hosts.torch").HOST
    row = next(case for case in host.cases if case.loss == "binary_cross_entropy")
    case = replace(row, inputs=lambda random: (np.array([40.0]), np.array([1.0])))
    exact = float(-1 / (1 + mpmath.exp(40)))
    arrays = items_of(case, "float64")
    assert len(disputes(host, case, "float64")) == 1
    assert ours(case, arrays)[0, 1] == pytest.approx(exact, rel=1e-14)
    assert abs(theirs(host, case, arrays)[0, 1] - exact) > 0.5 * abs(exact)


def _wrong(found: Any) -> Any:
    """Too large by 1e-9 where the result is small: what a batch's largest item used to excuse."""
    return np.where(np.abs(found) < 1e-3, found * (1 + 1e-9), found)


def test_an_error_at_small_residuals_is_seen(monkeypatch: pytest.MonkeyPatch):
    """The harness itself: a relative error of 1e-9 at small results only must not pass."""
    pytest.importorskip("torch", reason="PyTorch is not installed: pip install symloss[hosts]")
    host = import_module("tests.hosts.torch").HOST
    case = next(case for case in host.cases if case.loss == "squared_error")
    monkeypatch.setattr(harness, "ours", lambda case, arrays: _wrong(ours(case, arrays)))
    with pytest.raises(AssertionError, match="nothing says who is right"):
        disputes(host, case, "float64")
