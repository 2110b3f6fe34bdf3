"""Models fitted with generated gradients, against scikit-learn's own estimators on the data it ships."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import minimize
from sklearn.datasets import load_breast_cancer, load_diabetes, load_digits
from sklearn.linear_model import HuberRegressor, LogisticRegression, QuantileRegressor, Ridge
from sklearn.model_selection import train_test_split
from sklearn.neighbors import KNeighborsClassifier
from sklearn.preprocessing import StandardScaler
from symloss.losses import (
    binary_cross_entropy,
    cross_entropy,
    huber,
    nt_xent,
    quantile,
    ridge_regression,
)

RELATIVE = 1e-5


def fit(objective, size):
    """L-BFGS to the end of double precision."""
    options = {"maxiter": 20_000, "maxfun": 40_000, "ftol": 1e-16, "gtol": 1e-10, "maxcor": 30}
    return minimize(objective, np.zeros(size), jac=True, method="L-BFGS-B", options=options).x


def standardised(load):
    data = load()
    return StandardScaler().fit_transform(data.data), data.target.astype(float)


def close(found, expected):
    assert np.abs(found - expected).max() <= RELATIVE * np.abs(expected).max()


def test_ridge_regression_on_diabetes():
    design, target = standardised(load_diabetes)
    target = target - target.mean()
    strength = 3.0

    def objective(w):
        return ridge_regression.value_and_gradient(design, target, w, strength=strength)

    expected = Ridge(alpha=strength, fit_intercept=False, tol=1e-12).fit(design, target).coef_
    close(fit(objective, design.shape[1]), expected)


def test_logistic_regression_on_breast_cancer():
    design, target = standardised(load_breast_cancer)
    wide = np.column_stack([design, np.ones(len(design))])
    penalised = np.append(np.ones(design.shape[1]), 0.0)

    def objective(w):
        value, slope = binary_cross_entropy.value_and_gradient(wide @ w, target, reduction="sum")
        penalty = penalised * w
        return value + penalty @ w / 2, wide.T @ slope + penalty

    model = LogisticRegression(C=1.0, solver="newton-cholesky", tol=1e-12, max_iter=1000)
    model.fit(design, target)
    close(fit(objective, wide.shape[1]), np.append(model.coef_[0], model.intercept_))


def test_huber_regression_on_diabetes():
    """scikit-learn estimates a scale too; at its scale, its coefficients solve the plain problem."""
    design, target = standardised(load_diabetes)
    strength, epsilon = 0.1, 1.35
    model = HuberRegressor(epsilon=epsilon, alpha=strength, tol=1e-9, max_iter=20_000)
    model.fit(design, target)
    wide = np.column_stack([design, np.ones(len(design))])
    penalised = np.append(np.full(design.shape[1], strength), 0.0)
    expected = np.append(model.coef_, model.intercept_)

    def objective(w):
        value, slope = huber.value_and_gradient(
            wide @ w, target, delta=epsilon * model.scale_, reduction="sum"
        )
        factor = 2 / model.scale_
        return factor * value + penalised * w @ w, factor * (wide.T @ slope) + 2 * penalised * w

    close(fit(objective, wide.shape[1]), expected)


@pytest.mark.parametrize("level", [0.2, 0.5, 0.9])
def test_quantile_regression_on_diabetes(level):
    """The problem is linear: smooth steps come near scikit-learn's objective, never below it."""
    design, target = standardised(load_diabetes)
    target = (target - target.mean()) / target.std()
    model = QuantileRegressor(quantile=level, alpha=0.0, solver="highs").fit(design, target)
    wide = np.column_stack([design, np.ones(len(design))])

    def objective(w):
        value, slope = quantile.value_and_gradient(wide @ w, target, level=level, reduction="mean")
        return value, wide.T @ slope

    best = quantile.value(model.predict(design), target, level=level, reduction="mean")
    start = np.append(np.linalg.lstsq(wide, target)[0][:-1], np.quantile(target, level))
    found = minimize(objective, start, jac=True, method="L-BFGS-B", options={"maxiter": 2000})
    refined = minimize(objective, found.x, jac=True, method="SLSQP", options={"maxiter": 500})
    reached = min(found.fun, refined.fun)
    assert best - 1e-9 <= reached <= 1.03 * best


def test_softmax_regression_on_digits():
    data = load_digits()
    features = data.data / 16.0
    train, test, labels, truth = train_test_split(features, data.target, random_state=0)
    strength = 1.0

    def objective(flat):
        weights = flat.reshape(64, 10)
        value, slope = cross_entropy.value_and_gradient(train @ weights, labels, reduction="sum")
        return value + strength * flat @ flat / 2, (train.T @ slope).ravel() + strength * flat

    weights = fit(objective, 640).reshape(64, 10)
    model = LogisticRegression(C=1 / strength, fit_intercept=False, tol=1e-10, max_iter=5000)
    model.fit(train, labels)
    ours = float((np.argmax(test @ weights, axis=1) == truth).mean())
    assert ours >= model.score(test, truth) - 1e-12
    centred = weights - weights.mean(axis=1, keepdims=True)
    expected = (model.coef_ - model.coef_.mean(axis=0)).T
    assert np.abs(centred - expected).max() <= 1e-3 * np.abs(expected).max()


def test_an_embedding_learned_with_nt_xent_helps_nearest_neighbours():
    """A linear map to four numbers, from the first four principal directions, on 600 digits."""
    data = load_digits()
    features = data.data / 16.0
    train, test, labels, truth = train_test_split(
        features, data.target, train_size=600, random_state=1
    )
    centre = train.mean(axis=0)
    start = np.linalg.svd(train - centre, full_matrices=False)[2][:4].T
    places = [np.flatnonzero(labels == digit) for digit in range(10)]
    partner = np.concatenate([np.arange(10) + 10, np.arange(10)])

    def embed(x, weights):
        z = (x - centre) @ weights
        return z / np.linalg.norm(z, axis=1, keepdims=True)

    def accuracy(weights):
        model = KNeighborsClassifier(n_neighbors=1).fit(embed(train, weights), labels)
        return model.score(embed(test, weights), truth)

    random = np.random.default_rng(0)
    weights, momentum = start.copy(), np.zeros_like(start)
    for _ in range(1500):  # a pair of each digit: all others are true negatives
        chosen = [random.choice(place) for _ in range(2) for place in places]
        batch = train[chosen] - centre
        slope = nt_xent.gradient(batch @ weights, partner, temperature=0.2)
        momentum = 0.9 * momentum - 0.05 * (batch.T @ slope)
        weights = weights + momentum
    assert accuracy(weights) > accuracy(start) + 0.1
