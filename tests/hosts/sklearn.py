"""scikit-learn's losses: the private `sklearn._loss`, with gradients, and metrics, values only."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from sklearn import metrics

from tests.hosts import formulas, inputs
from tests.hosts.harness import Array, Case, Host

try:
    from sklearn._loss import loss as private
except ImportError:  # pragma: no cover - a release that moved it: only the metrics are compared
    private = None  # type: ignore[assignment]


def evaluate(theirs: Callable[..., Any], arrays: list[Array], by: list[int]) -> tuple[Any, Any]:
    """Both are NumPy already; only the slope by the first argument is known."""
    values, slopes = theirs(*arrays)
    return values, None if slopes is None else [slopes]


def scored(name: str, *settings: Any, **options: Any) -> Callable[..., Any]:
    """A class of `sklearn._loss`: it takes the target first, and a raw prediction."""

    def theirs(prediction: Array, target: Array) -> tuple[Array, Array]:
        loss = getattr(private, name)(*settings, **options)
        return loss.loss_gradient(np.ascontiguousarray(target), np.ascontiguousarray(prediction))

    return theirs


def measured(metric: Callable[..., Any], **options: Any) -> Callable[..., Any]:
    """A metric, an item at a time: it takes the target first."""

    def theirs(prediction: Array, target: Array) -> tuple[Array, None]:
        pairs = zip(np.atleast_2d(target.T).T, np.atleast_2d(prediction.T).T, strict=True)
        return np.array([metric(true, found, **options) for true, found in pairs]), None

    return theirs


def _hinge(score: Array, label: Array) -> tuple[Array, None]:
    """The mean of three: it wants both labels, so two items that cost nothing come along."""
    pairs = zip(label, score, strict=True)
    return np.array([3 * metrics.hinge_loss([y, -1, 1], [x, -2, 2]) for y, x in pairs]), None


def _zero_one(score: Array, label: Array) -> tuple[Array, None]:
    """A prediction is the sign of the score; a score of 0 is wrong here, so it is given none."""
    pairs = zip(label, np.sign(score), strict=True)
    return np.array([float(metrics.zero_one_loss([y], [s])) for y, s in pairs]), None


def _multinomial(rows: Array, label: Array) -> tuple[Array, Array]:
    loss = private.HalfMultinomialLoss(n_classes=rows.shape[1])
    return loss.loss_gradient(label.astype(float), np.ascontiguousarray(rows))


def _log_loss(rows: Array, label: Array) -> tuple[Array, None]:
    """Of probabilities: the softmax is taken here."""
    top = np.exp(rows - rows.max(axis=1, keepdims=True))
    share = top / top.sum(axis=1, keepdims=True)
    each = range(rows.shape[1])
    pairs = zip(label, share, strict=True)
    return np.array([metrics.log_loss([y], [p], labels=list(each)) for y, p in pairs]), None


def _growths(random: np.random.Generator) -> tuple[Array, Array]:
    found, true = random.exponential(5.0, size=(2, 40, 4))
    found[0] += 1e6
    found[1, 0], true[2] = 0.0, found[2]
    true[2, 0] += 1.0
    return found, true


def _moderate_classes(random: np.random.Generator) -> tuple[Array, Array]:
    return random.normal(size=(40, 5)) * 2, random.integers(0, 5, 40)


PRIVATE = (
    Case("half_squared_error", scored("HalfSquaredError"), inputs.pairs),
    Case(
        "absolute_error",
        scored("AbsoluteError"),
        inputs.pairs,
        exact=formulas.absolute_error,
        differs="of the slopes at a match scikit-learn's is -1, ours 0",
    ),
    Case("quantile", scored("PinballLoss", quantile=0.25), inputs.pairs, {"level": 0.25}),
    Case("huber", scored("HuberLoss", quantile=0.9, delta=0.75), inputs.pairs, {"delta": 0.75}),
    Case(
        "binary_cross_entropy",
        scored("HalfBinomialLoss"),
        inputs.logits,
        exact=formulas.binary_cross_entropy,
        differs="scikit-learn's slope of a confident, right prediction is a difference, rounded",
    ),
    Case(
        "cross_entropy",
        _multinomial,
        inputs.classes,
        exact=formulas.cross_entropy,
        differs="scikit-learn's value and slope of a confident, right prediction are differences",
    ),
    Case("poisson_nll", scored("HalfPoissonLoss"), inputs.counts),
)
METRICS = (
    Case(
        "quantile", measured(metrics.mean_pinball_loss, alpha=0.75), inputs.pairs, {"level": 0.75}
    ),
    Case("squared_error", measured(metrics.mean_squared_error), inputs.pairs),
    Case("absolute_error", measured(metrics.mean_absolute_error), inputs.pairs),
    Case("rmsle", measured(metrics.root_mean_squared_log_error), _growths),
    Case("hinge", _hinge, inputs.signed),
    Case("zero_one", _zero_one, inputs.signed),
    Case("cross_entropy", _log_loss, _moderate_classes),
)
HOST = Host("scikit-learn", evaluate, (PRIVATE if private else ()) + METRICS)
