"""Other inputs that move to an end of their domain, where a derivative by one that varies stays.

A constant bounds the derivatives for all values of the other inputs: |x - y|/|y| is as steep as
1/|y|, which has no bound as y tends to 0.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import sympy
from sympy import Expr, Rational, S, Symbol

from symloss.audit.hessians.endless import unbounded
from symloss.audit.hessians.instance import Instance
from symloss.audit.hessians.lines import Line, T, boxed, starts
from symloss.audit.signs import cells
from symloss.audit.signs.worker import StepEnded, step
from symloss.language import Interval
from symloss.program import Program

NEAR = Rational(1, 2**20)
STEP_SECONDS = 1.5
MOST_STARTS = 2
_OWN = Symbol("_x", real=True)
"""How far the coordinate is from where it is."""


@dataclass(frozen=True)
class Move:
    """Inputs that are all t, and the coordinate that derivatives are taken by."""

    line: Line
    moving: tuple[Symbol, ...]
    by: Symbol

    def witness(self, order: int, way: int, place: Expr) -> dict[str, Any]:
        """The move as JSON."""
        told = {**self.line.witness(), "by": str(self.by), "derivative": str(order)}
        return {"kind": "endless slope", **told, "sign": str(way), "t": str(place), "limit": "oo"}


def endless_beside(
    program: Program, wrt: tuple[str, ...], order: int, ways: tuple[int, ...], seconds: float
) -> dict[str, Any] | None:
    """Inputs towards an end of their domain, at which a derivative, times a way, has the limit oo.

    It has that limit for all values of the parameters.
    """
    end = time.process_time() + seconds
    for move in _moves(program, wrt):
        if time.process_time() > end:
            return None
        found = unbounded(move.line, _OWN, order, ways, partial(_slope, order=order))
        if found is not None:
            return move.witness(order, *found)
    return None


def _moves(program: Program, wrt: tuple[str, ...]) -> Iterator[Move]:
    for sizes, places, instance, fixed, box in boxed(program, wrt):
        for start in itertools.islice(starts(instance, fixed), MOST_STARTS):
            for group in _groups(instance, fixed):
                by = instance.varying[0]
                line = _line(instance, start, group, by, (sizes, places, box))
                if line is not None:
                    yield Move(line, group, by)


def _groups(instance: Instance, fixed: list[Symbol]) -> Iterator[tuple[Symbol, ...]]:
    """Single inputs of an interval, and whole rows of them."""
    domains = {s: instance.domains[s] for s in fixed}
    plain = [s for s, d in domains.items() if isinstance(d, Interval) and not d.integer]
    yield from ((symbol,) for symbol in plain[:2])
    rows = [tuple(s for s in row if s in plain) for row in instance.rows]
    yield from (row for row in rows if len(row) > 1)


def _line(
    instance: Instance,
    start: Mapping[Symbol, Rational],
    moving: tuple[Symbol, ...],
    by: Symbol,
    known: tuple[Mapping[str, int], Mapping[str, int], Mapping[Symbol, Interval]],
) -> Line | None:
    """The loss in t and the coordinate; None where it is not defined."""
    sizes, places, box = known
    point = {**start, **dict.fromkeys(moving, S.Zero)}
    moved = {s: T if s in moving else v for s, v in point.items() if s != by}
    try:
        formula = cells.plain(instance.loss).xreplace(moved)
    except ValueError:
        return None
    domain, own = instance.domains[moving[0]], instance.domains[by]
    if formula.has(sympy.nan, sympy.zoo, sympy.oo) or not formula.has(by):
        return None
    if not isinstance(domain, Interval) or not isinstance(own, Interval):
        return None
    if not own.low < start[by] < own.high:
        return None
    formula = formula.xreplace({by: start[by] + _OWN})
    return Line(sizes, places, point, dict.fromkeys(moving, S.One), formula, domain, {**box},
                instance)  # fmt: skip


def _slope(formula: Expr, tail: tuple[Expr, Expr], order: int) -> Expr | None:
    """The derivative where t is far out and the coordinate where it is, if that is one formula."""
    inside = {T: cells.open_cell(*tail)[1], _OWN: cells.open_cell(-NEAR, NEAR)[1]}
    try:
        with step(STEP_SECONDS):
            piece = cells.resolved(formula, inside)
            if piece is None or not cells.defined(piece.subs(inside)):
                return None
            return sympy.diff(piece, _OWN, order).subs(_OWN, 0)
    except StepEnded:
        return None
