"""Regression: of numbers, and of series of numbers."""

from __future__ import annotations

from typing import Any

from symloss.peers.model import Arrays, Formula


def _absolute_error(m: Arrays, prediction: Any, target: Any) -> Any:
    return m.abs(prediction - target)


def _epsilon_insensitive(m: Arrays, prediction: Any, target: Any, epsilon: Any) -> Any:
    return m.relu(m.abs(prediction - target) - epsilon)


def _gamma_deviance(m: Arrays, prediction: Any, target: Any) -> Any:
    return 2 * (m.log(prediction / target) + target / prediction - 1)


def _gaussian_nll(m: Arrays, mean: Any, log_variance: Any, target: Any) -> Any:
    return (log_variance + (target - mean) ** 2 / m.exp(log_variance)) / 2


def _half_squared_error(m: Arrays, prediction: Any, target: Any) -> Any:
    return (prediction - target) ** 2 / 2


def _huber(m: Arrays, prediction: Any, target: Any, delta: Any) -> Any:
    far = m.abs(prediction - target)
    return m.where(far <= delta, far**2 / 2, delta * (far - delta / 2))


def _laplace_nll(m: Arrays, location: Any, log_scale: Any, target: Any) -> Any:
    return log_scale + m.abs(target - location) / m.exp(log_scale)


def _log_cosh(m: Arrays, prediction: Any, target: Any) -> Any:
    return m.logcosh(prediction - target)


def _percentage(m: Arrays, prediction: Any, target: Any) -> Any:
    return (m.abs(prediction - target) / target).mean(-1)


def _normalised(m: Arrays, prediction: Any, target: Any) -> Any:
    return ((prediction - target) ** 2).sum(-1) / (target**2).sum(-1)


def _poisson_nll(m: Arrays, log_rate: Any, target: Any) -> Any:
    return m.exp(log_rate) - target * log_rate


def _pseudo_huber(m: Arrays, prediction: Any, target: Any, delta: Any) -> Any:
    return delta**2 * (m.sqrt(1 + ((prediction - target) / delta) ** 2) - 1)


def _quantile(m: Arrays, prediction: Any, target: Any, level: Any) -> Any:
    missing = target - prediction
    return m.maximum(level * missing, (level - 1) * missing)


def _relative(m: Arrays, prediction: Any, target: Any) -> Any:
    spread = target - target.mean(-1)[..., None]
    return ((prediction - target) ** 2).sum(-1) / (spread**2).sum(-1)


def _rmsle(m: Arrays, prediction: Any, target: Any) -> Any:
    return m.sqrt(((m.log1p(prediction) - m.log1p(target)) ** 2).mean(-1))


def _root_mean_squared_error(m: Arrays, prediction: Any, target: Any) -> Any:
    return m.sqrt(((prediction - target) ** 2).mean(-1))


def _scale_invariant(m: Arrays, prediction: Any, target: Any, balance: Any) -> Any:
    gap = m.log(prediction) - m.log(target)
    return (gap**2).mean(-1) - balance * gap.mean(-1) ** 2


def _smooth_l1(m: Arrays, prediction: Any, target: Any, beta: Any) -> Any:
    far = m.abs(prediction - target)
    return m.where(far < beta, far**2 / (2 * beta), far - beta / 2)


def _squared_error(m: Arrays, prediction: Any, target: Any) -> Any:
    return (prediction - target) ** 2


def _squared_log_error(m: Arrays, prediction: Any, target: Any) -> Any:
    return (m.log1p(prediction) - m.log1p(target)) ** 2


def _symmetric_mape(m: Arrays, prediction: Any, target: Any) -> Any:
    return (2 * m.abs(prediction - target) / (prediction + target)).mean(-1)


def _tweedie(m: Arrays, prediction: Any, target: Any, power: Any) -> Any:
    a, b = 1 - power, 2 - power
    return 2 * (target**b / (a * b) - target * prediction**a / a + prediction**b / b)


FORMULAS = (
    Formula("absolute_error", _absolute_error),
    Formula("epsilon_insensitive", _epsilon_insensitive, {"epsilon": 0.75}),
    Formula("gamma_deviance", _gamma_deviance),
    Formula("gaussian_nll", _gaussian_nll),
    Formula("half_squared_error", _half_squared_error),
    Formula("huber", _huber, {"delta": 0.75}),
    Formula("laplace_nll", _laplace_nll),
    Formula("log_cosh", _log_cosh),
    Formula("mean_absolute_percentage_error", _percentage),
    Formula("normalised_squared_error", _normalised),
    Formula("poisson_nll", _poisson_nll),
    Formula("pseudo_huber", _pseudo_huber, {"delta": 0.75}),
    Formula("quantile", _quantile, {"level": 0.25}),
    Formula("relative_squared_error", _relative),
    Formula("rmsle", _rmsle),
    Formula("root_mean_squared_error", _root_mean_squared_error),
    Formula("scale_invariant_log_error", _scale_invariant, {"balance": 0.75}),
    Formula("smooth_l1", _smooth_l1, {"beta": 0.75}),
    Formula("squared_error", _squared_error),
    Formula("squared_log_error", _squared_log_error),
    Formula("symmetric_mape", _symmetric_mape),
    Formula("tweedie_deviance", _tweedie, {"power": 1.25}),
)
