"""Quotients by powers of one sum, over one denominator: a row of the table of rewrites."""

from __future__ import annotations

import sympy
from sympy import Abs, Add, Expr, Mul, Pow, sign

MOST_TERMS = 40
"""Longer numerators are not multiplied out."""


def over_one(node: Expr) -> Expr | None:
    """x/(x + y)**2 - 1/(x + y), of which -y/(x + y)**2 is left.

    Derivatives of quotients are made so. The terms are put over the highest power if, multiplied
    out, some of them cancel.
    """
    if not isinstance(node, Add):
        return None
    for base in dict.fromkeys(base for term in node.args for base in _bases(term)):
        parts = [(term, _power_of(term, base)) for term in node.args]
        most = max(power for _, power in parts)
        over = [(term, power) for term, power in parts if power]
        if len(over) < 2 or all(power == most for _, power in over):
            continue
        numerators = [term * base**power * base ** (most - power) for term, power in over]
        apart = [_multiplied_out(numerator) for numerator in numerators]
        before = sum(len(Add.make_args(part)) for part in apart)
        if before > MOST_TERMS:
            continue
        total = _multiplied_out(Add(*apart))
        if len(Add.make_args(total)) < before:
            rest = Add(*(term for term, power in parts if not power))
            return rest + sympy.factor_terms(total) / base**most
    return None


def _bases(term: Expr) -> list[Expr]:
    """The sums by whose powers a term is divided."""
    return [
        factor.base
        for factor in Mul.make_args(term)
        if isinstance(factor, Pow)
        and isinstance(factor.base, Add)
        and factor.exp.is_Integer
        and factor.exp.is_negative
    ]


def _power_of(term: Expr, base: Expr) -> int:
    powers = (factor.as_base_exp() for factor in Mul.make_args(term))
    return sum(-int(power) for root, power in powers if root == base and power.is_Integer)


def _multiplied_out(total: Expr) -> Expr:
    """Sums multiplied out, with |x| as sign(x)*x."""
    return sympy.expand_mul(total.replace(Abs, lambda x: sign(x) * x))
