"""Where a derivative of a formula in one symbol is positive, negative or 0 on an open interval.

Close to the ends the sign comes from `tails` or from a box that holds the end; between, boxes are
cut until a ball of the Taylor form tells the sign of the derivative, of its slope or of its
curvature. So every change of sign is found, and bracketed between rationals or named exactly.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

import sympy
from sympy import Expr, Symbol

from symloss.audit.signs.boxes import MOST_BOXES, SMALLEST, between, cover
from symloss.audit.signs.ends import defined_end, near_end
from symloss.audit.signs.view import NoPattern, View, Zero, ball_about, fraction

__all__ = ["NoPattern", "Pattern", "Zero", "is_defined", "pattern"]


@dataclass(frozen=True)
class Pattern:
    """Signs from left to right, the zeros between them, and the steps that show both.

    `signs` has one more entry than `zeros`; a touching zero has the same sign on both sides. A
    derivative that is 0 everywhere has the one sign "0".
    """

    signs: tuple[str, ...]
    zeros: tuple[Zero, ...] = ()
    steps: tuple[dict[str, Any], ...] = ()

    @property
    def sign(self) -> str:
        """One sign for the whole interval: "+", "0+" and so on, "?" where it changes."""
        kinds = set(self.signs)
        if len(kinds) > 1:
            return "?"
        (kind,) = kinds
        return kind if kind == "0" or not self.zeros else f"0{kind}"


def pattern(
    formula: Expr, symbol: Symbol, low: Expr, high: Expr, order: int, seconds: float = 5.0
) -> Pattern:
    """The signs of a derivative on an open interval where the formula is smooth.

    Raises:
        NoPattern: they were not settled.
    """
    line = View(formula, symbol, order, time.process_time() + seconds)
    if _is_nothing(line):
        return Pattern(("0",), (), ({"rule": "identity", "formula": str(line.derivative)},))
    left, start = near_end(line, low, high, "+")
    right, stop = near_end(line, high, low, "-")
    if not start < stop:
        start = stop = (start + stop) / 2 if left == right else _fail("ends that overlap")
    found = [] if start == stop else list(cover(line, fraction(start), fraction(stop)))
    signs, zeros = [left], []
    for item in [*found, right]:
        if isinstance(item, Zero):
            zeros.append(item)
            signs.append("?")
        elif signs[-1] in ("?", item):
            signs[-1] = item
        else:
            raise NoPattern("signs that do not meet")
    _check(signs, zeros)
    return Pattern(tuple(signs), tuple(zeros), tuple(line.steps))


def is_defined(formula: Expr, symbol: Symbol, low: Expr, high: Expr, seconds: float = 2.0) -> bool:
    """Whether the formula is shown to be analytic on an open interval."""
    line = View(formula, symbol, 0, time.process_time() + seconds)
    try:
        start, stop = defined_end(line, low, high, "+"), defined_end(line, high, low, "-")
        waiting = [(fraction(start), fraction(stop))] if start < stop else []
        while waiting:
            one, other = waiting.pop()
            line.boxes += 1
            is_late = time.process_time() > line.until
            if line.boxes > MOST_BOXES or other - one < SMALLEST or is_late:
                return False
            if line.jet(ball_about(one).union(ball_about(other)), 1) is None:
                middle = between(one, other)
                waiting += [(one, middle), (middle, other)]
    except NoPattern:
        return False
    return True


def _fail(told: str) -> Any:
    raise NoPattern(told)


def _is_nothing(line: View) -> bool:
    if not line.derivative.has(line.symbol):
        value = sympy.simplify(line.derivative)
        return bool(value == 0)
    return sympy.expand(line.derivative) == 0


def _check(signs: list[str], zeros: list[Zero]) -> None:
    for one, other, zero in zip(signs, signs[1:], zeros, strict=False):
        if "?" in (one, other) or (one == other) == zero.crossing:
            raise NoPattern("a zero between signs that do not fit it")
