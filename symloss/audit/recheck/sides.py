"""A formula in one real number beside a place: its choices settled there, limits, derivatives.

Which way a choice goes is shown by balls on a whole interval beside the place (with derivatives,
where what is compared vanishes at the place itself). Beside infinity it is read off limits. Limits
are SymPy's; each is compared with balls near the place.
"""

from __future__ import annotations

from typing import Any

import flint
import sympy
from flint import arb
from sympy import Expr, Rational, S, Symbol
from sympy.core.relational import Relational

from symloss.audit.recheck.evaluate import BITS, Unsettled, ball, compared, enclosed
from symloss.audit.recheck.formulas import plain
from symloss.audit.recheck.witnesses import NotReplayable

T = Symbol("_t", real=True)
WIDTH = Rational(1, 2**20)
FLATTEST, LONGEST = 4, 400
CHOICES = (sympy.Abs, sympy.Max, sympy.Min, sympy.sign, sympy.Piecewise)


class Side:
    """One side, 1 or -1, of a place, which may be infinite."""

    def __init__(self, place: Expr, way: int) -> None:
        """Nothing is evaluated yet; an infinite place has one side only."""
        self.place, self.way = place, way
        self.far = S(1 if place == sympy.oo else -1)

    def settled(self, node: Any) -> Any:
        """The formula that holds beside the place.

        Raises:
            NotReplayable: it is not clear which one.
        """
        if not node.has(*CHOICES, sympy.Pow):
            return node
        if isinstance(node, sympy.Piecewise):
            return self._branch(node)
        parts = [self.settled(part) for part in node.args]
        if isinstance(node, sympy.Abs):
            return self.sign(parts[0]) * parts[0]
        if isinstance(node, sympy.sign):
            return S(self.sign(parts[0]))
        if isinstance(node, sympy.Max | sympy.Min):
            return self._extreme(parts, 1 if isinstance(node, sympy.Max) else -1)
        if isinstance(node, sympy.Pow) and node.exp == S.Half:
            return self._root(parts[0])
        return node.func(*parts) if node.args else node

    def _root(self, base: Expr) -> Expr:
        root = sympy.sqrt(sympy.factor(base) if base.is_polynomial(T) else base)
        return self.settled(root) if root.has(sympy.Abs) else root

    def _extreme(self, parts: list[Expr], way: int) -> Expr:
        best = parts[0]
        for part in parts[1:]:
            if self.sign(way * (part - best)) > 0:
                best = part
        return best

    def _branch(self, node: sympy.Piecewise) -> Expr:
        for value, test in node.args:
            if self.holds(test):
                return self.settled(value)
        raise NotReplayable("no branch of a choice")

    def holds(self, test: Any) -> bool:
        """Whether a condition holds beside the place."""
        if test in (sympy.true, sympy.false):
            return bool(test)
        if isinstance(test, sympy.And | sympy.Or):
            parts = [self.holds(part) for part in test.args]
            return all(parts) if isinstance(test, sympy.And) else any(parts)
        if isinstance(test, sympy.Not):
            return not self.holds(test.args[0])
        if not isinstance(test, Relational):
            raise NotReplayable(str(test))
        return compared(arb(self.sign(self.settled(test.lhs - test.rhs))), test.rel_op)

    def sign(self, gap: Expr) -> int:
        """The sign of a settled formula beside the place: 1, -1 or 0."""
        if not gap.has(T):
            return _sign_of_number(gap)
        if self.place.is_infinite:
            return self._sign_far(gap)
        turn = 1
        for order in range(FLATTEST + 1):
            derivative = sympy.diff(gap, T, order)
            found = _sign_of_ball(on(derivative, self.stretch))
            if found:
                return found * turn
            if not _vanishes(derivative.subs(T, self.place)):
                break
            turn *= self.way
        if _vanishes(gap):
            return 0
        raise NotReplayable(f"the sign of {gap} beside {self.place}")

    @property
    def stretch(self) -> arb:
        """A short interval from the place on, as a ball."""
        here = enclosed(self.place, {})
        return here.union(here + self.way * ball(WIDTH))

    def _sign_far(self, gap: Expr) -> int:
        limit = self.limit(gap)
        if limit != 0:
            return 1 if limit > 0 else -1
        if _vanishes(gap):
            return 0
        signs = {_sign_of_ball(on(gap, ball(self.far * 2**n))) for n in (8, 12, 16)}
        if len(signs) != 1 or None in signs or 0 in signs:
            raise NotReplayable(f"the sign of {gap} far out")
        return signs.pop()  # type: ignore[return-value]

    def derivative(self, formula: Expr, order: int) -> Expr:
        """The limit of a derivative from this side."""
        return self.limit(sympy.diff(formula, T, order))

    def limit(self, formula: Expr) -> Expr:
        """The limit of a settled formula from this side."""
        if not formula.has(T):
            return formula
        if self.place.is_finite:
            there = formula.subs(T, self.place)
            if on(formula, enclosed(self.place, {})) is not None:
                return there
        if sympy.count_ops(formula) > LONGEST:
            raise NotReplayable("a limit of a long formula")
        found = sympy.limit(plain(formula), T, self.place, "+" if self.way > 0 else "-")
        if found.has(sympy.Limit, sympy.AccumBounds, sympy.nan, sympy.zoo):
            raise NotReplayable(f"the limit of {formula}")
        self._compare(formula, found)
        return found

    def _compare(self, formula: Expr, limit: Expr) -> None:
        """Oppose a limit: values come nearer to it, or grow without end."""
        near, nearer = (self._gap(formula, limit, n) for n in (6, 18))
        if near is not None and nearer is not None and not (nearer < near or nearer < 1e-12):
            raise NotReplayable(f"values that do not come near {limit}")

    def _gap(self, formula: Expr, limit: Expr, n: int) -> arb | None:
        """How far from a limit the formula is at a place near it; of an infinite one, 1/value."""
        at = ball(self.far * 2**n) if self.place.is_infinite else (
            enclosed(self.place, {}) + self.way * arb(2) ** -n)  # fmt: skip
        value = on(formula, at)
        if value is None:
            return None
        if limit.is_infinite:
            return 1 / value if limit > 0 else -1 / value
        return abs(value - enclosed(limit, {}))


def on(formula: Expr, place: arb) -> arb | None:
    """The formula's values on a ball; None where balls do not tell them."""
    with flint.ctx.workprec(BITS):
        try:
            found = enclosed(formula, {T.name: place})
        except (Unsettled, KeyError):
            return None
    return found if found.is_finite() else None


def _sign_of_ball(value: arb | None) -> int | None:
    if value is None:
        return None
    return 1 if value > 0 else -1 if value < 0 else None


def _sign_of_number(number: Expr) -> int:
    found = _sign_of_ball(on(number, arb(0)))
    if found is None and not _vanishes(number):
        raise NotReplayable(f"the sign of {number}")
    return found or 0


def _vanishes(number: Expr) -> bool:
    return bool(number == 0) or bool(sympy.simplify(number) == 0)
