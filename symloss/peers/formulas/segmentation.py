"""Segmentation: of predicted and true masks, flattened."""

from __future__ import annotations

from typing import Any

from symloss.peers.formulas.classification import _binary
from symloss.peers.model import Arrays, Formula


def _dice(m: Arrays, prediction: Any, target: Any, smooth: Any) -> Any:
    overlap = (prediction * target).sum(-1)
    return 1 - (2 * overlap + smooth) / (prediction.sum(-1) + target.sum(-1) + smooth)


def _dice_cross_entropy(m: Arrays, logits: Any, target: Any, smooth: Any) -> Any:
    entropy = _binary(m, logits, target).mean(-1)
    return entropy + _dice(m, m.sigmoid(logits), target, smooth)


def _log_cosh_dice(m: Arrays, prediction: Any, target: Any, smooth: Any) -> Any:
    return m.logcosh(_dice(m, prediction, target, smooth))


def _jaccard(m: Arrays, prediction: Any, target: Any, smooth: Any) -> Any:
    overlap = (prediction * target).sum(-1)
    union = prediction.sum(-1) + target.sum(-1) - overlap
    return 1 - (overlap + smooth) / (union + smooth)


def _tversky(m: Arrays, prediction: Any, target: Any, alpha: Any, beta: Any, smooth: Any) -> Any:
    overlap = (prediction * target).sum(-1)
    extra, missed = prediction.sum(-1) - overlap, target.sum(-1) - overlap
    return 1 - (overlap + smooth) / (overlap + alpha * extra + beta * missed + smooth)


def _focal_tversky(
    m: Arrays, prediction: Any, target: Any, alpha: Any, beta: Any, gamma: Any, smooth: Any
) -> Any:
    return _tversky(m, prediction, target, alpha, beta, smooth) ** (1 / gamma)


def _generalised_dice(m: Arrays, prediction: Any, target: Any, smooth: Any) -> Any:
    weight = 1 / (target.sum(-2) + smooth) ** 2
    overlap = (weight * (prediction * target).sum(-2)).sum(-1)
    return 1 - 2 * overlap / (weight * (prediction + target).sum(-2)).sum(-1)


FORMULAS = (
    Formula("dice", _dice, {"smooth": 0.5}),
    Formula("dice_cross_entropy", _dice_cross_entropy, {"smooth": 0.5}),
    Formula("log_cosh_dice", _log_cosh_dice, {"smooth": 0.5}),
    Formula("jaccard", _jaccard, {"smooth": 0.5}),
    Formula("tversky", _tversky, {"alpha": 0.25, "beta": 0.625, "smooth": 0.5}),
    Formula(
        "focal_tversky",
        _focal_tversky,
        {"alpha": 0.25, "beta": 0.625, "gamma": 2.0, "smooth": 0.5},
    ),
    Formula("generalised_dice", _generalised_dice, {"smooth": 0.0625}),
)
