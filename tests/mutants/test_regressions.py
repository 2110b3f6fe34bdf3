"""Code that loses the digits its certificate says it has: formulas that are right, in numbers that are not."""

from __future__ import annotations

import numpy as np
import pytest

from symloss import losses
from symloss.verify import certify, verify
from tests.catalogue import spec_of
from tests.mutants.conftest import Spoiled


def _overflowing(function, prediction, target, **named):
    return np.log(1 + np.exp(-prediction * target))


def _less_log_two(function, prediction, target, **named):
    size = np.abs(prediction - target)
    return size + np.log1p(np.exp(-2 * size)) - np.log(size.dtype.type(2))


def _less_one(function, logits, label, **named):
    shares = np.exp(logits - logits.max(-1, keepdims=True))
    shares /= shares.sum(-1, keepdims=True)
    return shares - np.eye(logits.shape[-1], dtype=logits.dtype)[label]


REGRESSIONS = {
    "logistic": ("value", _overflowing),
    "log_cosh": ("value", _less_log_two),
    "cross_entropy": ("gradient", _less_one),
}


@pytest.mark.parametrize("name", REGRESSIONS)
def test_a_loss_that_has_lost_digits_is_refused(name):
    function, formula = REGRESSIONS[name]
    spec, loss = spec_of(name), getattr(losses, name)
    measured = certify(spec, loss, rounds=1, starts=24, functions=(function,), dtypes=("float64",))
    # What happens at infinite inputs is not what this is about.
    rows = [{**row.to_record(), "holds": True, "at": [row.mixed.exact]} for row in measured.rows]

    def accuracy(accused):
        found = verify(spec, accused, points=1, dtypes=("float64",), record=rows)
        return next(check for check in found.checks if check.function == "accuracy")

    assert accuracy(loss).passed
    check = accuracy(Spoiled(loss, **{function: formula}))
    assert check.failed
    assert check.failures[0].component.startswith(function)
