"""The derivative of each reduction by its body.

What both transforms need to know of `sum`, `max`, `prod`, `logsumexp`.
"""

from __future__ import annotations

from sympy import Eq, Expr, KroneckerDelta, Piecewise, S, exp

from symloss.derive.builder import Builder
from symloss.language import quotient
from symloss.program import Kind, Step

_ARG: dict[str | None, Kind] = {"max": "argmax", "min": "argmin"}


def weight(step: Step, builder: Builder) -> Expr:
    """D value / d body as an expression over the step's free and bound indices.

    logsumexp: the softmax weight. max, min: one at the chosen place (at a tie the first for max,
    the last for min). prod: the product of the others, exact where factors are zero. norm: the unit
    vector, 0 at 0, where a norm has its minimum.
    """
    if step.kind == "sum":
        return S.One
    if step.kind == "logsumexp":
        known = next((one for one in builder.steps if one.softmax_of == step.name), None)
        return known.element(step.loops) if known else _shared(softmax(step), builder)
    if step.kind == "norm":
        return _shared(unit(step), builder)
    if step.kind in _ARG:
        (index,) = step.bound
        return KroneckerDelta(index, chosen(step, builder))
    return _shared(_others(step, builder), builder)


def chosen(step: Step, builder: Builder) -> Expr:
    """The place of the extreme value of a max or min."""
    return place(step, builder, _ARG[step.kind])


def place(step: Step, builder: Builder, kind: Kind = "argmax") -> Expr:
    """The place of the largest, or smallest, body of a reduction over one index."""
    name = f"{step.name}_place"
    return _shared(Step(name, step.indices, step.expression, kind, step.bound), builder)


def softmax(step: Step) -> Step:
    """The softmax of a logsumexp's terms."""
    expression = exp(step.expression - step.element())
    return Step(f"{step.name}_softmax", step.loops, expression, softmax_of=step.name)


def unit(step: Step) -> Step:
    """The unit vector of a norm."""
    expression = zero_at_zero(step.expression, step.element())
    return Step(f"{step.name}_unit", step.loops, expression, unit_of=step.name)


def zero_at_zero(part: Expr, norm: Expr) -> Expr:
    """The part of a norm, 0 where the norm is."""
    return Piecewise((quotient(part, norm), norm > 0), (S.Zero, True))


def _others(step: Step, builder: Builder) -> Step:
    """The product over all places but one, by a second index."""
    name = f"{step.name}_others"
    known = builder.find(name)
    if known is not None:
        return known
    (index,) = step.bound
    other = builder.index(f"{index}_other", builder.ranges[index])
    factor = Piecewise((S.One, Eq(other, index)), (step.expression.xreplace({index: other}), True))
    return Step(name, step.loops, factor, "prod", (other,))


def _shared(step: Step, builder: Builder) -> Expr:
    """The element of the step, appended unless a step of that name is there already."""
    if builder.find(step.name) is None:
        builder.append(step)
    return step.element()
