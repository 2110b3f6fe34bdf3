"""Quasiconvexity in one variable: where the graph rises and falls, jumps included."""

from __future__ import annotations

from collections.abc import Sequence

from sympy import Expr, Rational

from symloss.audit.properties.chords import middles, rational, witness
from symloss.audit.properties.profiles import Known, value_at
from symloss.audit.signs import balls
from symloss.audit.signs.peaks import end_limit
from symloss.audit.signs.pieces import Joint
from symloss.audit.signs.profile import Profile, sign_of
from symloss.audit.verdicts import Answer, Proved, Refuted, Unknown

TRIED = ("signs of the slope and of jumps",)


def quasiconvex(lines: Sequence[Known], convex: Answer) -> Answer:
    """Falling, then rising: no move up before a move down."""
    if isinstance(convex, Proved):
        return Unknown(("it follows from convexity",))
    steps = []
    for one in lines:
        path = _moves(one.line)
        if path is None:
            return Unknown(TRIED)
        signs = "".join(sign for sign, _ in path)
        up = signs.find("+")
        down = signs.find("-", up) if up >= 0 else -1
        if down >= 0:
            witness = _hill(one, path, up, down)
            return Refuted("a value above both sides", witness) if witness else Unknown(TRIED)
        steps.append(f"the moves are {' '.join(signs)}")
    return Proved(
        "signs of the slope and of jumps", tuple(steps), {"kind": "moves", "steps": steps}
    )


Move = tuple[str, tuple[Expr, Expr]]


def _moves(line: Profile) -> list[Move] | None:
    """Whether the graph rises or falls, from left to right, jumps included."""
    found: list[Move] = []
    joints = {str(joint.place): joint for joint in line.joints}
    for n, piece in enumerate(line.pieces):
        joint = joints.get(str(piece.low))
        jumps = _jumps(line, joint, n) if joint is not None else []
        signs = line.pattern(n, 1)
        if jumps is None or signs is None:
            return None
        edges = [piece.low, *(z.high for z in signs.zeros)]
        stops = [*(z.low for z in signs.zeros), piece.high]
        found += jumps
        found += list(zip(signs.signs, zip(edges, stops, strict=True), strict=True))
    last = joints.get(str(line.domain.high))
    jumps = _jumps(line, last, len(line.pieces)) if last is not None else []
    return None if jumps is None else [*found, *jumps]


def _jumps(line: Profile, joint: Joint, index: int) -> list[Move] | None:
    if joint.orders is None or joint.orders >= 0:
        return []
    here, found = value_at(line, joint.place), []
    for side, n in (("-", index - 1), ("+", index)):
        if 0 <= n < len(line.pieces):
            near = end_limit(line.pieces[n].formula, line.symbol, joint.place, side)
            if near is None or here is None or near.is_infinite:
                return None
            sign = sign_of(here - near) if side == "-" else sign_of(near - here)
            if sign == "?":
                return None
            found.append((sign, (joint.place, joint.place)))
    return found


def _hill(one: Known, path: list[Move], up: int, down: int) -> dict[str, object] | None:
    """Three points of which the middle one has the greatest value."""
    left, right = (_places(*path[n][1]) for n in (up, down))
    tops = [b for m in path[up : down + 1] for b in _places(*m[1])]
    for top in tops:
        for one_side in left:
            for other in right:
                if one_side < top < other and _above(one, top, (one_side, other)):
                    return _even(one, top, (one_side, other))
    return None


def _even(one: Known, top: Rational, sides: tuple[Rational, Rational]) -> dict[str, object]:
    """The hill with its top half way between the sides if that is one too."""
    for half in (top - sides[0], sides[1] - top):
        even = (top - half, top + half)
        if _above(one, top, even):
            return {**witness("chord", claim="quasiconvex"), "middle": one.text(top),
                    "points": [one.text(place) for place in even]}  # fmt: skip
    return {**witness("hill"), "points": [one.text(p) for p in (sides[0], top, sides[1])]}


def _places(low: Expr, high: Expr) -> list[Rational]:
    if low == high:
        near = rational(low)
        return [near, near - 1, near + 1]
    if low.is_finite and high.is_finite:
        one, other = rational(low), rational(high)
        return [one + (other - one) * Rational(n, 16) for n in (15, 1, 8)]
    return [middle for middle, _ in middles(low, high)]


def _above(one: Known, top: Rational, sides: tuple[Rational, Rational]) -> bool:
    if not all(one.line.domain.contains(place) for place in (top, *sides)):
        return False
    values = [balls.value(one.case.formula, one.point(p), 512) for p in (top, *sides)]
    known = [value for value in values if value is not None]
    return len(known) == 3 and bool(known[0] > known[1]) and bool(known[0] > known[2])
