"""Quotients by lengths: a cosine, and a coordinate over the length, lie in [-1, 1].

Of sums over the same places |sum u v| <= sqrt(sum u**2) sqrt(sum v**2) (Cauchy and Schwarz), and
each |u| <= sqrt(sum u**2). What is added under a root and is not negative makes the quotient less.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from sympy import Add, Dummy, Expr, Indexed, Mul, Pow, Rational, S, Symbol

from symloss.audit.composition import ranges
from symloss.language import Interval
from symloss.program import Step, name_of

if TYPE_CHECKING:
    from symloss.audit.composition.walk import Walk

UNIT = Interval(-S.One, S.One, False, False)
PLACE = Dummy("place", integer=True, nonnegative=True)
"""The index of all sums that are compared."""


def span(walk: Walk, node: Expr) -> Interval:
    """Where a product lies, as far as such quotients tell."""
    roots = {part: body for part in node.args if (body := _squared(walk, part)) is not None}
    for part in node.args:
        for known, below in _quotients(walk, part, roots):
            if known:
                used = {part, *below}
                rest = Mul(*(other for other in node.args if other not in used))
                sign = walk.of(part).range
                unit = UNIT if sign.low < 0 else Interval(S.Zero, S.One, False, False)
                return ranges.multiply(walk.of(rest).range, unit)
    return ranges.REALS


def _quotients(
    walk: Walk, part: Expr, roots: dict[Expr, Expr]
) -> Iterator[tuple[bool, tuple[Expr, ...]]]:
    """Whether a factor is at most as large as the lengths that it is divided by."""
    for root, body in roots.items():
        yield _is_at_some_place(part, body), (root,)
    step = _sum(walk, part)
    body = None if step is None else _body(step, part)
    pairs = [(a, b) for a in roots for b in roots if a != b]
    for one, other in pairs if body is not None else ():
        yield roots[one] * roots[other] == body, (one, other)


def _squared(walk: Walk, part: Expr) -> Expr | None:
    """The u of 1/sqrt(sum of u**2 + what is not negative), at the common place."""
    if not isinstance(part, Pow) or part.exp != -Rational(1, 2):
        return None
    terms = Add.make_args(part.base)
    sums = [term for term in terms if _sum(walk, term) is not None]
    if len(sums) != 1 or not all(walk.of(t).nonnegative for t in terms if t != sums[0]):
        return None
    step = _sum(walk, sums[0])
    body = None if step is None else _body(step, sums[0])
    base, power = (S.One, S.One) if body is None else body.as_base_exp()
    return base if power == 2 else None


def _sum(walk: Walk, leaf: Expr) -> Step | None:
    if not isinstance(leaf, Symbol | Indexed):
        return None
    step = walk.program.by_name.get(name_of(leaf))
    return step if step is not None and step.kind == "sum" and len(step.bound) == 1 else None


def _body(step: Step, leaf: Expr) -> Expr:
    """What a sum adds up, its index being the common place."""
    at = leaf.indices if isinstance(leaf, Indexed) else ()
    known = dict(zip(step.indices, at, strict=True))
    return step.expression.xreplace({**known, step.bound[0]: PLACE})


def _is_at_some_place(part: Expr, body: Expr) -> bool:
    """Whether it is plus or minus the body at a place."""
    indices = {index for leaf in part.atoms(Indexed) for index in leaf.indices}
    return any(part in (body.xreplace({PLACE: at}), -body.xreplace({PLACE: at})) for at in indices)
