"""A spec's worked examples and its relations."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

import flint
import numpy as np
from flint import arb
from sympy import Expr, Integer

from symloss.language import Finite, Interval, Limit
from symloss.spec import Example, Relation, Spec, scalar_symbol
from symloss.verify.derivatives import by_name
from symloss.verify.exact import holds_exactly
from symloss.verify.reference import evaluate, tables_of
from symloss.verify.sample import Point, sample
from symloss.verify.tally import Tally

BITS = 400
_CLOSE = 1e-20
APPROACH = (40, 80, 160)
"""Limits are tried at 2**40, 2**80 and 2**160, or as near to the point as their inverses."""


def check_examples(tally: Tally, spec: Spec, loss: Any) -> None:
    """Worked values against both the reference and the emitted code."""
    for example in spec.examples:
        tally.points += 1
        given = _complete(spec, example)
        slack = example.tolerance * max(abs(example.loss), 1.0)
        exact = float(evaluate(spec, tables_of(spec, given)).mid())
        tally.compare(exact, example.loss, example.loss, slack, point="example, the math itself")
        inputs = [given[entry.name] for entry in spec.inputs]
        parameters = {entry.name: float(given[entry.name]) for entry in spec.parameters}
        got = float(loss.value(*inputs, **parameters))
        tally.compare(
            got, example.loss, example.loss, slack + 1e-12 * abs(example.loss), point="example"
        )
        if example.gradient:
            _check_slopes(tally, example, by_name(spec, loss.gradient(*inputs, **parameters)))


def _check_slopes(tally: Tally, example: Example, parts: Any) -> None:
    for name, expected in example.gradient.items():
        wanted = np.asarray(expected, float)
        found = np.asarray(parts[name], float)
        for place in np.ndindex(wanted.shape):
            number = float(wanted[place])
            slack = max(example.tolerance, 1e-12) * max(abs(number), 1.0)
            tally.compare(
                float(found[place]),
                number,
                number,
                slack,
                point="example",
                component=f"{name}{list(place)}",
            )


def _complete(spec: Spec, example: Example) -> dict[str, Any]:
    defaults = {entry.name: entry.default for entry in spec.parameters if entry.default is not None}
    given: dict[str, Any] = {name: float(value) for name, value in defaults.items()}
    for entry in spec.inputs:
        given[entry.name] = np.asarray(
            example.given[entry.name], np.int64 if entry.is_index else float
        )
    parameters = {entry.name for entry in spec.parameters} & set(example.given)
    return given | {name: float(example.given[name]) for name in parameters}


def check_relations(tally: Tally, spec: Spec, points: list[Point]) -> None:
    """Every law at every point."""
    for relation in spec.relations:
        if holds_exactly(spec, relation):
            tally.require(True, point=relation.law, expected="true", got="true")
            continue
        for point in points:
            tally.points += 1
            tables = tables_of(spec, point.values)
            holds, shown = _holds(spec, relation, tables)
            if holds is None:
                tally.skipped += 1
                continue
            tally.require(
                holds, point=f"{relation.law} at {dict(point.values)}", expected="true", got=shown
            )


def check_likelihood(tally: Tally, spec: Spec, count: int, seed: int) -> None:
    """The loss plus the log density does not change with what derivatives are taken by.

    That its derivative is zero, said without derivatives: the sum is the same at any two points
    that agree in everything else.
    """
    likelihood = spec.likelihood
    assert likelihood is not None
    total = scalar_symbol("loss") + likelihood.log_density
    points = [
        point.values
        for point in sample(spec, count, np.dtype("float64"), seed)
        if point.kind != "extreme"
    ]
    for one, other in pairwise(points):
        for target in _targets(spec, one):
            start = {**one, likelihood.variable: target}
            moved = {**start, **{name: other[name] for name in spec.wrt}}
            first, second = (_exactly(spec, total, values) for values in (start, moved))
            tally.points += 1
            if not (first.is_finite() and second.is_finite()):
                tally.skipped += 1
                continue
            tally.require(
                bool(abs(first - second) <= _CLOSE * (1 + abs(first) + abs(second))),
                point=f"{likelihood.density} at {moved}",
                expected=f"{first.str(20)}, as at {start}",
                got=second.str(20),
            )


def _targets(spec: Spec, values: Mapping[str, Any]) -> list[Any]:
    """The variable's own value, and 0 and 1: a Bernoulli variable has no others."""
    assert spec.likelihood is not None
    name = spec.likelihood.variable
    domain = spec.arguments[name].domain
    assert isinstance(domain, (Interval, Finite))
    ends = [float(end) for end in (0, 1) if domain.contains(Integer(end))]
    return [values[name], *map(np.asarray, ends)]


def _exactly(spec: Spec, expression: Expr, values: Mapping[str, Any]) -> arb:
    with flint.ctx.workprec(BITS):
        return evaluate(spec, tables_of(spec, values), expression=expression, precision=BITS)


def _holds(spec: Spec, relation: Relation, tables: dict[str, Any]) -> tuple[bool | None, str]:
    with flint.ctx.workprec(BITS):
        left, right = (_side(spec, side, tables) for side in (relation.left, relation.right))
        if isinstance(left, list) or isinstance(right, list):
            return _converges(left, right)
        if not (left.is_finite() and right.is_finite()):
            return None, "not finite"
        gap = left - right
        scale = _CLOSE * (1 + abs(left) + abs(right))
        if relation.operator == "==":
            return bool(abs(gap) <= scale), f"{left.str(20)} and {right.str(20)}"
        good = gap <= scale if relation.operator == "<=" else gap >= -scale
        return bool(good), f"{left.str(20)} and {right.str(20)}"


def _side(spec: Spec, side: Any, tables: dict[str, Any]) -> arb | list[arb]:
    """One side of a law; a limit as values ever closer to it."""
    if not isinstance(side, Limit):
        return evaluate(spec, tables, expression=side, precision=BITS)
    body, variable, point = side.args
    values = []
    for power in APPROACH:
        near = arb(2) ** power if point.is_infinite else arb(str(point)) + arb(2) ** -power
        if point.is_infinite and point < 0:
            near = -near
        values.append(
            evaluate(
                spec, {**tables, str(variable): {(): near}}, expression=body, precision=4 * BITS
            )
        )
    return values


def _converges(left: Any, right: Any) -> tuple[bool | None, str]:
    values, goal = (left, right) if isinstance(left, list) else (right, left)
    if isinstance(goal, list):
        goal = goal[-1]
    if not (goal.is_finite() and values[-1].is_finite()):
        return None, "not finite"
    gaps = [float(abs(value - goal).mid()) for value in values]
    size = 1 + abs(float(goal.mid()))
    good = gaps[-1] <= 1e-9 * size and gaps[-1] <= gaps[0]
    return good, f"gaps {', '.join(f'{gap:.3g}' for gap in gaps)}"
