"""Losses written apart from the specs, for mpmath: what settles a dispute with a host."""

from __future__ import annotations

from typing import Any

from mpmath import cosh, exp, log, log1p, mpf, sqrt


def softplus(x: Any) -> Any:
    """log(1 + e^x)."""
    return x + log1p(exp(-x)) if x > 0 else log1p(exp(x))


def log_cosh(prediction: Any, target: Any) -> Any:
    """Of the residual."""
    return log(cosh(prediction - target))


def binary_cross_entropy(logit: Any, target: Any) -> Any:
    """Of a logit: what a target of 1 and one of 0 would cost, in proportion."""
    return target * softplus(-logit) + (1 - target) * softplus(logit)


def binary_focal(logit: Any, target: Any, gamma: int, alpha: Any) -> Any:
    """Of a logit: each side's cross-entropy, discounted by the probability it already has."""
    right, left = 1 / (1 + exp(-logit)), 1 / (1 + exp(logit))
    positive = mpf(alpha) * left**gamma * softplus(-logit)
    return target * positive + (1 - target) * (1 - mpf(alpha)) * right**gamma * softplus(logit)


def cross_entropy(logits: Any, label: int) -> Any:
    """The log of the softmax's denominator over the label's share of it."""
    return log(sum(exp(entry - logits[label]) for entry in logits))


def soft_cross_entropy(logits: Any, shares: Any) -> Any:
    """The cross-entropies of all labels, in proportion."""
    top = max(logits)
    total = top + log(sum(exp(entry - top) for entry in logits))
    return sum(share * (total - entry) for share, entry in zip(shares, logits, strict=True))


def gaussian_kl(mean: Any, log_variance: Any) -> Any:
    """Of a diagonal Gaussian from the standard one."""
    pairs = zip(mean, log_variance, strict=True)
    return sum(m**2 + exp(v) - 1 - v for m, v in pairs) / 2


def gaussian_nll(mean: Any, log_variance: Any, target: Any) -> Any:
    """The negative log-density, without its constant."""
    return (log_variance + (target - mean) ** 2 / exp(log_variance)) / 2


def distance(first: Any, second: Any) -> Any:
    """Euclidean."""
    return sqrt(sum((a - b) ** 2 for a, b in zip(first, second, strict=True)))


def absolute_error(prediction: Any, target: Any) -> Any:
    """The distance between two numbers."""
    return max(prediction - target, target - prediction)


def huber(prediction: Any, target: Any, delta: Any) -> Any:
    """Half the square of the residual, less half the square of its excess over delta."""
    far = absolute_error(prediction, target)
    return (far**2 - max(far - delta, 0) ** 2) / 2


def quantile(prediction: Any, target: Any, level: Any) -> Any:
    """The larger of two lines through the target."""
    return max(level * (target - prediction), (1 - level) * (prediction - target))


def hinge(prediction: Any, target: Any) -> Any:
    """What is missing to a margin of 1."""
    return max(0, 1 - target * prediction)


def perceptron(prediction: Any, target: Any) -> Any:
    """What is missing to a margin of 0."""
    return max(0, -target * prediction)


def multiclass_hinge(scores: Any, label: int) -> Any:
    """What the label's score misses to a margin of 1 over the best other one."""
    others = [entry for place, entry in enumerate(scores) if place != label]
    return max(0, max(others) + 1 - scores[label])


def multi_margin(scores: Any, label: int) -> Any:
    """What the label's score misses to a margin of 1 over each other one, over all classes."""
    others = [entry for place, entry in enumerate(scores) if place != label]
    return sum(max(0, 1 + entry - scores[label]) for entry in others) / len(scores)


def cosine_embedding(first: Any, second: Any, target: Any, margin: Any) -> Any:
    """How far the cosine of an angle is from 1, or above a margin."""
    zero = [0] * len(first)
    inner = sum(a * b for a, b in zip(first, second, strict=True))
    cosine = inner / (distance(first, zero) * distance(second, zero))
    return 1 - cosine if target == 1 else max(0, cosine - margin)


def logistic(prediction: Any, target: Any) -> Any:
    """The cross-entropy of a score for a label of -1 or 1."""
    return softplus(-target * prediction)


def bernoulli_nll(probability: Any, target: Any) -> Any:
    """The cross-entropy of a probability."""
    return -target * log(probability) - (1 - target) * log(1 - probability)
