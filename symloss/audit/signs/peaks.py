"""Greatest values of a derivative over a line: limits at ends, joints, critical points."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import sympy
from flint import arb
from sympy import Expr, Rational, Symbol

from symloss.audit.signs import balls, cells, chain, jets, roots, tails
from symloss.audit.signs.convexity import one_sided
from symloss.audit.signs.pattern import NoPattern, Zero, pattern
from symloss.audit.signs.pieces import Joint, Piece
from symloss.audit.signs.profile import Profile, sign_of


@dataclass(frozen=True)
class Peak:
    """A greatest value: exact, or between two numbers where the place could not be named.

    Attributes:
        value: the exact value, or None.
        low: a ball about it.
        place: where it is attained or approached.
        attained: whether it is attained.
    """

    value: Expr | None
    ball: arb | None
    place: str
    attained: bool

    @property
    def infinite(self) -> bool:
        """Whether there is no bound."""
        return self.value == sympy.oo


def greatest(line: Profile, order: int, way: int) -> Peak | None:
    """The supremum of a derivative (times 1 or -1) over all pieces; of the formula, all points."""
    pieces = [_of_piece(line, n, piece, order, way) for n, piece in enumerate(line.pieces)]
    found = [peak for peaks in pieces for peak in peaks or ()]
    infinite = [peak for peak in found if peak.infinite]
    if infinite or None in pieces:
        return infinite[0] if infinite else None
    if order == 0:
        found += [_at(line, joint, way) for joint in line.joints]
    return highest(found)


def _at(line: Profile, joint: Joint, way: int) -> Peak:
    here = cells.resolved(line.formula, {line.symbol: joint.place})
    value = sympy.simplify(way * (here or line.formula).subs(line.symbol, joint.place))
    return Peak(value, None, f"{line.symbol} = {joint.place}", True)


def highest(peaks: list[Peak]) -> Peak | None:
    """The highest of some peaks; None if that is not settled."""
    if not peaks or any(peak.value is not None and peak.value.has(sympy.nan) for peak in peaks):
        return None
    if any(peak.infinite for peak in peaks):
        return next(peak for peak in peaks if peak.infinite)
    best = peaks[0]
    for peak in peaks[1:]:
        order = _compare(peak, best)
        if order == "?":
            best = _either(peak, best)
            continue
        if order == "+" or (order == "0" and peak.attained and not best.attained):
            best = peak
    return best


def _either(one: Peak, other: Peak) -> Peak:
    """The higher of two peaks that no ball tells apart: a ball that holds its value."""
    return Peak(None, _ball(one).max(_ball(other)), other.place, other.attained)


def _compare(one: Peak, other: Peak) -> str:
    if other.value == -sympy.oo or one.value == -sympy.oo:
        return "0" if one.value == other.value else "+" if other.value == -sympy.oo else "-"
    if one.value is not None and other.value is not None:
        return "0" if one.value == other.value else sign_of(one.value - other.value)
    gap = _ball(one) - _ball(other)
    return "+" if gap > 0 else "-" if gap < 0 else "?"


def _ball(peak: Peak) -> arb:
    if peak.ball is not None:
        return peak.ball
    found = balls.value(peak.value, {}, 256)
    return arb("nan") if found is None else found


def _of_piece(line: Profile, index: int, piece: Piece, order: int, way: int) -> list[Peak] | None:
    """Candidates for the supremum on a piece: ends and critical points."""
    derivative = way * sympy.diff(piece.formula, line.symbol, order)
    period = line.period(piece, derivative)
    if period is not None:
        piece = replace(piece, low=sympy.S.Zero, high=period)
    if not derivative.has(line.symbol):
        return [
            Peak(
                sympy.simplify(derivative),
                None,
                f"{line.symbol} in ({piece.low}, {piece.high})",
                True,
            )
        ]
    slopes = line.pattern(index, order + 1)
    ends = [_end(line, derivative, piece, side) for side in ("+", "-")]
    if slopes is None:
        return _proved(line, derivative, piece, ends)
    if period is None and _drifts(line, piece, derivative):
        return [end for end in ends if end is not None and end.infinite][:1] or None
    signs = [_turned(sign, way) for sign in slopes.signs]
    return _by_signs(line, derivative, ends, signs, slopes.zeros)


def _by_signs(
    line: Profile,
    derivative: Expr,
    ends: list[Peak | None],
    signs: Sequence[str],
    zeros: Sequence[Zero],
) -> list[Peak] | None:
    """The ends and critical points at which it is highest, by the signs of its slope."""
    found = []
    if signs[0] == "-":
        found.append(ends[0])
    if signs[-1] == "+":
        found.append(ends[1])
    for before, zero, after in zip(signs, zeros, signs[1:], strict=False):
        if before == "+" and after == "-":
            found.append(_critical(line, derivative, zero))
    return None if None in found else [peak for peak in found if peak is not None]


def _drifts(line: Profile, piece: Piece, derivative: Expr) -> bool:
    """Whether it goes on rising or falling from period to period of its slope.

    The signs of the slope are those of two periods alone.
    """
    return line.period(piece, sympy.diff(derivative, line.symbol)) is not None


def _turned(sign: str, way: int) -> str:
    return sign if way > 0 else {"+": "-", "-": "+", "0": "0"}[sign]


def _end(line: Profile, derivative: Expr, piece: Piece, side: str) -> Peak | None:
    """The limit at an end of a piece."""
    end = piece.low if side == "+" else piece.high
    value = end_limit(derivative, line.symbol, end, side)
    if value is None:
        return None
    inside = end in (line.domain.low, line.domain.high)
    closed = not (line.domain.low_open if end == line.domain.low else line.domain.high_open)
    attained = bool(end.is_finite) and (closed if inside else True)
    place = f"{line.symbol} {'=' if attained else '->'} {end}"
    return Peak(value, None, place, attained)


def end_limit(formula: Expr, symbol: Symbol, end: Expr, side: str) -> Expr | None:
    """The limit at an end, from above ("+") or below ("-")."""
    if end.is_finite:
        ball = balls.value(end, {}, 128)
        if ball is not None and jets.jet(formula, symbol, ball, 1) is not None:
            return sympy.simplify(formula.subs(symbol, end))
    found = tails.limit(formula, symbol, end, side)
    if found is not None:
        return found
    y = sympy.Dummy(positive=True)
    if end.is_finite:
        return one_sided(formula, symbol, end, side)
    return chain.limit(formula.subs(symbol, y if end == sympy.oo else -y), y, sympy.oo)


def _critical(line: Profile, derivative: Expr, zero: Zero) -> Peak:
    slope = sympy.diff(derivative, line.symbol)
    for place in (
        [zero.exact]
        if zero.exact is not None
        else roots.named(slope, line.symbol, zero.low, zero.high)
    ):
        value = sympy.simplify(derivative.subs(line.symbol, place).rewrite(sympy.exp))
        return Peak(value, None, f"{line.symbol} = {place}", True)
    hull = jets.jet(derivative, line.symbol, _span(zero.low, zero.high), 1, 256)
    return Peak(
        None, hull[0] if hull else arb("nan"), f"{line.symbol} near {sympy.N(zero.low, 10)}", True
    )


def _span(low: Rational, high: Rational) -> arb:
    return balls.exact(low).union(balls.exact(high))


def _proved(
    line: Profile, derivative: Expr, piece: Piece, ends: list[Peak | None]
) -> list[Peak] | None:
    """The highest candidate, if a pattern shows that the derivative never exceeds it."""
    if None in ends:
        ends = [end for end in ends if end is not None]
    candidates = [*ends, *_named_peaks(line, derivative, piece)]
    best = highest([peak for peak in candidates if peak is not None])
    if best is None or best.value is None or best.value == -sympy.oo:
        return None
    if best.infinite:
        return [best]
    try:
        gap = pattern(best.value - derivative, line.symbol, piece.low, piece.high, 0, 3.0)
    except NoPattern:
        return None
    return [best] if gap.sign in ("+", "0+", "0") else None


def _named_peaks(line: Profile, derivative: Expr, piece: Piece) -> Iterator[Peak]:
    slope = sympy.diff(derivative, line.symbol)
    for place in roots.named(slope, line.symbol, piece.low, piece.high):
        value = sympy.simplify(derivative.subs(line.symbol, place))
        yield Peak(value, None, f"{line.symbol} = {place}", True)
