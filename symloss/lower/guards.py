"""Domains at run time: an input outside its domain, or NaN, makes the item's results NaN.

Where a NaN passes through the arithmetic by itself and the domain is the whole line, nothing is
emitted. Elsewhere the results select on tests: of a number, whether it lies inside; of an array,
that none of its elements lies outside, which one more sum counts in the loops that are there.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import sympy
from sympy import (
    Add,
    And,
    Eq,
    Expr,
    Function,
    Indexed,
    KroneckerDelta,
    Mul,
    Ne,
    Piecewise,
    Pow,
    S,
    Symbol,
)

from symloss.derive import selects_zero
from symloss.language import BY_NODE, NAMED, Simplex
from symloss.lower.model import NAN, exp_to_one, finite, grouped
from symloss.lower.nodes import Node
from symloss.program import Program, Step, name_of
from symloss.spec import Input, Parameter, array_base, dimension_symbol, index_symbol, scalar_symbol


def outside(name: str, value: Expr) -> Expr:
    """1 where the value lies outside the domain of the input or parameter of that name, else 0."""
    applied: Expr = Function(f"outside_{name}", real=True)(value)
    return applied


def guarded_names(program: Program) -> tuple[str, ...]:
    """Inputs and parameters that have to be checked, in order."""
    strict = _strict_inputs(program)
    return tuple(
        entry.name
        for entry in program.arguments
        if not getattr(entry, "is_index", False)
        and (entry.domain != NAMED["real"] or entry.name not in strict)
        and not entry.name.startswith("vector_")
    )


def count_outside(program: Program) -> tuple[Program, tuple[Expr, ...]]:
    """The program with steps that count offending elements, and what has to be 0 of an item."""
    entries = {entry.name: entry for entry in program.arguments}
    ranges = dict(program.ranges)
    steps: list[Step] = []
    counts: list[Expr] = []
    for name in guarded_names(program):
        counts += _count(entries[name], steps, ranges)
    return replace(program, steps=(*steps, *program.steps), ranges=ranges), tuple(counts)


def select_valid(
    nodes: list[Node], outputs: tuple[str, ...], counts: tuple[Expr, ...]
) -> list[Node]:
    """The nodes with results that are NaN where anything is outside.

    Scatters add to what is NaN already.
    """
    if not counts:
        return nodes
    valid = And(*(Eq(count, 0) for count in counts))
    return [
        replace(node, expression=Piecewise((node.expression, valid), (NAN, True)), zeroed=False)
        if node.name in outputs
        else node
        for node in nodes
    ]


def _count(entry: Input | Parameter, steps: list[Step], ranges: dict[Symbol, Expr]) -> list[Expr]:
    """How many elements lie outside, as elements of steps where there are several."""
    shape = getattr(entry, "shape", ())
    if not shape:
        return [outside(entry.name, scalar_symbol(entry.name))]
    indices = _indices(entry.name, tuple(map(dimension_symbol, shape)), ranges)
    element = array_base(entry.name)[indices]
    step = Step(f"outside_in_{entry.name}", (), outside(entry.name, element), "sum", indices)
    steps.append(step)
    if not isinstance(entry.domain, Simplex):
        return [step.element()]
    whole = Step(f"total_of_{entry.name}", indices[:-1], element, "sum", indices[-1:])
    off = Function(f"off_simplex_{entry.name}", real=True)(whole.element())
    missed = Step(f"off_in_{entry.name}", (), off, "sum" if indices[:-1] else None, indices[:-1])
    steps += [whole, missed]
    return [step.element(), missed.element()]


def _indices(name: str, shape: tuple[Expr, ...], ranges: dict[Symbol, Expr]) -> tuple[Symbol, ...]:
    """An index for each axis: one that the math uses for that dimension, if there is one left."""
    chosen: list[Symbol] = []
    for axis, size in enumerate(shape):
        fitting = (index for index, over in ranges.items() if over == size and index not in chosen)
        index = next(fitting, index_symbol(f"{name}_axis{axis}"))
        ranges[index] = size
        chosen.append(index)
    return tuple(chosen)


@dataclass(frozen=True)
class _Reach:
    """The elements of an input that a number is NaN with.

    All of them; or, of a vector, that at `place` alone, or all but that.
    """

    name: str
    place: Symbol | None = None
    is_rest: bool = False


Reaches = frozenset[_Reach]


def _strict_inputs(program: Program) -> set[str]:
    """Inputs in which every output is NaN as soon as they are."""
    known: dict[str, Reaches] = {}
    masked: set[str] = set()
    for step in program.steps:
        found = _joined(_strict(step.expression, known, frozenset(step.loops)))
        if _is_masked(step.expression, masked):
            # Where 0 is selected, later products are not taken, and no NaN comes through.
            masked.add(step.name)
            found = frozenset()
        known[step.name] = frozenset() if step.is_integer else found
    parts = [known[name] for name in program.outputs]
    common = frozenset.intersection(*parts) if parts else frozenset()
    return {reach.name for reach in common if reach.place is None}


def _joined(found: Reaches) -> Reaches:
    """An element and the rest are all."""
    places = {reach for reach in found if reach.place is not None and not reach.is_rest}
    whole = {_Reach(reach.name) for reach in places if replace(reach, is_rest=True) in found}
    return found | whole


def _strict(expression: Expr, known: dict[str, Reaches], loops: frozenset[Symbol]) -> Reaches:
    if isinstance(expression, Indexed):
        return _of_element(expression, known, loops)
    if isinstance(expression, Symbol):
        return known.get(expression.name, frozenset({_Reach(expression.name)}))
    parts = [
        _strict(argument, known, loops) for argument in expression.args if argument is not S.true
    ]
    if isinstance(expression, Piecewise):
        rest = _all_but_one(expression, known, loops)
        branches = [_strict(branch, known, loops) for branch, _ in expression.args]
        return rest | frozenset.intersection(*branches)
    if isinstance(expression, Pow):
        return parts[0] if expression.exp.is_number else frozenset()
    if isinstance(expression, Mul) and expression.has(KroneckerDelta):
        return frozenset()  # it is added to one element
    if isinstance(expression, (Add, Mul, sympy.Max, sympy.Min, sympy.sign)):
        return frozenset().union(*parts)
    if type(expression) in _PASSING and len(expression.args) == 1:
        return parts[0]
    return frozenset()


_PASSING = {*BY_NODE, exp_to_one, finite, grouped}
"""Functions that are NaN where their argument is."""


def _of_element(leaf: Indexed, known: dict[str, Reaches], loops: frozenset[Symbol]) -> Reaches:
    name = name_of(leaf)
    if _covers(leaf, loops):
        return known.get(name, frozenset({_Reach(name)}))
    place = leaf.indices[0]
    is_one = len(leaf.indices) == 1 and place.is_Symbol and place not in loops
    return frozenset({_Reach(name, place)}) if is_one and name not in known else frozenset()


def _all_but_one(
    expression: Piecewise, known: dict[str, Reaches], loops: frozenset[Symbol]
) -> Reaches:
    """What a choice of x[k] for all k but one reaches of x: a vector's other elements."""
    leaf, condition = expression.args[0]
    if not isinstance(leaf, Indexed) or not isinstance(condition, Ne) or name_of(leaf) in known:
        return frozenset()
    places = set(condition.args) - set(leaf.indices)
    if len(leaf.indices) != 1 or not _covers(leaf, loops) or len(places) != 1:
        return frozenset()
    (place,) = places
    is_fixed = place.is_Symbol and place not in loops
    return frozenset({_Reach(name_of(leaf), place, is_rest=True)}) if is_fixed else frozenset()


def _is_masked(expression: Expr, masked: set[str]) -> bool:
    """Whether a factor, or what it is computed from, selects 0."""
    if isinstance(expression, (Symbol, Indexed)):
        return name_of(expression) in masked
    if isinstance(expression, Piecewise):
        return selects_zero(expression)
    return isinstance(expression, (Add, Mul)) and any(
        _is_masked(part, masked) for part in expression.args
    )


def _covers(element: Indexed, loops: frozenset[Symbol]) -> bool:
    """Whether the subscripts run over the whole array."""
    return len(set(element.indices)) == len(element.indices) and set(element.indices) <= loops
