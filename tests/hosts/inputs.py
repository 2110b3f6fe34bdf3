"""Items to compare at: random ones, and those that implementations get wrong."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Random = np.random.Generator


def _scales(random: Random, low: int, high: int, count: int) -> Array:
    return 10.0 ** random.integers(low, high, count)


def pairs(random: Random) -> tuple[Array, Array]:
    """Predictions and targets: matches, kinks at 0.75 and 1, residuals from 1e-6 to 1e4, extremes."""
    target = random.normal(size=90)
    prediction = target + random.normal(size=90) * _scales(random, -6, 5, 90)
    prediction[:10] = target[:10]
    ends = [-1.0, 1, -0.75, 0.75, 0, 1e-12, -1e-12, 1e-18, 3e15, -3e15]
    prediction[10:20], target[10:20] = ends, 0.0
    prediction[20:22], target[20:22] = [2.0, 0.25], [1.0, 1.0]
    return prediction, target


def moderate_pairs(random: Random) -> tuple[Array, Array]:
    """The same without what overflows an exponential or underflows a square."""
    prediction, target = pairs(random)
    return np.clip(prediction, -40, 40), target


def signed(random: Random) -> tuple[Array, Array]:
    """Scores and labels of -1 and 1: margins of exactly 0 and 1, both signs, huge and tiny."""
    ends = [0.0, 1, -1, 0.5, 2, 20, 88, 300, 800, 1e4, 1e-8, 1e-16, 1e-20, 40]
    score = np.concatenate([random.normal(size=40) * 3, ends, np.negative(ends)])
    return np.tile(score, 2), np.repeat([-1.0, 1.0], len(score))


def logits(random: Random) -> tuple[Array, Array]:
    """Logits with hard and soft targets: confident both right and wrong, up to 1e4."""
    ends = [0.0, 1e-9, 5, 20, 40, 88, 104, 300, 710, 800, 1e4]
    logit = np.concatenate([random.normal(size=40) * 3, ends, np.negative(ends)])
    target = np.concatenate([random.uniform(size=40), np.zeros(11), np.ones(11)])
    other = np.concatenate([random.integers(0, 2, 40), np.ones(11), np.zeros(11)])
    return np.tile(logit, 2), np.concatenate([target, other])


def probabilities(random: Random) -> tuple[Array, Array]:
    """Probabilities well inside (0, 1) and near its ends, with hard and soft targets."""
    ends = [0.5, 1e-3, 1e-7, 1e-20, 1 - 2.0**-10, 1 - 2.0**-20]
    probability = np.concatenate([random.uniform(0.01, 0.99, 40), ends])
    soft = random.uniform(size=len(probability))
    return np.tile(probability, 2), np.concatenate([soft, random.integers(0, 2, len(soft))])


def classes(random: Random) -> tuple[Array, Array]:
    """Rows of five logits with labels: equal ones, far apart ones, shifted by 1e4, confident."""
    rows = random.normal(size=(60, 5)) * _scales(random, -3, 3, 60)[:, None]
    rows[0], rows[1], rows[2] = 0.0, 1e4, [0, 0, 40, 0, 0]
    rows[3], rows[4] = [0, 0, 40, 0, 0], [-1e4, 0, 0, 0, 1e4]
    label = random.integers(0, 5, 60)
    label[2:5] = [2, 1, 4]
    return rows, label


def scores(random: Random) -> tuple[Array, Array]:
    """Rows of five scores with labels: ties, and margins of exactly 1."""
    rows = random.normal(size=(50, 5)) * _scales(random, -3, 4, 50)[:, None]
    label = random.integers(0, 5, 50)
    rows[0], rows[1], rows[2] = 0.0, [1, 2, 3, 4, 5], [0, 0, 1, 0, 0]
    label[:3] = [0, 4, 2]
    return rows, label


def soft_classes(random: Random) -> tuple[Array, Array]:
    """Rows of logits with distributions over the classes, some with classes of probability 0."""
    rows, _ = classes(random)
    share = random.dirichlet(np.ones(5), len(rows))
    share[:20] = np.eye(5)[random.integers(0, 5, 20)]
    share[20:30] = [0.5, 0.5, 0, 0, 0]
    return rows, share


def distributions(random: Random) -> tuple[Array, Array]:
    """Pairs of distributions over five classes, the second everywhere positive."""
    first, second = random.dirichlet(np.ones(5), (2, 40))
    first[:10], first[10:20] = np.eye(5)[random.integers(0, 5, 10)], second[10:20]
    return first, second


def counts(random: Random) -> tuple[Array, Array]:
    """Logarithms of rates, and counts: zeros among them."""
    rate = np.concatenate([random.normal(size=60) * 2, [0.0, 20, -20, 80, -80, 0]])
    count = np.concatenate([random.poisson(3, 60), [0, 0, 3, 1e6, 0, 1]]).astype(float)
    return rate, count


def positives(random: Random) -> tuple[Array, Array]:
    """Positive predictions and targets: matches, near matches, magnitudes from 1e-6 to 1e6."""
    target = np.exp(random.normal(size=60)) * _scales(random, -5, 6, 60)
    prediction = target * np.exp(random.normal(size=60) * _scales(random, -6, 1, 60))
    prediction[:6] = target[:6]
    return prediction, target


def vectors(random: Random, count: int, size: int = 4) -> tuple[Array, ...]:
    """Items of several vectors: magnitudes from 1e-3 to 1e3."""
    scale = _scales(random, -3, 4, 40)[:, None]
    return tuple(random.normal(size=(40, size)) * scale for _ in range(count))


def masks(random: Random) -> tuple[Array, Array]:
    """Predicted and true masks of six pixels: empty, full, perfect, and disjoint ones."""
    predicted = random.uniform(size=(40, 6))
    mask = random.integers(0, 2, (40, 6)).astype(float)
    mask[0], mask[1], predicted[2], predicted[3] = 0.0, 1.0, 0.0, 1.0
    predicted[4], predicted[5], mask[6] = mask[4], 1 - mask[5], random.uniform(size=6)
    predicted[7], mask[7] = 0.0, 0.0
    return predicted, mask
