"""Classification: by margin, by probability, of logits."""

from __future__ import annotations

from typing import Any

from symloss.peers.model import Arrays, Formula

# ------------------------------------------------------------------- scores, and labels of -1 and 1


def _exponential(m: Arrays, prediction: Any, target: Any) -> Any:
    return m.exp(-target * prediction)


def _hinge(m: Arrays, prediction: Any, target: Any) -> Any:
    return m.relu(1 - target * prediction)


def _logistic(m: Arrays, prediction: Any, target: Any) -> Any:
    return m.softplus(-target * prediction)


def _modified_huber(m: Arrays, prediction: Any, target: Any) -> Any:
    margin = target * prediction
    return m.where(margin >= -1, m.relu(1 - margin) ** 2, -4 * margin)


def _perceptron(m: Arrays, prediction: Any, target: Any) -> Any:
    return m.relu(-target * prediction)


def _ramp(m: Arrays, prediction: Any, target: Any) -> Any:
    margin = target * prediction
    return m.relu(1 - margin) - m.relu(-margin)


def _smoothed_hinge(m: Arrays, prediction: Any, target: Any) -> Any:
    """The Huber function of what is missing to a margin of 1."""
    missing = m.relu(1 - target * prediction)
    return m.where(missing <= 1, missing**2 / 2, missing - 0.5)


def _squared_hinge(m: Arrays, prediction: Any, target: Any) -> Any:
    return m.relu(1 - target * prediction) ** 2


def _zero_one(m: Arrays, prediction: Any, target: Any) -> Any:
    none = 0 * prediction
    return m.where(target * prediction > 0, none, none + 1)


# ------------------------------------------------------------------------ two classes, and balances


def _binary(m: Arrays, logit: Any, target: Any) -> Any:
    return target * m.softplus(-logit) + (1 - target) * m.softplus(logit)


def _binary_of_probabilities(m: Arrays, probability: Any, target: Any) -> Any:
    return -(target * m.log(probability) + (1 - target) * m.log1p(-probability))


def _balanced(m: Arrays, logits: Any, target: Any) -> Any:
    share = target.mean(-1)
    positive = (target * m.softplus(-logits)).sum(-1)
    return (1 - share) * positive + share * ((1 - target) * m.softplus(logits)).sum(-1)


def _positive_weight(m: Arrays, logit: Any, target: Any, positive_weight: Any) -> Any:
    return positive_weight * target * m.softplus(-logit) + (1 - target) * m.softplus(logit)


def _focal(m: Arrays, logit: Any, target: Any, gamma: Any, alpha: Any) -> Any:
    positive = alpha * m.sigmoid(-logit) ** gamma * m.softplus(-logit)
    negative = (1 - alpha) * m.sigmoid(logit) ** gamma * m.softplus(logit)
    return target * positive + (1 - target) * negative


def _brier(m: Arrays, probability: Any, target: Any) -> Any:
    return (probability - target) ** 2


# --------------------------------------------------------------------- several classes, of logits


def cross_entropy(m: Arrays, logits: Any, label: Any) -> Any:
    """The log of the softmax's denominator, less the label's logit."""
    return m.logsumexp(logits - m.pick(logits, label)[..., None])


def _class_balanced(m: Arrays, logits: Any, label: Any, count: Any, beta: Any) -> Any:
    return (1 - beta) / (1 - beta ** m.pick(count, label)) * cross_entropy(m, logits, label)


def _weighted(m: Arrays, logits: Any, label: Any, class_weight: Any) -> Any:
    return m.pick(class_weight, label) * cross_entropy(m, logits, label)


def _smoothed(m: Arrays, logits: Any, label: Any, smoothing: Any) -> Any:
    total = m.logsumexp(logits)
    share = (1 - smoothing) * m.pick(logits, label) + smoothing * logits.mean(-1)
    return total - share


def _soft(m: Arrays, logits: Any, target: Any) -> Any:
    return (target * (m.logsumexp(logits)[..., None] - logits)).sum(-1)


def _focal_multiclass(m: Arrays, logits: Any, label: Any, gamma: Any) -> Any:
    cost = cross_entropy(m, logits, label)
    return (1 - m.exp(-cost)) ** gamma * cost


def _nll(m: Arrays, log_probability: Any, label: Any) -> Any:
    return -m.pick(log_probability, label)


# -------------------------------------------------------------- several classes, of probabilities


def _kl_divergence(m: Arrays, prediction: Any, target: Any) -> Any:
    return (m.xlogy(target, target) - m.xlogy(target, prediction)).sum(-1)


def _jensen_shannon(m: Arrays, prediction: Any, target: Any) -> Any:
    mixture = (prediction + target) / 2
    first = m.xlogy(prediction, prediction) - m.xlogy(prediction, mixture)
    return (first + m.xlogy(target, target) - m.xlogy(target, mixture)).sum(-1) / 2


def _multiclass_brier(m: Arrays, probabilities: Any, label: Any) -> Any:
    return ((probabilities - m.one_hot(probabilities, label)) ** 2).sum(-1)


def _spherical(m: Arrays, probabilities: Any, label: Any) -> Any:
    return -m.pick(probabilities, label) / m.norm(probabilities)


FORMULAS = (
    Formula("exponential", _exponential),
    Formula("hinge", _hinge),
    Formula("logistic", _logistic),
    Formula("modified_huber", _modified_huber),
    Formula("perceptron", _perceptron),
    Formula("ramp", _ramp),
    Formula("smoothed_hinge", _smoothed_hinge),
    Formula("squared_hinge", _squared_hinge),
    Formula("zero_one", _zero_one),
    Formula("binary_cross_entropy", _binary),
    Formula("binary_cross_entropy_of_probabilities", _binary_of_probabilities),
    Formula("balanced_binary_cross_entropy", _balanced),
    Formula("positive_weight_binary_cross_entropy", _positive_weight, {"positive_weight": 2.5}),
    Formula("focal", _focal, {"gamma": 3.0, "alpha": 0.75}),
    Formula("brier", _brier),
    Formula("cross_entropy", cross_entropy),
    Formula("class_balanced", _class_balanced, {"beta": 0.875}),
    Formula("weighted_cross_entropy", _weighted),
    Formula("label_smoothing_cross_entropy", _smoothed, {"smoothing": 0.25}),
    Formula("soft_cross_entropy", _soft),
    Formula("focal_multiclass", _focal_multiclass, {"gamma": 3.0}),
    Formula("nll", _nll),
    Formula("kl_divergence", _kl_divergence),
    Formula("jensen_shannon", _jensen_shannon),
    Formula("multiclass_brier", _multiclass_brier),
    Formula("spherical_score", _spherical),
)
