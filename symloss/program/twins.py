"""Steps that say the same under other names of theirs and of their indices are one step.

A sum written twice, once for a numerator and once for its denominator, is computed once, and what
looks for the one in the other finds it.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import replace

from sympy import Dummy, Indexed

from symloss.program.model import Program, Step, name_of, operands

PLACES = tuple(Dummy(integer=True) for _ in range(16))
"""What indices are called while steps are compared: most steps have fewer."""


def without_twins(program: Program) -> Program:
    """The program with each reduction done once, whatever it is called."""
    first: dict[Hashable, Step] = {}
    twins: dict[str, Step] = {}
    steps: list[Step] = []
    for step in program.steps:
        swaps = {
            leaf: twins[name_of(leaf)].element(tuple(leaf.indices))
            if isinstance(leaf, Indexed)
            else twins[name_of(leaf)].element()
            for leaf in operands(step.expression)
            if name_of(leaf) in twins
        }
        step = replace(step, expression=step.expression.xreplace(swaps))
        known = first.setdefault(_meaning(program, step), step)
        if known is step or not step.kind or step.name in program.outputs:
            steps.append(step)
        else:
            twins[step.name] = known
    return replace(program, steps=tuple(steps))


def _meaning(program: Program, step: Step) -> Hashable:
    """What a step is but for names."""
    if len(step.loops) > len(PLACES):
        return step.name
    places = dict(zip(step.loops, PLACES, strict=False))
    ranges = tuple(program.ranges[index] for index in step.loops)
    formula = step.expression.xreplace(places)
    return (step.kind, step.held, len(step.indices), ranges, formula)
