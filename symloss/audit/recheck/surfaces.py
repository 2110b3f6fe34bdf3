"""Surfaces outside of which a loss of any size is differentiable: found anew, and compared.

Surfaces are equations in arguments: definitions are put in place, and reductions are written as
`sum(x[d]**2, d)`. Two are the same if one is a multiple of the other by a number.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from typing import Any

import sympy
from sympy import Expr, Function, Indexed, S, Symbol

from symloss.audit.recheck import formulas
from symloss.audit.recheck.choices import CHOICES, gaps_of
from symloss.audit.recheck.orders import Orders
from symloss.audit.recheck.witnesses import NotReplayable
from symloss.language import FUNCTIONS
from symloss.program import Program, name_of, operands
from symloss.spec import array_base, scalar_symbol

HYPOT: Any = FUNCTIONS["hypot"].node


def covered(program: Program, told: list[str]) -> bool:
    """Whether what is told holds every surface that the checker finds.

    Raises:
        NotReplayable: the checker finds one that is not told, or cannot tell.
    """
    known = [surface for text in told for surface in _read(text, program)]
    for own in _surfaces(program):
        if not any(_is_same(own, one) for one in known):
            raise NotReplayable(f"a surface that is not told: {' = '.join(map(str, own))} = 0")
    return True


Surface = tuple[Expr, ...]
"""What vanishes together."""


def _is_same(one: Surface, other: Surface) -> bool:
    return len(one) == len(other) and all(map(_is_multiple, one, other))


def _is_multiple(one: Expr, other: Expr) -> bool:
    if one == other:
        return True
    if S.Zero in (one, other):
        return False
    ratio = sympy.cancel(one / other) if not (one / other).has(*CHOICES) else one / other
    return bool(ratio.is_number and ratio.is_nonzero)


def _read(text: str, program: Program) -> Iterator[Surface]:
    """The surface that a text tells, without definitions."""
    names = formulas.names_of(program)
    names |= {str(index): index for index in program.ranges}
    names |= {entry.name: array_base(entry.name) for entry in program.inputs if entry.shape}
    for step in program.steps:
        names[step.name] = array_base(step.name) if step.indices else scalar_symbol(step.name)
    if text.startswith("ties of "):
        yield (Symbol(text),)
        return
    *sides, zero = text.split(" = ")
    if zero != "0":
        raise ValueError(f"no surface: {text}")
    yield _surface([formulas.read(side, names) for side in sides], program)


def _surface(parts: Sequence[Expr], program: Program) -> Surface:
    """What vanishes, in arguments; indices are named by what they run over."""
    every = tuple(_without_root(_spelled(part, program)) for part in parts)
    free = {at for part in every for at in part.free_symbols if at in program.ranges}
    swap = {at: Symbol(f"{program.ranges[at]}_{n}", integer=True)
            for n, at in enumerate(sorted(free, key=str))}  # fmt: skip
    return tuple(part.xreplace(swap) for part in every)


def _without_root(expression: Expr) -> Expr:
    """What vanishes where a power of it does."""
    power = expression
    while isinstance(power, sympy.Pow) and power.exp.is_positive:
        power = power.base
    return power


def _spelled(expression: Expr, program: Program) -> Expr:
    """With definitions put in place, reductions as functions of what they run over."""
    swap = {}
    for leaf in operands(expression):
        step = program.by_name.get(name_of(leaf))
        places = leaf.indices if isinstance(leaf, Indexed) else ()
        if step is not None:
            outer = dict(zip(step.indices, places, strict=True))
            body = _spelled(step.expression.xreplace(outer), program)
            swap[leaf] = body if step.kind is None else Function(step.kind)(body, *step.bound)
    found = expression.xreplace(swap)
    return sympy.expand(found.replace(_is_reduction, lambda node: _unnamed(node, program)))


def _is_reduction(node: Expr) -> bool:
    return isinstance(node, sympy.core.function.AppliedUndef) and not node.func.name.startswith("_")


def _unnamed(node: Expr, program: Program) -> Expr:
    """With bound indices named by what they run over and by where they stand."""
    body, *bound = node.args
    fresh = {at: Symbol(f"{program.ranges[at]}__{n}", integer=True) for n, at in enumerate(bound)
             if at in program.ranges}  # fmt: skip
    return Function(f"_{node.func.name}")(sympy.expand(body).xreplace(fresh), *fresh.values())


def _surfaces(program: Program) -> Iterator[Surface]:
    orders = Orders(program)
    for step in program.steps:
        if step.kind in ("argmax", "argmin") and not orders.rules.of(step.expression).fixed:
            raise NotReplayable("places of extrema")
        if step.kind in ("max", "min") and not orders.rules.of(step.expression).fixed:
            bound = ", ".join(map(str, step.bound))
            yield (Symbol(f"ties of {sympy.sstr(step.expression)} over {bound}"),)
        for parts in _within(step.expression, orders):
            yield _surface(parts, program)


def _within(node: Expr, orders: Orders) -> Iterator[Surface]:
    """The surfaces of an expression, its operands being smooth outside of their own."""
    if isinstance(node, Symbol | Indexed) or orders.of(node) >= 1:
        return
    if isinstance(node, sympy.Piecewise):
        for pair in node.args:
            yield from _within(pair.expr, orders)
            yield from ((gap,) for gap in gaps_of(pair.cond) if not orders.rules.of(gap).fixed)
        return
    for part in node.args:
        yield from _within(part, orders)
    yield from _own(node, orders)


def _own(node: Expr, orders: Orders) -> Iterator[Surface]:
    if isinstance(node, sympy.Max | sympy.Min):
        yield from ((one - other,) for one, other in itertools.combinations(node.args, 2))
    elif isinstance(node, sympy.Abs | sympy.sign):
        yield (node.args[0],)
    elif isinstance(node, HYPOT):
        yield node.args
    elif isinstance(node, sympy.Pow) and orders.rules.of(node.exp).fixed:
        if not (node.exp.is_Integer and node.exp > 0) and not orders.rules.of(node.base).positive:
            yield (node.base,)
    elif not isinstance(node, sympy.Add | sympy.Mul) and orders.of_function(node) < 1:
        raise NotReplayable(f"where {node.func} is smooth")
