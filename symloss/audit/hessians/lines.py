"""Small instances along straight lines: a loss of any size as functions of one number t.

What such a function does, the loss does: a piece on which it is affine refutes strict convexity, a
second derivative that comes near 0 strong convexity; a slope that grows without end refutes a
Lipschitz constant, and a slope that reaches a bound shows that the bound is tight.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import sympy
from sympy import Expr, Rational, S, Symbol

from symloss.audit.hessians.instance import Instance
from symloss.audit.hessians.refute import instances
from symloss.audit.hessians.tape import taped
from symloss.audit.signs import balls, cells
from symloss.language import Domain, Finite, Interval, Simplex
from symloss.program import Program

T = Symbol("_t", real=True)
MOST_LINES = 60
BITS = 128
NEARBY = Rational(2) ** -24
LARGE = 2**20


@dataclass(frozen=True)
class Line:
    """A line through an instance.

    Attributes:
        sizes: of the core dimensions.
        places: what the inputs that select a place are.
        point: where t = 0, for every symbol that is not a parameter.
        direction: what t moves, for each symbol that does.
        formula: the loss as a function of t and the parameters, in functions that signs know.
        span: the values of t for which the line stays in the domain.
        box: the parameters' domains.
        instance: what it runs through.
    """

    sizes: Mapping[str, int]
    places: Mapping[str, int]
    point: Mapping[Symbol, Rational]
    direction: Mapping[Symbol, Rational]
    formula: Expr
    span: Interval
    box: Mapping[Symbol, Interval]
    instance: Instance

    @property
    def is_defined(self) -> bool:
        """Whether the loss is defined where t = 0; the formula in t may have a limit alone."""
        return _along(self.instance, self.point, {}) is not None

    @property
    def length(self) -> Expr:
        """The Euclidean length of the direction."""
        return sympy.sqrt(sum(step**2 for step in self.direction.values()))

    def witness(self) -> dict[str, object]:
        """The line as JSON."""
        return {
            "sizes": dict(self.sizes),
            "places": dict(self.places),
            "point": {str(s): str(v) for s, v in self.point.items()},
            "direction": {str(s): str(v) for s, v in self.direction.items()},
            "along": str(self.formula),
        }


@taped
def lines(program: Program, wrt: tuple[str, ...]) -> Iterator[Line]:
    """Lines along coordinates, their sum and difference, rays; from a few points of each size."""
    for sizes, places, instance, fixed, box in boxed(program, wrt):
        for point, direction in itertools.islice(_of_instance(instance, fixed), MOST_LINES):
            span = _span(instance, point, direction)
            if span is None:
                continue
            formula = _along(instance, point, direction)
            if formula is not None:
                yield Line(sizes, places, point, direction, formula, span, box, instance)


@taped
def steepest(program: Program, wrt: tuple[str, ...]) -> Iterator[Line]:
    """Lines along the gradient, as far as simple fractions tell, from a few points."""
    for sizes, places, instance, fixed, box in boxed(program, wrt):
        for start, values in itertools.product(starts(instance, fixed), _ordinary(box)):
            direction = _uphill(instance, {**start, **values})
            span = _span(instance, start, direction) if direction else None
            formula = _along(instance, start, direction)
            if span is not None and formula is not None:
                yield Line(sizes, places, start, direction, formula, span, box, instance)


def boxed(
    program: Program, wrt: tuple[str, ...]
) -> Iterator[
    tuple[dict[str, int], dict[str, int], Instance, list[Symbol], dict[Symbol, Interval]]
]:
    """Instances, the symbols that neither vary nor are parameters, and the parameters' domains."""
    parameters = {entry.symbol for entry in program.parameters}
    for sizes, places, instance in instances(program, wrt):
        fixed = [s for s in instance.domains if s not in instance.varying and s not in parameters]
        box = {s: d for s, d in instance.domains.items() if s in parameters}
        known = {s: d for s, d in box.items() if isinstance(d, Interval)}
        if len(known) == len(box):
            yield sizes, places, instance, fixed, known


def starts(instance: Instance, fixed: list[Symbol]) -> Iterator[dict[Symbol, Rational]]:
    """Points at which few coordinates are alike."""
    for others, kind in itertools.product(("ordinary", "mixed"), ("spread", "mixed", "ordinary")):
        given = _points(instance, fixed, others)
        start = _points(instance, list(instance.varying), kind, given)
        if given is not None and start is not None:
            yield {**given, **start}


def _uphill(instance: Instance, point: Mapping[Symbol, Rational]) -> dict[Symbol, Rational]:
    """The gradient by differences in balls, its components rounded to eighths."""
    formula = cells.plain(instance.loss)
    found = {}
    for symbol in instance.varying:
        near = [balls.value(formula, {**point, symbol: point[symbol] + way * NEARBY}, BITS)
                for way in (1, -1)]  # fmt: skip
        if near[0] is None or near[1] is None:
            return {}
        slope = float(near[0] - near[1]) / float(2 * NEARBY)
        found[symbol] = Rational(round(8 * slope), 8) if abs(slope) < LARGE else S.Zero
    return {symbol: slope for symbol, slope in found.items() if slope != 0}


def _along(
    instance: Instance, point: Mapping[Symbol, Rational], direction: Mapping[Symbol, Rational]
) -> Expr | None:
    """The loss on the line; None where it is not defined, such as where 0 is divided by."""
    moved = {s: v + T * direction.get(s, S.Zero) for s, v in point.items()}
    try:
        formula = cells.plain(instance.loss).xreplace(moved)
    except ValueError:
        return None
    return None if formula.has(sympy.nan, sympy.zoo, sympy.oo) else formula


def _of_instance(
    instance: Instance, fixed: list[Symbol]
) -> Iterator[tuple[dict[Symbol, Rational], dict[Symbol, Rational]]]:
    for others in ("ordinary", "zero", "mixed"):
        given = _points(instance, fixed, others)
        for kind in ("zero", "ordinary", "mixed", "like"):
            start = _points(instance, list(instance.varying), kind, given)
            if start is not None and given is not None:
                for direction in _directions(instance, start):
                    yield {**given, **start}, direction


def _points(
    instance: Instance,
    symbols: list[Symbol],
    kind: str,
    given: Mapping[Symbol, Rational] | None = None,
) -> dict[Symbol, Rational] | None:
    if kind == "like":
        return _like(instance, symbols, given or {})
    point: dict[Symbol, Rational] = {}
    for row in instance.rows:
        mine = [s for s in row if s in symbols]
        before = len(point) if kind == "spread" else 0
        if mine and isinstance(instance.domains[mine[0]], Simplex):
            point |= _in_simplex(mine, kind)
            continue
        for place, symbol in enumerate(mine, start=before):
            value = _number(instance.domains[symbol], kind, place)
            if value is None:
                return None
            point[symbol] = value
    return point


def _like(
    instance: Instance, symbols: list[Symbol], given: Mapping[Symbol, Rational]
) -> dict[Symbol, Rational] | None:
    """What varies where the other inputs are, in their order, if it may be there."""
    values = list(given.values())[: len(symbols)]
    if len(values) < len(symbols):
        return None
    point = dict(zip(symbols, values, strict=True))
    plain = all(isinstance(instance.domains[s], Interval) for s in symbols)
    if not plain or not all(_contains(instance.domains[s], v) for s, v in point.items()):
        return None
    return point


def _contains(domain: Domain, value: Rational) -> bool:
    return isinstance(domain, Interval | Finite) and domain.contains(value)


def _in_simplex(row: list[Symbol], kind: str) -> dict[Symbol, Rational]:
    if kind == "zero":
        return {s: Rational(int(place == 0)) for place, s in enumerate(row)}
    shares = [
        Rational(place + 1 if kind in ("mixed", "spread") else 1) for place in range(len(row))
    ]
    return {s: share / sum(shares) for s, share in zip(row, shares, strict=True)}


def _number(domain: Domain, kind: str, place: int) -> Rational | None:
    if isinstance(domain, Finite):
        return domain.values[place % len(domain.values) if kind == "mixed" else -1]
    if not isinstance(domain, Interval):
        return None
    wanted = {
        "zero": [S.Zero],
        "ordinary": [S.One, Rational(1, 2)],
        "spread": [Rational((place + 1) // 2) * (-1) ** (place + 1), Rational(place + 1)],
        "mixed": [Rational(place + 2) * (-1) ** place, Rational(place + 2), Rational(1, place + 2)],
    }[kind]
    ends = [end for end in (domain.low, domain.high) if end.is_finite]
    more = [*ends, *(end + way for end in ends for way in (1, -1)), sum(ends, S.Zero) / 2]
    return next((v for v in [*wanted, *more] if domain.contains(v)), None)


def _directions(
    instance: Instance, start: Mapping[Symbol, Rational]
) -> Iterator[dict[Symbol, Rational]]:
    moving = list(instance.varying)
    simplex = any(isinstance(instance.domains[s], Simplex) for s in moving)
    if not simplex:
        yield {moving[0]: S.One}
        yield dict.fromkeys(moving, S.One)
        if len(moving) > 1:
            yield {moving[0]: S.One, moving[1]: -S.One}
        if any(start.values()):
            yield {s: v for s, v in start.items() if v != 0}
        for other in moving[1:4]:
            yield {other: S.One}
    for row in instance.rows:
        if row[0] in moving and len(row) > 1:
            yield {row[0]: S.One, row[1]: -S.One}
            if not simplex:
                yield dict.fromkeys(row, S.One)


def _span(
    instance: Instance, point: Mapping[Symbol, Rational], direction: Mapping[Symbol, Rational]
) -> Interval | None:
    """The values of t within the domain; None where they are none but 0."""
    low, low_open = -sympy.oo, True
    high, high_open = sympy.oo, True
    for symbol, step in direction.items():
        domain = instance.domains[symbol]
        if isinstance(domain, Simplex):
            domain = Interval(S.Zero, S.One, False, False)
        if not isinstance(domain, Interval):
            return None
        one = ((domain.low - point[symbol]) / step, domain.low_open)
        other = ((domain.high - point[symbol]) / step, domain.high_open)
        first, last = (one, other) if step > 0 else (other, one)
        if first[0] > low or (first[0] == low and first[1]):
            low, low_open = first
        if last[0] < high or (last[0] == high and last[1]):
            high, high_open = last
    if low >= high:
        return None
    return Interval(low, high, low_open, high_open)


def parameters_at(line: Line) -> Iterator[dict[Symbol, Rational]]:
    """Ordinary values of the parameters, from the inside of their domains."""
    return _ordinary(line.box)


def _ordinary(box: Mapping[Symbol, Interval]) -> Iterator[dict[Symbol, Rational]]:
    chosen = []
    for domain in box.values():
        inside = Interval(domain.low, domain.high, True, True)
        values = [Rational(2), S.One, Rational(1, 2), Rational(-1), Rational(3, 2)]
        if domain.low.is_finite and domain.high.is_finite:
            values += [(domain.low + domain.high) / 2]
        chosen.append([v for v in values if inside.contains(v)][:2])
    for chosen_values in itertools.islice(itertools.product(*chosen), 2):
        yield dict(zip(box, chosen_values, strict=True))
