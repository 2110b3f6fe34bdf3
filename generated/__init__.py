"""The losses of symloss, by name: `from symloss.losses import absolute_error`.

Written by `symloss build`. A loss's module is imported when the loss is first asked for.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

_MODULES = {
    "absolute_error": "regression.absolute_error",
    "binary_cross_entropy": "classification.binary_cross_entropy",
    "cross_entropy": "classification.cross_entropy",
    "dice": "segmentation.dice",
    "focal": "classification.focal",
    "gaussian_kl": "generative.gaussian_kl",
    "gaussian_nll": "regression.gaussian_nll",
    "hinge": "classification.hinge",
    "huber": "regression.huber",
    "log_cosh": "regression.log_cosh",
    "nt_xent": "metric.nt_xent",
    "quantile": "regression.quantile",
    "ridge_regression": "penalty.ridge_regression",
    "rmsle": "regression.rmsle",
    "squared_error": "regression.squared_error",
    "triplet": "metric.triplet",
    "tversky": "segmentation.tversky",
    "zero_one": "classification.zero_one",
}

__all__ = list(_MODULES)


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    loss = getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
    globals()[name] = loss
    return loss


def __dir__() -> list[str]:
    return sorted({*globals(), *_MODULES})
# digest: 05c18cf084bda846ab7fa27859b139941e59bf71a4c1cd91234e464dc432b5d2
