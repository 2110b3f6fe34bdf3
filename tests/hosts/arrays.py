"""The elementary functions of formulas over NumPy arrays of mpmath numbers."""

from __future__ import annotations

from typing import Any

import mpmath
import numpy as np

from symloss.peers import Arrays


def _each(function: Any, count: int = 1) -> Any:
    return np.frompyfunc(function, count, 1)


_exp, _log, _log1p = _each(mpmath.exp), _each(mpmath.log), _each(mpmath.log1p)


def _softplus(x: Any) -> Any:
    return mpmath.log1p(mpmath.exp(x)) if x < 0 else x + mpmath.log1p(mpmath.exp(-x))


def _logsumexp(x: Any) -> Any:
    top = x.max(-1)
    return top + _log(_exp(x - top[..., None]).sum(-1))


def _tails(x: Any) -> Any:
    return np.stack([_logsumexp(x[..., place:]) for place in range(x.shape[-1])], -1)


def _pick(x: Any, label: Any) -> Any:
    return np.take_along_axis(x, label[..., None].astype(int), -1)[..., 0]


class Held:
    """What a loss holds constant: the values of the first evaluation, in every later one."""

    def __init__(self) -> None:
        self.values: list[Any] = []
        self.place = -1

    def restart(self) -> None:
        """Begin another evaluation."""
        self.place = 0 if self.values else -1

    def __call__(self, x: Any) -> Any:
        if self.place < 0:
            self.values.append(x)
            return x
        self.place += 1
        return self.values[self.place - 1]


def exact_arrays(held: Held) -> Arrays:
    """At the working precision of mpmath."""
    return Arrays(
        exp=_exp,
        log=_log,
        log1p=_log1p,
        sqrt=_each(mpmath.sqrt),
        abs=np.abs,
        softplus=_each(_softplus),
        logsigmoid=_each(lambda x: -_softplus(-x)),
        sigmoid=_each(lambda x: 1 / (1 + mpmath.exp(-x))),
        logcosh=_each(lambda x: mpmath.log(mpmath.cosh(x))),
        xlogy=_each(lambda x, y: x * mpmath.log(y) if x else mpmath.mpf(0), 2),
        relu=lambda x: np.maximum(x, mpmath.mpf(0)),
        maximum=np.maximum,
        minimum=np.minimum,
        where=np.where,
        max=lambda x: x.max(-1),
        logsumexp=_logsumexp,
        tails=_tails,
        pick=_pick,
        one_hot=lambda x, label: np.eye(x.shape[-1], dtype=int)[label.astype(int)].astype(object),
        diagonal=lambda x: np.diagonal(x, axis1=-2, axis2=-1),
        eye=lambda x: np.eye(x.shape[-1], dtype=bool),
        norm=lambda x: _each(mpmath.sqrt)((x**2).sum(-1)),
        held=held,
    )
