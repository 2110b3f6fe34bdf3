"""What our own formulas subtract that is larger than their result: arrays to sizes, item by item."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np


def _ill_angled(first: Any, second: Any, _: Any) -> Any:
    """A cosine is subtracted from 1, and its slope is what is left of a unit vector over a length."""
    lengths = [np.linalg.norm(part, axis=-1) for part in (first, second)]
    return np.maximum(1.0, 1 / np.minimum(*lengths))


def _normalised(z: Any, _: Any) -> Any:
    """The slope by an embedding is what is left of similarities over its length."""
    return 4 / np.linalg.norm(z, axis=-1).min(axis=-1)


def _unit_features(features: Any, _: Any, channel_weight: Any) -> Any:
    """The slope by a feature is what is left of a gap of unit vectors over its own length."""
    return 4 * channel_weight.max(axis=-1) / np.linalg.norm(features, axis=-2).min(axis=-1)


def _ratio(prediction: Any, _: Any) -> Any:
    """A ratio that is 1 at a match is subtracted from 1; the slope is that over the prediction."""
    return np.maximum(4.0, 4 / prediction)


def _powers(prediction: Any, target: Any) -> Any:
    """Three powers that cancel at a match."""
    largest = np.maximum(prediction, target).astype(float)
    return 8 * largest**0.75 / 0.25 / 0.75 + 8 * prediction.astype(float) ** -0.25


def _at_its_kink(prediction: Any, _: Any) -> Any:
    """A margin below the unit roundoff vanishes beside 1: the slope is either side's."""
    unit = np.finfo(prediction.dtype).eps
    return np.where((np.abs(prediction) < unit) & (prediction != 0), 1 / unit, 0.0)


LOSES: dict[str, Callable[..., Any]] = {
    "cosine_embedding": _ill_angled,
    "gamma_deviance": _ratio,
    "jensen_shannon": lambda prediction, _: np.ones(len(prediction)),
    "list_mle": lambda scores: np.full(len(scores), scores.shape[-1]),
    "log_cosh_dice": lambda prediction, _: np.ones(len(prediction)),
    "lpips": _unit_features,
    "nt_xent": _normalised,
    "ramp": _at_its_kink,
    "supervised_contrastive": _normalised,
    "tweedie_deviance": _powers,
    "vae_bernoulli": lambda logits, *rest: np.ones(len(logits)),
}
