"""A formula in one symbol on an interval: its smooth pieces, joints, and derivatives' signs."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

import sympy
from sympy import Expr, Symbol

from symloss.audit.signs import balls, pieces
from symloss.audit.signs.pattern import NoPattern, Pattern, pattern
from symloss.audit.signs.pieces import Joint, Piece
from symloss.language import Interval


@dataclass
class Profile:
    """A formula on an interval; patterns of its derivatives are found when they are asked for."""

    formula: Expr
    symbol: Symbol
    domain: Interval
    pieces: list[Piece]
    joints: list[Joint]
    until: float
    _known: dict[tuple[int, int], Pattern | None] = field(default_factory=dict)

    def pattern(self, index: int, order: int) -> Pattern | None:
        """The signs of a derivative on a piece, None where they are not settled."""
        key = (index, order)
        if key not in self._known:
            self._known[key] = self._pattern(self.pieces[index], order)
        return self._known[key]

    def _pattern(self, piece: Piece, order: int) -> Pattern | None:
        seconds = min(4.0, self.until - time.process_time())
        low, high = piece.low, piece.high
        derivative = sympy.diff(piece.formula, self.symbol, order)
        period = self.period(piece, derivative)
        if period is not None:  # twice, so that what alternates is seen to do so
            low, high = sympy.S.Zero, 2 * period
        try:
            return pattern(piece.formula, self.symbol, low, high, order, seconds)
        except NoPattern:
            return None

    def period(self, piece: Piece, formula: Expr) -> Expr | None:
        """The period of a formula that has several on the piece."""
        found = period_of(formula, self.symbol)
        return found if found is not None and piece.high - piece.low > 2 * found else None

    def sign(self, index: int, order: int) -> str:
        """The sign of a derivative on a piece: "+", "0+", "0", ..., or "?"."""
        found = self.pattern(index, order)
        return "?" if found is None else found.sign

    def jump(self, joint: Joint) -> str:
        """The sign of what the slope rises by at a joint: "?" where it is not known."""
        if joint.before is None or joint.after is None:
            return "?"
        if joint.before == -sympy.oo or joint.after == sympy.oo:
            return "+"
        if joint.before == sympy.oo or joint.after == -sympy.oo:
            return "-"
        return sign_of(joint.after - joint.before)


def sign_of(number: Expr) -> str:
    """The sign of an exact number."""
    found = balls.sign(number, {})
    if found is None and any(sympy.simplify(form) == 0 for form in (number, sympy.radsimp(number))):
        found = 0
    return {1: "+", -1: "-", 0: "0", None: "?"}[found]


def profile(formula: Expr, symbol: Symbol, domain: Interval, seconds: float) -> Profile | None:
    """The profile of a formula in numbers and one symbol; None if the pieces are not settled."""
    if formula.free_symbols - {symbol}:
        return None
    found = pieces.line(formula, symbol, {symbol: domain})
    if found is None:
        return None
    return Profile(formula, symbol, domain, *found, until=time.process_time() + seconds)


def period_of(formula: Expr, symbol: Symbol) -> Expr | None:
    """A period, where the symbol stands in sines and cosines alone."""
    waves = formula.atoms(sympy.sin, sympy.cos)
    if not waves or formula.xreplace({wave: sympy.Dummy() for wave in waves}).has(symbol):
        return None
    rates = [sympy.diff(wave.args[0], symbol) for wave in waves]
    if any(rate.has(symbol) for rate in rates):
        return None
    ratios = [sympy.simplify(rate / rates[0]) for rate in rates]
    if not all(ratio.is_Rational for ratio in ratios):
        return None
    return 2 * sympy.pi / abs(rates[0] * sympy.gcd_list([abs(ratio) for ratio in ratios]))
