"""PyTorch's losses: torch.nn.functional, torch.distributions, and batch losses composed of them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import torch
from torch.nn import functional

from tests.hosts import formulas, inputs
from tests.hosts.harness import Array, Case, Host

CONFIDENT = "PyTorch's slope of a confident, right prediction is a difference from 1, rounded"


def evaluate(theirs: Callable[..., Any], arrays: list[Array], by: list[int]) -> tuple[Any, Any]:
    """Values of items, and derivatives of their sum: items are independent of each other."""
    tensors = [torch.tensor(part) for part in arrays]
    variables = [tensors[place].requires_grad_() for place in by]
    values = theirs(*tensors)
    slopes = torch.autograd.grad(values.sum(), variables, materialize_grads=True)
    return values.detach().numpy(), [slope.numpy() for slope in slopes]


def each(function: Callable[..., Any], **settings: Any) -> Callable[..., Any]:
    """A loss of PyTorch's, per item."""
    return partial(function, reduction="none", **settings)


def _gaussian_nll(mean: Any, log_variance: Any, target: Any) -> Any:
    """PyTorch takes the variance, and floors it at eps."""
    variance = log_variance.exp()
    return functional.gaussian_nll_loss(mean, target, variance, eps=0.0, reduction="none")


def _gaussian_kl(mean: Any, log_variance: Any) -> Any:
    scale = (log_variance / 2).exp()
    posterior = torch.distributions.Normal(mean, scale)
    prior = torch.distributions.Normal(torch.zeros_like(scale), torch.ones_like(scale))
    return torch.distributions.kl_divergence(posterior, prior).sum(-1)


def _gaussians(random: Any) -> tuple[Array, ...]:
    return tuple(random.normal(size=(3, 60)) * np.array([[3.0], [2.0], [1.0]]))


def _encodings(random: Any) -> tuple[Array, ...]:
    mean, log_variance = random.normal(size=(2, 40, 4))
    mean[0], log_variance[0], log_variance[1] = 0.0, 0.0, 1e-6
    return mean, log_variance


def _margins(random: Any) -> tuple[Array, ...]:
    first, second = inputs.pairs(random)
    return first, second, np.where(random.integers(0, 2, len(first)), 1.0, -1.0)


def _batches(random: Any) -> tuple[Array, Array]:
    return tuple(random.normal(size=(2, 10, 4, 3)))


def _n_pairs(anchor: Any, positive: Any) -> Any:
    score = anchor @ positive.transpose(-1, -2)
    label = torch.arange(score.shape[-1]).expand(score.shape[:-1])
    return functional.cross_entropy(score.transpose(-1, -2), label, reduction="none").mean(-1)


def _info_nce(query: Any, positive: Any, negatives: Any) -> Any:
    near = (query * positive).sum(-1, keepdim=True)
    far = (negatives @ query[..., None])[..., 0]
    label = torch.zeros(len(query), dtype=torch.long)
    return functional.cross_entropy(torch.cat([near, far], -1), label, reduction="none")


def _queries(random: Any) -> tuple[Array, ...]:
    return random.normal(size=(20, 4)), random.normal(size=(20, 4)), random.normal(size=(20, 3, 4))


def _views(random: Any) -> tuple[Array, Array]:
    partner = np.array([random.permutation(6) for _ in range(10)])
    return random.normal(size=(10, 6, 3)), (partner + (partner == np.arange(6))) % 6


def _nt_xent(z: Any, partner: Any) -> Any:
    """Cosine similarities over 0.5, without each view's similarity to itself."""
    score = functional.cosine_similarity(z[:, :, None], z[:, None], dim=-1, eps=0.0) / 0.5
    own = torch.eye(z.shape[1], dtype=torch.bool)
    score = score.masked_fill(own, -torch.inf)
    return functional.cross_entropy(score.transpose(1, 2), partner, reduction="none").mean(-1)


def _vae_bernoulli(logits: Any, target: Any, mean: Any, log_variance: Any) -> Any:
    error = functional.binary_cross_entropy_with_logits(logits, target, reduction="none")
    return error.sum(-1) + _gaussian_kl(mean, log_variance)


def _vae_inputs(random: Any) -> tuple[Array, ...]:
    return random.normal(size=(40, 3)), random.uniform(size=(40, 3)), *_encodings(random)


def _ones(logit: Any) -> Any:
    """The cost of a discriminator's calling a logit real, as GANs are written over BCE."""
    return _LOGITS(logit, torch.ones_like(logit), reduction="none")


def _zeros(logit: Any) -> Any:
    return _LOGITS(logit, torch.zeros_like(logit), reduction="none")


def _lsgan(real: Any, fake: Any) -> Any:
    ones, zeros = torch.ones_like(real), torch.zeros_like(fake)
    squares = each(functional.mse_loss)
    return (squares(real, ones) + squares(fake, zeros)) / 2


def _compared_vectors(random: Any) -> tuple[Array, ...]:
    first, second = inputs.vectors(random, 2)
    return first, second, np.where(np.arange(len(first)) % 2, 1.0, -1.0)


def _ill_angled(first: Array, second: Array, _: Array) -> Array:
    """A cosine is subtracted from 1, and its slope is what is left of a unit vector over a length."""
    lengths = [np.linalg.norm(part, axis=-1) for part in (first, second)]
    return np.maximum(1.0, 1 / np.minimum(*lengths))


def _two_logits(random: Any) -> tuple[Array, Array]:
    logit, _ = inputs.logits(random)
    return logit, random.permutation(logit)


_LOGITS = functional.binary_cross_entropy_with_logits

CASES = (
    Case("squared_error", each(functional.mse_loss), inputs.pairs),
    Case("absolute_error", each(functional.l1_loss), inputs.pairs),
    Case("huber", each(functional.huber_loss, delta=0.75), inputs.pairs, {"delta": 0.75}),
    Case("smooth_l1", each(functional.smooth_l1_loss, beta=0.75), inputs.pairs, {"beta": 0.75}),
    Case("gaussian_nll", _gaussian_nll, _gaussians),
    Case(
        "gaussian_kl",
        _gaussian_kl,
        _encodings,
        exact=formulas.gaussian_kl,
        differs="PyTorch's slope in a log-variance near 0 is a difference from 1, rounded",
    ),
    Case(
        "binary_cross_entropy",
        each(_LOGITS),
        inputs.logits,
        exact=formulas.binary_cross_entropy,
        differs=CONFIDENT,
    ),
    Case(
        "cross_entropy",
        each(functional.cross_entropy),
        inputs.classes,
        exact=formulas.cross_entropy,
        differs=CONFIDENT,
    ),
    Case(
        "soft_cross_entropy",
        each(functional.cross_entropy),
        inputs.soft_classes,
        exact=formulas.soft_cross_entropy,
    ),
    Case("hinge", lambda x, t: torch.clamp_min(1 - t * x, 0), inputs.signed),
    Case(
        "margin_ranking",
        each(functional.margin_ranking_loss, margin=0.75),
        _margins,
        {"margin": 0.75},
    ),
    Case(
        "multi_margin",
        each(functional.multi_margin_loss),
        inputs.scores,
        exact=formulas.multi_margin,
    ),
    Case(
        "triplet",
        each(functional.triplet_margin_loss, eps=0.0),
        lambda random: inputs.vectors(random, 3),
    ),
    Case("n_pairs", _n_pairs, _batches),
    Case("info_nce", _info_nce, _queries),
    Case(
        "nt_xent",
        _nt_xent,
        _views,
        {"temperature": 0.5},
        loses=lambda z, partner: 2 / np.linalg.norm(z, axis=-1).min(axis=-1),
    ),
    Case("vae_bernoulli", _vae_bernoulli, _vae_inputs, loses=lambda x, *rest: np.ones(len(x))),
    Case("pairwise_logistic", lambda a, b: -functional.logsigmoid(a - b), inputs.moderate_pairs),
    Case(
        "gan_generator",
        _ones,
        lambda random: inputs.logits(random)[:1],
        exact=lambda fake: formulas.softplus(-fake),
        differs=CONFIDENT,
    ),
    Case(
        "gan_discriminator",
        lambda real, fake: _ones(real) + _zeros(fake),
        _two_logits,
        exact=lambda real, fake: formulas.softplus(-real) + formulas.softplus(fake),
        differs=CONFIDENT,
    ),
    Case(
        "gan_generator_minimax",
        lambda fake: -_zeros(fake),
        lambda random: inputs.logits(random)[:1],
        exact=lambda fake: -formulas.softplus(fake),
        differs=CONFIDENT,
    ),
    Case("lsgan_discriminator", _lsgan, inputs.pairs),
    Case(
        "hinge_gan_discriminator",
        lambda real, fake: torch.clamp_min(1 - real, 0) + torch.clamp_min(1 + fake, 0),
        inputs.pairs,
    ),
    Case(
        "cosine_embedding",
        each(functional.cosine_embedding_loss, margin=0.25),
        _compared_vectors,
        {"margin": 0.25},
        exact=lambda a, b, t: formulas.cosine_embedding(a, b, t, 0.25),
        differs="PyTorch adds 1e-12 to the squares of the lengths",
        loses=_ill_angled,
    ),
    Case(
        "logistic",
        each(functional.soft_margin_loss),
        inputs.signed,
        exact=formulas.logistic,
        differs="PyTorch's exponential overflows, and its log(1 + x) loses small x",
    ),
    Case("poisson_nll", each(functional.poisson_nll_loss), inputs.counts),
    Case(
        "binary_cross_entropy_of_probabilities",
        each(functional.binary_cross_entropy),
        inputs.probabilities,
        exact=formulas.bernoulli_nll,
        differs="PyTorch's slope takes p (1 - p) to be at least 1e-12",
    ),
)
HOST = Host("PyTorch", evaluate, CASES)
