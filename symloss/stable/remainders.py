"""What a logarithm or an exponential leaves beside its tangent: rows of the table of rewrites.

Where a deviance or a divergence is small, its terms agree to first order; what is left of second
order is a primitive of its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import sympy
from sympy import Add, Expr, Le, Max, Piecewise, log
from sympy.logic.boolalg import And

from symloss.language import FUNCTIONS, quotient
from symloss.stable.differences import cofactor_of, factors_of

_expm1: Any
_log1p: Any
_xlogy: Any
_expm1, _log1p, _expm1mx, _log1pmx, _xlogy = (
    FUNCTIONS[name].build for name in ("expm1", "log1p", "expm1mx", "log1pmx", "xlogy")
)

NEGLIGIBLE = sympy.Rational(1, 2**100)
"""x*log(x) is nothing beside 1 from here on, in every type."""


def less_tangent(node: Expr) -> Expr | None:
    """c*expm1(x) - c*x, and log1p likewise."""
    if not isinstance(node, Add):
        return None
    for term, factor in factors_of(node):
        if isinstance(factor, (_expm1, _log1p)):
            cofactor = cofactor_of(term, factor)
            left = _without(node, term, -cofactor * factor.args[0])
            if left is not None:
                kind = _expm1mx if isinstance(factor, _expm1) else _log1pmx
                return left + cofactor * kind(factor.args[0])
    return None


def logarithm_less_tangent(node: Expr) -> Expr | None:
    """c*log(x/y) - c*x/y + c and c*log(x/y) + c*y/x - c, with one logarithm or two."""
    if not isinstance(node, Add):
        return None
    for terms, cofactor, ratio in weighted_logarithms(node):
        upper, lower = sympy.fraction(sympy.together(ratio))
        for sign, one, other in ((1, upper, lower), (-1, lower, upper)):
            tangent = sign * cofactor * (1 - one / other)
            left = _without(node, *terms, sympy.expand(tangent))
            if left is not None:
                near = sign * cofactor * _log1pmx((one - other) / other)
                # Beyond, 1 is lost beside the quotient, or the quotient beside 1; and a cofactor
                # that vanishes may be what is divided by.
                far = _times_log(cofactor, upper, lower, sign) - sign * cofactor * one / other
                close = And(Le(one, 2 * other), Le(other, 2 * one))
                return left + Piecewise((near, close), (far, True))
    return None


def _times_log(cofactor: Expr, upper: Expr, lower: Expr, sign: int) -> Expr:
    """c*(log(x/y) + sign), as one logarithm.

    A quotient that underflows belongs to what is nothing beside -sign*c*y/x, if there is that.
    """
    scaled = upper / lower * sympy.exp(sign)
    if cofactor.is_number:
        return cofactor * log(scaled)
    if sign < 0:
        scaled = Max(quotient(upper, lower) * sympy.exp(sign), NEGLIGIBLE)
    return _xlogy(cofactor, scaled)


def weighted_logarithms(node: Add) -> Iterator[tuple[tuple[Expr, ...], Expr, Expr]]:
    """Terms c*log(x), or those and -c*log(y); with c and the ratio."""
    found = list(_logarithmic(node))
    for term, cofactor, inside in found:
        yield (term,), cofactor, inside
        for other, opposite, below in found:
            if opposite == -cofactor and other != term:
                yield (term, other), cofactor, inside / below


def _logarithmic(node: Add) -> Iterator[tuple[Expr, Expr, Expr]]:
    for term, factor in factors_of(node):
        if isinstance(factor, log):
            yield term, cofactor_of(term, factor), factor.args[0]
        elif isinstance(factor, _xlogy):
            yield term, cofactor_of(term, factor) * factor.args[0], factor.args[1]


def _without(node: Add, *parts: Expr) -> Expr | None:
    """What is left of a sum without all terms of these, if it has them."""
    rest = list(node.args)
    for term in (term for part in parts for term in Add.make_args(sympy.expand_mul(part))):
        if term not in rest:
            return None
        rest.remove(term)
    return Add(*rest)
