"""The verdict on one loss."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from symloss.spec import Spec
from symloss.verify import contract, derivatives, laws
from symloss.verify.derivatives import Batch, Trial, batches
from symloss.verify.sample import sample
from symloss.verify.slopes import STEP_EXPONENT
from symloss.verify.tally import Tally
from symloss.verify.verification import Check, Verification

POINTS = 24
_STEP = f"differences at 2**{STEP_EXPONENT} of the coordinate, 600 bits"
_BOUNDS = {
    "value": "C u |value|, inputs off by 4 u, and C times the radius of the math in balls of this precision; C = 64 + 8 size",
    "gradient": f"C u (largest component + typical slope), inputs off by 4 u; one-sided at kinks; {_STEP}",
    "hessian": f"64 C u (largest entry + slope); {_STEP}",
    "reductions": "64 u of the sum of absolute values, from the items in exact arithmetic",
    "layout": "16 u: strides, leading dimensions, out=, empty batches change nothing",
    "domain": "NaN at the item, no other item touched, ValueError with validate=True",
    "examples": "the example's tolerance",
    "relations": "1e-20 relative at 400 bits; limits come within 1e-9 at 2**160",
}


def verify(
    spec: Spec,
    loss: Any,
    *,
    points: int = POINTS,
    seed: int = 0,
    dtypes: tuple[str, ...] = ("float64", "float32"),
) -> Verification:
    """Judge an emitted loss by its spec's own mathematics.

    Args:
        spec: what the loss should be.
        loss: an object with the functions of a generated loss.
        points: interior points to try; more are added at ends, extremes, ties and kinks.
        seed: the same seed, the same points.
        dtypes: the floating types to try.
    """
    checks: list[Check] = []
    for name in dtypes:
        checks += _of_type(spec, loss, np.dtype(name), points, seed)
    if spec.examples:
        checks.append(_run("examples", "", lambda tally: laws.check_examples(tally, spec, loss)))
    if spec.relations:
        chosen = [point for point in sample(spec, points, np.dtype("float64"), seed) if point.kind != "extreme"]
        checks.append(_run("relations", "", lambda tally: laws.check_relations(tally, spec, chosen)))
    return Verification(spec.name, tuple(checks))


def _of_type(spec: Spec, loss: Any, dtype: np.dtype, points: int, seed: int) -> list[Check]:
    trials = [Trial(spec, point, dtype, seed) for point in sample(spec, points, dtype, seed)]
    groups = batches(spec, trials, dtype)
    largest = max(groups, key=lambda group: len(group.trials))
    small = _second_order(spec, groups, dtype)
    typical = derivatives.typical_slope(trials)

    def values(tally: Tally) -> None:
        for group in groups:
            derivatives.check_values(tally, group, loss.value(*group.inputs, **group.parameters))

    def slopes(tally: Tally) -> None:
        for group in groups:
            got = loss.gradient(*group.inputs, **group.parameters)
            derivatives.check_gradient(tally, group, got, typical)

    def both(tally: Tally) -> None:
        for group in groups:
            value, slope = loss.value_and_gradient(*group.inputs, **group.parameters)
            derivatives.check_values(tally, group, value)
            derivatives.check_gradient(tally, group, slope, typical)

    def products(tally: Tally) -> None:
        for group in small:
            derivatives.check_products(tally, group, loss, seed)

    def hessians(tally: Tally) -> None:
        for group in small:
            derivatives.check_hessian(tally, group, loss, seed)

    kinds: dict[str, Callable[[Tally], None]] = {
        "value": values,
        "gradient": slopes,
        "value_and_gradient": both,
        "hessian": hessians,
        "hessian_vector_product": products,
        "reductions": lambda tally: contract.check_reductions(tally, largest, loss, seed),
        "layout": lambda tally: contract.check_layout(tally, largest, loss),
        "domain": lambda tally: contract.check_domains(tally, largest, loss),
    }
    return [_run(kind, dtype.name, check) for kind, check in kinds.items()]


def _second_order(spec: Spec, groups: list[Batch], dtype: np.dtype) -> list[Batch]:
    """A few plain trials of each size: second differences are dear."""
    few = []
    for group in groups:
        plain = [trial for trial in group.trials if trial.point.kind in ("interior", "extreme")]
        if plain:
            few.append(Batch(spec, plain[: derivatives.SECOND_ORDER_POINTS], dtype))
    return few


def _run(function: str, dtype: str, check: Callable[[Tally], None]) -> Check:
    """One check; an exception of the code under test is a failure of its own."""
    bound = _BOUNDS.get(function) or _BOUNDS["hessian" if "hessian" in function else "gradient"]
    tally = Tally(function, dtype, bound)
    try:
        with np.errstate(all="ignore"):
            check(tally)
    except Exception as error:  # whatever emitted code raises counts against it
        tally.require(False, point="the call itself", expected="a result", got=f"{type(error).__name__}: {error}")
    return tally.done()
