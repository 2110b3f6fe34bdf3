"""A loss of scalar items, as the emitter writes them."""

# The emitter writes these dictionaries as plain attributes.
# ruff: noqa: RUF012

import math

from symloss.runtime import (
    CHUNK,
    Argument,
    Domain,
    Loss,
    at,
    compiled,
    like,
    part,
    plus,
    room,
    share,
    weigh,
)


@compiled
def _item(real, prediction, target, delta):
    if not delta > like(delta, 0):
        return real(math.nan), real(math.nan), real(math.nan)
    r = prediction - target
    size = abs(r)
    is_near = size <= delta
    value = real(0.5) * r * r if is_near else delta * (size - real(0.5) * delta)
    gradient = r if is_near else (delta if r > real(0) else (-delta if r < real(0) else r))
    return value, gradient, real(1) if is_near else (real(0) if size == size else r)


@compiled
def _value(count, scale, prediction, target, delta, weight, out_loss):
    real = scale.dtype.type
    total = 0.0
    for start in range(0, count, CHUNK):
        predictions, targets = part(prediction, start), part(target, start)
        deltas, losses = part(delta, start), room(out_loss, start, count)
        chunk_total = real(0)
        for n in range(min(CHUNK, count - start)):
            losses[n] = _item(real, predictions[n], targets[n], at(deltas, n))[0]
            chunk_total = plus(chunk_total, losses[n])
        if weight.shape[0]:
            chunk_total = weigh(losses, weight, start)
        total += chunk_total
    return total


@compiled
def _gradient(count, scale, prediction, target, delta, weight, out_prediction):
    real = scale.dtype.type
    for n in range(count):
        slope = _item(real, at(prediction, n), at(target, n), at(delta, n))[1]
        out_prediction[n] = scale[0] * share(weight, n, scale.dtype.type(1)) * slope
    return 0.0


@compiled
def _value_and_gradient(count, scale, prediction, target, delta, weight, out_loss, out_prediction):
    _gradient(count, scale, prediction, target, delta, weight, out_prediction)
    return _value(count, scale, prediction, target, delta, weight, out_loss)


@compiled
def _hessian(count, scale, prediction, target, delta, weight, out_prediction_prediction):
    real = scale.dtype.type
    for n in range(count):
        second = _item(real, at(prediction, n), at(target, n), at(delta, n))[2]
        out_prediction_prediction[n] = scale[0] * share(weight, n, scale.dtype.type(1)) * second
    return 0.0


class Huber(Loss):
    """Huber loss, (),()->()."""

    name = "huber"
    signature = "(),()->()"
    inputs = (Argument("prediction", (), Domain("real")), Argument("target", (), Domain("real")))
    parameters = (Argument("delta", (), Domain("positive", low=0.0)),)
    wrt = ("prediction",)
    spec_hash = "0123"
    kernels = {
        "value": _value,
        "gradient": _gradient,
        "value_and_gradient": _value_and_gradient,
        "hessian": _hessian,
        "hessian_vector_product": None,
    }

    def value(
        self, prediction, target, *, delta=1.0, weight=None, reduction="none", out=None,
        validate=False,
    ):  # fmt: skip
        return self._value((prediction, target), (delta,), weight, reduction, out, validate)

    def gradient(
        self, prediction, target, *, delta=1.0, weight=None, reduction="none", out=None,
        validate=False,
    ):  # fmt: skip
        return self._gradient((prediction, target), (delta,), weight, reduction, out, validate)

    def value_and_gradient(
        self, prediction, target, *, delta=1.0, weight=None, reduction="none", out=None,
        validate=False,
    ):  # fmt: skip
        return self._value_and_gradient(
            (prediction, target), (delta,), weight, reduction, out, validate
        )

    def hessian(
        self, prediction, target, *, delta=1.0, weight=None, reduction="none", out=None,
        validate=False,
    ):  # fmt: skip
        return self._hessian((prediction, target), (delta,), weight, reduction, out, validate)

    def hessian_vector_product(
        self, prediction, target, *, vector, delta=1.0, weight=None, reduction="none", out=None,
        validate=False,
    ):  # fmt: skip
        return self._hessian_vector_product(
            (prediction, target), (delta,), vector, weight, reduction, out, validate
        )


huber = Huber()
