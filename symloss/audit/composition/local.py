"""An expression as a function of its operands alone: plain symbols on a box.

Operands are taken as independent of each other, each anywhere in its range: what holds of the
function on that box holds of the expression. Inputs with finitely many values are tried one by
one, and so are the branches of a choice that depends on indices alone.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import sympy
from sympy import Expr, Indexed, Symbol
from sympy.core.relational import Relational

from symloss.audit.composition.fact import REALS, Fact
from symloss.audit.signs import cells
from symloss.audit.subject import in_difference
from symloss.language import Finite, Interval
from symloss.program import name_of, operands

if TYPE_CHECKING:
    from symloss.audit.composition.walk import Walk

MOST_FORMS = 16
MOST_OPERATIONS = 90


@dataclass(frozen=True)
class Local:
    """The function of one form of an expression.

    Attributes:
        formula: in functions that decisions on signs know.
        moving: the symbol of each operand that varies, with the operand and its fact.
        fixed: the symbol of each operand that does not vary, with the operand.
        box: the interval of each symbol.
    """

    formula: Expr
    moving: Mapping[Symbol, tuple[Expr, Fact]]
    fixed: Mapping[Symbol, Expr]
    box: Mapping[Symbol, Interval]


def locals_of(walk: Walk, expression: Expr) -> list[Local] | None:
    """All forms of an expression; None where they are too many or a range is not known."""
    if expression.count_ops() > MOST_OPERATIONS:
        return None
    branches = list(itertools.islice(_branches(expression), MOST_FORMS + 1))
    found: list[Local] = []
    for branch in branches:
        for chosen in _chosen(walk, branch):
            one = _local(walk, chosen)
            if one is None or len(found) >= MOST_FORMS:
                return None
            found.append(one)
    return found if len(branches) <= MOST_FORMS else None


def _branches(expression: Expr) -> Iterator[Expr]:
    """The expression with each comparison of places, true and false."""
    for node in sympy.preorder_traversal(expression):
        if isinstance(node, Relational) and _of_indices(node):
            for truth in (sympy.true, sympy.false):
                yield from _branches(expression.xreplace({node: truth}))
            return
    yield expression


def _of_indices(test: Relational) -> bool:
    """Whether a condition compares places, which balls and cells know nothing of."""
    return bool(test.lhs.is_integer and test.rhs.is_integer)


def _chosen(walk: Walk, expression: Expr) -> Iterator[Expr]:
    """The expression for each value of its operands that have finitely many."""
    domains = {leaf: walk.domains.get(name_of(leaf)) for leaf in operands(expression)}
    finite = {leaf: d.values for leaf, d in domains.items() if isinstance(d, Finite)}
    for values in itertools.islice(itertools.product(*finite.values()), MOST_FORMS + 1):
        yield expression.xreplace(dict(zip(finite, values, strict=True)))


def _local(walk: Walk, expression: Expr) -> Local | None:
    names: dict[Expr, Expr] = {}
    moving: dict[Symbol, tuple[Expr, Fact]] = {}
    fixed: dict[Symbol, Expr] = {}
    box: dict[Symbol, Interval] = {}
    for leaf in operands(expression):
        fact = walk.leaf(leaf)
        span = _whole(leaf) or fact.range
        if (not span.low_open and span.low.is_infinite) or (
            not span.high_open and span.high.is_infinite
        ):
            return None
        if span.low == span.high:
            names[leaf] = span.low
            continue
        symbol = Symbol(str(leaf), real=True)
        names[leaf], box[symbol] = symbol, span
        if fact.constant:
            fixed[symbol] = leaf
        else:
            moving[symbol] = (leaf, fact)
    formula = cells.plain(expression.xreplace(names))
    if formula.has(Indexed, sympy.nan, sympy.zoo, sympy.oo, -sympy.oo):
        return None
    formula = _in_differences(formula, moving, fixed, box)
    return Local(formula, moving, fixed, {s: d for s, d in box.items() if formula.has(s)})


def _in_differences(
    formula: Expr,
    moving: Mapping[Symbol, object],
    fixed: Mapping[Symbol, object],
    box: Mapping[Symbol, Interval],
) -> Expr:
    """The formula with u for u - c where u, any real number, and c occur in that way alone."""
    for u in (symbol for symbol in moving if box[symbol] == REALS):
        for c in fixed:
            formula = in_difference(formula, u, c) or formula
    return formula


def _whole(leaf: Expr) -> Interval | None:
    """The range of an index or a dimension, which are numbers like others."""
    if isinstance(leaf, Symbol) and leaf.is_integer:
        low = sympy.S.One if leaf.is_positive else sympy.S.Zero
        return Interval(low, sympy.oo, False, True)
    return None
