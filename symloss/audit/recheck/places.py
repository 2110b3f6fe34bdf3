"""Losses of any size that are sums over places, as a loss of one place.

Definitions are put in place first. The body of the sum reads each array at the index that the sum
runs over, so that all places may have any values, apart from each other.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import sympy
from sympy import Expr, Indexed, Mul, Symbol

from symloss.audit.recheck.inline import inlined
from symloss.audit.recheck.stretches import inside_of
from symloss.audit.recheck.witnesses import Case, NotReplayable
from symloss.language import Interval
from symloss.program import Program, Step, name_of
from symloss.spec import scalar_symbol


@dataclass(frozen=True)
class Places:
    """A loss as a function of a sum.

    Attributes:
        one: the loss of one place, without core dimensions.
        outer: the loss, in `total` and in parameters, sizes and inputs without places.
        total: the symbol of the sum.
        count: how many places there are.
    """

    one: Case
    outer: Expr
    total: Symbol
    count: Expr


def places_of_sum(case: Case) -> Places:
    """The loss of one place, and the loss as a function of the sum.

    Raises:
        NotReplayable: the loss is no function of one such sum.
    """
    program = inlined(case.program)
    reductions = [step for step in program.steps if step.kind is not None]
    others = [step for step in program.steps if step.kind is None]
    if len(reductions) != 1 or len(others) != 1 or reductions[0].kind != "sum":
        raise NotReplayable("no function of one sum over places")
    (total,), (loss,) = reductions, others
    if loss.name != "loss" or total.indices:
        raise NotReplayable("no function of one sum over places")
    leaf = scalar_symbol(total.name)
    outer = loss.expression
    if not outer.has(leaf) or outer.atoms(Indexed):
        raise NotReplayable("no function of one sum over places")
    count = Mul(*(program.ranges[index] for index in total.bound))
    return Places(replace(case, program=_of_one(program, total)), outer, leaf, count)


def _of_one(program: Program, total: Step) -> Program:
    body = total.expression
    for node in body.atoms(Indexed):
        if set(node.indices) != set(total.bound) or len(node.indices) != len(total.bound):
            raise NotReplayable("terms that read other places than their own")
    if len({node.indices for node in body.atoms(Indexed)}) != 1:
        raise NotReplayable("terms that read several places")
    entries = {entry.name: entry for entry in program.inputs}
    swap = {node: scalar_symbol(name_of(node)) for node in body.atoms(Indexed)}
    moved = body.xreplace(swap)
    if moved.free_symbols & set(program.ranges):
        raise NotReplayable("terms that differ by their places")
    read = {name_of(leaf) for leaf in moved.free_symbols}
    inputs = tuple(replace(e, shape=()) for name, e in entries.items() if name in read)
    return replace(program, inputs=inputs, steps=(Step("loss", (), moved),), ranges={})


def keeps_zero(places: Places) -> bool:
    """Whether the loss is 0 where the sum is, and positive where it is, for all else."""
    signed: dict[Expr, Expr] = {
        s: sympy.Dummy(s.name, positive=True)
        for s in places.outer.free_symbols if s.is_positive and s != places.total
    }  # fmt: skip
    for entry in places.one.program.parameters:
        d = entry.domain
        if places.outer.has(entry.symbol):
            if not isinstance(d, Interval) or not (d.low_open and d.high_open):
                raise NotReplayable("a loss that a parameter may make 0")
            signed[entry.symbol] = inside_of(entry.name, d)
    if not places.outer.free_symbols - {places.total} <= set(signed):
        return False
    formula, s = places.outer.xreplace(signed), sympy.Dummy("s", positive=True)
    return bool(formula.subs(places.total, 0) == 0) and bool(
        sympy.factor(formula.xreplace({places.total: s})).is_positive
    )
