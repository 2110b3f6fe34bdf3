"""Quotients by powers of one sum, over one denominator: a row of the table of rewrites."""

from __future__ import annotations

from collections.abc import Mapping

import sympy
from sympy import Abs, Add, Dummy, Expr, Indexed, Mul, Pow, sign

from symloss.program import operands

MOST_TERMS = 40
"""Longer numerators are not multiplied out."""


def over_one(node: Expr) -> Expr | None:
    """x/(x + y)**2 - 1/(x + y), of which -y/(x + y)**2 is left.

    Derivatives of quotients are made so. The terms are put over the highest power if, multiplied
    out, some of them cancel: differences first as they are, then by what they are made of.
    """
    if not isinstance(node, Add):
        return None
    bases = dict.fromkeys(base for term in node.args for base in _bases(term))
    for base in sorted(bases, key=lambda base: base.is_Atom or isinstance(base, Indexed)):
        parts = [(term, _power_of(term, base)) for term in node.args]
        most = max(power for _, power in parts)
        over = [(term, power) for term, power in parts if power]
        if len(over) < 2 or all(power == most for _, power in over):
            continue
        numerators = [term * base**power * base ** (most - power) for term, power in over]
        found = _cancelled(numerators, _differences(node, base))
        if found is None and not isinstance(base, Add):
            found = _cancelled(numerators, {})
        if found is not None:
            rest = Add(*(term for term, power in parts if not power))
            return rest + found / base**most
    return None


def _cancelled(numerators: list[Expr], held: Mapping[Expr, Dummy]) -> Expr | None:
    """The sum of numerators in factors, if it has fewer terms; sums that are held are symbols."""
    below = {power: Dummy("below") for part in numerators for power in part.atoms(Pow)
             if isinstance(power.base, Add) and power.exp.is_negative}  # fmt: skip
    back = {symbol: total for names in (held, below) for total, symbol in names.items()}
    apart = [sympy.expand(_holding(part.xreplace(below), held)) for part in numerators]
    before = sum(len(Add.make_args(part)) for part in apart)
    if before > MOST_TERMS:
        return None
    total = Add(*apart)
    if len(Add.make_args(total)) >= before:
        return None
    return sympy.factor(total).xreplace(back)


def _differences(node: Expr, base: Expr) -> dict[Expr, Dummy]:
    """A symbol for each sum of multiples of operands but the base and parts of it.

    Sums are told up to a factor. What is left of the base without a part of it is a sum, too.
    """
    found: dict[Expr, Dummy] = {}
    own = set(Add.make_args(base.primitive()[1]))
    for total in sorted(node.atoms(Add), key=sympy.default_sort_key):
        plain = total.primitive()[1]
        is_linear = all(term.as_coeff_Mul()[1] in operands(term) for term in plain.args)
        is_part = own.issuperset(plain.args) or own.issuperset((-plain).args)
        if is_linear and not is_part and -plain not in found:
            found.setdefault(plain, Dummy("held", real=True))
    return found


def _holding(node: Expr, held: Mapping[Expr, Dummy]) -> Expr:
    """With a symbol for each sum that is held, and |x| as sign(x)*x."""

    def swapped(total: Add) -> Expr:
        factor, plain = total.primitive()
        return factor * held[plain] if plain in held else -factor * held.get(-plain, -plain)

    return node.replace(Add, lambda *args: swapped(Add(*args))).replace(Abs, lambda x: sign(x) * x)


def _bases(term: Expr) -> list[Expr]:
    """The sums and operands by whose powers a term is divided."""
    return [
        factor.base
        for factor in Mul.make_args(term)
        if isinstance(factor, Pow)
        and (isinstance(factor.base, Add) or factor.base in operands(factor))
        and factor.exp.is_Integer
        and factor.exp.is_negative
    ]


def _power_of(term: Expr, base: Expr) -> int:
    powers = (factor.as_base_exp() for factor in Mul.make_args(term))
    return sum(-int(power) for root, power in powers if root == base and power.is_Integer)
