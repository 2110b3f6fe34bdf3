"""Penalties, regularised objectives, and combinations of several tasks' losses."""

from __future__ import annotations

from typing import Any

from symloss.peers.model import Arrays, Formula


def _l1(m: Arrays, w: Any, strength: Any) -> Any:
    return strength * m.abs(w).sum(-1)


def _l2(m: Arrays, w: Any, strength: Any) -> Any:
    return strength * (w**2).sum(-1)


def _elastic_net(m: Arrays, w: Any, strength: Any, ratio: Any) -> Any:
    return strength * (ratio * m.abs(w).sum(-1) + (1 - ratio) / 2 * (w**2).sum(-1))


def _group_lasso(m: Arrays, w: Any, strength: Any) -> Any:
    size = m.sqrt(w[..., 0, 0] * 0 + w.shape[-1])
    return strength * size * m.norm(w).sum(-1)


def _fit(x: Any, w: Any) -> Any:
    return (x @ w[..., None])[..., 0]


def _lasso(m: Arrays, x: Any, y: Any, w: Any, strength: Any) -> Any:
    return ((_fit(x, w) - y) ** 2).mean(-1) / 2 + _l1(m, w, strength)


def _ridge(m: Arrays, x: Any, y: Any, w: Any, strength: Any) -> Any:
    return ((_fit(x, w) - y) ** 2).sum(-1) + _l2(m, w, strength)


def _logistic_ridge(m: Arrays, x: Any, y: Any, w: Any, strength: Any) -> Any:
    return m.softplus(-y * _fit(x, w)).sum(-1) + _l2(m, w, strength) / 2


def _weighted_sum(m: Arrays, losses: Any, weights: Any) -> Any:
    return (weights * losses).sum(-1)


def _uncertainty(m: Arrays, losses: Any, log_variances: Any) -> Any:
    return (losses / m.exp(log_variances) + log_variances).sum(-1) / 2


def _gradnorm(m: Arrays, weights: Any, norms: Any, ratios: Any, alpha: Any) -> Any:
    norm = weights * norms
    rate = ratios / ratios.mean(-1)[..., None]
    goal = m.held(norm.mean(-1)[..., None] * rate**alpha)
    return m.abs(norm - goal).sum(-1)


FORMULAS = (
    Formula("l1_penalty", _l1, {"strength": 0.75}),
    Formula("l2_penalty", _l2, {"strength": 0.75}),
    Formula("elastic_net", _elastic_net, {"strength": 0.75, "ratio": 0.25}),
    Formula("group_lasso", _group_lasso, {"strength": 0.75}),
    Formula("lasso_regression", _lasso, {"strength": 0.75}),
    Formula("ridge_regression", _ridge, {"strength": 0.75}),
    Formula("logistic_ridge", _logistic_ridge, {"strength": 0.75}),
    Formula("weighted_sum", _weighted_sum),
    Formula("uncertainty_weighting", _uncertainty),
    Formula("gradnorm", _gradnorm, {"alpha": 0.75}),
)
