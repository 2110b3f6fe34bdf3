"""Values and gradients against PyTorch's own functions, where PyTorch has the loss."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from symloss import losses

torch = pytest.importorskip("torch", reason="PyTorch is not installed: pip install torch==2.13.0")
functional = torch.nn.functional

KINDS = ["float32", "float64"]


def _pairs(kind: str) -> tuple[np.ndarray, np.ndarray]:
    """Random residuals, exact matches, kinks, and magnitudes from 1e-6 to 1e4."""
    random = np.random.default_rng(5)
    target = random.normal(size=200)
    prediction = target + random.normal(size=200) * 10.0 ** random.integers(-6, 5, 200)
    prediction[:20] = target[:20]
    target[20:40], prediction[20:40] = 0.0, np.where(np.arange(20) % 2, 1.0, -1.0)
    return prediction.astype(kind), target.astype(kind)


def _logits(kind: str) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(6)
    logit = np.concatenate(
        [random.normal(size=100) * 3, [0.0, 20, -20, 88, -88, 800, -800, 1e4, -1e4]]
    )
    target = np.concatenate([random.uniform(size=100), [0.0, 1, 0, 1, 0, 0, 1, 0, 1]])
    return logit.astype(kind), target.astype(kind)


def _classes(kind: str) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(7)
    logits = random.normal(size=(120, 9)) * 10.0 ** random.integers(-3, 4, (120, 1))
    logits[0], logits[1] = 0.0, 1e4
    return logits.astype(kind), random.integers(0, 9, 120)


def _gaussians(kind: str) -> tuple[np.ndarray, ...]:
    random = np.random.default_rng(8)
    return tuple(random.normal(size=150).astype(kind) for _ in range(3))


def _triplets(kind: str) -> tuple[np.ndarray, ...]:
    random = np.random.default_rng(9)
    return tuple(random.normal(size=(80, 6)).astype(kind) for _ in range(3))


def _triplet_at_zero_epsilon(anchor: Any, positive: Any, negative: Any) -> Any:
    """PyTorch adds 1e-6 to every difference; its own function without that is the same loss."""
    return functional.triplet_margin_loss(anchor, positive, negative, eps=0.0, reduction="none")


CASES: dict[str, tuple[Callable[[str], Any], Callable[..., Any], dict[str, float]]] = {
    "squared_error": (_pairs, lambda p, t: functional.mse_loss(p, t, reduction="none"), {}),
    "absolute_error": (_pairs, lambda p, t: functional.l1_loss(p, t, reduction="none"), {}),
    "huber": (_pairs, lambda p, t: functional.huber_loss(p, t, delta=1.0, reduction="none"), {}),
    "binary_cross_entropy": (
        _logits,
        lambda x, t: functional.binary_cross_entropy_with_logits(x, t, reduction="none"),
        {},
    ),
    "cross_entropy": (_classes, lambda x, y: functional.cross_entropy(x, y, reduction="none"), {}),
    "gaussian_nll": (
        _gaussians,
        lambda m, s, t: functional.gaussian_nll_loss(m, t, s.exp(), eps=0.0, reduction="none"),
        {},
    ),
    "triplet": (_triplets, _triplet_at_zero_epsilon, {}),
    "hinge": (
        lambda kind: (_pairs(kind)[0], np.where(_pairs(kind)[1] > 0, 1, -1).astype(kind)),
        lambda p, t: torch.clamp_min(1 - t * p, 0),
        {},
    ),
    "log_cosh": (
        lambda kind: tuple(np.clip(part, -40, 40) for part in _pairs(kind)),
        lambda p, t: torch.log(torch.cosh((p - t).double())),
        {},
    ),
}


def _torch(name: str, arrays: Any, factors: Any = None) -> tuple[np.ndarray, list[np.ndarray]]:
    """Values, and derivatives of their (weighted) sum by what symloss differentiates by."""
    loss = getattr(losses, name)
    tensors = [torch.tensor(array) for array in arrays]
    by = [entry.name for entry in loss.inputs]
    variables = [tensors[by.index(variable)].requires_grad_() for variable in loss.wrt]
    values = CASES[name][1](*tensors)
    total = values.sum() if factors is None else (values * torch.tensor(factors)).sum()
    slopes = torch.autograd.grad(total, variables)
    return values.detach().numpy(), [slope.numpy() for slope in slopes]


def _agree(found: Any, expected: np.ndarray, kind: str, scale: float) -> None:
    """To 1e-5 (float32) or 1e-12 (float64) of the result or of the inputs' rounding."""
    slack = {"float32": 2e-6, "float64": 4e-15}[kind]
    error = np.abs(np.asarray(found, np.float64) - expected)
    assert (error <= slack * (scale + np.abs(expected))).all(), error.max()


def _scale(arrays: Any) -> float:
    return max(1.0, *(float(np.abs(array).max()) for array in arrays))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", CASES)
def test_values_and_gradients_agree(name, kind):
    arrays = CASES[name][0](kind)
    values, slopes = _torch(name, arrays)
    loss = getattr(losses, name)
    found, gradient = loss.value_and_gradient(*arrays)
    assert found.dtype == kind
    scale = _scale(arrays)
    _agree(found, values, kind, scale)
    parts = [gradient] if len(loss.wrt) == 1 else list(gradient)
    for part, slope in zip(parts, slopes, strict=True):
        assert part.dtype == kind
        _agree(part, slope, kind, scale if name in ("squared_error", "gaussian_nll") else 10.0)


@pytest.mark.parametrize("name", CASES)
def test_weighted_means_and_their_gradients_agree(name):
    arrays = CASES[name][0]("float64")
    loss = getattr(losses, name)
    count = len(arrays[0])
    weights = np.random.default_rng(1).uniform(0.5, 2.0, count)
    values, slopes = _torch(name, arrays, weights / weights.sum())
    found, gradient = loss.value_and_gradient(*arrays, weight=weights, reduction="mean")
    assert found == pytest.approx(float(values @ weights / weights.sum()), rel=1e-10)
    parts = [gradient] if len(loss.wrt) == 1 else list(gradient)
    for part, slope in zip(parts, slopes, strict=True):
        _agree(part, slope, "float64", 10.0)


def test_kl_divergence_agrees_with_distributions():
    random = np.random.default_rng(2)
    mean, log_variance = random.normal(size=(2, 40, 5))
    scale = torch.tensor(log_variance / 2).exp()
    posterior = torch.distributions.Normal(torch.tensor(mean), scale)
    prior = torch.distributions.Normal(torch.zeros_like(scale), torch.ones_like(scale))
    expected = torch.distributions.kl_divergence(posterior, prior).sum(-1).numpy()
    np.testing.assert_allclose(losses.gaussian_kl.value(mean, log_variance), expected, rtol=1e-13)


@pytest.mark.parametrize(
    ("name", "prediction", "target"),
    [("absolute_error", 2.0, 2.0), ("huber", 3.0, 2.0), ("huber", 2.0, 2.0), ("hinge", 1.0, 1.0)],
)
def test_the_element_chosen_at_a_kink_is_pytorchs(name, prediction, target):
    arrays = (np.array([prediction]), np.array([target]))
    assert getattr(losses, name).gradient(*arrays) == _torch(name, arrays)[1][0]


def test_the_triplets_kink_is_pytorchs():
    arrays = tuple(np.array([row]) for row in ([0.0, 0.0], [1.0, 0.0], [0.0, 2.0]))
    expected = _torch("triplet", arrays)[1]
    for part, slope in zip(losses.triplet.gradient(*arrays), expected, strict=True):
        np.testing.assert_allclose(part, slope, rtol=1e-15)


def test_where_they_differ_ours_is_right():
    """At a logit of 40 PyTorch's gradient of a confident, right prediction is lost in rounding."""
    import flint

    with flint.ctx.workprec(300):
        exact = float((-1 / (1 + flint.arb(40).exp())).mid())
    ours = losses.binary_cross_entropy.gradient(40.0, 1.0)
    theirs = _torch("binary_cross_entropy", (np.array([40.0]), np.array([1.0])))[1][0][0]
    assert ours == pytest.approx(exact, rel=1e-14)
    assert abs(theirs - exact) > 0.5 * abs(exact)
