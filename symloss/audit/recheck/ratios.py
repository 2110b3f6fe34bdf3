"""Ratios of sums over places: signs by bodies that are affine in each value they read.

Such a body is least at a corner of the box of its values: 0 <= p, t <= 1 makes p + t - 2*p*t >= 0.
Sums over one dimension are one sum; a ratio is not negative if both its sums are not.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import sympy
from sympy import Expr, S, Symbol

from symloss.audit.recheck.rules import Rules
from symloss.audit.recheck.stretches import has_sign, inside_of
from symloss.language import Interval
from symloss.program import Program, name_of, operands

MOST_CORNERS = 64


class Ratios:
    """Signs of combinations of a program's sums."""

    def __init__(self, program: Program) -> None:
        """Nothing is read yet."""
        self.program, self.rules = program, Rules(program)
        self.signed = {
            entry.symbol: inside_of(entry.name, entry.domain)
            for entry in program.parameters if isinstance(entry.domain, Interval)
        }  # fmt: skip

    def is_nonnegative(self, expression: Expr) -> bool:
        """Whether an expression in the loss's own terms is not below 0."""
        whole = self._with_definitions(expression)
        ratios: list[Expr] = []
        others: list[Expr] = []
        for term in sympy.Add.make_args(whole):
            below = sympy.fraction(sympy.together(term))[1]
            plain = not term.atoms(sympy.Indexed) and self._is_formula(term)
            (ratios if self._sums(below) or plain else others).append(term)
        if not all(self.rules.of(term).low >= 0 for term in others):
            return False
        above, below = sympy.fraction(sympy.together(sympy.Add(*ratios)))
        return self._has_no_negative(above) and self._has_no_negative(below)

    def _with_definitions(self, node: Expr) -> Expr:
        swap = {}
        for leaf in operands(node):
            step = self.program.by_name.get(name_of(leaf))
            if step is not None and step.kind is None and not step.indices:
                swap[leaf] = self._with_definitions(step.expression)
        return node.xreplace(swap)

    def _sums(self, node: Expr) -> list[Expr]:
        known = self.program.by_name
        return [leaf for leaf in operands(node)
                if name_of(leaf) in known and known[name_of(leaf)].kind == "sum"]  # fmt: skip

    def _is_formula(self, node: Expr) -> bool:
        return node.free_symbols <= set(self.signed)

    def _has_no_negative(self, combination: Expr) -> bool:
        """Whether a combination of sums, with parameters as weights, is not below 0."""
        combination = sympy.expand(combination)
        sums = self._sums(combination)
        rest = combination.subs(dict.fromkeys(sums, S.Zero))
        if not self._is_formula(rest) or not has_sign(rest.subs(self.signed), "nonnegative"):
            return False
        bodies: dict[tuple[Expr, ...], Expr] = {}
        for leaf in sums:
            step = self.program.by_name[name_of(leaf)]
            weight = sympy.diff(combination, leaf)
            if step.indices or not self._is_formula(weight):
                return False
            ranges = tuple(self.program.ranges[index] for index in step.bound)
            fresh = {at: Symbol(f"{self.program.ranges[at]}_{n}", integer=True)
                     for n, at in enumerate(step.bound)}  # fmt: skip
            body = weight * step.expression.xreplace(fresh)
            bodies[ranges] = bodies.get(ranges, S.Zero) + body
        return all(map(self._is_nowhere_negative, bodies.values()))

    def _is_nowhere_negative(self, body: Expr) -> bool:
        body = sympy.expand(body)
        leaves = [leaf for leaf in operands(body) if leaf not in self.signed]
        if any(sympy.diff(body, leaf, 2) != 0 for leaf in leaves):
            return False
        corners = list(itertools.islice(self._corners(leaves), MOST_CORNERS + 1))
        return 0 < len(corners) <= MOST_CORNERS and all(
            has_sign(sympy.expand(body.subs(corner)).subs(self.signed), "nonnegative")
            for corner in corners
        )

    def _corners(self, leaves: list[Expr]) -> Iterator[dict[Expr, Expr]]:
        """The corners of the box of some values; none where the box has no ends."""
        spans = []
        for leaf in leaves:
            known = self.rules.known.get(name_of(leaf))
            if known is None or known.low.is_infinite or known.high.is_infinite:
                return
            spans.append((known.low, known.high))
        for corner in itertools.product(*spans):
            yield dict(zip(leaves, corner, strict=True))
