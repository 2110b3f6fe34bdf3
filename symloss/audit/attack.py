"""Proofs, attacked with numbers before they are told: values in balls at points of small instances.

Chords oppose shapes, values oppose bounds, first and second differences oppose the constants of
slopes, and differences over steps that shrink oppose smoothness, at points where absolute values,
extrema and norms turn. What falls is a mistake of symloss, and is reported as one.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

import flint
from flint import arb
from sympy import Expr, Integer, Rational, Symbol

from symloss.audit.composition import on_convex_set
from symloss.audit.findings import Finding
from symloss.audit.properties.points import BITS, Small, draws, smalls
from symloss.audit.signs import balls
from symloss.audit.subject import Subject
from symloss.spec import dimension_symbol

Point = Mapping[Symbol, Expr]
Fails = Callable[["Chord", Finding], bool]
NEAR, NEARER = Rational(1, 2**30), Rational(1, 2**60)
MOST_CHORDS = 40


class Chord:
    """Two points of an instance that differ in what varies, and the values between them."""

    def __init__(self, item: Small, one: Point, other: Point) -> None:
        """Nothing is evaluated yet."""
        self.item, self.one = item, one
        varying = set(item.item.varying)
        self.other = {s: other[s] if s in varying else one[s] for s in one}

    def at(self, share: Expr) -> arb | None:
        """The value at a share of the way, which may lie before the first point."""
        place = {s: one + share * (self.other[s] - one) for s, one in self.one.items()}
        return self.item.value(place) if self.item.contains(place) else None

    @property
    def square(self) -> arb:
        """The squared distance of the points."""
        return balls.exact(sum(((self.other[s] - one) ** 2 for s, one in self.one.items()),
                               Integer(0)))  # fmt: skip

    def formula(self, finding: Finding) -> arb | None:
        """A constant at the parameters and sizes of the instance."""
        if finding.formula is None or not finding.formula.is_finite:
            return None
        sizes = {dimension_symbol(name): Integer(n) for name, n in self.item.sizes.items()}
        return balls.value(finding.formula.subs({**sizes, **self.one}), {}, BITS)

    def bend(self, step: Expr) -> arb | None:
        """The second difference at the first point, over a step both ways."""
        here, one, other = (self.at(share) for share in (Integer(0), step, -step))
        if here is None or one is None or other is None:
            return None
        return one + other - 2 * here


def fallen(subject: Subject, findings: Mapping[str, Finding]) -> dict[str, str]:
    """The names of proofs that numbers contradict, and at what point."""
    told: dict[str, str] = {}
    for name, one in findings.items():
        fails = _ATTACKS.get(name.partition(" in ")[0])
        wrt = one.wrt or ((name.partition(" in ")[2],) if " in " in name else subject.wrt)
        if one.verdict != "PROVED" or one.condition or fails is None:
            continue
        if not on_convex_set(subject.program, wrt):
            continue
        with flint.ctx.workprec(BITS):
            chords = _chords(replace(subject, program=replace(subject.program, wrt=wrt)))
            against = next((chord for chord in chords if fails(chord, one)), None)
        if against is not None:
            told[name] = str({str(s): str(v) for s, v in against.one.items()})
    return told


def _chords(subject: Subject) -> Iterator[Chord]:
    """Between points drawn, and from points where choices turn."""
    for item in smalls(subject.program):
        points = list(draws(item))
        pairs = list(itertools.pairwise(points))
        turns = [(turn, one) for one in points[:3] for turn in _turning(item, one)]
        for one, other in itertools.islice((*turns, *pairs), MOST_CHORDS):
            yield Chord(item, one, other)


def _turning(item: Small, point: Point) -> Iterator[Point]:
    """What varies where it often turns: at 0, at 1, all alike, like the other inputs."""
    varying = list(item.item.varying)
    others = [value for symbol, value in point.items() if symbol not in varying]
    alike = [dict.fromkeys(varying, number) for number in (Integer(0), Integer(1), Integer(-1))]
    if len(others) >= len(varying):
        alike.append(dict(zip(varying, others, strict=False)))
    for values in alike:
        moved = {**point, **values}
        if item.contains(moved):
            yield moved


def _shape(way: int, *, strict: bool = False) -> Fails:
    def fails(chord: Chord, finding: Finding) -> bool:  # noqa: ARG001 - an attack
        one, middle, other = (chord.at(Rational(n, 2)) for n in range(3))
        if one is None or middle is None or other is None:
            return False
        gap = way * (one + other - 2 * middle)
        return bool(gap < 0) or (strict and bool(gap.is_zero()) and bool(chord.square > 0))

    return fails


def _affine(chord: Chord, finding: Finding) -> bool:
    return _shape(1)(chord, finding) or _shape(-1)(chord, finding)


def _quasiconvex(chord: Chord, finding: Finding) -> bool:  # noqa: ARG001 - an attack
    one, middle, other = (chord.at(Rational(n, 2)) for n in range(3))
    if one is None or middle is None or other is None:
        return False
    return bool(one < middle) and bool(other < middle)


def _bound(way: int) -> Fails:
    def fails(chord: Chord, finding: Finding) -> bool:
        value, bound = chord.at(Integer(0)), chord.formula(finding)
        return value is not None and bound is not None and bool(way * (value - bound) > 0)

    return fails


def _lipschitz(chord: Chord, finding: Finding) -> bool:
    """A difference longer than the constant lets it be."""
    bound, here = chord.formula(finding), chord.at(Integer(0))
    if bound is None or here is None:
        return False
    steps = ((share, chord.at(share)) for share in (Integer(1), NEAR))
    return any(
        there is not None
        and bool(abs(there - here) > bound * balls.exact(share) * chord.square.sqrt())
        for share, there in steps
    )


def _gradient(chord: Chord, finding: Finding) -> bool:
    """A second difference larger than the constant lets it be."""
    bound = chord.formula(finding)
    if bound is None:
        return False
    bends = ((step, chord.bend(step)) for step in (Rational(1, 4), NEAR))
    return any(
        bend is not None and bool(abs(bend) > bound * balls.exact(step) ** 2 * chord.square)
        for step, bend in bends
    )


def _strong(chord: Chord, finding: Finding) -> bool:
    """A second difference smaller than strong convexity makes it; 0 says that there is none."""
    bound = chord.formula(finding)
    if bound is None or not bound > 0:
        return False
    bends = ((step, chord.bend(step)) for step in (Rational(1, 4), NEAR))
    return any(
        bend is not None and bool(bend < bound * balls.exact(step) ** 2 * chord.square)
        for step, bend in bends
    )


def _jumps(chord: Chord, finding: Finding) -> bool:  # noqa: ARG001 - an attack
    """A first difference that does not shrink with its step."""
    here, *others = (chord.at(share) for share in (Integer(0), NEAR, NEARER))
    gaps = [abs(there - here) for there in others if there is not None and here is not None]
    return len(gaps) == 2 and _stays(gaps[0], gaps[1])


def _kinks(chord: Chord, finding: Finding) -> bool:
    """A second difference that shrinks no faster than its step."""
    bends = [(chord.bend(step), balls.exact(step)) for step in (NEAR, NEARER)]
    slopes = [abs(bend) / step for bend, step in bends if bend is not None]
    return _jumps(chord, finding) or (len(slopes) == 2 and _stays(slopes[0], slopes[1]))


def _stays(far: arb, near: arb) -> bool:
    return bool(near > far * 0.9) and bool(near > 1e-6)


def _smooth(chord: Chord, finding: Finding) -> bool:
    if not finding.value.startswith("C"):
        return False
    return (_jumps if finding.value == "C0" else _kinks)(chord, finding)


_ATTACKS: dict[str, Fails] = {
    "convex": _shape(1), "concave": _shape(-1), "affine": _affine, "quasiconvex": _quasiconvex,
    "strictly_convex": _shape(1, strict=True), "strongly_convex": _shape(1, strict=True),
    "lower_bound": _bound(-1), "upper_bound": _bound(1), "lipschitz": _lipschitz,
    "gradient_lipschitz": _gradient, "strong_convexity_constant": _strong,
    "continuous": _jumps, "differentiable": _kinks, "smoothness": _smooth,
}  # fmt: skip
