"""PyTorch: losses of torch.nn.functional and torch.distributions, and formulas over autograd."""

from __future__ import annotations

import math
from typing import Any

import torch
from torch.nn import functional

from symloss.peers import items
from symloss.peers.formulas import FORMULAS
from symloss.peers.model import Array, Arrays, Call, Library, Row

CONFIDENT = "PyTorch's slope of a confident, right prediction is a difference from 1, rounded"


def evaluate(call: Call, arrays: list[Array], by: list[int]) -> tuple[Array, list[Array] | None]:
    """Values of items, and derivatives of their sum: items are independent of each other."""
    tensors = [torch.tensor(part) for part in arrays]
    variables = [tensors[place].requires_grad_() for place in by]
    values = call(*tensors)
    slopes = torch.autograd.grad(values.sum(), variables, materialize_grads=True)
    return values.detach().numpy(), [slope.numpy() for slope in slopes]


def _logcosh(x: Any) -> Any:
    return functional.softplus(2 * x) - x - math.log(2)


def _softplus(x: Any) -> Any:
    """By logsigmoid: functional.softplus is the identity from 20 on."""
    return -functional.logsigmoid(-x)


ARRAYS = Arrays(
    exp=torch.exp,
    log=torch.log,
    log1p=torch.log1p,
    sqrt=torch.sqrt,
    abs=torch.abs,
    softplus=_softplus,
    logsigmoid=functional.logsigmoid,
    sigmoid=torch.sigmoid,
    logcosh=_logcosh,
    xlogy=torch.xlogy,
    relu=torch.relu,
    maximum=torch.maximum,
    minimum=torch.minimum,
    where=torch.where,
    max=lambda x: torch.max(x, -1).values,
    logsumexp=lambda x: torch.logsumexp(x, -1),
    tails=lambda x: torch.logcumsumexp(x.flip(-1), -1).flip(-1),
    pick=lambda x, label: x.gather(-1, label[..., None])[..., 0],
    one_hot=lambda x, label: functional.one_hot(label, x.shape[-1]).to(x.dtype),
    diagonal=lambda x: torch.diagonal(x, dim1=-2, dim2=-1),
    eye=lambda x: torch.eye(x.shape[-1], dtype=torch.bool),
    norm=lambda x: torch.linalg.vector_norm(x, dim=-1),
    held=lambda x: x.detach(),
)


def own(loss: str, function: Call, given: dict[str, Any] | None = None, **more: Any) -> Row:
    """A row for a loss of PyTorch's that takes a `reduction`, with settings `given` to it."""
    settings = given or {}

    def call(*tensors: Any) -> Any:
        return function(*tensors, reduction="none", **settings)

    def reduced(*tensors: Any) -> Any:
        return function(*tensors, reduction="mean", **settings)

    return Row(loss, call, reduced=reduced, **more)


def _gaussian_nll(mean: Any, log_variance: Any, target: Any, reduction: str) -> Any:
    variance = log_variance.exp()
    return functional.gaussian_nll_loss(mean, target, variance, eps=0.0, reduction=reduction)


def _gaussian_kl(mean: Any, log_variance: Any) -> Any:
    scale = (log_variance / 2).exp()
    posterior = torch.distributions.Normal(mean, scale, validate_args=False)
    prior = torch.distributions.Normal(
        torch.zeros_like(scale), torch.ones_like(scale), validate_args=False
    )
    return torch.distributions.kl_divergence(posterior, prior).sum(-1)


def _laplace_nll(location: Any, log_scale: Any, target: Any) -> Any:
    density = torch.distributions.Laplace(location, log_scale.exp(), validate_args=False)
    return -density.log_prob(target) - math.log(2)


def _smoothed(logits: Any, label: Any, reduction: str) -> Any:
    return functional.cross_entropy(logits, label, label_smoothing=0.25, reduction=reduction)


def _weighted(logits: Any, label: Any, class_weight: Any) -> Any:
    return functional.cross_entropy(logits, label, weight=class_weight[0], reduction="none")


def _positive_weight(logit: Any, target: Any, reduction: str) -> Any:
    weight = torch.tensor(2.5, dtype=logit.dtype)
    return functional.binary_cross_entropy_with_logits(
        logit, target, pos_weight=weight, reduction=reduction
    )


def _kl_divergence(prediction: Any, target: Any) -> Any:
    return functional.kl_div(prediction.log(), target, reduction="none").sum(-1)


def _nt_xent(z: Any, partner: Any) -> Any:
    score = functional.cosine_similarity(z[:, :, None], z[:, None], dim=-1, eps=0.0) / 0.25
    score = score.masked_fill(ARRAYS.eye(score), -math.inf)
    return functional.cross_entropy(score.transpose(1, 2), partner, reduction="none").mean(-1)


def _n_pairs(anchor: Any, positive: Any) -> Any:
    score = anchor @ positive.transpose(-1, -2)
    label = torch.arange(score.shape[-1]).expand(score.shape[:-1])
    return functional.cross_entropy(score.transpose(-1, -2), label, reduction="none").mean(-1)


OWN = (
    own("squared_error", functional.mse_loss),
    own("absolute_error", functional.l1_loss),
    own("huber", functional.huber_loss, {"delta": 0.75}, parameters={"delta": 0.75}),
    own("smooth_l1", functional.smooth_l1_loss, {"beta": 0.75}, parameters={"beta": 0.75}),
    own("gaussian_nll", _gaussian_nll, convention="takes the variance, with a floor `eps`: 0"),
    own("poisson_nll", functional.poisson_nll_loss),
    Row(
        "laplace_nll",
        _laplace_nll,
        convention="of the normalised density: less log(2)",
    ),
    Row(
        "gaussian_kl",
        _gaussian_kl,
        convention="takes standard deviations; a number per dimension",
        differs="PyTorch's slope in a log-variance near 0 is a difference from 1, rounded",
    ),
    own(
        "binary_cross_entropy",
        functional.binary_cross_entropy_with_logits,
        differs=CONFIDENT,
    ),
    own(
        "positive_weight_binary_cross_entropy",
        _positive_weight,
        parameters={"positive_weight": 2.5},
        differs=CONFIDENT,
    ),
    own(
        "binary_cross_entropy_of_probabilities",
        functional.binary_cross_entropy,
        differs="PyTorch's slope takes p (1 - p) to be at least 1e-12",
    ),
    own("cross_entropy", functional.cross_entropy, differs=CONFIDENT),
    own("soft_cross_entropy", functional.cross_entropy),
    own("label_smoothing_cross_entropy", _smoothed, parameters={"smoothing": 0.25}),
    Row(
        "weighted_cross_entropy",
        _weighted,
        convention="one set of weights for all items, and a mean over the weights' sum",
        items=items.equally_weighted_classes,
        differs=CONFIDENT,
    ),
    own("nll", functional.nll_loss),
    Row(
        "kl_divergence",
        _kl_divergence,
        convention="takes log-probabilities; a number per class",
        allows=lambda prediction, _: (prediction > 0).all(),
    ),
    own(
        "logistic",
        functional.soft_margin_loss,
        differs="PyTorch's exponential overflows, and its log(1 + x) loses small x",
    ),
    own(
        "margin_ranking",
        functional.margin_ranking_loss,
        {"margin": 0.75},
        parameters={"margin": 0.75},
    ),
    own(
        "multi_margin",
        functional.multi_margin_loss,
        {"margin": 0.75},
        parameters={"margin": 0.75},
    ),
    own(
        "triplet",
        functional.triplet_margin_loss,
        {"eps": 0.0, "margin": 0.75},
        parameters={"margin": 0.75},
        convention="adds `eps` to every component of a difference: 0",
    ),
    own(
        "cosine_embedding",
        functional.cosine_embedding_loss,
        {"margin": 0.25},
        parameters={"margin": 0.25},
        differs="PyTorch adds 1e-12 to the squares of the lengths",
    ),
    Row("nt_xent", _nt_xent, {"temperature": 0.25}, composed=True),
    Row("n_pairs", _n_pairs, composed=True),
)


def _written(loss: str, **more: Any) -> Row:
    """The row of a formula in PyTorch's functions."""
    formula = FORMULAS[loss]

    def call(*tensors: Any) -> Any:
        return formula.function(ARRAYS, *tensors, **formula.parameters)

    return Row(loss, call, formula.parameters, composed=True, **more)


# What formulas over PyTorch's functions get wrong, where they do.
_SHARES = "the slope of PyTorch's logsumexp is exp(x - result), with the result's rounding"
_LESS_ONE = "written as its users do, it subtracts 1 from what is near 1"
DIFFERS = {
    "log_cosh": "written as its users do, it subtracts log(2) from a softplus",
    "pseudo_huber": _LESS_ONE,
    "focal": "the slope of PyTorch's sigmoid is s (1 - s), where 1 - s has lost its digits",
    "class_balanced": _SHARES,
    "dice_cross_entropy": "written as its users do, two slopes that nearly cancel are added",
    "focal_multiclass": _LESS_ONE,
    "vae_gaussian": "written as its users do, exp(v) - 1 loses a log-variance near 0",
    "listnet": _SHARES,
    "circle": _SHARES,
}
KNOWN = {row.loss for row in OWN}
COMPOSED = tuple(
    _written(loss, differs=DIFFERS.get(loss, "")) for loss in FORMULAS if loss not in KNOWN
)
LIBRARY = Library("PyTorch", evaluate, OWN + COMPOSED)
