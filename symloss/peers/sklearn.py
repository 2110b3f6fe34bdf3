"""scikit-learn: the private `sklearn._loss`, with gradients, and metrics, values only."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
from sklearn import metrics

from symloss.peers import items
from symloss.peers.model import Array, Call, Library, Row

try:
    from sklearn._loss import loss as private
except ImportError:  # pragma: no cover - a release that moved it: only the metrics are compared
    private = None


def evaluate(call: Call, arrays: list[Array], by: list[int]) -> tuple[Array, list[Array] | None]:
    """Both are NumPy already; only the slope by the first argument is known."""
    values, slopes = call(*arrays)
    return values, None if slopes is None else [slopes]


def scored(name: str, factor: float = 1.0, **options: Any) -> Call:
    """A class of `sklearn._loss`: it takes the target first, and a raw prediction."""
    loss = getattr(private, name)(**options) if private else None

    def call(prediction: Array, target: Array) -> tuple[Array, Array]:
        assert loss is not None
        target, prediction = np.ascontiguousarray(target), np.ascontiguousarray(prediction)
        values, slopes = loss.loss_gradient(target, prediction)
        return (values, slopes) if factor == 1 else (factor * values, factor * slopes)

    return call


def _exponential(score: Array, label: Array) -> tuple[Array, Array]:
    return private.ExponentialLoss().loss_gradient((label + 1) / 2, score)


def _multinomial(rows: Array, label: Array) -> tuple[Array, Array]:
    loss = private.HalfMultinomialLoss(n_classes=rows.shape[1])
    return loss.loss_gradient(label.astype(rows.dtype), np.ascontiguousarray(rows))


def _deviance(name: str, dropped: Call, **options: Any) -> Call:
    """A half deviance of a log-prediction, which drops what does not depend on it."""
    loss = getattr(private, name)(**options) if private else None

    def call(prediction: Array, target: Array) -> tuple[Array, Array]:
        assert loss is not None
        values, slopes = loss.loss_gradient(target, np.log(prediction))
        return 2 * (values + dropped(target)), 2 * slopes / prediction

    return call


def _of_tweedie(target: Array) -> Array:
    return target**0.75 / (-0.25 * 0.75)


def measured(metric: Call, **options: Any) -> Call:
    """A metric, an item at a time: it takes the target first."""

    def call(prediction: Array, target: Array) -> tuple[Array, None]:
        pairs = zip(np.atleast_2d(target.T).T, np.atleast_2d(prediction.T).T, strict=True)
        return np.array([metric(true, found, **options) for true, found in pairs]), None

    return call


def _hinge(score: Array, label: Array) -> tuple[Array, None]:
    """The mean of three: it wants both labels, so two items that cost nothing come along."""
    pairs = zip(label, score, strict=True)
    return np.array([3 * metrics.hinge_loss([y, -1, 1], [x, -2, 2]) for y, x in pairs]), None


def _zero_one(score: Array, label: Array) -> tuple[Array, None]:
    """A prediction is the sign of the score; a score of 0 is wrong here, so it is given none."""
    pairs = zip(label, np.sign(score), strict=True)
    return np.array([float(metrics.zero_one_loss([y], [s])) for y, s in pairs]), None


def _multiclass_hinge(scores: Array, label: Array) -> tuple[Array, None]:
    names = list(range(scores.shape[1]))
    pairs = zip(label, scores, strict=True)
    return np.array([metrics.hinge_loss([y], [s], labels=names) for y, s in pairs]), None


def _shares(rows: Array) -> Array:
    top = np.exp(rows - rows.max(axis=1, keepdims=True))
    return top / top.sum(axis=1, keepdims=True)


def _log_loss(rows: Array, label: Array) -> tuple[Array, None]:
    names = list(range(rows.shape[1]))
    pairs = zip(label, _shares(rows), strict=True)
    return np.array([metrics.log_loss([y], [p], labels=names) for y, p in pairs]), None


def _brier(probability: Array, target: Array) -> tuple[Array, None]:
    pairs = zip(target, probability, strict=True)
    found = [metrics.brier_score_loss([y], [p], labels=[0, 1], pos_label=1) for y, p in pairs]
    return np.array(found), None


def _multiclass_brier(shares: Array, label: Array) -> tuple[Array, None]:
    names = list(range(shares.shape[1]))
    pairs = zip(label, shares, strict=True)
    with warnings.catch_warnings():
        # A distribution that was rounded to float32 sums to 1 but for that.
        warnings.filterwarnings("ignore", message="The y_prob values do not sum to one")
        found = [metrics.brier_score_loss([y], [p], labels=names) for y, p in pairs]
    return np.array(found), None


def _hard_probabilities(random: np.random.Generator) -> tuple[Array, ...]:
    probability, target = items.probabilities(random)
    return probability, np.rint(target)


PRIVATE = (
    Row("half_squared_error", scored("HalfSquaredError")),
    Row("squared_error", scored("HalfSquaredError", 2.0), convention="half of ours"),
    Row("absolute_error", scored("AbsoluteError")),
    Row("quantile", scored("PinballLoss", quantile=0.25), {"level": 0.25}),
    Row("huber", scored("HuberLoss", quantile=0.9, delta=0.75), {"delta": 0.75}),
    Row(
        "binary_cross_entropy",
        scored("HalfBinomialLoss"),
        differs="scikit-learn's slope of a confident, right prediction is a difference, rounded",
    ),
    Row(
        "exponential",
        _exponential,
        convention="labels are 0 and 1",
        differs="where either exponential overflows, scikit-learn finds 0 times infinity",
    ),
    Row(
        "cross_entropy",
        _multinomial,
        allows=lambda rows, _: len(rows) > 2,
        differs="scikit-learn's value and slope of a confident, right prediction are differences",
    ),
    Row("poisson_nll", scored("HalfPoissonLoss")),
    Row(
        "gamma_deviance",
        _deviance("HalfGammaLoss", lambda target: -np.log(target) - 1),
        convention="half, by the prediction's logarithm, less what only the target decides",
    ),
    Row(
        "tweedie_deviance",
        _deviance("HalfTweedieLoss", _of_tweedie, power=1.25),
        {"power": 1.25},
        convention="half, by the prediction's logarithm, less what only the target decides",
    ),
)
METRICS = (
    Row("quantile", measured(metrics.mean_pinball_loss, alpha=0.75), {"level": 0.75}),
    Row("squared_error", measured(metrics.mean_squared_error)),
    Row("absolute_error", measured(metrics.mean_absolute_error)),
    Row("root_mean_squared_error", measured(metrics.root_mean_squared_error)),
    Row("rmsle", measured(metrics.root_mean_squared_log_error)),
    Row("squared_log_error", measured(metrics.mean_squared_log_error)),
    Row("mean_absolute_percentage_error", measured(metrics.mean_absolute_percentage_error)),
    Row("gamma_deviance", measured(metrics.mean_gamma_deviance)),
    Row(
        "tweedie_deviance",
        measured(metrics.mean_tweedie_deviance, power=1.25),
        {"power": 1.25},
    ),
    Row("hinge", _hinge),
    Row("multiclass_hinge", _multiclass_hinge),
    Row("zero_one", _zero_one),
    Row("cross_entropy", _log_loss, items=items.moderate_classes),
    Row(
        "brier",
        _brier,
        items=_hard_probabilities,
        allows=lambda _, target: target in (0, 1),
        differs="scikit-learn compares 1 - p as well, where a tiny p is lost",
    ),
    Row("multiclass_brier", _multiclass_brier, convention="of several classes: not halved"),
)
LIBRARY = Library("scikit-learn", evaluate, (PRIVATE if private else ()) + METRICS)
