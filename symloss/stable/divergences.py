"""Sums of w*log(r) whose tangents cancel: each logarithm less its own tangent.

The terms of x*log(x/m) + y*log(y/m) with m = (x + y)/2, the Jensen-Shannon divergence's, are far
larger than their sum where x and y are close. If all w - w/r add up to 0, they may be taken off:
every w*(log(r) - 1 + 1/r) is of second order by itself, and negative only where w is. Nothing is
differentiated after.
"""

from __future__ import annotations

from dataclasses import dataclass

import sympy
from sympy import Add, Dummy, Expr, Gt, Piecewise, log

from symloss.language import FUNCTIONS, quotient, signs_of_domain
from symloss.program import Program, Rewriting, name_of, operands
from symloss.stable.remainders import NEGLIGIBLE, logarithm_less_tangent, weighted_logarithms

_log1pmx = FUNCTIONS["log1pmx"].build
MOST_OPERATIONS = 60
"""Longer sums are not looked through."""


def divergences_apart(program: Program) -> Program:
    """The program with sums of such logarithms in that form."""
    work = _Divergences.of_names(program)
    work.nonnegative = frozenset(
        entry.name for entry in program.arguments if signs_of_domain(entry.domain)[0]
    )
    return work.rewritten(program)


@dataclass
class _Divergences(Rewriting):
    """Sums are looked at, and through the definitions of what they add up.

    Attributes:
        nonnegative: names of arguments that are.
    """

    nonnegative: frozenset[str] = frozenset()

    def node(self, node: Expr) -> Expr:
        """A node, with logarithms whose tangents cancel in that form."""
        if not isinstance(node, Add):
            return node
        whole = self.opened(node, MOST_OPERATIONS)
        found = self._less_tangents(whole) if isinstance(whole, Add) else None
        return node if found is None else found

    def _less_tangents(self, total: Add) -> Expr | None:
        """The sum with every logarithm less its tangent, if these cancel."""
        found = _apart(total)
        tangents = [sympy.expand(weight - weight / ratio) for _, weight, ratio in found]
        if len(found) < 2 or sympy.expand(Add(*tangents)) != 0:
            return None
        rest = total - Add(*(part for terms, _, _ in found for part in terms))
        for (_, weight, ratio), tangent in zip(found, tangents, strict=True):
            less = self._bounded(weight, ratio)
            less = less or logarithm_less_tangent(weight * log(ratio) - tangent)
            if less is None:
                return None
            rest += less
        return rest

    def _bounded(self, weight: Expr, ratio: Expr) -> Expr | None:
        """One of them where x/m is never above 4, so that (m - x)/x is never near -1."""
        x, m = sympy.fraction(ratio)
        stand_ins = {
            leaf: Dummy(nonnegative=True)
            for leaf in operands(ratio)
            if name_of(leaf) in self.nonnegative
        }
        if not sympy.expand(4 * m - x).xreplace(stand_ins).is_nonnegative:
            return None
        near = -weight * _log1pmx(quotient(m - x, x))
        return Piecewise((near, Gt(x, m * NEGLIGIBLE)), (sympy.expand(weight * m / x), True))


def _apart(total: Add) -> list[tuple[tuple[Expr, ...], Expr, Expr]]:
    """The logarithms of a sum, those with opposite weights as one of a ratio."""
    found = [one for one in weighted_logarithms(total) if not one[1].could_extract_minus_sign()]
    kept: list[tuple[tuple[Expr, ...], Expr, Expr]] = []
    for one in sorted(found, key=lambda one: -len(one[0])):
        if not {term for terms, _, _ in kept for term in terms} & set(one[0]):
            kept.append(one)
    return kept
