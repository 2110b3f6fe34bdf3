"""Bounds that follow from several operands together: means, cosines, powers over a simplex.

A mean lies where its terms do. |sum u v| <= sqrt(sum u**2) sqrt(sum v**2) (Cauchy and Schwarz), and
each |u| <= sqrt(sum u**2); what is added under a root and is not negative makes a quotient less.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import reduce
from typing import TYPE_CHECKING

import sympy
from sympy import Dummy, Expr, Indexed, Rational, S, Symbol

from symloss.audit.recheck.known import Known, met, product
from symloss.language import Simplex
from symloss.program import Program, Step, name_of, operands

if TYPE_CHECKING:
    from symloss.audit.recheck.rules import Rules

LONGEST = 60
"""Definitions are put into shorter formulas than that."""
_PLACE = Dummy("place", integer=True)


def of_product(rules: Rules, node: Expr) -> Known:
    """Where a product lies, as far as means and cosines tell."""
    return reduce(
        met, (*_means(rules, node), *_quotients(rules, _written_out(rules, node))), Known()
    )


def of_simplex(rules: Rules, step: Step) -> Known:
    """Where a sum of powers of numbers that sum to 1 lies: not all of these are 0."""
    leaf, power = step.expression.as_base_exp()
    if not isinstance(leaf, Indexed) or not isinstance(rules.domains.get(name_of(leaf)), Simplex):
        return Known()
    exponent = rules.of(power)
    if step.kind != "sum" or step.bound != (leaf.indices[-1],) or not exponent.positive:
        return Known()
    if power == 1:
        return Known(S.One, S.One, False, False)
    return Known(low=S.Zero, high=S.One if exponent.low >= 1 else sympy.oo,
                 below=bool(exponent.low < 1))  # fmt: skip


def _means(rules: Rules, node: Expr) -> Iterator[Known]:
    for leaf in node.args:
        step = _sum(rules.program, leaf)
        if step is not None:
            count = sympy.prod(rules.program.ranges[index] for index in step.bound)
            rest = node / leaf * count
            if not any(symbol.is_integer for symbol in rest.free_symbols):
                yield product([rules.of(step.expression), rules.of(rest)])


def _written_out(rules: Rules, node: Expr) -> Expr:
    """With definitions put in place, down to sums and inputs; as it is, if that is long."""
    swap = {}
    for leaf in operands(node):
        step = rules.program.by_name.get(name_of(leaf))
        if step is not None and step.kind is None and not step.held:
            places = leaf.indices if isinstance(leaf, Indexed) else ()
            swap[leaf] = step.expression.xreplace(dict(zip(step.indices, places, strict=True)))
    whole = node.xreplace(swap)
    return _written_out(rules, whole) if swap and sympy.count_ops(whole) <= LONGEST else whole


def _quotients(rules: Rules, node: Expr) -> Iterator[Known]:
    """What a product is at most, if some of its factors are a value over lengths."""
    factors = sympy.Mul.make_args(node)
    lengths = {factor: body for factor in factors if (body := _squared(rules, factor)) is not None}
    for part in factors:
        step = _sum(rules.program, part)
        body = None if step is None else _at_place(step, part)
        pairs = [(a, b) for a in lengths for b in lengths if a != b]
        used = [{part, a, b} for a, b in pairs if lengths[a] * lengths[b] == body]
        used += [{part, a} for a, of in lengths.items() if _is_one_of(part, of)]
        for taken in used:
            low = S.NegativeOne if rules.of(part).low < 0 else S.Zero
            rest = sympy.Mul(*(factor for factor in factors if factor not in taken))
            yield product([Known(low, S.One, False, False), rules.of(rest)])


def _squared(rules: Rules, factor: Expr) -> Expr | None:
    """The u, at the common place, of one over the root of a sum of u**2 and more."""
    if not isinstance(factor, sympy.Pow) or factor.exp != -Rational(1, 2):
        return None
    terms = sympy.Add.make_args(factor.base)
    sums = [(term, step) for term in terms if (step := _sum(rules.program, term)) is not None]
    if len(sums) != 1 or not all(rules.of(t).low >= 0 for t in terms if t != sums[0][0]):
        return None
    base, power = _at_place(sums[0][1], sums[0][0]).as_base_exp()
    return base if power == 2 else None


def _sum(program: Program, leaf: Expr) -> Step | None:
    if not isinstance(leaf, Symbol | Indexed):
        return None
    step = program.by_name.get(name_of(leaf))
    return step if step is not None and step.kind == "sum" else None


def _at_place(step: Step, leaf: Expr) -> Expr:
    """A sum's term where it is read, its bound index being the common place."""
    names = dict(zip(step.indices, leaf.indices if isinstance(leaf, Indexed) else (), strict=True))
    return step.expression.xreplace({**names, **dict.fromkeys(step.bound[:1], _PLACE)})


def _is_one_of(part: Expr, body: Expr) -> bool:
    """Whether a factor is the body, up to its sign, at some place."""
    places = {place for leaf in part.atoms(Indexed) for place in leaf.indices}
    return any(part in (body.xreplace({_PLACE: at}), -body.xreplace({_PLACE: at})) for at in places)
