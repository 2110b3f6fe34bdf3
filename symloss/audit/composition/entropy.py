"""Other spellings, and terms that are convex together: x*log(x) - x*log(y)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import sympy
from sympy import Add, Expr, Mul, S, log

from symloss.audit.composition.atoms import NODE
from symloss.audit.composition.fact import Fact, closed
from symloss.audit.composition.ranges import REALS


def spelled(expression: Expr) -> Iterator[Expr]:
    """Spellings equal to the expression wherever their own logarithms are defined."""
    if not isinstance(expression, (Add, Mul)):
        return
    logs = expression.replace(NODE["xlogy"], lambda x, y: x * log(y))
    for candidate in (
        sympy.expand(expression, log=False, power_exp=False, power_base=False),
        sympy.expand(sympy.expand_log(logs, force=True), power_exp=False, power_base=False),
    ):
        if candidate != expression and len(Add.make_args(candidate)) <= 40:
            yield candidate


def paired_terms(walk: Any, node: Expr) -> tuple[list[Expr], list[Fact]]:
    """Terms left over, and facts of the entropies found among the terms of a sum.

    w*x*log(x) is convex for x >= 0 affine and w >= 0; with -w*x*log(y) for y concave it is the
    perspective of -log, jointly convex.
    """
    terms = list(Add.make_args(node))
    found: list[Fact] = []
    for term in list(terms):
        entropy = _entropy(walk, term)
        if entropy is None:
            continue
        weight, body = entropy
        terms.remove(term)
        partner = _partner(walk, terms, weight * body)
        if partner is not None:
            terms.remove(partner)
        sign = walk.of(weight)
        if partner is not None and not sign.nonnegative:
            return terms, []
        found.append(closed(Fact(REALS, sign.nonnegative, sign.nonpositive)))
    return terms, found


def _entropy(walk: Any, term: Expr) -> tuple[Expr, Expr] | None:
    for factor in Mul.make_args(term):
        body = factor.args[0] if isinstance(factor, log) else None
        if body is None or body not in Mul.make_args(term):
            continue
        weight = term / factor / body
        fact = walk.of(body)
        if not fact.constant and fact.affine and fact.nonnegative and walk.of(weight).constant:
            return weight, body
    return None


def _partner(walk: Any, terms: list[Expr], front: Expr) -> Expr | None:
    for term in terms:
        for factor in Mul.make_args(term):
            if not isinstance(factor, log):
                continue
            inner = walk.of(factor.args[0])
            if S(term / factor + front) == 0 and inner.nonnegative and inner.concave:
                return term
    return None
