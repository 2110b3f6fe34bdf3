"""Sums of powers whose exponents are parameters: what cancels is taken out before it is rounded.

Of c*x**a + d*x**(a + 1), x**a is a factor: rounded apart, the powers miss each other by more than
their sum where that is small. And where the c of all c*x**a*y**(s - a) add up to 0, and all c*a,
too, as in the Tweedie deviances, the sum is y**s times that of all c*(exp(q) - 1 - q) with
q = a*log(x/y), each of which is of second order by itself. Nothing is differentiated after.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import combinations, permutations

import sympy
from sympy import Add, Eq, Expr, Gt, Le, Mul, Piecewise, Pow, S, log
from sympy.logic.boolalg import And

from symloss.language import FUNCTIONS, Interval, quotient
from symloss.program import Program, Rewriting, name_of, operands

_expm1mx = FUNCTIONS["expm1mx"].build
MOST_TERMS = 8
"""Longer sums are left alone."""
FAR = sympy.Integer(4)
"""An exponent q from which on 1 + q takes few digits off exp(q)."""


def powers_apart(program: Program) -> Program:
    """The program with sums of powers in these forms."""
    work = _Powers.of_names(program)
    work.domains = {
        entry.name: entry.domain
        for entry in program.arguments
        if isinstance(entry.domain, Interval)
    }
    return work.rewritten(program)


@dataclass(frozen=True)
class _Term:
    """A factor times powers, one for each base."""

    whole: Expr
    factor: Expr
    powers: tuple[Expr, ...]


@dataclass
class _Powers(Rewriting):
    """Sums are looked at; `domains` are intervals, by the names of arguments."""

    domains: dict[str, Interval] = field(default_factory=dict)

    def node(self, node: Expr) -> Expr:
        """A node, in one of these forms."""
        if isinstance(node, Piecewise):
            return self._without_idle_guard(node)
        if not isinstance(node, Add) or len(node.args) > MOST_TERMS:
            return node
        bases = tuple(dict.fromkeys(self._bases(node)))
        if not 1 <= len(bases) <= 2:
            return node
        return self._less_tangents(node, bases) or self._common(node, bases) or node

    def _bases(self, total: Expr) -> Iterator[Expr]:
        """Operands that are not negative, under an exponent that is no number."""
        for power in total.atoms(Pow):
            if not power.exp.is_number and operands(power.base) == (power.base,):
                domain = self.domains.get(name_of(power.base))
                if domain is not None and domain.low >= 0:
                    yield power.base

    def _terms(self, total: Add, bases: Sequence[Expr]) -> list[_Term] | None:
        """The terms of a sum; None if a base is in one otherwise."""
        terms = []
        for whole in total.args:
            factors = [factor.as_base_exp() for factor in Mul.make_args(whole)]
            rest = Mul(*(Pow(*one) for one in factors if one[0] not in bases))
            if set(operands(rest)) & set(bases):
                return None
            powers = (Add(*(exp for base, exp in factors if base == own)) for own in bases)
            terms.append(_Term(whole, rest, tuple(powers)))
        return terms

    def _less_tangents(self, total: Add, bases: Sequence[Expr]) -> Expr | None:
        """The sum with every power less its tangent, if these cancel."""
        for order in permutations(bases):
            terms = self._terms(total, order)
            if terms is None or not self._cancel(terms):
                continue
            x, y = (*order, S.One)[:2]
            degree = Add(*terms[0].powers)
            moving = [term for term in terms if self._plain(term.powers[0]) != 0]
            if any(not self._is_nonnegative(term.factor) for term in moving):
                continue
            parts = [self._less_tangent(term, log(x) - log(y), y**degree) for term in moving]
            inside = And(Gt(x, 0), *([Gt(y, 0)] if y != 1 else []))
            return Piecewise((Add(*parts), inside), (total, True))
        return None

    def _less_tangent(self, term: _Term, step: Expr, scale: Expr) -> Expr:
        """A term less its tangent: far away, the power itself is rounded less than its parts."""
        power = term.powers[0] * step
        far = term.whole - term.factor * scale * (1 + power)
        return Piecewise((term.factor * scale * _expm1mx(power), Le(power, FAR)), (far, True))

    def _cancel(self, terms: Sequence[_Term]) -> bool:
        """Whether all are of one degree, if there are two bases, and their tangents cancel."""
        degrees = {self._plain(Add(*term.powers)) for term in terms}
        one = len(degrees) == 1 or len(terms[0].powers) == 1
        return one and all(
            self._plain(Add(*parts)) == 0
            for parts in (
                [term.factor for term in terms],
                [term.factor * term.powers[0] for term in terms],
            )
        )

    def _common(self, total: Add, bases: Sequence[Expr]) -> Expr | None:
        """Two terms whose powers differ by a number, over one power."""
        for base in bases:
            terms = self._terms(total, (base,)) if self.domains[name_of(base)].low_open else None
            for one, other in combinations(terms or (), 2):
                more = self._plain(one.powers[0] - other.powers[0])
                if one.powers[0].is_number or other.powers[0].is_number or not more.is_Integer:
                    continue
                high, low = (one, other) if more > 0 else (other, one)
                step = base ** abs(more)
                inner = quotient(high.factor * step + low.factor, step)
                rest = total - one.whole - other.whole
                return rest + base ** high.powers[0] * inner
        return None

    def _plain(self, expression: Expr) -> Expr:
        """With definitions written out, over one denominator."""
        swaps = {leaf: self.definition(leaf) for leaf in operands(expression)}
        known = {leaf: body for leaf, body in swaps.items() if body is not None}
        if known:
            return self._plain(expression.xreplace(known))
        return sympy.cancel(sympy.together(expression))

    def _is_nonnegative(self, factor: Expr) -> bool:
        """Whether it is in the middle of domains: which of two forms is taken hangs on that."""
        plain = self._plain(factor)
        middles = {leaf: _middle(self.domains.get(name_of(leaf))) for leaf in operands(plain)}
        return None not in middles.values() and bool(plain.xreplace(middles) >= 0)

    def _without_idle_guard(self, choice: Piecewise) -> Expr:
        """Without a selection of 0 where something vanishes that never does."""
        (nothing, condition), *rest = choice.args
        if nothing != 0 or not isinstance(condition, Eq) or len(rest) != 1:
            return choice
        gap = condition.lhs - condition.rhs
        idle = any(self._bases(rest[0][0])) and self._never_zero(self._plain(gap))
        return rest[0][0] if idle else choice

    def _never_zero(self, plain: Expr) -> bool:
        """Whether an affine expression in one argument has one sign between the ends."""
        leaves = operands(plain)
        domain = self.domains.get(name_of(leaves[0])) if len(leaves) == 1 else None
        if domain is None or sympy.Poly(plain, *leaves).total_degree() != 1:
            return False
        low, high = (plain.xreplace({leaves[0]: end}) for end in (domain.low, domain.high))
        reached = (low == 0 and not domain.low_open) or (high == 0 and not domain.high_open)
        return bool((low >= 0) == (high >= 0) or (low <= 0) == (high <= 0)) and not reached


def _middle(domain: Interval | None) -> Expr | None:
    """A number within a domain."""
    if domain is None:
        return None
    low, high = sympy.sympify(domain.low), sympy.sympify(domain.high)
    if low.is_finite and high.is_finite:
        return (low + high) / 2
    return low + 1 if low.is_finite else high - 1 if high.is_finite else S.One
