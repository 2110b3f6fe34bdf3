"""Items with a class axis; the gradient is plain Python around compiled parts."""

# The emitter writes these dictionaries as plain attributes.
# ruff: noqa: RUF012

import math

import numpy as np

from symloss.runtime import (
    Argument,
    Domain,
    Loss,
    at,
    compiled,
    exp,
    fill,
    in_range,
    item,
    log,
    put,
    share,
)


@compiled
def _lse(real, logits):
    largest = real(-math.inf)
    for k in range(logits.shape[0]):
        largest = logits[k] if logits[k] > largest or logits[k] != logits[k] else largest
    total = real(0)
    for k in range(logits.shape[0]):
        total += exp(logits[k] - largest)
    return largest + log(total)


@compiled
def _value_item(real, logits, label):
    if not in_range(label, logits.shape[0]):
        return real(math.nan)
    return _lse(real, logits) - logits[label]


@compiled
def _value(count, scale, logits, label, weight, out_loss):
    real = scale.dtype.type
    total = 0.0
    for n in range(count):
        loss = share(weight, n, scale.dtype.type(1)) * _value_item(
            real, item(logits, n), at(label, n)
        )
        total += loss
        put(out_loss, n, loss)
    return total


@compiled
def _slopes(scale, factor, logits, label, out_logits):
    lse = _lse(scale.dtype.type, logits)
    for k in range(logits.shape[0]):
        out_logits[k] = factor * exp(logits[k] - lse)
    out_logits[label] -= factor
    return lse - logits[label]


def _value_and_gradient(count, scale, logits, label, weight, out_loss, out_logits):
    total = 0.0
    for n in range(count):
        if not in_range(at(label, n), logits.shape[1]):
            fill(out_logits[n], np.nan)
            total += np.nan
            put(out_loss, n, scale.dtype.type(np.nan))
            continue
        factor = scale[0] * share(weight, n, scale.dtype.type(1))
        loss = _slopes(scale, factor, item(logits, n), at(label, n), out_logits[n])
        loss = share(weight, n, scale.dtype.type(1)) * loss
        total += float(loss)
        put(out_loss, n, loss)
    return total


def _gradient(count, scale, logits, label, weight, out_logits):
    unwanted = np.empty(0, scale.dtype)
    return _value_and_gradient(count, scale, logits, label, weight, unwanted, out_logits)


@compiled
def _hessian_vector_product(count, scale, logits, label, vector, weight, out_logits):
    real = scale.dtype.type
    for n in range(count):
        row, along = item(logits, n), item(vector, n)
        factor = scale[0] * share(weight, n, scale.dtype.type(1))
        if not in_range(at(label, n), row.shape[0]):
            fill(out_logits[n], real(math.nan))
            continue
        lse = _lse(real, row)
        mean = real(0)
        for k in range(row.shape[0]):
            mean += exp(row[k] - lse) * along[k]
        for k in range(row.shape[0]):
            out_logits[n, k] = factor * exp(row[k] - lse) * (along[k] - mean)
    return 0.0


class CrossEntropy(Loss):
    """Softmax cross-entropy, (K),()->()."""

    name = "cross_entropy"
    signature = "(K),()->()"
    inputs = (
        Argument("logits", ("K",), Domain("real")),
        Argument("label", (), Domain("index(K)", kind="index", dimension="K")),
    )
    parameters = ()
    wrt = ("logits",)
    kernels = {
        "value": _value,
        "gradient": _gradient,
        "value_and_gradient": _value_and_gradient,
        "hessian": None,
        "hessian_vector_product": _hessian_vector_product,
    }

    def value(self, logits, label, *, weight=None, reduction="none", out=None, validate=False):
        return self._value((logits, label), (), weight, reduction, out, validate)

    def gradient(self, logits, label, *, weight=None, reduction="none", out=None, validate=False):
        return self._gradient((logits, label), (), weight, reduction, out, validate)

    def value_and_gradient(
        self, logits, label, *, weight=None, reduction="none", out=None, validate=False
    ):
        return self._value_and_gradient((logits, label), (), weight, reduction, out, validate)

    def hessian(self, logits, label, *, weight=None, reduction="none", out=None, validate=False):
        return self._hessian((logits, label), (), weight, reduction, out, validate)

    def hessian_vector_product(
        self, logits, label, *, vector, weight=None, reduction="none", out=None, validate=False
    ):
        return self._hessian_vector_product(
            (logits, label), (), vector, weight, reduction, out, validate
        )


cross_entropy = CrossEntropy()
