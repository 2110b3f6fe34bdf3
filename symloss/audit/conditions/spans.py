"""A parameter's domain, cut at some places: parts, runs of parts, and runs as a condition."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import pairwise

import sympy
from sympy import Expr, Rational

from symloss.audit.signs import samples
from symloss.language import Interval


def cut(domain: Interval, places: Iterable[Expr]) -> list[Interval]:
    """The domain as single points and open intervals, from left to right."""
    inner = sorted({p for p in places if _is_between(p, domain)}, key=lambda p: sympy.N(p, 40))
    edges = [domain.low, *inner, domain.high]
    found = [] if domain.low_open else [_point(domain.low)]
    for low, high in pairwise(edges):
        found.append(Interval(low, high, True, True))
        found += [_point(high)] if high in inner else []
    return found if domain.high_open else [*found, _point(domain.high)]


def _is_between(place: Expr, domain: Interval) -> bool:
    return bool(place.is_real) and bool(domain.low < place) and bool(place < domain.high)


def _point(place: Expr) -> Interval:
    return Interval(place, place, False, False)


def is_point(part: Interval) -> bool:
    """Whether the interval is one number."""
    return bool(part.low == part.high)


def joined(run: Sequence[Interval]) -> Interval:
    """Adjacent parts as one interval."""
    first, last = run[0], run[-1]
    return Interval(first.low, last.high, first.low_open, last.high_open)


def runs(parts: Sequence[Interval], chosen: Iterable[Interval]) -> list[list[Interval]]:
    """The chosen ones of all parts, neighbours together."""
    wanted, last = set(chosen), False
    found: list[list[Interval]] = []
    for part in parts:
        if part in wanted:
            if last:
                found[-1].append(part)
            else:
                found.append([part])
        last = part in wanted
    return found


def halves(run: Sequence[Interval]) -> list[list[Interval]]:
    """A run without the point at one of its ends, or cut at a point inside; nothing of one part."""
    if len(run) == 1:
        return []
    if is_point(run[0]):
        return [list(run[1:]), [run[0]]]
    if is_point(run[-1]):
        return [list(run[:-1]), [run[-1]]]
    middle = len(run) // 2
    middle += 0 if is_point(run[middle]) else 1
    return [list(run[:middle]), [run[middle]], list(run[middle + 1 :])]


@lru_cache(maxsize=256)
def inside(part: Interval) -> tuple[Rational, ...]:
    """A few numbers of a part, the ordinary one first."""
    if is_point(part):
        return (part.low,)
    found = samples.of_interval(part)
    if part.low.is_finite and part.high.is_finite:
        middle = sympy.nsimplify(sympy.N((part.low + part.high) / 2, 12), rational=True)
        return (middle, *found[:2])
    return found[:3]


def ordinary(domain: Interval) -> tuple[Rational, ...]:
    """Numbers of a domain that are tried first: its ends, 0, 1, 2 and so on."""
    ends = [end for end in (domain.low, domain.high) if end.is_finite]
    return (*ends, *samples.of_interval(domain)[:3])


def condition(
    name: str, whole: Interval, parts: Sequence[Interval], good: Sequence[Interval]
) -> str:
    """The good parts in words of inequalities; ends that the whole domain has are left out."""
    bad = [part for part in parts if part not in good]
    if bad and all(map(is_point, bad)) and all(whole.low < b.low < whole.high for b in bad):
        return " and ".join(f"{name} != {part.low}" for part in bad)
    return " or ".join(_told(name, whole, joined(run)) for run in runs(parts, good))


def _told(name: str, whole: Interval, span: Interval) -> str:
    if is_point(span):
        return f"{name} == {span.low}"
    low = (span.low, span.low_open) != (whole.low, whole.low_open)
    high = (span.high, span.high_open) != (whole.high, whole.high_open)
    over, under = "<" if span.low_open else "<=", "<" if span.high_open else "<="
    if low and high:
        return f"{span.low} {over} {name} {under} {span.high}"
    if low:
        return f"{name} {'>' if span.low_open else '>='} {span.low}"
    return f"{name} {under} {span.high}"
