"""Steps that code computes in parts.

Logsumexp and its softmax weights share one row of exponentials.
"""

from __future__ import annotations

from dataclasses import replace

from sympy import Eq, Expr, Indexed, Piecewise, S, Symbol, log

from symloss.lower.model import exp_to_one, finite
from symloss.program import Program, Step
from symloss.spec import array_base, scalar_symbol


def expand_logsumexp(program: Program) -> Program:
    """Replace each logsumexp by shift, exponentials and total.

    Each softmax weight by an exponential times the total's inverse: a quotient takes ten products.

    With m the largest body, `log sum exp(b) = m + log sum exp(b - m)` (Blanchard, Higham and
    Higham, 2021): no exponential exceeds 1. For an infinite m, the shift is the nearest number:
    then the exponential of the infinite body is 1 and the others are 0, which gives the limits.
    """
    steps: list[Step] = []
    for step in program.steps:
        if step.kind in ("logsumexp", "max", "min"):
            *row, step = _with_row(step)
            steps += [*row, *(_parts(step) if step.kind == "logsumexp" else [step])]
        elif step.softmax_of:
            source = program.step(step.softmax_of)
            weights = _element(f"{source.name}_exp", step.indices) * _element(
                f"{source.name}_inverse", source.indices
            )
            steps.append(replace(step, expression=weights, softmax_of=""))
        else:
            steps.append(step)
    return replace(program, steps=tuple(steps))


def _with_row(step: Step) -> list[Step]:
    """The step, after one with its computed body: whether that is stored, others decide."""
    if isinstance(step.expression, (Symbol, Indexed)):
        return [step]
    row = Step(f"{step.name}_row", step.loops, step.expression)
    return [row, replace(step, expression=row.element())]


def _parts(step: Step) -> list[Step]:
    top = Step(f"{step.name}_max", step.indices, step.expression, "max", step.bound)
    while len(top.bound) > 1:
        inner = replace(
            top,
            name=f"{top.name}_inner",
            indices=(*top.indices, *top.bound[:-1]),
            bound=top.bound[-1:],
        )
        return [inner, *_rest(step, replace(top, expression=inner.element(), bound=top.bound[:-1]))]
    return _rest(step, top)


def _rest(step: Step, top: Step) -> list[Step]:
    shift = Step(f"{step.name}_shift", step.indices, finite(top.element()))
    powers = Step(f"{step.name}_exp", step.loops, exp_to_one(step.expression - shift.element()))
    whole = Step(f"{step.name}_total", step.indices, powers.element(), "sum", step.bound)
    value = Step(step.name, step.indices, top.element() + log(whole.element()))
    # A sum over none, or over masked terms alone, is 0, and its softmax weights are 0, too.
    some = Piecewise((S.One, Eq(whole.element(), 0)), (1 / whole.element(), True))
    inverse = Step(f"{step.name}_inverse", step.indices, some)
    return [top, shift, powers, whole, inverse, value]


def _element(name: str, indices: tuple[Expr, ...]) -> Expr:
    return array_base(name)[indices] if indices else scalar_symbol(name)
