"""Decisions about one real expression on a box of intervals.

In: a SymPy expression, an interval for each of its symbols, a budget in seconds. Out: an `Answer`.
Guarantees: Proved and Refuted are true; a call ends within its budget. Raises: nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sympy import Expr, Symbol

from symloss.audit.signs import convexity, extrema, worker
from symloss.audit.signs import decide as deciding
from symloss.audit.signs.decide import Relation
from symloss.audit.signs.extrema import Extremum
from symloss.audit.verdicts import Answer, Unknown
from symloss.language import Interval

__all__ = [
    "Extremum", "Relation", "convex_on_box", "convex_on_line", "decide", "infimum", "supremum",
]  # fmt: skip
Box = Mapping[Symbol, Interval]


def decide(expression: Expr, box: Box, relation: Relation, seconds: float = 10) -> Answer:
    """Whether the expression stands in the relation to 0 on the whole box."""
    return _within(seconds, deciding.decided, expression, dict(box), relation)


def convex_on_line(expression: Expr, symbol: Symbol, box: Box, seconds: float = 10) -> Answer:
    """Whether the expression is convex in the symbol, for all values of the box's others."""
    return _within(seconds, convexity.on_line, expression, symbol, dict(box))


def convex_on_box(
    expression: Expr, symbols: Sequence[Symbol], box: Box, seconds: float = 10
) -> Answer:
    """Whether the expression is jointly convex in the symbols, for all values of the others."""
    return _within(seconds, convexity.on_box, expression, tuple(symbols), dict(box))


def supremum(
    expression: Expr, box: Box, seconds: float = 10, *, over: Sequence[Symbol] | None = None
) -> Extremum:
    """The supremum over `over` (by default the whole box), a formula in the other symbols."""
    return _extremum(seconds, extrema.supremum, expression, dict(box), over)


def infimum(
    expression: Expr, box: Box, seconds: float = 10, *, over: Sequence[Symbol] | None = None
) -> Extremum:
    """The infimum over `over` (by default the whole box), a formula in the other symbols."""
    return _extremum(seconds, extrema.infimum, expression, dict(box), over)


def _extremum(seconds: float, function: Any, *arguments: Any) -> Extremum:
    found = _within(seconds, function, *arguments)
    return Extremum(None, None, False, False, found) if isinstance(found, Unknown) else found


def _within(seconds: float, function: Any, *arguments: Any) -> Any:
    try:
        return worker.run(function, *arguments, seconds=seconds)
    except worker.OutOfTime:
        return Unknown((f"out of time after {seconds:g} s",))
    except RuntimeError as error:
        return Unknown((str(error),))
