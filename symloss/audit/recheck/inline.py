"""A program with its plain definitions put in place, which leaves reductions and the loss."""

from __future__ import annotations

from dataclasses import replace

import sympy
from sympy import Expr, Indexed

from symloss.program import Program, Step, name_of, operands

LONGEST = 60


def inlined(program: Program) -> Program:
    """The same loss; what `stop_gradient` holds counts with its value."""
    put: dict[str, Step] = {}
    kept = []
    for step in program.steps:
        moved = replace(step, expression=_with(step.expression, put))
        is_short = step.kind is None and sympy.count_ops(moved.expression) <= LONGEST
        if is_short and step.name not in program.outputs:
            put[step.name] = moved
        else:
            kept.append(moved)
    return replace(program, steps=tuple(kept))


def _with(node: Expr, put: dict[str, Step]) -> Expr:
    swap: dict[Expr, Expr] = {}
    for leaf in operands(node):
        step = put.get(name_of(leaf))
        if step is not None:
            places = leaf.indices if isinstance(leaf, Indexed) else ()
            swap[leaf] = step.expression.xreplace(dict(zip(step.indices, places, strict=True)))
    return node.xreplace(swap)
