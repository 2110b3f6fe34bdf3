"""Expressions that make choices, as functions of one symbol: the formulas that may meet where.

A gap is what a choice compares; a place is where a gap may be 0. Beside a place every formula is
kept that signs of gaps at the place do not rule out, so that what all of them agree on holds.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import sympy
from sympy import Expr, S, Symbol
from sympy.core.relational import Relational

ANALYTIC = sympy.oo
CHOICES = (sympy.Abs, sympy.Max, sympy.Min, sympy.sign, sympy.Piecewise)
MOST_FORMULAS, MOST_GAPS, HIGHEST = 16, 8, 5


class Unclear(Exception):  # noqa: N818 - an answer, not a mistake
    """Which formulas meet is not clear."""


def agreeing(formula: Expr, u: Symbol) -> Expr:
    """The least number of derivatives on which all formulas agree that may meet somewhere.

    Raises:
        Unclear: not all places where formulas meet are known.
    """
    every = places_of(formula, u)
    return min((_order_at(formula, u, place) for place in every), default=ANALYTIC)


def places_of(formula: Expr, u: Symbol) -> tuple[Expr, ...]:
    """All places where something that is compared may be equal.

    Raises:
        Unclear: not all are known.
    """
    gaps = [gap for node in sympy.preorder_traversal(formula) for gap in _gaps(node)]
    return tuple(dict.fromkeys(at for gap in gaps if gap.has(u) for at in _zeros(gap, u)))


def resolved(formula: Expr, u: Symbol, inside: Expr) -> Expr:
    """The one formula that holds where u runs through a stretch.

    Raises:
        Unclear: a choice depends on where.
    """
    for _ in range(MOST_GAPS + 1):
        gap = _innermost(formula)
        if gap is None:
            return formula
        there = sympy.factor(gap.subs(u, inside))
        if not (there.is_positive or there.is_negative):
            there = sympy.simplify(there)
        if not (there.is_positive or there.is_negative):
            raise Unclear
        formula = _taken(formula, gap, 1 if there.is_positive else -1)
    raise Unclear


def gaps_of(test: Any) -> Iterator[Expr]:
    """What the comparisons of a condition compare, as differences."""
    for node in sympy.preorder_traversal(test):
        if isinstance(node, Relational):
            yield node.lhs - node.rhs


def formulas(node: Any, u: Symbol, place: Expr | None) -> list[Expr]:
    """The formulas without choices that may hold beside a place, or anywhere.

    Raises:
        Unclear: they are too many, or a choice is none that can be read.
    """
    found = list(dict.fromkeys(_formulas(node, u, place, MOST_GAPS)))
    if not found or len(found) > MOST_FORMULAS or any(one.has(*CHOICES) for one in found):
        raise Unclear
    return found


def _formulas(node: Any, u: Symbol, place: Expr | None, depth: int) -> Iterator[Expr]:
    gap = _innermost(node)
    if gap is None:
        yield node
        return
    if depth == 0:
        raise Unclear
    for way in _signs(gap, u, place):
        yield from _formulas(_taken(node, gap, way), u, place, depth - 1)


def _innermost(node: Any) -> Expr | None:
    """A gap without choices in it."""
    every = (gap for part in sympy.postorder_traversal(node) for gap in _gaps(part))
    return next((gap for gap in every if not gap.has(*CHOICES)), None)


def _gaps(node: Any) -> Iterator[Expr]:
    """What a node compares."""
    if isinstance(node, sympy.Abs | sympy.sign):
        yield node.args[0]
    elif isinstance(node, sympy.Max | sympy.Min):
        yield from (one - other for one, other in itertools.combinations(node.args, 2))
    elif isinstance(node, Relational):
        yield node.lhs - node.rhs


def _signs(gap: Expr, u: Symbol, place: Expr | None) -> tuple[int, ...]:
    """The signs that a gap may have beside a place: one where it is surely not 0 there."""
    there = gap if place is None else sympy.simplify(gap.subs(u, place))
    if there.is_positive:
        return (1,)
    return (-1,) if there.is_negative else (1, -1)


def _taken(node: Any, gap: Expr, way: int) -> Any:
    """The node where the gap has a sign: all choices by it, and by its multiples, are made."""
    if not node.args or not (node.has(*CHOICES) or node.has(Relational)):
        return node
    if isinstance(node, Relational):
        sign = _multiple(node.lhs - node.rhs, gap)
        if sign:
            up = sign * way > 0
            return sympy.true if node.rel_op in ((">", ">=", "!=") if up else ("<", "<=", "!=")) \
                else sympy.false  # fmt: skip
    parts = [_taken(part, gap, way) for part in node.args]
    if isinstance(node, sympy.Abs | sympy.sign):
        sign = _multiple(parts[0], gap) * way
        if sign:
            return sign * (parts[0] if isinstance(node, sympy.Abs) else S.One)
    if isinstance(node, sympy.Max | sympy.Min):
        more = way if isinstance(node, sympy.Max) else -way
        lesser = {n for n, m in itertools.permutations(range(len(parts)), 2)
                  if _multiple(parts[m] - parts[n], gap) * more > 0}  # fmt: skip
        parts = [part for n, part in enumerate(parts) if n not in lesser]
    return node.func(*parts)


def _multiple(one: Expr, gap: Expr) -> int:
    """The sign of c where one is c times the gap, c a number; else 0."""
    ratio = one if one == 0 else sympy.cancel(one / gap) if not one.has(*CHOICES) else one
    return int(sympy.sign(ratio)) if ratio.is_Rational else 0


def _zeros(gap: Expr, u: Symbol) -> Iterator[Expr]:
    """All places where a gap may vanish: of all formulas that it may be, which are affine."""
    for formula in formulas(gap, u, None):
        slope = sympy.expand(sympy.diff(formula, u))
        if slope.has(u):
            raise Unclear
        if slope != 0:
            yield sympy.simplify(-formula.subs(u, 0) / slope)
        elif not sympy.simplify(formula).is_nonzero:
            raise Unclear


def _order_at(formula: Expr, u: Symbol, place: Expr) -> Expr:
    first, *others = formulas(formula, u, place)
    least = min((_common(first, other, u, place) for other in others), default=ANALYTIC)
    if formula.has(sympy.Eq, sympy.Ne):  # a value at the place alone
        gap = formula.subs(u, place) - first.subs(u, place)
        return least if sympy.simplify(gap) == 0 else S.NegativeOne
    return least


def _common(one: Expr, other: Expr, u: Symbol, place: Expr) -> Expr:
    gap = sympy.expand(one - other)
    for order in range(HIGHEST + 1):
        if gap == 0:
            return ANALYTIC
        if sympy.simplify(gap.subs(u, place)) != 0:
            return S(order - 1)
        gap = sympy.diff(gap, u)
    return ANALYTIC if sympy.simplify(gap) == 0 else S(HIGHEST)
