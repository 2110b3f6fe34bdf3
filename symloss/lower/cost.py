"""What a procedure costs: whether one that computes more costs no more."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from sympy import Expr, preorder_traversal

from symloss.lower.inline import is_dear
from symloss.lower.model import Accumulate, Assign, Block, Loop, Procedure, Statement, Store

Cost = Counter[str]


def cost(procedure: Procedure, *, is_scalar: bool) -> Cost:
    """Loops, matrix products, and the dear calls that run many times, by kind.

    Whatever runs once for an item with core dimensions is small beside its loops.
    """
    found: Cost = Counter()
    for phase in procedure.phases:
        if isinstance(phase, Block):
            found.update(_of(phase.statements, counts=is_scalar))
        else:
            found["product"] += 1
    return found


def _of(statements: tuple[Statement, ...], *, counts: bool) -> Iterator[str]:
    for entry in statements:
        if isinstance(entry, Loop):
            yield "loop"
            yield from _of(entry.body, counts=True)
        elif counts and isinstance(entry, (Assign, Store, Accumulate)):
            yield from _calls(entry.expression)


def _calls(expression: Expr) -> Iterator[str]:
    for part in preorder_traversal(expression):
        if is_dear(part):
            yield type(part).__name__
