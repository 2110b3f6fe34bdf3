"""Entropies and relative entropies: y*log(y), and y*log(y) - y*log(z), are convex in y, z >= 0.

(Boyd and Vandenberghe 2004, examples 3.2.6 and 3.19: the perspective of -log.)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import sympy
from sympy import Expr, S

from symloss.language import FUNCTIONS

if TYPE_CHECKING:
    from symloss.audit.recheck.rules import Rules

_XLOGY = FUNCTIONS["xlogy"].node


def is_convex(rules: Rules, node: Expr) -> bool:
    """Whether a sum's terms that are not convex on their own pair up to such entropies."""
    weights: dict[Expr, Expr] = {}
    for term in sympy.Add.make_args(node):
        found = _logarithm(term)
        if found is not None:
            weight, pairs = found
            for argument, sign in pairs:
                weights[argument] = weights.get(argument, S.Zero) + sign * weight
        elif term == node or not rules.of(term).convex:
            return False
    left = {argument: weight for argument, weight in weights.items() if weight != 0}
    for argument, weight in list(left.items()):
        factor = sympy.cancel(weight / argument)
        if argument in left and _is_scale(rules, factor) and _is_affine(rules, argument):
            del left[argument]
            other = next((z for z, w in left.items() if sympy.expand(w + weight) == 0), None)
            if other is not None and _is_affine(rules, other):
                del left[other]
    return bool(weights) and all(
        rules.of(weight).fixed and rules.of(weight).high <= 0 and _is_affine(rules, argument)
        for argument, weight in left.items()
    )


def _logarithm(term: Expr) -> tuple[Expr, list[tuple[Expr, int]]] | None:
    """What a logarithm, or a quotient's two, is multiplied by in a term."""
    for factor in sympy.Mul.make_args(term):
        if factor.func == _XLOGY:
            times, argument = factor.args
            return term / factor * times, [(argument, 1)]
        if isinstance(factor, sympy.log):
            above, below = sympy.fraction(factor.args[0])
            pairs = [(above, 1), (below, -1)]
            return term / factor, [(argument, sign) for argument, sign in pairs if argument != 1]
    return None


def _is_scale(rules: Rules, factor: Expr) -> bool:
    found = rules.of(factor)
    return found.fixed and bool(found.low >= 0)


def _is_affine(rules: Rules, argument: Expr) -> bool:
    found = rules.of(argument)
    return found.convex and found.concave and bool(found.low >= 0)
