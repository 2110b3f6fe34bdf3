"""Where a program is not smooth: the surfaces of its Abs, sign, Max, Min and conditions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

import sympy
from sympy import Expr, Piecewise
from sympy.core.relational import Relational
from sympy.functions.elementary.miscellaneous import MinMaxBase

from symloss.program import Program


@dataclass(frozen=True)
class Kink:
    """`node`, in step `step`, changes its formula where `surface` is zero."""

    step: str
    node: Expr
    surface: Expr

    def __str__(self) -> str:
        return f"{sympy.sstr(self.node)} at {sympy.sstr(self.surface)} = 0"


def find_kinks(program: Program) -> tuple[Kink, ...]:
    """All kinks of the program, in order of computation; masks on indices are none."""
    found = (
        Kink(step.name, node, surface)
        for step in program.steps
        for node, surface in _surfaces(step.expression)
        if not _is_mask(surface, program)
    )
    return tuple(dict.fromkeys(found))


def balanced_ties(kinks: tuple[Kink, ...]) -> frozenset[Expr]:
    """Max and Min nodes that share their surface with another node, so that kinks might cancel."""
    shared = Counter(
        _canonical(surface) for surface in {(kink.node, kink.surface) for kink in kinks}
    )
    return frozenset(
        kink.node
        for kink in kinks
        if isinstance(kink.node, MinMaxBase) and shared[_canonical((kink.node, kink.surface))] > 1
    )


def _canonical(kink: tuple[Expr, Expr]) -> Expr:
    """The surface up to a constant factor."""
    primitive = sympy.expand(kink[1]).as_content_primitive()[1]
    return primitive if not primitive.could_extract_minus_sign() else -primitive


def _surfaces(expression: Expr) -> Iterator[tuple[Expr, Expr]]:
    for node in sympy.preorder_traversal(expression):
        if isinstance(node, (sympy.Abs, sympy.sign)):
            yield node, node.args[0]
        elif isinstance(node, MinMaxBase):
            for one, other in combinations(node.args, 2):
                yield node, one - other
        elif isinstance(node, Piecewise):
            for relation in node.atoms(Relational):
                if relation.lhs.is_extended_real and relation.rhs.is_extended_real:
                    yield node, relation.lhs - relation.rhs


def _is_mask(surface: Expr, program: Program) -> bool:
    """Whether a condition compares only indices and labels, which never vary."""
    varying = {str(symbol) for symbol in program.ranges}
    varying |= {entry.name for entry in program.inputs if entry.is_index}
    leaves = {str(symbol).split("[")[0] for symbol in surface.free_symbols}
    return leaves <= varying
