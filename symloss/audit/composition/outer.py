"""An expression as a function of one thing inside it, and how steep and bent that function is."""

from __future__ import annotations

from collections.abc import Iterator

import sympy
from sympy import Expr, Indexed, Symbol

from symloss.audit.composition.local import Local
from symloss.audit.composition.steep import UNKNOWN, greatest
from symloss.audit.composition.walk import Walk
from symloss.audit.signs import cells, extrema, peaks
from symloss.audit.signs.decide import Box
from symloss.audit.signs.inpieces import in_pieces
from symloss.audit.signs.profile import profile
from symloss.audit.signs.worker import StepEnded, step
from symloss.audit.verdicts import Proved
from symloss.language import Interval

STEP_SECONDS = 2.0


def inside(walk: Walk, node: Expr) -> Expr | None:
    """What a node is a function of beside parameters: something affine, or its one argument."""
    every = list(dict.fromkeys(_affine_within(walk, node)))
    if len(every) == 1 and every[0] != node and _is_all(walk, node, every[0]):
        return every[0]
    if isinstance(node, sympy.Pow):
        return node.base if node.exp.is_Rational else None
    is_of_one = isinstance(node, sympy.Function) and len(node.args) == 1
    return node.args[0] if is_of_one else None


def _affine_within(walk: Walk, node: Expr) -> Iterator[Expr]:
    """The largest parts that vary and are affine; what holds a condition is left whole."""
    fact = walk.of(node)
    if fact.constant:
        return
    if fact.affine or not node.args or isinstance(node, Indexed):
        yield node
        return
    for part in node.args:
        if isinstance(part, Expr):
            yield from _affine_within(walk, part)
        elif part.free_symbols:
            yield node


def _is_all(walk: Walk, node: Expr, part: Expr) -> bool:
    """Whether a node names nothing but parameters beside a part."""
    u = sympy.Dummy("u", real=True)
    known = {u, *(entry.symbol for entry in walk.program.parameters)}
    return node.xreplace({part: u}).free_symbols <= known


def steepest(walk: Walk, node: Expr, part: Expr, order: int) -> Expr:
    """The largest size of a derivative by the part that a node is a function of, in its range."""
    u = Symbol("_u", real=True)
    formula = cells.plain(node.xreplace({part: u}))
    box = {e.symbol: e.domain for e in walk.program.parameters
           if formula.has(e.symbol) and isinstance(e.domain, Interval)}  # fmt: skip
    form = Local(formula, {}, {}, {u: walk.of(part).range, **box})
    return greatest_slope(form, [u], order)


def greatest_slope(form: Local, symbols: list[Symbol], order: int) -> Expr:
    """The largest size of a derivative by the first of the symbols, over all of them."""
    try:
        with step(STEP_SECONDS):
            slope = sympy.diff(in_pieces(form.formula), symbols[0], order)
            return greatest([supremum(way * slope, symbols, form) for way in (1, -1)])
    except StepEnded:
        return UNKNOWN


def supremum(expression: Expr, symbols: list[Symbol], form: Local) -> Expr:
    """The supremum over the symbols, one after the other; oo where it is not found."""
    value = expression
    for symbol in symbols:
        if not value.has(symbol):
            continue
        box = {s: d for s, d in form.box.items() if value.has(s)}
        found = extrema.supremum(value, box, [symbol])
        known = found.value if isinstance(found.answer, Proved) else None
        known = _on_line(value, symbol, box) if known is None else known
        if known is None:
            return UNKNOWN
        value = known
        if value == UNKNOWN:
            break
    return value


def _on_line(expression: Expr, symbol: Symbol, box: Box) -> Expr | None:
    """The supremum of a formula in one symbol, from the signs of its derivative."""
    line = profile(expression, symbol, box[symbol], STEP_SECONDS)
    peak = None if line is None else peaks.greatest(line, 0, 1)
    return None if peak is None else peak.value
