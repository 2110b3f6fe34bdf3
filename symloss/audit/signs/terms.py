"""Sums of c s**q log(s)**k exp(E(s)) u, which enclose a formula for all s from a bound on.

`u` is a ball that holds what the term was simplified by, for every s >= start. Logarithms, powers,
exponentials and the like of such sums are such sums: the largest term is taken out, and what is
left, 1 + d with d small, is 1 + d v with v in a ball (the mean value theorem).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import sympy
from flint import arb
from sympy import Expr

from symloss.audit.signs import balls

S = sympy.Symbol("s", positive=True)
ONE = arb(1)
MOST_TERMS = 60
STARTS = tuple(sympy.Integer(2) ** n for n in (2, 4, 7, 11, 16, 30))
"""The bounds that are tried."""


class NoTail(Exception):  # noqa: N818 - an answer, not a mistake
    """The formula has no such sum, or none was found."""


@dataclass(frozen=True)
class Effort:
    """How deep rates of growth are nested, and how many small terms are kept to second order."""

    depth: int = 3
    few: int = 3


FULL, QUICK = Effort(), Effort(few=0)


@dataclass(frozen=True)
class Term:
    """c s**power log(s)**logs exp(exponent) unit, with `unit` known as a ball."""

    coefficient: Expr
    power: Expr = sympy.S.Zero
    logs: int = 0
    exponent: Expr = sympy.S.Zero
    unit: arb = ONE

    @property
    def kind(self) -> tuple[Expr, int, Expr]:
        """What two terms share that can be added."""
        return self.power, self.logs, self.exponent

    @property
    def exact(self) -> bool:
        """Whether nothing was enclosed."""
        return bool(self.unit.is_exact() and self.unit == 1)

    def expression(self) -> Expr:
        """The term without its unit."""
        return (self.coefficient * S**self.power * sympy.log(S) ** self.logs
                * sympy.exp(self.exponent))  # fmt: skip

    def over(self, other: Term) -> Term:
        """The quotient of two terms."""
        return Term(
            self.coefficient / other.coefficient, self.power - other.power, self.logs - other.logs,
            sympy.expand(self.exponent - other.exponent), self.unit / other.unit,
        )  # fmt: skip


def number(value: Expr) -> arb:
    """A ball about a number."""
    found = balls.value(value, {})
    if found is None:
        raise NoTail
    return found


@lru_cache(maxsize=4096)
def sign_of_number(value: Expr) -> int:
    """The sign of a number that is not 0 unless it shows."""
    if value.is_Rational:
        return int(sympy.sign(value))
    found = balls.sign(value, {})
    if found is None and sympy.simplify(value) == 0:
        return 0
    if found is None:
        raise NoTail
    return found


def again(formula: Expr, start: Expr, effort: Effort) -> list[Term]:
    """A formula inside a term as terms in its turn: the module for that builds on this one."""
    from symloss.audit.signs.expand import expanded

    return expanded(formula, start, effort)


def hull(*ends: arb) -> arb:
    """The smallest ball about some."""
    result = ends[0]
    for end in ends[1:]:
        result = result.union(end)
    return result


def upto(bound: arb) -> arb:
    """The ball [0, bound] shifted nowhere: all numbers between 0 and a bound."""
    return hull(arb(0), bound)


def added(terms: Iterable[Term]) -> list[Term]:
    """The sum, with exact terms of one kind made one."""
    sums: dict[tuple[Expr, int, Expr], Expr] = {}
    rest = []
    for term in terms:
        if term.exact:
            sums[term.kind] = sums.get(term.kind, sympy.S.Zero) + term.coefficient
        else:
            rest.append(term)
    exact = [Term(c, *kind) for kind, c in sums.items() if sign_of_number(c) != 0]
    if len(exact) + len(rest) > MOST_TERMS:
        raise NoTail
    return exact + rest


def times(left: Sequence[Term], right: Sequence[Term]) -> list[Term]:
    """The product of two sums."""
    if len(left) * len(right) > 4 * MOST_TERMS:
        raise NoTail
    return added(
        Term(a.coefficient * b.coefficient, a.power + b.power, a.logs + b.logs,
             sympy.expand(a.exponent + b.exponent), a.unit * b.unit)
        for a in left for b in right
    )  # fmt: skip


def scaled(terms: Iterable[Term], factor: Expr, unit: arb = ONE) -> list[Term]:
    """The sum times a number and times something in a ball."""
    if unit.is_exact() and unit == 1:
        return [replace(t, coefficient=t.coefficient * factor) for t in terms]
    return [replace(t, coefficient=t.coefficient * factor, unit=t.unit * unit) for t in terms]


def size_at(term: Term, start: Expr) -> arb:
    """A ball about the term's size at the start, its unit included."""
    place = number(start)
    log = place.log()
    exponent = number(term.exponent.subs(S, start)) + log * number(term.power)
    size = exponent.exp() * log**term.logs * number(term.coefficient)
    return abs(size) * abs(term.unit)


def falls(term: Term, start: Expr, effort: Effort) -> bool:
    """Whether the term's size, its unit aside, does not grow from the start on."""
    if term.exponent == 0:
        if term.logs <= 0:
            return sign_of_number(term.power) <= 0
        growth = term.power + term.logs / sympy.log(start)
        return bool(sign_of_number(growth) <= 0)
    if effort.depth <= 0:
        return False
    from symloss.audit.signs.expand import sign_from

    rate = sympy.expand(term.power + S * sympy.diff(term.exponent, S)) + term.logs / sympy.log(S)
    return sign_from(rate, start, replace(effort, depth=effort.depth - 1)) in ("-", "0")


def small(terms: Sequence[Term], start: Expr, effort: Effort) -> arb:
    """A bound, from the start on, of a sum of terms that fall."""
    if not all(falls(term, start, effort) for term in terms):
        raise NoTail
    return sum((size_at(term, start) for term in terms), start=arb(0)).abs_upper()


def leading(terms: Sequence[Term], start: Expr, effort: Effort) -> tuple[Term, list[Term]]:
    """The term that the others are small beside, and the quotients of the others by it."""
    if not terms:
        raise NoTail
    far = 64 * start
    for term in sorted(terms, key=lambda t: _log_size(t, far), reverse=True)[:3]:
        if term.unit.contains(0):
            continue
        others = [other.over(term) for other in terms if other is not term]
        if all(falls(other, start, effort) for other in others):
            return term, others
    raise NoTail


def _log_size(term: Term, place: Expr) -> float:
    log = sympy.log(place)
    size = term.power * log + term.logs * sympy.log(log) + term.exponent.subs(S, place)
    size += sympy.log(sympy.Abs(term.coefficient))
    ball = balls.value(size, {})
    return float("-inf") if ball is None else float(ball.mid())
