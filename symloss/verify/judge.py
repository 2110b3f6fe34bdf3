"""The verdict on one loss."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from typing import Any

import numpy as np

from symloss.spec import Spec
from symloss.verify import contract, derivatives, laws, promises, wide
from symloss.verify.accuracy import REMEDY, Record, check_accuracy
from symloss.verify.derivatives import Batch, Trial, batches
from symloss.verify.inward import brought_inside
from symloss.verify.sample import Point, sample
from symloss.verify.slopes import STEP_EXPONENT
from symloss.verify.tally import Tally
from symloss.verify.verification import Check, Verification

POINTS = 24
_STEP = f"differences at 2**{STEP_EXPONENT} of the coordinate, at least 600 bits"
_BOUNDS = {
    "value": (
        "C u |value|, inputs off by 4 u, and C times the radius of the math in balls of this "
        "precision; C = 64 + 8 size"
    ),
    "gradient": (
        "C u (component + largest of the item + typical slope), inputs off by 4 u; "
        f"between the one-sided slopes at kinks; {_STEP}"
    ),
    "hessian": (
        f"{derivatives.SECOND_ORDER} C u (entry + largest of the item + slope + typical slope), "
        f"inputs off by 4 u; {_STEP}"
    ),
    "reductions": "64 u of the sum of absolute values, from the items in exact arithmetic",
    "layout": "16 u: strides, leading dimensions, out=, empty batches change nothing",
    "domain": "NaN at the item, no other item touched, ValueError with validate=True",
    "batches": (
        "64 u between a long, broadcast, weighted or whole-number batch and its items; "
        "n u of the sum of absolute values for the sum of n"
    ),
    "buffers": "results kept, out= filled, inputs left alone, to the bit",
    "refusals": "NaN at the item and ValueError with validate=True, in every function",
    "defaults": "64 u between a parameter left out and the spec's default given",
    "wide items": "C u (component + typical slope), C = 64 + 8 size, at 17 and 2500 elements",
    "accuracy": (
        "ulps of mixed error: 4, log2 of an item's size more, or what [[accuracy]] allows; "
        "the worst points on record and the first of the hunt"
    ),
    "examples": "the example's tolerance",
    "relations": (
        "an identity by algebra, else 1e-20 relative at 400 bits; limits come within 1e-9 at 2**160"
    ),
    "likelihood": "1e-20 relative at 400 bits: loss + log density is free of `wrt`",
}
_REMEDIES = {"accuracy": REMEDY}


def verify(
    spec: Spec,
    loss: Any,
    *,
    points: int = POINTS,
    seed: int = 0,
    dtypes: tuple[str, ...] = ("float64", "float32"),
    record: Record = (),
) -> Verification:
    """Judge an emitted loss by its spec's own mathematics.

    Args:
        spec: what the loss should be.
        loss: an object with the functions of a generated loss.
        points: interior points to try; more are added at ends, extremes, ties and kinks.
        seed: the same seed, the same points.
        dtypes: the floating types to try.
        record: where the worst errors were when they were last looked for, and how large; without
            it the check of accuracy is left out.
    """
    checks: list[Check] = []
    kinds = [np.dtype(name) for name in dtypes]
    wide_items = wide.wide_items(spec, kinds, seed) if spec.dimensions else []
    for kind in kinds:
        checks += _Hearing(spec, loss, kind, points, seed, record, wide_items).checks()
    if spec.examples:
        checks.append(_run("examples", "", lambda tally: laws.check_examples(tally, spec, loss)))
    if spec.relations:
        chosen = [
            point
            for point in sample(spec, points, np.dtype("float64"), seed)
            if point.kind != "extreme"
        ]
        checks.append(
            _run("relations", "", lambda tally: laws.check_relations(tally, spec, chosen))
        )
    if spec.likelihood:
        checks.append(
            _run("likelihood", "", lambda tally: laws.check_likelihood(tally, spec, points, seed))
        )
    return Verification(spec.name, tuple(checks))


@dataclass(frozen=True)
class _Hearing:
    """All checks of one loss in one type."""

    spec: Spec
    loss: Any
    dtype: np.dtype[Any]
    points: int
    seed: int
    record: Record
    wide_items: list[wide.WideItem]

    @cached_property
    def groups(self) -> list[Batch]:
        found = sample(self.spec, self.points, self.dtype, self.seed)
        trials = [self.trial(point) for point in found]
        interior = [trial for trial in trials if trial.point.kind == "interior"]
        outside = [trial.point for trial in interior if trial.value is None]
        if 2 * len(outside) > len(interior):
            random = np.random.default_rng([self.seed, 19])
            inside = (
                brought_inside(self.spec, point, self.is_finite, self.dtype, random)
                for point in outside
            )
            trials += [self.trial(point) for point in inside if point is not None]
        return batches(self.spec, trials, self.dtype)

    def trial(self, point: Point) -> Trial:
        return Trial(self.spec, point, self.dtype, self.seed)

    def is_finite(self, point: Point) -> bool:
        return self.trial(point).value is not None

    @cached_property
    def largest(self) -> Batch:
        """The group with the most points at which the loss is a number."""
        return max(self.groups, key=lambda group: sum(t.is_representable for t in group.trials))

    @cached_property
    def calm(self) -> Batch:
        """The interior points of the largest group, those at which the loss is a number."""
        plain = [trial for trial in self.largest.trials if trial.point.kind == "interior"]
        finite = [trial for trial in plain if trial.is_representable]
        return Batch(self.spec, finite or plain or self.largest.trials, self.dtype)

    @cached_property
    def few(self) -> list[Batch]:
        return _second_order(self.spec, self.groups, self.dtype)

    @cached_property
    def typical(self) -> float:
        return derivatives.typical_slope([trial for group in self.groups for trial in group.trials])

    def checks(self) -> list[Check]:
        """Run them all."""
        kinds: dict[str, Callable[[Tally], None]] = {
            "value": self.value,
            "gradient": self.gradient,
            "value_and_gradient": self.both,
            "hessian": self.hessian,
            "hessian_vector_product": self.products,
            "reductions": lambda tally: contract.check_reductions(
                tally, self.largest, self.loss, self.seed
            ),
            "layout": lambda tally: contract.check_layout(tally, self.largest, self.loss),
            "domain": lambda tally: contract.check_domains(tally, self.largest, self.loss),
            "batches": lambda tally: promises.check_batches(tally, self.calm, self.loss),
            "buffers": lambda tally: promises.check_buffers(tally, self.calm, self.loss),
            "refusals": lambda tally: promises.check_refusals(tally, self.calm, self.loss),
        }
        if any(entry.default is not None for entry in self.spec.parameters):
            kinds["defaults"] = lambda tally: promises.check_defaults(tally, self.calm, self.loss)
        if self.record:
            kinds["accuracy"] = lambda tally: check_accuracy(
                tally, self.spec, self.loss, self.record
            )
        if self.wide_items:
            kinds["wide items"] = lambda tally: wide.check_wide(
                tally, self.wide_items, self.dtype, self.loss, self.typical, self.seed
            )
        return [_run(kind, self.dtype.name, check) for kind, check in kinds.items()]

    def value(self, tally: Tally) -> None:
        for group, loss in product(self.groups, contract.schedules(self.loss)):
            got = loss.value(*group.inputs, **group.parameters)
            derivatives.check_values(tally, group, got)

    def gradient(self, tally: Tally) -> None:
        for group, loss in product(self.groups, contract.schedules(self.loss)):
            got = loss.gradient(*group.inputs, **group.parameters)
            derivatives.check_gradient(tally, group, got, self.typical)

    def both(self, tally: Tally) -> None:
        for group, loss in product(self.groups, contract.schedules(self.loss)):
            value, slope = loss.value_and_gradient(*group.inputs, **group.parameters)
            derivatives.check_values(tally, group, value)
            derivatives.check_gradient(tally, group, slope, self.typical)

    def hessian(self, tally: Tally) -> None:
        for group in self.few:
            derivatives.check_hessian(tally, group, self.loss, self.typical)

    def products(self, tally: Tally) -> None:
        for group in self.few:
            derivatives.check_products(tally, group, self.loss, self.typical, self.seed)


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
    tally = Tally(function, dtype, bound, _REMEDIES.get(function, ""))
    try:
        with np.errstate(all="ignore"):
            check(tally)
    except Exception as error:  # whatever emitted code raises counts against it
        tally.require(
            False,
            point="the call itself",
            expected="a result",
            got=f"{type(error).__name__}: {error}",
        )
    return tally.done()
