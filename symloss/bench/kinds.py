"""What limits the speed of a loss, as its structure tells: which functions, along which axes."""

from __future__ import annotations

from enum import StrEnum

import sympy
from sympy import Expr, Pow

from symloss.language import BY_NODE
from symloss.program import Program

# What processors have instructions for, or what is made of a few that they have.
ARITHMETIC = {"Abs", "sign", "Max", "Min", "sqrt1pm1", "hypot"}
FUNCTIONS = tuple(node for node in BY_NODE if node.__name__ not in ARITHMETIC)


class Kind(StrEnum):
    """Losses with the same limit, and so with the same targets."""

    MEMORY = "memory-bound"
    FUNCTIONS = "exp/log"
    ROWS = "softmax rows"
    SUMS = "sums"
    PAIRS = "pairs"


def kind_of(program: Program) -> Kind:
    """The kind of a loss, by the program of its gradient.

    PAIRS: some step runs over more axes than any input has, as all distances between points do.
    ROWS: exponentials are summed along an axis of the item. SUMS: an item has axes, as a mask or an
    embedding has. Of items without axes, FUNCTIONS have a function to evaluate that is no
    arithmetic; MEMORY is the rest.
    """
    axes = max((len(entry.shape) for entry in program.inputs), default=0)
    if max(len(step.loops) for step in program.steps) > axes:
        return Kind.PAIRS
    if any(step.kind == "logsumexp" for step in program.steps):
        return Kind.ROWS
    if axes:
        return Kind.SUMS
    dear = any(_has_functions(step.expression) for step in program.steps)
    return Kind.FUNCTIONS if dear else Kind.MEMORY


def has_branches(program: Program) -> bool:
    """Whether a selection is made anywhere, which NumPy computes with several more arrays."""
    branching = (sympy.Piecewise, sympy.Abs, sympy.sign, sympy.Max, sympy.Min)
    return any(step.expression.has(*branching) for step in program.steps)


def _has_functions(expression: Expr) -> bool:
    return any(
        isinstance(part, FUNCTIONS) or (isinstance(part, Pow) and not _is_root(part.exp))
        for part in sympy.preorder_traversal(expression)
    )


def _is_root(power: Expr) -> bool:
    """Whether x to this power takes products, a quotient and a square root."""
    return bool(power.is_Rational) and power.q <= 2
