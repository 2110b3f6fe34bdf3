"""Two things to differentiate by, an input and a parameter: tilt * prediction**2 - target."""

# The emitter writes these dictionaries as plain attributes.
# ruff: noqa: RUF012

from symloss.runtime import Argument, Domain, Loss, at, compiled, put, share


@compiled
def _value(count, scale, prediction, target, tilt, weight, out_loss):
    total = 0.0
    for n in range(count):
        loss = share(weight, n, scale.dtype.type(1)) * (
            at(tilt, n) * at(prediction, n) * at(prediction, n) - at(target, n)
        )
        total += loss
        put(out_loss, n, loss)
    return total


@compiled
def _gradient(count, scale, prediction, target, tilt, weight, out_prediction, out_tilt):
    real = scale.dtype.type
    for n in range(count):
        factor = scale[0] * share(weight, n, scale.dtype.type(1))
        out_prediction[n] = factor * real(2) * at(tilt, n) * at(prediction, n)
        out_tilt[n] = factor * at(prediction, n) * at(prediction, n)
    return 0.0


@compiled
def _value_and_gradient(
    count, scale, prediction, target, tilt, weight, out_loss, out_prediction, out_tilt
):
    _gradient(count, scale, prediction, target, tilt, weight, out_prediction, out_tilt)
    return _value(count, scale, prediction, target, tilt, weight, out_loss)


@compiled
def _hessian(
    count, scale, prediction, target, tilt, weight, out_pp, out_pt, out_tp, out_tt
):  # fmt: skip
    real = scale.dtype.type
    for n in range(count):
        factor = scale[0] * share(weight, n, scale.dtype.type(1))
        out_pp[n] = factor * real(2) * at(tilt, n)
        out_pt[n] = factor * real(2) * at(prediction, n)
        out_tp[n] = factor * real(2) * at(prediction, n)
        out_tt[n] = real(0)
    return 0.0


@compiled
def _hessian_vector_product(
    count, scale, prediction, target, tilt, v_prediction, v_tilt, weight, out_prediction, out_tilt
):
    real = scale.dtype.type
    for n in range(count):
        factor = scale[0] * share(weight, n, scale.dtype.type(1)) * real(2)
        out_prediction[n] = factor * (
            at(tilt, n) * at(v_prediction, n) + at(prediction, n) * at(v_tilt, n)
        )
        out_tilt[n] = factor * at(prediction, n) * at(v_prediction, n)
    return 0.0


class Tilted(Loss):
    """A tilted square, (),()->()."""

    name = "tilted"
    signature = "(),()->()"
    inputs = (
        Argument("prediction", (), Domain("real")),
        Argument("target", (), Domain("{-1, 1}", kind="finite", values=(-1.0, 1.0))),
    )
    parameters = (Argument("tilt", (), Domain("[0, 1]", "interval", 0.0, 1.0, False, False)),)
    wrt = ("prediction", "tilt")
    kernels = {
        "value": _value,
        "gradient": _gradient,
        "value_and_gradient": _value_and_gradient,
        "hessian": _hessian,
        "hessian_vector_product": _hessian_vector_product,
    }

    def value(
        self, prediction, target, *, tilt, weight=None, reduction="none", out=None, validate=False
    ):
        return self._value((prediction, target), (tilt,), weight, reduction, out, validate)

    def gradient(
        self, prediction, target, *, tilt, weight=None, reduction="none", out=None, validate=False
    ):
        return self._gradient((prediction, target), (tilt,), weight, reduction, out, validate)

    def value_and_gradient(
        self, prediction, target, *, tilt, weight=None, reduction="none", out=None, validate=False
    ):
        return self._value_and_gradient(
            (prediction, target), (tilt,), weight, reduction, out, validate
        )

    def hessian(
        self, prediction, target, *, tilt, weight=None, reduction="none", out=None, validate=False
    ):
        return self._hessian((prediction, target), (tilt,), weight, reduction, out, validate)

    def hessian_vector_product(
        self, prediction, target, *, vector, tilt, weight=None, reduction="none", out=None,
        validate=False,
    ):  # fmt: skip
        return self._hessian_vector_product(
            (prediction, target), (tilt,), vector, weight, reduction, out, validate
        )


class DenseTilted(Tilted):
    """The same without a kernel for the Hessian, as if items had core dimensions."""

    kernels = {**Tilted.kernels, "hessian": None}


tilted = Tilted()
dense_tilted = DenseTilted()
