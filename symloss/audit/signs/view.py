"""A derivative of a formula in one symbol, looked at on balls, with the steps of a proof."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import flint
import sympy
from flint import arb, fmpq
from sympy import Expr, Rational, Symbol

from symloss.audit.signs import balls, jets, roots

MULTIPLICITY = 6
PRECISIONS = (128, 512, 2048)


@dataclass(frozen=True)
class Zero:
    """A place where the sign may change: between two rationals, or known exactly."""

    low: Expr
    high: Expr
    crossing: bool
    exact: Expr | None = None

    @property
    def told(self) -> str:
        """The place, for people."""
        if self.exact is not None:
            return str(self.exact)
        return f"a place between {sympy.N(self.low, 12)} and {sympy.N(self.high, 12)}"


class NoPattern(Exception):  # noqa: N818 - an answer, not a mistake
    """The signs could not be settled."""


@dataclass
class View:
    """What is looked at: the `order`-th derivative of a formula."""

    formula: Expr
    symbol: Symbol
    order: int
    until: float
    derivative: Expr = field(init=False)
    steps: list[dict[str, Any]] = field(default_factory=list)
    exact: tuple[Expr, ...] | None = None
    boxes: int = 0

    def __post_init__(self) -> None:
        self.derivative = sympy.diff(self.formula, self.symbol, self.order)

    def jet(self, ball: arb, terms: int, bits: int = 128) -> list[arb] | None:
        """The derivative and its own derivatives, on a ball."""
        found = jets.jet(self.formula, self.symbol, ball, self.order + terms, bits)
        if found is None:
            return None
        return [found[self.order + n] * _factorial(self.order + n) for n in range(terms)]

    def sign_at(self, place: fmpq) -> int | None:
        """The sign at a rational place; None where balls do not tell it."""
        for bits in PRECISIONS:
            found = self.jet(ball_about(place), 1, bits)
            sign = None if found is None else sign_of_ball(found[0])
            if sign is not None:
                return sign
        return None

    def zeros(self, low: Rational, high: Rational) -> Iterator[Expr]:
        """Exact zeros between two rationals that could be named."""
        if self.exact is None:
            self.exact = roots.all_named(self.derivative, self.symbol)
        return (place for place in self.exact if roots.inside(place, low, high))

    def slope_at(self, place: fmpq) -> int | None:
        """The sign of the derivative's slope at a rational place; None where balls do not tell."""
        for bits in PRECISIONS:
            found = self.jet(ball_about(place), 2, bits)
            sign = None if found is None else sign_of_ball(found[1])
            if sign is not None:
                return sign
        return None

    def tell(self, rule: str, low: Expr, high: Expr, sign: str, **more: Any) -> None:
        """Keep a step of the proof."""
        self.steps.append({"rule": rule, "low": str(low), "high": str(high), "sign": sign, **more})


def sign_of_ball(ball: arb) -> int | None:
    """1, -1, 0 where the ball is exactly 0, None where it lies on both sides."""
    if ball > 0 or ball < 0:
        return 1 if ball > 0 else -1
    return 0 if ball.is_zero() else None


def _factorial(n: int) -> int:
    return int(sympy.factorial(n))


def ball_about(place: Expr | fmpq) -> arb:
    """A narrow ball about a number."""
    if isinstance(place, fmpq):
        with flint.ctx.workprec(PRECISIONS[-1]):
            return arb(place)
    found = balls.value(place, {}, PRECISIONS[-1])
    if found is None:
        raise NoPattern(f"the place {place}")
    return found


def fraction(place: Rational) -> fmpq:
    """SymPy's rational as FLINT's."""
    return fmpq(int(place.p), int(place.q))


def number(place: fmpq) -> Rational:
    """FLINT's rational as SymPy's."""
    return Rational(int(place.p), int(place.q))


def whole_below(ball: arb) -> int:
    """The whole number below a ball's middle."""
    return int(ball.mid().floor().unique_fmpz())  # type: ignore[arg-type]


def vanish(line: View, end: Expr, number: int) -> bool:
    """Whether the first so many derivatives of the derivative are exactly 0 at the end."""
    return all(
        roots.is_zero(sympy.diff(line.derivative, line.symbol, n), line.symbol, end)
        for n in range(number)
    )


def stepped(end: Expr, span: Expr, way: int) -> Expr:
    """A dyadic rational at most a span away from a number, on one side of it."""
    if end.is_Rational and span.is_Rational:
        return end + way * span
    target = ball_about(end + way * span * Rational(3, 4)) * 2**200
    return Rational(whole_below(target), 2**200)
