"""Optax's losses, in float64, with derivatives by JAX."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax
import numpy as np
import optax

from tests.hosts import formulas, inputs
from tests.hosts.harness import Array, Case, Host

CONFIDENT = "optax's gradient of a confident, right prediction is lost in rounding"


def evaluate(theirs: Callable[..., Any], arrays: list[Array], by: list[int]) -> tuple[Any, Any]:
    """Values of items, and derivatives of their sum: items are independent of each other."""
    with jax.enable_x64(True):
        values, slopes = _compiled(theirs, tuple(by))(*arrays)
    return np.asarray(values), [np.asarray(slope) for slope in slopes]


_KNOWN: dict[Any, Any] = {}


def _compiled(theirs: Callable[..., Any], by: tuple[int, ...]) -> Callable[..., Any]:
    """Compiled once a row: it is asked again for every perturbed input."""

    def both(*arrays: Any) -> Any:
        def total(*parts: Any) -> Any:
            values = theirs(*parts)
            return values.sum(), values

        slopes, values = jax.grad(total, argnums=by, has_aux=True)(*arrays)
        return values, slopes

    return _KNOWN.setdefault((theirs, by), jax.jit(both))


CASES = (
    Case("squared_error", optax.squared_error, inputs.pairs),
    Case("half_squared_error", optax.l2_loss, inputs.pairs),
    Case(
        "huber",
        lambda p, t: optax.huber_loss(p, t, delta=0.75),
        inputs.pairs,
        {"delta": 0.75},
        exact=lambda p, t: formulas.huber(p, t, 0.75),
        differs="optax's slope of a small residual is a difference from delta",
    ),
    Case(
        "log_cosh",
        optax.log_cosh,
        inputs.pairs,
        exact=formulas.log_cosh,
        differs="optax subtracts log(2) from a softplus, and loses residuals near 0",
    ),
    Case(
        "hinge",
        optax.losses.hinge_loss,
        inputs.signed,
        exact=formulas.hinge,
        differs="at a margin of exactly 1 optax's slope is the mean of both sides'",
    ),
    Case(
        "perceptron",
        optax.losses.perceptron_loss,
        inputs.signed,
        exact=formulas.perceptron,
        differs="at a margin of exactly 0 optax's slope is the mean of both sides'",
    ),
    Case(
        "binary_cross_entropy",
        optax.sigmoid_binary_cross_entropy,
        inputs.logits,
        exact=formulas.binary_cross_entropy,
        differs=CONFIDENT,
    ),
    Case(
        "focal",
        lambda x, t: optax.losses.sigmoid_focal_loss(x, t, alpha=0.25, gamma=2.0),
        lambda random: (inputs.logits(random)[0], np.rint(inputs.logits(random)[1])),
        {"alpha": 0.25, "gamma": 2.0},
        exact=lambda x, t: formulas.binary_focal(x, t, 2, 0.25),
    ),
    Case(
        "cross_entropy",
        optax.softmax_cross_entropy_with_integer_labels,
        inputs.classes,
        exact=formulas.cross_entropy,
        differs="optax's value and slope of a confident, right prediction are differences, rounded",
    ),
    Case(
        "soft_cross_entropy",
        optax.softmax_cross_entropy,
        inputs.soft_classes,
        exact=formulas.soft_cross_entropy,
    ),
    Case(
        "multiclass_hinge",
        optax.losses.multiclass_hinge_loss,
        inputs.scores,
        exact=formulas.multiclass_hinge,
        differs="among scores that tie, optax shares the slope out; ours takes the first",
    ),
    Case(
        "triplet",
        lambda a, p, n: optax.losses.triplet_margin_loss(a, p, n, eps=0.0),
        lambda random: inputs.vectors(random, 3),
    ),
)
HOST = Host("optax", evaluate, CASES)
