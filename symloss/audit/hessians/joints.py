"""A line of a small instance on which a loss has few derivatives: it has no more itself."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sympy import Expr, Rational, Symbol

from symloss.audit.hessians.lines import Line, T, lines, parameters_at
from symloss.audit.signs import pieces
from symloss.audit.signs.worker import StepEnded, step
from symloss.language import Interval
from symloss.program import Program

STEP_SECONDS = 1.5


@dataclass(frozen=True)
class Break:
    """Where derivatives differ on a line: `orders` of them agree (-1: not even the values do)."""

    orders: int
    told: str
    witness: dict[str, Any]


def roughest(program: Program, wrt: tuple[str, ...], least: Expr, seconds: float) -> Break | None:
    """The joint at which fewest derivatives agree; the search ends at `least` many."""
    end = time.process_time() + seconds
    found: Break | None = None
    for line in lines(program, wrt):
        for values in parameters_at(line):
            if time.process_time() > end or (found is not None and found.orders <= least):
                return found
            fresh = _on_line(line, values)
            if fresh is not None and (found is None or fresh.orders < found.orders):
                found = fresh
    return found


def _on_line(line: Line, values: Mapping[Symbol, Rational]) -> Break | None:
    formula = line.formula.xreplace(dict(values))
    try:
        with step(STEP_SECONDS):
            settled = pieces.line(formula, T, {T: line.span})
    except StepEnded:
        return None
    known = [] if settled is None else settled[1]
    joints = [(j.orders, j) for j in known if _counts(j, line.span)]
    orders, worst = min(joints, key=lambda pair: pair[0] or 0, default=(None, None))
    if worst is None or orders is None:
        return None
    told = f"along a line, at t = {worst.place}, the slope is {worst.before} and {worst.after}"
    data = {
        "kind": "joint on a line",
        **line.witness(),
        "parameters": {str(s): str(v) for s, v in values.items()},
        "t": str(worst.place),
        "agreeing derivatives": orders,
        "slopes": [str(worst.before), str(worst.after)],
    }
    return Break(orders, told if orders == 0 else "", data)


def _counts(joint: pieces.Joint, span: Interval) -> bool:
    """Whether derivatives differ; at ends of the domain values may be infinite by convention."""
    least = 0 if joint.place in (span.low, span.high) else -1
    return joint.orders is not None and least <= joint.orders < pieces.ORDERS
