"""Sums of exponentials, which overflow, in terms of their logarithm, which does not."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sympy import (
    Add,
    Dummy,
    Expr,
    Indexed,
    Mul,
    Piecewise,
    Pow,
    S,
    Symbol,
    diff,
    exp,
    log,
    oo,
    true,
)
from sympy.logic.boolalg import Boolean

from symloss.language import FUNCTIONS
from symloss.program import Step, operands
from symloss.stable.differences import cofactor_of

_softplus: Any = FUNCTIONS["softplus"].build
_log1p = FUNCTIONS["log1p"].node


def in_logarithms(
    expression: Expr, total: Expr, logarithm: Expr, signs: Mapping[Expr, Expr]
) -> Expr:
    """The expression without that sum in logarithms: log(c + sum exp) becomes a softplus."""

    def of(node: Expr) -> Expr:
        held = Dummy("total")
        one = S.One if node.func == _log1p else S.Zero
        inside = (node.args[0] + one).xreplace({total: held})
        power = dict(factor.as_base_exp() for factor in Mul.make_args(inside)).get(held)
        if power is not None:
            beside = inside / held**power
            free = not beside.has(held) and power.is_number
            positive = free and beside.xreplace(dict(signs)).is_positive
            return power * logarithm + log(beside) if positive else node
        factor, rest = diff(inside, held), inside.xreplace({held: S.Zero})
        known = {part: part.xreplace(dict(signs)) for part in (factor, rest)}
        if factor.has(held) or not known[factor].is_positive or not known[rest].is_positive:
            return node
        return log(rest) + _softplus(logarithm + log(factor) - log(rest))

    return expression.replace(lambda node: node.func in (log, _log1p), of)


def in_quotients(expression: Expr, total: Expr, logarithm: Expr) -> Expr:
    """The expression without that sum below an exponential: their quotient is a softmax."""

    def of(node: Expr) -> Expr:
        powers = (factor for factor in node.args if isinstance(factor, exp))
        power = next(powers, None) if Pow(total, -1) in node.args else None
        if power is None:
            return node
        rest = cofactor_of(cofactor_of(node, power), Pow(total, -1))
        return rest * exp(power.args[0] - logarithm)

    return expression.replace(lambda node: isinstance(node, Mul), of)


def mean_term(
    step: Step,
    leaf: Expr,
    whole: Step,
    logarithm: Expr,
    definition: Callable[[Expr], Expr | None],
) -> Expr | None:
    """The term of a sum over the sum of exponentials of a logsumexp, if it has one of these.

    With the exponentials over their sum, no factor of it overflows.
    """
    if step.kind != "sum" or step.held or leaf != step.element():
        return None
    if logarithm.free_symbols & set(step.bound) or len(step.bound) != len(whole.bound):
        return None
    subscripts = tuple(logarithm.indices) if isinstance(logarithm, Indexed) else ()
    here = dict(zip(whole.loops, (*subscripts, *step.bound), strict=True))
    exponent = unmasked(whole.expression)[0].xreplace(here)
    term, mask = unmasked(step.expression, outside=S.Zero)
    for factor in Mul.make_args(term):
        power = definition(factor) or factor
        if not isinstance(power, exp):
            continue
        # What is left of the exponent beside the term's are logarithms of weights.
        apart = Add.make_args(exponent - power.args[0])
        if all(part == 0 or isinstance(part, log) for part in apart):
            share = cofactor_of(term, factor) * exp(power.args[0] - logarithm)
            return share if mask == true else Piecewise((share, mask), (S.Zero, True))
    return None


def unmasked(body: Expr, *, outside: Expr = -oo) -> tuple[Expr, Boolean]:
    """A term of a reduction, and where it is not the value that adds nothing."""
    if isinstance(body, Piecewise) and len(body.args) == 2:
        (first, condition), (last, _) = body.args
        if last == outside:
            return first, condition
    return body, true


def place_of(body: Expr, index: Symbol, term: Expr) -> Expr | None:
    """The place at which the body is the term."""
    for leaf in operands(body):
        if not isinstance(leaf, Indexed) or index not in leaf.indices:
            continue
        axis = leaf.indices.index(index)
        for other in operands(term):
            if isinstance(other, Indexed) and other.base == leaf.base:
                place = other.indices[axis]
                if index not in place.free_symbols and body.xreplace({index: place}) == term:
                    return place
    return None
