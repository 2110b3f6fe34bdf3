"""Roots of sums of squares are norms while derivatives are taken.

The derivative of |x| is the unit vector u = x/|x|, and what moves u is the part of a rate that is
at right angles to it: v - u*(u.v). Where v is nearly parallel to u, hardly a digit of that is left;
done once more to what is left, it has them all ("twice is enough": Giraud, Langou, Rozloznik and
van den Eshof, 2005, Rounding error analysis of the classical Gram-Schmidt orthogonalization
process). In one dimension u is 1 or -1 to the last bit, and nothing is left, as it should be.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import sympy
from sympy import Expr, Indexed, Mul, Pow, S

from symloss.program import Program, Step, name_of, operands, unused, without_dead_steps


def with_norms(program: Program) -> Program:
    """The program with roots of sums of squares as reductions of their own."""
    sums: dict[str, Step] = {}
    norms: dict[str, Step] = {}
    steps: list[Step] = []
    for step in program.steps:
        made = _as_norm(step, sums)
        if made is not None:
            norms.setdefault(name_of(step.expression.args[0]), made)
            steps.append(made)
            continue
        steps += _fresh(step, sums, norms, program)
        steps.append(step if step.held else replace(step, expression=_of(step, norms)))
        root = _root_of_square(step.expression) if step.kind == "sum" and not step.held else None
        if root is not None:
            sums[step.name] = replace(step, expression=root, kind="norm")
    return without_dead_steps(replace(program, steps=tuple(steps)))


def without_norms(program: Program) -> Program:
    """The program with norms as roots of sums of squares again."""
    taken = {step.name for step in program.steps} | {entry.name for entry in program.arguments}
    steps: list[Step] = []
    for step in program.steps:
        if step.kind != "norm":
            steps.append(step)
            continue
        squares = replace(step, expression=step.expression**2, kind="sum")
        name = next((one.name for one in steps if replace(squares, name=one.name) == one), "")
        if not name:
            name = step.name.removesuffix("_root")
            name = unused(f"{name}_sum" if name == step.name else name, taken)
            steps.append(replace(squares, name=name))
        root = sympy.sqrt(replace(squares, name=name).element())
        steps.append(replace(step, expression=root, kind=None, bound=()))
    return replace(program, steps=tuple(steps))


def _as_norm(step: Step, sums: Mapping[str, Step]) -> Step | None:
    """A definition that is no more than the root of a sum of squares, as a norm."""
    root = step.expression
    if step.kind or step.held or not isinstance(root, Pow) or root.exp != S.Half:
        return None
    squares = sums.get(name_of(root.base)) if operands(root.base) == (root.base,) else None
    if squares is None or root.base != squares.element(step.indices or None):
        return None
    names = dict(zip(squares.indices, step.indices, strict=True))
    return replace(squares, name=step.name, indices=step.indices).renamed(names)


def _fresh(
    step: Step, sums: Mapping[str, Step], norms: dict[str, Step], program: Program
) -> list[Step]:
    """The norms that a step is the first to need."""
    made = []
    taken = {one.name for one in program.steps} | {entry.name for entry in program.arguments}
    for power in sorted(step.expression.atoms(Pow), key=sympy.default_sort_key):
        name = name_of(power.base) if isinstance(power.base, (sympy.Symbol, Indexed)) else ""
        if not step.held and _is_root(power) and name in sums and name not in norms:
            norms[name] = replace(sums[name], name=unused(f"{name}_root", taken))
            made.append(norms[name])
    return made


def _of(step: Step, norms: Mapping[str, Step]) -> Expr:
    """A step's expression in norms."""
    swaps = {}
    for power in step.expression.atoms(Pow):
        leaf = power.base
        if _is_root(power) and isinstance(leaf, (sympy.Symbol, Indexed)) and name_of(leaf) in norms:
            subscripts = tuple(leaf.indices) if isinstance(leaf, Indexed) else None
            swaps[power] = norms[name_of(leaf)].element(subscripts) ** (2 * power.exp)
    return step.expression.xreplace(swaps)


def _is_root(power: Pow) -> bool:
    return bool(power.exp.is_Rational) and power.exp.q == 2


def _root_of_square(expression: Expr) -> Expr | None:
    """X where the expression is x**2.

    Not of roots: their slopes are infinite at 0, where they have to meet the x that vanishes.
    """
    if any(power.exp.is_Rational and not power.exp.is_Integer for power in expression.atoms(Pow)):
        return None
    number, factors = expression.as_coeff_mul()
    parts = [factor.as_base_exp() for factor in factors]
    root = sympy.sqrt(number)
    if not root.is_Rational or not all(exponent.is_even for _, exponent in parts):
        return None
    return root * Mul(*(base ** (exponent / 2) for base, exponent in parts))
