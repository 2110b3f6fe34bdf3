"""Whether pieces bend one way, and whether that goes on where two of them meet."""

from __future__ import annotations

from symloss.audit.properties.profiles import value_at
from symloss.audit.signs.peaks import end_limit
from symloss.audit.signs.pieces import Joint
from symloss.audit.signs.profile import Profile, sign_of

_TURN = {"+": "-", "-": "+", "0": "0", "0+": "0-", "0-": "0+", "?": "?"}
_FINE = ("+", "0+", "0")


def turned(sign: str, way: int) -> str:
    """The sign of what is multiplied by 1 or -1."""
    return sign if way > 0 else _TURN[sign]


def is_convex(line: Profile, way: int) -> bool:
    """Whether all pieces and joints of the formula, times 1 or -1, are shown to be convex."""
    signs = [turned(line.sign(n, 2), way) for n in range(len(line.pieces))]
    return all(sign in _FINE for sign in signs) and all(rises(line, j, way) for j in line.joints)


def rises(line: Profile, joint: Joint, way: int) -> bool:
    """Whether the formula, times 1 or -1, stays convex across a joint."""
    if joint.orders is None or joint.orders >= 1:
        return True
    if joint.place in (line.domain.low, line.domain.high):
        return _end_is_high(line, joint, way)
    return joint.orders == 0 and turned(line.jump(joint), way) in ("+", "0")


def _end_is_high(line: Profile, joint: Joint, way: int) -> bool:
    """At an end that belongs to the domain the function may jump up, never down."""
    is_low = joint.place == line.domain.low
    side, piece = ("+", line.pieces[0]) if is_low else ("-", line.pieces[-1])
    near = end_limit(way * piece.formula, line.symbol, joint.place, side)
    here = value_at(line, joint.place)
    if near is None or here is None or not near.is_finite:
        return False
    return sign_of(way * here - near) in ("+", "0")
