"""Steps that code computes in parts.

Logsumexp and its softmax weights share one row of exponentials.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from sympy import Eq, Expr, Indexed, Mul, Piecewise, S, Symbol, log

from symloss.lower.model import exp_to_one, finite
from symloss.program import Program, Step, name_of
from symloss.spec import array_base, scalar_symbol


def expand_logsumexp(program: Program) -> Program:
    """Replace each logsumexp by shift, exponentials and total.

    Each softmax weight by an exponential times the total's inverse: a quotient takes ten products.

    With m the largest body, `log sum exp(b) = m + log sum exp(b - m)` (Blanchard, Higham and
    Higham, 2021): no exponential exceeds 1. For an infinite m, the shift is the nearest number:
    then the exponential of the infinite body is 1 and the others are 0, which gives the limits.
    """
    steps: list[Step] = []
    masks = _masks(program)
    for step in program.steps:
        step = replace(step, expression=_without_masks(step.expression, masks))
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


def _masks(program: Program) -> dict[str, tuple[tuple[Symbol, ...], Expr]]:
    """Softmax weights of bodies that are -oo unless a condition holds: indices and condition."""
    found = {}
    for step in program.steps:
        if step.softmax_of:
            body = program.step(step.softmax_of).expression
            if isinstance(body, Piecewise) and body.args[1:] == ((S.NegativeInfinity, True),):
                own = program.step(step.softmax_of).loops
                condition = body.args[0][1].xreplace(dict(zip(own, step.indices, strict=True)))
                found[step.name] = step.indices, condition
    return found


def _without_masks(expression: Expr, masks: Mapping[str, tuple[tuple[Symbol, ...], Expr]]) -> Expr:
    """The expression without factors that select 0 where a weight beside them is 0 by itself."""
    swaps: dict[Expr, Expr] = {}
    for product in expression.atoms(Mul):
        for leaf in product.args:
            if isinstance(leaf, Indexed) and name_of(leaf) in masks:
                indices, condition = masks[name_of(leaf)]
                there = condition.xreplace(dict(zip(indices, leaf.indices, strict=True)))
                mask = Piecewise((S.One, there), (S.Zero, True))
                if mask in product.args:
                    swaps[product] = Mul(*(part for part in product.args if part != mask))
    return expression.xreplace(swaps)


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
