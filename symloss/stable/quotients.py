"""Sums of quotients that cancel to one without negative terms: 1/x - 1/(x + y) is y/x/(x + y).

Definitions are written out first, and choices are told apart: what is guarded against a denominator
of 0 needs no guard where a condition, or the domains, keep all denominators positive. Of the terms'
digits nothing is left where they nearly agree; what has no negative terms keeps them all. Nothing
is differentiated after.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import sympy
from sympy import Add, Dummy, Eq, Expr, Gt, Mul, Piecewise, Pow, S
from sympy.core.relational import Relational

from symloss.language import quotient, signs_of_domain
from symloss.program import Program, Rewriting, name_of, operands

MOST_OPERATIONS = 80
"""Longer sums are not looked through."""
MOST_CHOICES = 3


def quotients_apart(program: Program) -> Program:
    """The program with such sums in that form."""
    work = _Quotients.of_names(program)
    work.signs = {entry.name: signs_of_domain(entry.domain) for entry in program.arguments}
    return work.rewritten(program)


@dataclass
class _Quotients(Rewriting):
    """Sums are looked at; `signs` tells whether arguments are nonnegative, and positive."""

    signs: dict[str, tuple[bool, bool]] = field(default_factory=dict)

    def node(self, node: Expr) -> Expr:
        """A node, with quotients that cancel as one."""
        if not isinstance(node, Add):
            return node
        whole = self.opened(node, MOST_OPERATIONS).replace(quotient, lambda x, y: x / y)
        if not _has_reciprocals(whole):
            return node
        symbols = {leaf: self._stand_in(leaf) for leaf in operands(whole)}
        found = _resolved(whole.xreplace(symbols), MOST_CHOICES)
        back = {symbol: leaf for leaf, symbol in symbols.items()}
        return node if found is None else found.xreplace(back)

    def _stand_in(self, leaf: Expr) -> Dummy:
        nonnegative, positive = self.signs.get(name_of(leaf), (False, False))
        if positive:
            return Dummy(positive=True)
        return Dummy(nonnegative=True) if nonnegative else Dummy(real=True)


def _has_reciprocals(total: Expr) -> bool:
    powers = total.atoms(Pow)
    return any(power.exp.is_negative and isinstance(power.base, Add) for power in powers)


def _resolved(total: Expr, choices: int) -> Expr | None:
    """The sum as one quotient, in every branch of its choices; None if it does not cancel."""
    total = total.replace(lambda node: isinstance(node, Piecewise), _without_idle_guard)
    conditions = sorted(total.atoms(Relational), key=lambda one: (isinstance(one, Eq), str(one)))
    if not conditions:
        return _as_one(total)
    x, condition = conditions[0].lhs, conditions[0]
    if not choices or not isinstance(condition, (Gt, Eq)) or condition.rhs != 0 or not x.is_Symbol:
        return None
    if isinstance(condition, Eq):
        at_zero = total.xreplace({condition: sympy.true}).xreplace({x: S.Zero})
        found = _resolved(total.xreplace({condition: sympy.false}), choices - 1)
        if found is None or not at_zero.is_finite:
            return None
        return Piecewise((at_zero, condition), (found, True))
    positive = Dummy(positive=True)
    inside = total.xreplace({condition: sympy.true}).xreplace({x: positive})
    found = _resolved(inside, choices - 1)
    if found is None:
        return None
    outside = total.xreplace({condition: sympy.false})
    return Piecewise((found.xreplace({positive: x}), condition), (outside, True))


def _without_idle_guard(choice: Piecewise) -> Expr:
    """Without a selection of 0 where x is 0, if what is guarded is 0 there by itself."""
    (nothing, condition), *rest = choice.args
    if nothing != 0 or not isinstance(condition, Eq) or condition.rhs != 0 or len(rest) != 1:
        return choice
    body, at = rest[0][0], {condition.lhs: S.Zero}
    lower = [power.base for power in body.atoms(Pow) if power.exp.is_negative]
    plain = body.is_rational_function(*body.free_symbols)
    idle = plain and all(base.xreplace(at).is_positive for base in lower)
    return body if idle and body.xreplace(at) == 0 else choice


def _as_one(total: Expr) -> Expr | None:
    """A sum with terms of either sign as one quotient without negative terms."""
    terms = Add.make_args(total)
    if not total.is_rational_function(*total.free_symbols):
        return None
    if len({term.could_extract_minus_sign() for term in terms}) < 2:
        return None
    upper, lower = sympy.fraction(sympy.cancel(sympy.together(total)))
    factor, parts = sympy.factor_list(upper)
    negative = [base for base, _ in parts if not (base.is_Symbol or _is_plus(base))]
    if negative:
        return None
    number, bases = sympy.factor_list(lower)
    return _divided(factor / number, dict(parts), dict(bases))


def _is_plus(total: Expr) -> bool:
    """Whether it is a sum of terms that are not negative."""
    return all(term.is_nonnegative for term in Add.make_args(total))


def _divided(number: Expr, upper: dict[Expr, int], lower: dict[Expr, int]) -> Expr:
    """A quotient of products; a part over its sum comes first, that products may not underflow."""
    shares = []
    for total in lower:
        for part in Add.make_args(total) if _is_plus(total) else ():
            times, leaf = part.as_coeff_Mul()
            while leaf != total and upper.get(leaf) and lower[total]:
                shares.append(quotient(part, total))
                number /= times
                upper[leaf] -= 1
                lower[total] -= 1
    rest = Mul(*(base**power for base, power in upper.items()))
    return number * Mul(*shares) * rest * Mul(*(base**-power for base, power in lower.items()))
