"""How long a gradient may be: as a whole, and its part in each name that varies.

Parts are orthogonal, so that the whole is at most the root of the sum of their squares. Where one
term does not fall in any coordinate and another does not rise, their gradients form no obtuse
angle once one is subtracted: |u - v|**2 <= |u|**2 + |v|**2 for u, v >= 0.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import sympy
from sympy import Expr, S

UNKNOWN = sympy.oo


@dataclass(frozen=True)
class Steep:
    """Bounds on the Euclidean length of a gradient.

    Attributes:
        whole: of all of it.
        parts: of its part in each name that it may depend on.
        ways: 1 where it falls in no coordinate of a name, -1 where it rises in none, else 0.
    """

    whole: Expr = S.Zero
    parts: Mapping[str, Expr] = field(default_factory=dict)
    ways: Mapping[str, int] = field(default_factory=dict)

    def times(self, factor: Expr, way: int) -> Steep:
        """Of f(u) with |f'| at most the factor; f' has the sign `way`, 0 if that is not known."""
        return Steep(
            times(factor, self.whole),
            {name: times(factor, part) for name, part in self.parts.items()},
            {name: way * own for name, own in self.ways.items()},
        )

    @property
    def settled(self) -> Steep:
        """With the whole at most what the parts make together."""
        norm = together(list(self.parts.values()))
        return replace(self, whole=smaller(self.whole, norm) if self.parts else self.whole)


NO_SLOPE = Steep()


def unknown(names: Iterable[str]) -> Steep:
    """No bound, in any of the names."""
    every = tuple(names)
    return Steep(UNKNOWN, dict.fromkeys(every, UNKNOWN), dict.fromkeys(every, 0))


def of_name(name: str) -> Steep:
    """Of a coordinate of a name itself."""
    return Steep(S.One, {name: S.One}, {name: 1})


def added(terms: Sequence[Steep]) -> Steep:
    """Of a sum."""
    parts = {name: _added_in(name, terms) for name in _names(terms)}
    whole = total(term.whole for term in terms)
    return Steep(whole, parts, _ways(terms)).settled


def _added_in(name: str, terms: Sequence[Steep]) -> Expr:
    groups = {1: S.Zero, -1: S.Zero, 0: S.Zero}
    for term in terms:
        way = term.ways.get(name, 0)
        groups[way] = total((groups[way], term.parts.get(name, S.Zero)))
    if UNKNOWN in groups.values():
        return UNKNOWN
    return groups[0] + together([groups[1], groups[-1]])


def largest(terms: Sequence[Steep]) -> Steep:
    """Of what has a mixture of the terms' gradients: an extremum, a sum of exponentials' log."""
    parts = {
        name: greatest([term.parts.get(name, S.Zero) for term in terms]) for name in _names(terms)
    }
    return Steep(greatest([term.whole for term in terms]), parts, _ways(terms)).settled


def _names(terms: Sequence[Steep]) -> list[str]:
    return list(dict.fromkeys(name for term in terms for name in term.parts))


def _ways(terms: Sequence[Steep]) -> dict[str, int]:
    found: dict[str, int] = {}
    for name in _names(terms):
        ways = {term.ways[name] for term in terms if name in term.ways}
        found[name] = ways.pop() if len(ways) == 1 else 0
    return found


def either(one: Steep, other: Steep, choose: Callable[[Expr, Expr], Expr]) -> Steep:
    """Two bounds of one expression: the better of each."""
    ways = {name: way or other.ways.get(name, 0) for name, way in one.ways.items()}
    parts = {name: choose(part, other.parts.get(name, UNKNOWN)) for name, part in one.parts.items()}
    return Steep(choose(one.whole, other.whole), parts, ways).settled


def total(bounds: Iterable[Expr]) -> Expr:
    """The sum; unknown where a term is."""
    every = list(bounds)
    return UNKNOWN if UNKNOWN in every else sympy.Add(*every)


def together(bounds: Sequence[Expr]) -> Expr:
    """The root of the sum of squares of what is not negative; unknown where one is."""
    every = [bound for bound in bounds if bound != 0]
    if len(every) < 2:
        return sympy.Add(*every)
    return UNKNOWN if UNKNOWN in every else sympy.sqrt(sympy.Add(*(bound**2 for bound in every)))


def greatest(bounds: Sequence[Expr]) -> Expr:
    """The largest, that of b and -b as |b|; unknown where one is."""
    if len(bounds) == 2 and bounds[0] == -bounds[1]:
        return sympy.Abs(bounds[0])
    return UNKNOWN if UNKNOWN in bounds else sympy.Max(*bounds)


def times(one: Expr, other: Expr) -> Expr:
    """The product; nothing is steep where a factor is 0."""
    if S.Zero in (one, other):
        return S.Zero
    return UNKNOWN if UNKNOWN in (one, other) else one * other


def smaller(one: Expr, other: Expr) -> Expr:
    """The lesser of two bounds, the first where that is not clear; neither is negative."""
    if UNKNOWN in (one, other):
        return other if one == UNKNOWN else one
    less = (one - other).is_nonnegative or sympy.expand(one**2 - other**2).is_nonnegative
    return other if less else one
