"""What lies between an extremum and an element of what it is taken over has a sign.

max over k of u[k], and the logarithm of a sum of exponentials, which is larger, lie above each
u[j]; a min lies below.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from functools import reduce
from typing import TYPE_CHECKING

from sympy import Add, Expr, Indexed, Mul, Symbol

from symloss.audit.composition import ranges
from symloss.language import Interval
from symloss.program import Program, Step, name_of

if TYPE_CHECKING:
    from symloss.audit.composition.walk import Walk

_SIDE = {"max": ranges.AT_LEAST_ZERO, "logsumexp": ranges.AT_LEAST_ZERO,
         "min": ranges.negate(ranges.AT_LEAST_ZERO)}  # fmt: skip


def span(walk: Walk, node: Expr) -> Interval:
    """Where a sum lies, as far as such gaps tell."""
    terms = list(Add.make_args(node))
    found = []
    for term, extremum in [pair for part in terms for pair in _extrema(walk.program, part)]:
        factor = term / extremum
        element = next((t for t in terms if _is_element(walk.program, extremum, -t / factor)), None)
        if term not in terms or element is None:
            continue
        terms.remove(term)
        terms.remove(element)
        kind = walk.program.step(name_of(extremum)).kind
        found.append(ranges.multiply(walk.of(factor).range, _SIDE[str(kind)]))
    if not found:
        return ranges.REALS
    return reduce(ranges.add, [*found, *(walk.of(term).range for term in terms)])


def _extrema(program: Program, term: Expr) -> Iterator[tuple[Expr, Expr]]:
    for factor in Mul.make_args(term):
        step = (
            program.by_name.get(name_of(factor)) if isinstance(factor, Symbol | Indexed) else None
        )
        if step is not None and step.kind in _SIDE:
            yield term, factor


def _is_element(program: Program, extremum: Expr, candidate: Expr) -> bool:
    """Whether the candidate is the extremum's body at some place."""
    step = program.step(name_of(extremum))
    at = extremum.indices if isinstance(extremum, Indexed) else ()
    body = step.expression.xreplace(dict(zip(step.indices, at, strict=True)))
    return any(body.xreplace(place) == candidate for place in _places(step, candidate))


def _places(step: Step, candidate: Expr) -> Iterator[dict[Symbol, Expr]]:
    indices = dict.fromkeys(i for leaf in candidate.atoms(Indexed) for i in leaf.indices)
    for chosen in itertools.product(sorted(indices, key=str), repeat=len(step.bound)):
        yield dict(zip(step.bound, chosen, strict=True))
