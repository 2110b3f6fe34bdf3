"""Extrema less an element of what they are taken over, by the checker's own reading."""

from __future__ import annotations

from typing import Any

import sympy
from sympy import Expr, Indexed, Symbol

from symloss.program import Program, Step, name_of

_ABOVE = ("max", "logsumexp")


def apart(program: Program, terms: tuple[Expr, ...]) -> tuple[list[Expr], list[Expr]]:
    """The terms of a sum without such pairs, and the factor of each pair, whose gap is not below 0.

    A pair is c*E - c*u[j] with E the max, or the logarithm of the sum of the exponentials, of u[k].
    """
    rest, factors = list(terms), []
    for term in terms:
        found = _pair(program, term, rest)
        if found is not None:
            factor, element = found
            rest.remove(term)
            rest.remove(element)
            factors.append(factor)
    return rest, factors


def _pair(program: Program, term: Expr, rest: list[Expr]) -> tuple[Expr, Expr] | None:
    if term not in rest:
        return None
    for leaf in sympy.Mul.make_args(term):
        step = _step(program, leaf)
        if step is None or step.kind not in _ABOVE:
            continue
        factor = term / leaf
        for element in rest:
            if element != term and _is_within(step, leaf, sympy.cancel(-element / factor)):
                return factor, element
    return None


def _step(program: Program, leaf: Any) -> Step | None:
    return program.by_name.get(name_of(leaf)) if isinstance(leaf, Symbol | Indexed) else None


def _is_within(step: Step, leaf: Expr, element: Expr) -> bool:
    """Whether the element is the body with its bound index, all else alike, somewhere."""
    if len(step.bound) != 1:
        return False
    outer = dict(zip(step.indices, getattr(leaf, "indices", ()), strict=True))
    body = step.expression.xreplace(outer)
    read = {place for node in element.atoms(Indexed) for place in node.indices}
    return any(body.xreplace({step.bound[0]: place}) == element for place in read)
