"""What `compile` leaves for calls to compile: nothing."""

import sys

import numba
import numpy as np
import pytest
from numba.core.registry import CPUDispatcher

pytestmark = pytest.mark.skipif(
    bool(numba.config.DISABLE_JIT), reason="judges compiled code, and NUMBA_DISABLE_JIT is set"
)


def forms(loss) -> int:
    """How many compiled forms the module of a loss has."""
    functions = vars(sys.modules[type(loss).__module__]).values()
    return sum(len(one.overloads) for one in functions if isinstance(one, CPUDispatcher))


def use(loss, inputs, vector, **parameters):
    """Call every function in the usual ways."""
    weight = np.ones(len(inputs[0]), inputs[0].dtype)
    for reduction in ("none", "sum", "mean"):
        rest = {**parameters, "reduction": reduction}
        for given in ({}, {"weight": weight}):
            loss.value(*inputs, **rest, **given)
            loss.gradient(*inputs, **rest, **given)
            loss.value_and_gradient(*inputs, **rest, **given)
            loss.hessian(*inputs, **rest, **given)
            loss.hessian_vector_product(*inputs, vector=vector, **rest, **given)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_nothing_is_left_to_compile(huber, cross_entropy, tilted, dtype):
    x = np.linspace(0, 1, 12, dtype=dtype)
    frozen = x.copy()
    frozen.flags.writeable = False
    logits, label = x.reshape(4, 3), np.array([0, 1, 2, 0])
    for loss in (huber, cross_entropy, tilted):
        loss.compile()
    before = [forms(loss) for loss in (huber, cross_entropy, tilted)]
    for given in (x, x[::-1], frozen):
        use(huber, (x, given), given, delta=2.0)
        use(tilted, (x, given), (given, x), tilt=0.5)
    use(cross_entropy, (logits, label), logits)
    use(cross_entropy, (logits.T.copy().T, label.astype(np.uint8)), logits)
    assert [forms(loss) for loss in (huber, cross_entropy, tilted)] == before
