"""A program as composition looks at it: definitions put in place, equal reductions merged.

What `stop_gradient` holds counts with its value: convexity is a matter of values.
"""

from __future__ import annotations

from dataclasses import replace

import sympy
from sympy import Expr, Indexed, Symbol
from sympy.logic.boolalg import Boolean

from symloss.language import Interval
from symloss.program import Program, Step, name_of, operands, without_dead_steps
from symloss.spec import Parameter, index_symbol

LARGEST = 300
"""Operations in an expression above which definitions are no longer put in place."""


def simple(program: Program) -> Program:
    """The program in which every step but the loss is a reduction, equal ones merged."""
    put: dict[str, tuple[tuple[Symbol, ...], Expr]] = {}
    first: dict[object, Step] = {}
    steps: list[Step] = []
    for step in program.steps:
        expression = _with(step.expression, put).replace(sympy.Piecewise, _positive_part)
        fresh = replace(step, expression=expression, held=False, softmax_of="")
        if step.kind is None and step.name not in program.outputs and _is_small(expression):
            put[step.name] = (step.indices, expression)
            continue
        twin = first.setdefault(_key(fresh, program), fresh)
        if twin is not fresh:
            put[step.name] = (step.indices, twin.element(step.indices or None))
            continue
        steps.append(fresh)
    return without_dead_steps(replace(program, steps=tuple(steps)))


def _with(expression: Expr, put: dict[str, tuple[tuple[Symbol, ...], Expr]]) -> Expr:
    found = {}
    for leaf in operands(expression):
        if isinstance(leaf, Indexed):
            subscripts = tuple(_with(part, put) for part in leaf.indices)
            leaf_now = leaf.base[subscripts]
        else:
            subscripts, leaf_now = (), leaf
        if name_of(leaf) in put:
            indices, body = put[name_of(leaf)]
            leaf_now = body.xreplace(dict(zip(indices, subscripts, strict=True)))
        if leaf_now != leaf:
            found[leaf] = leaf_now
    return expression.xreplace(found) if found else expression


def _positive_part(*branches: tuple[Expr, Boolean]) -> Expr:
    """`where(c and u > 0, u, 0)` as `where(c, Max(u, 0), 0)`, with places compared in c."""
    node = sympy.Piecewise(*branches)
    if not isinstance(node, sympy.Piecewise) or len(node.args) != 2 or node.args[1].expr != 0:
        return node
    value, test = node.args[0]
    parts = sympy.And.make_args(test)
    signs = [part for part in parts if isinstance(part, (sympy.Gt, sympy.Ge, sympy.Lt, sympy.Le))
             and not (part.lhs.is_integer and part.rhs.is_integer)]  # fmt: skip
    if len(signs) != 1 or sympy.expand(signs[0].gts - signs[0].lts - value) != 0:
        return node
    rest = sympy.And(*(part for part in parts if part != signs[0]))
    inner = sympy.Max(value, 0)
    return inner if rest == sympy.true else sympy.Piecewise((inner, rest), (0, True))


def _is_small(expression: Expr) -> bool:
    return int(expression.count_ops()) <= LARGEST


def _key(step: Step, program: Program) -> object:
    """What two steps have in common when they hold the same values."""
    if step.kind is None:
        return step.name
    names = _canonical(step, program)
    shape = tuple(program.ranges[index] for index in step.indices)
    return step.kind, shape, len(step.bound), step.expression.xreplace(names)


def _canonical(step: Step, program: Program) -> dict[Expr, Expr]:
    return {
        index: index_symbol(f"{program.ranges[index]}__{place}")
        for place, index in enumerate(step.loops)
    }


def in_parts(program: Program) -> list[Program]:
    """The program once for each closed end of a parameter in an exponent, and once between."""
    exponents = {
        leaf
        for step in program.steps
        for power in step.expression.atoms(sympy.Pow)
        for leaf in power.exp.free_symbols
    }
    parts = [program]
    for entry in program.parameters:
        domain = entry.domain
        if entry.symbol in exponents and isinstance(domain, Interval) and not domain.integer:
            parts = [part for whole in parts for part in _at_ends(whole, entry, domain)]
    return parts


def _at_ends(program: Program, entry: Parameter, domain: Interval) -> list[Program]:
    ends = [domain.low] * (not domain.low_open) + [domain.high] * (not domain.high_open)
    inside = replace(entry, domain=replace(domain, low_open=True, high_open=True))
    others = tuple(inside if one.name == entry.name else one for one in program.parameters)
    kept = tuple(one for one in program.parameters if one.name != entry.name)
    found = [replace(program, parameters=others)]
    for end in ends:
        steps = tuple(
            replace(step, expression=step.expression.subs(entry.symbol, end))
            for step in program.steps
        )
        found.append(replace(program, steps=steps, parameters=kept))
    return found
