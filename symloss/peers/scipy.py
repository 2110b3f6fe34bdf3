"""SciPy: functions of scipy.special, scipy.stats and scipy.spatial; values only."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from scipy import special, stats
from scipy.spatial import distance

from symloss.peers.model import Array, Call, Library, Row


def evaluate(call: Call, arrays: list[Array], by: list[int]) -> tuple[Array, list[Array] | None]:
    """SciPy has values alone."""
    return call(*arrays), None


def _kl_divergence(prediction: Array, target: Array) -> Any:
    return special.rel_entr(target, prediction).sum(-1)


def _jensen_shannon(prediction: Array, target: Array) -> Any:
    along: Any = {"axis": -1}  # known to SciPy, not to its stubs
    return distance.jensenshannon(prediction, target, **along) ** 2


def _cross_entropy(logits: Array, label: Array) -> Any:
    shares = special.log_softmax(logits, axis=-1)
    return -np.take_along_axis(shares, label[:, None], -1)[:, 0]


def _gaussian_nll(mean: Array, log_variance: Array, target: Array) -> Any:
    density = stats.norm.logpdf(target, mean, np.exp(log_variance / 2))
    return -density - math.log(2 * math.pi) / 2


def _laplace_nll(location: Array, log_scale: Array, target: Array) -> Any:
    return -stats.laplace.logpdf(target, location, np.exp(log_scale)) - math.log(2)


LIBRARY = Library(
    "SciPy",
    evaluate,
    (
        Row("huber", lambda p, t: special.huber(0.75, p - t), {"delta": 0.75}),
        Row("pseudo_huber", lambda p, t: special.pseudo_huber(0.75, p - t), {"delta": 0.75}),
        Row("kl_divergence", _kl_divergence, convention="takes the target first"),
        Row("jensen_shannon", _jensen_shannon, convention="is the square root of ours"),
        Row(
            "cross_entropy",
            _cross_entropy,
            convention="a log-softmax, picked from here",
            differs="SciPy's log-softmax of a confident prediction is a difference, rounded",
        ),
        Row("pairwise_logistic", lambda a, b: -special.log_expit(a - b)),
        Row("gaussian_nll", _gaussian_nll, convention="of the normalised density"),
        Row("laplace_nll", _laplace_nll, convention="of the normalised density"),
    ),
)
