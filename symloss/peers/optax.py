"""JAX: optax's losses, and formulas over jax.numpy, with derivatives by JAX."""

from __future__ import annotations

import math
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax

from symloss.peers import items
from symloss.peers.formulas import FORMULAS
from symloss.peers.model import Array, Arrays, Call, Library, Row

CONFIDENT = "optax's gradient of a confident, right prediction is lost in rounding"


def evaluate(call: Call, arrays: list[Array], by: list[int]) -> tuple[Array, list[Array] | None]:
    """Values of items, and derivatives of their sum: items are independent of each other."""
    count = len(arrays[0])
    with jax.enable_x64(True):
        values, slopes = _compiled(call, tuple(by))(*map(_filled, arrays))
    return np.asarray(values)[:count], [np.asarray(slope)[:count] for slope in slopes]


def _filled(array: Array) -> Array:
    """As many items as a power of two, the last one several times: few sizes are compiled for."""
    missing = (1 << (len(array) - 1).bit_length()) - len(array)
    return np.concatenate([array, np.repeat(array[-1:], missing, 0)])


_KNOWN: dict[Any, Any] = {}


def _compiled(call: Call, by: tuple[int, ...]) -> Call:
    """Compiled once a row: it is asked again for every perturbed input."""

    def both(*arrays: Any) -> Any:
        def total(*parts: Any) -> Any:
            values = call(*parts)
            return values.sum(), values

        slopes, values = jax.grad(total, argnums=by, has_aux=True)(*arrays)
        return values, slopes

    return _KNOWN.setdefault((call, by), jax.jit(both))


def _tails(x: Any) -> Any:
    return jnp.flip(jax.lax.cumlogsumexp(jnp.flip(x, -1), axis=x.ndim - 1), -1)


ARRAYS = Arrays(
    exp=jnp.exp,
    log=jnp.log,
    log1p=jnp.log1p,
    sqrt=jnp.sqrt,
    abs=jnp.abs,
    softplus=jax.nn.softplus,
    logsigmoid=jax.nn.log_sigmoid,
    sigmoid=jax.nn.sigmoid,
    logcosh=lambda x: jnp.logaddexp(x, -x) - math.log(2),
    xlogy=jax.scipy.special.xlogy,
    relu=jax.nn.relu,
    maximum=jnp.maximum,
    minimum=jnp.minimum,
    where=jnp.where,
    max=lambda x: jnp.max(x, -1),
    logsumexp=lambda x: jax.nn.logsumexp(x, -1),
    tails=_tails,
    pick=lambda x, label: jnp.take_along_axis(x, label[..., None], -1)[..., 0],
    one_hot=lambda x, label: jax.nn.one_hot(label, x.shape[-1], dtype=x.dtype),
    diagonal=lambda x: jnp.diagonal(x, axis1=-2, axis2=-1),
    eye=lambda x: jnp.eye(x.shape[-1], dtype=bool),
    norm=lambda x: jnp.linalg.norm(x, axis=-1),
    held=jax.lax.stop_gradient,
)


def _huber(prediction: Any, target: Any) -> Any:
    return optax.huber_loss(prediction, target, delta=0.75)


def _focal(logit: Any, target: Any) -> Any:
    return optax.losses.sigmoid_focal_loss(logit, target, alpha=0.25, gamma=2.0)


def _hard_logits(random: np.random.Generator) -> tuple[Array, ...]:
    logit, target = items.logits(random)
    return logit, np.rint(target)


def _kl_divergence(prediction: Any, target: Any) -> Any:
    return optax.losses.kl_divergence(jnp.log(prediction), target)


def _smoothed(logits: Any, label: Any) -> Any:
    share = jax.nn.one_hot(label, logits.shape[-1], dtype=logits.dtype)
    return optax.softmax_cross_entropy(logits, optax.losses.smooth_labels(share, 0.25))


def _cosine(first: Any, second: Any, target: Any) -> Any:
    cosine = optax.losses.cosine_similarity(first, second)
    return jnp.where(target == 1, 1 - cosine, jax.nn.relu(cosine - 0.25))


def _triplet(anchor: Any, positive: Any, negative: Any) -> Any:
    return optax.losses.triplet_margin_loss(anchor, positive, negative, margin=0.75, eps=0.0)


def _dice_cross_entropy(logits: Any, target: Any) -> Any:
    entropy = optax.sigmoid_binary_cross_entropy(logits, target).mean(-1)
    dice = jax.vmap(
        lambda x, t: optax.losses.binary_dice_loss(x[None, :, None], t[None, :, None], smooth=0.25)
    )
    return entropy + dice(logits, target)[:, 0]


def _listnet(scores: Any, relevance: Any) -> Any:
    wins = jax.nn.softmax(relevance, -1)
    return optax.losses.ranking_softmax_loss(scores, wins, reduce_fn=None)


OWN = (
    Row("squared_error", optax.squared_error),
    Row("half_squared_error", optax.l2_loss),
    Row(
        "huber",
        _huber,
        {"delta": 0.75},
        differs="optax's slope of a small residual is a difference from delta",
    ),
    Row(
        "log_cosh",
        optax.log_cosh,
        differs="optax subtracts log(2) from a softplus, and loses residuals near 0",
    ),
    Row("hinge", optax.losses.hinge_loss),
    Row("perceptron", optax.losses.perceptron_loss),
    Row("binary_cross_entropy", optax.sigmoid_binary_cross_entropy, differs=CONFIDENT),
    Row(
        "focal",
        _focal,
        {"alpha": 0.25, "gamma": 2.0},
        items=_hard_logits,
        allows=lambda _, target: target in (0, 1),
    ),
    Row(
        "cross_entropy",
        optax.softmax_cross_entropy_with_integer_labels,
        differs="optax's value and slope of a confident, right prediction are differences, rounded",
    ),
    Row("soft_cross_entropy", optax.softmax_cross_entropy),
    Row(
        "label_smoothing_cross_entropy",
        _smoothed,
        {"smoothing": 0.25},
        convention="labels are smoothed first: soft targets",
    ),
    Row(
        "kl_divergence",
        _kl_divergence,
        convention="takes log-probabilities",
        allows=lambda prediction, _: (prediction > 0).all(),
    ),
    Row("multiclass_hinge", optax.losses.multiclass_hinge_loss, {"margin": 1.0}),
    Row(
        "cosine_embedding",
        _cosine,
        {"margin": 0.25},
        convention="of its cosine_similarity; the margin is applied here",
    ),
    Row(
        "triplet",
        _triplet,
        {"margin": 0.75},
        convention="adds `eps` to a squared distance: 0",
    ),
    Row(
        "dice_cross_entropy",
        _dice_cross_entropy,
        {"smooth": 0.5},
        convention="its `smooth` is half of ours; the cross-entropy is added here",
        differs="two slopes that nearly cancel are added",
    ),
    Row("listnet", _listnet, convention="takes the softmax of the relevances"),
)


def _written(loss: str) -> Row:
    """The row of a formula in JAX's functions."""
    formula = FORMULAS[loss]

    def call(*arrays: Any) -> Any:
        return formula.function(ARRAYS, *arrays, **formula.parameters)

    return Row(loss, call, formula.parameters, composed=True, differs=DIFFERS.get(loss, ""))


# What formulas over JAX's functions get wrong, where they do.
_LESS_ONE = "written as its users do, it subtracts 1 from what is near 1"
_SHARES = "written as its users do, a confident prediction's slope is a difference"
_SUBNORMAL = "XLA takes results below the least normal number to be 0"
DIFFERS = {
    "pseudo_huber": _LESS_ONE,
    "positive_weight_binary_cross_entropy": _SUBNORMAL,
    "class_balanced": _SHARES,
    "weighted_cross_entropy": _SHARES,
    "focal_multiclass": _LESS_ONE,
    "gan_discriminator": _SUBNORMAL,
    "gan_generator": _SUBNORMAL,
    "gan_generator_minimax": _SUBNORMAL,
    "gaussian_kl": _LESS_ONE,
    "vae_gaussian": _LESS_ONE,
    "lpips": "written as its users do, the slope subtracts numbers larger than itself",
    "list_mle": _SHARES,
    "circle": _SHARES,
}
KNOWN = {row.loss for row in OWN}
COMPOSED = tuple(_written(loss) for loss in FORMULAS if loss not in KNOWN)
LIBRARY = Library("JAX", evaluate, OWN + COMPOSED)
