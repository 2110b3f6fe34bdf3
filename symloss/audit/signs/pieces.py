"""A formula on a line as smooth pieces, and what happens where two of them meet."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import sympy
from sympy import Expr, Symbol

from symloss.audit.signs import cells
from symloss.audit.signs.analytic import analytic_at
from symloss.audit.signs.convexity import one_sided, same
from symloss.audit.signs.decide import Box, ordered_breaks
from symloss.audit.signs.memory import remembered
from symloss.audit.signs.pattern import is_defined
from symloss.language import Interval

ORDERS = 4


@dataclass(frozen=True)
class Piece:
    """A smooth formula on an open interval, for the values of other symbols in a cell."""

    outer: cells.Cell
    formula: Expr
    low: Expr
    high: Expr


@dataclass(frozen=True)
class Joint:
    """Where two pieces meet, or a closed end of the domain.

    Attributes:
        outer: the cell of the other symbols.
        place: the place, in the cell's symbols.
        orders: the number of derivatives that agree (0: the values do; -1: not even these); None
            where the pieces are the same formula; ORDERS where no difference was found.
        before: the limit of the slope from below, None at a lower end.
        after: the limit of the slope from above, None at an upper end.
    """

    outer: cells.Cell
    place: Expr
    orders: int | None
    before: Expr | None
    after: Expr | None


@remembered
def line(formula: Expr, symbol: Symbol, box: Box) -> tuple[list[Piece], list[Joint]] | None:
    """The pieces and joints for all values of the box's other symbols; None if not all settled."""
    rest = {n: d for n, d in box.items() if n != symbol and formula.has(n)}
    pieces: list[Piece] = []
    joints: list[Joint] = []
    for outer in cells.cells(rest):
        found = _in_cell(formula.subs(outer), symbol, box[symbol], outer)
        if found is None:
            return None
        pieces += found[0]
        joints += found[1]
    return pieces, joints


def _in_cell(
    inner: Expr, symbol: Symbol, domain: Interval, outer: cells.Cell
) -> tuple[list[Piece], list[Joint]] | None:
    places = ordered_breaks(inner, symbol, domain)
    if places is None:
        return None
    pieces = []
    for low, high in pairwise(places):
        inside = cells.open_cell(low, high)[1]
        smooth = cells.resolved(inner, {symbol: inside})
        if smooth is None or not _defined(smooth, symbol, inside, low, high):
            return None
        pieces.append(Piece(outer, smooth, low, high))
    joints = list(_joints(inner, symbol, domain, pieces))
    return None if None in joints else (pieces, [joint for joint in joints if joint is not None])


def _defined(smooth: Expr, symbol: Symbol, inside: Expr, low: Expr, high: Expr) -> bool:
    if smooth.free_symbols <= {symbol} and low.is_number and high.is_number:
        return is_defined(smooth, symbol, low, high) or cells.defined(smooth.subs(symbol, inside))
    return cells.defined(smooth.subs(symbol, inside))


def _joints(
    inner: Expr, symbol: Symbol, domain: Interval, pieces: list[Piece]
) -> Iterator[Joint | None]:
    for left, right in pairwise(pieces):
        yield _joint(inner, symbol, left.high, left, right)
    if not domain.low_open:
        yield _joint(inner, symbol, domain.low, None, pieces[0])
    if not domain.high_open:
        yield _joint(inner, symbol, domain.high, pieces[-1], None)


def _joint(
    inner: Expr, symbol: Symbol, place: Expr, left: Piece | None, right: Piece | None
) -> Joint | None:
    here = cells.resolved(inner, {symbol: place})
    sides = [(side.formula, way) for side, way in ((left, "-"), (right, "+")) if side is not None]
    if here is None:
        return None
    outer = (left or right).outer  # type: ignore[union-attr]
    alike = all(sympy.expand(formula - here) == 0 for formula, _ in sides)
    if alike and analytic_at(here, symbol, place):
        return Joint(outer, place, None, None, None)
    slopes = [one_sided(sympy.diff(formula, symbol), symbol, place, way) for formula, way in sides]
    before = slopes[0] if left is not None else None
    after = slopes[-1] if right is not None else None
    orders = _agreeing(sides, here.subs(symbol, place), symbol, place)
    return None if orders is None else Joint(outer, place, orders, before, after)


def _agreeing(sides: list[tuple[Expr, str]], here: Expr, symbol: Symbol, place: Expr) -> int | None:
    """How many derivatives have one finite limit; None where a limit is not found."""
    values = _limits(sides, symbol, place, 0)
    if values is None:
        return None
    if not here.is_finite or not all(value.is_finite and same(value, here) for value in values):
        return -1
    for order in range(1, ORDERS + 1):
        limits = _limits(sides, symbol, place, order)
        if limits is None:
            return None
        if not all(limit.is_finite and same(limit, limits[0]) for limit in limits):
            return order - 1
    return ORDERS


def _limits(
    sides: list[tuple[Expr, str]], symbol: Symbol, place: Expr, order: int
) -> list[Expr] | None:
    """The limits of a derivative from each side, None where one is not found."""
    found = [one_sided(sympy.diff(f, symbol, order), symbol, place, way) for f, way in sides]
    known = [limit for limit in found if limit is not None]
    return known if len(known) == len(found) else None
