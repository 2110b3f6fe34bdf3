"""Every row of every package: values, gradients, weighted means, and who is right in a dispute."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import mpmath
import numpy as np
import pytest

from symloss import losses, peers
from symloss.peers import Library, Row
from tests.hosts import harness
from tests.hosts.harness import ULPS, compared, disputes, items, ours, table, theirs

SPECS = sorted(path.stem for path in (Path(__file__).parents[2] / "specs").glob("*/*.toml"))
KINDS = ["float32", "float64"]


def _rows() -> list[Any]:
    """A parameter per row; one that says so for a package that is not installed.

    Formulas over JAX's functions are those over PyTorch's: they are compared with ours by
    `symloss bench`, before they are timed, and compiling them all here would take a minute.
    """
    rows = []
    for package in peers.NAMES:
        if package not in peers.installed():
            skip = pytest.mark.skip(reason=f"no {package}: pip install symloss[hosts,test]")
            rows.append(pytest.param(None, None, id=package, marks=skip))
            continue
        host = peers.library(package)
        rows += [
            pytest.param(host, row, id=f"{package}-{row.loss}")
            for row in host.rows
            if package != "optax" or not row.composed
        ]
    return rows


ROWS = _rows()
walk = pytest.mark.parametrize(("host", "row"), ROWS)


def _require_built(row: Row) -> None:
    """A row may be written before its loss is built; `test_every_row_names_a_loss` forgets none."""
    if row.loss not in losses.__all__:
        pytest.skip(f"{row.loss} is not built")


@walk
def test_every_row_names_a_loss(host: Library, row: Row):
    assert row.loss in losses.__all__, f"{row.loss} is not in symloss.losses: build or rename it"


def test_every_spec_has_a_formula_and_items():
    """A new spec must be placed: written apart in `symloss/peers/formulas`, with items for it."""
    assert sorted(peers.FORMULAS) == SPECS
    assert sorted(peers.MAKERS) == SPECS


# What no package here implements as a loss of its own: users compose it, and so do the rows.
NOBODYS = [
    "balanced_binary_cross_entropy",
    "circle",
    "class_balanced",
    "contrastive",
    "dice",
    "diffusion_min_snr",
    "diffusion_noise",
    "elastic_net",
    "epsilon_insensitive",
    "feature_reconstruction",
    "focal_multiclass",
    "focal_tversky",
    "gan_discriminator",
    "gan_generator",
    "gan_generator_minimax",
    "generalised_dice",
    "gradient_penalty",
    "gradnorm",
    "gram_style",
    "group_lasso",
    "hinge_gan_discriminator",
    "hinge_gan_generator",
    "info_nce",
    "jaccard",
    "l1_penalty",
    "l2_penalty",
    "lasso_regression",
    "list_mle",
    "log_cosh_dice",
    "logistic_ridge",
    "lpips",
    "lsgan_discriminator",
    "lsgan_generator",
    "modified_huber",
    "n_pairs",
    "normalised_squared_error",
    "nt_xent",
    "one_sided_gradient_penalty",
    "perceptual",
    "r1_penalty",
    "ramp",
    "relative_squared_error",
    "ridge_regression",
    "scale_invariant_log_error",
    "smoothed_hinge",
    "spherical_score",
    "squared_hinge",
    "squared_triplet",
    "supervised_contrastive",
    "symmetric_mape",
    "tversky",
    "uncertainty_weighting",
    "v_prediction",
    "vae_bernoulli",
    "vae_gaussian",
    "wasserstein_critic",
    "wasserstein_generator",
    "weighted_sum",
]


@pytest.mark.skipif(peers.installed() != list(peers.NAMES), reason="a package is missing")
def test_what_nobody_implements_is_listed():
    owned = {
        row.loss for name in peers.NAMES for row in peers.library(name).rows if not row.composed
    }
    assert sorted(set(SPECS) - owned) == sorted(NOBODYS)


@pytest.mark.parametrize("package", ["torch", "optax"])
def test_every_loss_can_be_composed(package: str):
    pytest.importorskip(package, reason=f"no {package}: pip install symloss[hosts]")
    assert {row.loss for row in peers.library(package).rows} == set(SPECS)


@walk
def test_values_and_gradients_agree(host: Library, row: Row):
    """In float64, and in float32 where the package has the loss itself."""
    _require_built(row)
    told = [line for kind in KINDS[row.composed :] for line in disputes(host, row, kind)]
    if told:
        assert row.differs, f"exactly computed, ours are right; say what {host.name} does: {told}"
    else:
        assert not row.differs, f"{host.name} agrees everywhere: the row's `differs` is stale"


@walk
def test_weighted_means_agree(host: Library, row: Row):
    """Of the items that nobody disputes: the host's values and slopes, weighted by hand."""
    _require_built(row)
    both = compared(host, row, "float64")
    expected = both.expected
    kept = ~both.apart & np.isfinite(expected).all(axis=1)
    weights = np.random.default_rng(1).uniform(0.5, 2.0, kept.sum())
    share = (weights / weights.sum())[:, None]
    loss = getattr(losses, row.loss)
    mean, gradient = loss.value_and_gradient(
        *(part[kept] for part in both.arrays), **row.parameters, weight=weights, reduction="mean"
    )
    parts = [gradient] if len(loss.wrt) == 1 else list(gradient)
    slack = 2 * share * both.allowed[kept]
    slack += ULPS * np.finfo(float).eps * share * np.abs(expected[kept])
    slopes = table(np.zeros(len(weights)), parts)[:, : expected.shape[1]]
    off = np.abs(slopes - share * expected[kept])[:, 1:]
    assert (off <= slack[:, 1:]).all(), off.max()
    assert abs(mean - np.sum(share[:, 0] * expected[kept, 0])) <= slack[:, 0].sum()


def _torch_row(loss: str, *item: Any) -> tuple[Library, Row]:
    """PyTorch's row of a loss, to be tried at one item if that is given."""
    pytest.importorskip("torch", reason="PyTorch is not installed: pip install symloss[hosts]")
    host = peers.library("torch")
    row = next(row for row in host.rows if row.loss == loss)
    point = tuple(np.array([part]) for part in item)
    return host, replace(row, items=lambda random: point) if item else row


KINKS = [
    ("absolute_error", [2.0, 2.0]),
    ("huber", [2.75, 2.0]),
    ("huber", [2.0, 2.0]),
    ("triplet", [[0.0, 0.0], [0.75, 0.0], [0.0, 1.5]]),
]


@pytest.mark.parametrize(("name", "item"), KINKS)
def test_the_element_chosen_at_a_kink_is_pytorchs(name: str, item: list[Any]):
    host, row = _torch_row(name, *item)
    arrays = items(row, "float64")
    np.testing.assert_allclose(ours(row, arrays), theirs(host, row, arrays), rtol=1e-15)


def test_where_they_differ_ours_is_right():
    """At a logit of 40 PyTorch's gradient of a confident, right prediction is lost in rounding."""
    host, row = _torch_row("binary_cross_entropy", 40.0, 1.0)
    exact = float(-1 / (1 + mpmath.exp(40)))
    arrays = items(row, "float64")
    assert len(disputes(host, row, "float64")) == 1
    assert ours(row, arrays)[0, 1] == pytest.approx(exact, rel=1e-14, abs=0)
    assert abs(theirs(host, row, arrays)[0, 1] - exact) > 0.5 * abs(exact)


def _wrong(found: Any) -> Any:
    """Too large by 1e-9 where the result is small: what a batch's largest item used to excuse."""
    return np.where(np.abs(found) < 1e-3, found * (1 + 1e-9), found)


def test_an_error_of_ours_at_small_residuals_is_seen(monkeypatch: pytest.MonkeyPatch):
    """The harness itself: a relative error of 1e-9 at small results only must not pass."""
    host, row = _torch_row("squared_error")
    monkeypatch.setattr(harness, "ours", lambda row, arrays: _wrong(ours(row, arrays)))
    with pytest.raises(AssertionError, match="ours is wrong"):
        disputes(host, row, "float64")


def test_an_error_of_theirs_is_told_of():
    """The harness itself: a host that is wrong by a billionth is found out, and only there."""
    host, row = _torch_row("squared_error")
    wrong = replace(row, call=lambda p, t: row.call(p, t) * (1 + 1e-9 * (p > 100).double()))
    told = disputes(host, wrong, "float64")
    assert len(told) == np.count_nonzero(items(row, "float64")[0] > 100)


def test_held_parts_are_constant_to_the_exact_slopes():
    """A circle loss's weights are held: their change is no part of the slope."""
    host, row = _torch_row("circle", [0.5, 0.25], [0.125, -0.5])
    point = [part[0] for part in items(row, "float64")]
    exactly = harness.judged(peers.FORMULAS["circle"], row.parameters, point, [0, 1], [0, 1])
    expected = theirs(host, row, items(row, "float64"))[0]
    np.testing.assert_allclose(exactly.low, expected, rtol=1e-12)
