"""Other inputs that move to an end of their domain, where differences by one coordinate grow.

|f(x + h) - f(x)| <= L*h, and a second difference is at most h**2 times the gradient's constant:
where such a quotient has no bound as the other inputs move, the constant has none.
"""

from __future__ import annotations

import math

import sympy
from sympy import Rational, S

from symloss.audit.recheck.lines import Line, end_of
from symloss.audit.recheck.sides import Side
from symloss.audit.recheck.witnesses import Case, Finding, NotReplayable

STEP = Rational(1, 2**12)
ORDERS = {"lipschitz": 1, "gradient_lipschitz": 2}


def endless_slope(case: Case, finding: Finding) -> bool:
    """The difference quotients tend to oo.

    Raises:
        NotReplayable: the loss has parameters.
    """
    told = finding["certificate"]
    order = ORDERS.get(str(finding["property"]).partition(" in ")[0], 0)
    labels = {label for name in finding["wrt"] for label in case.labels(told, name)}
    if int(told["derivative"]) != order or order == 0 or finding["value"] != "oo":
        return False
    if told["by"] not in labels or labels & set(told["direction"]) or abs(int(told["sign"])) != 1:
        return False
    if case.program.parameters:
        raise NotReplayable("inputs that move, for all values of parameters")
    others = [entry.name for entry in case.program.inputs if entry.name not in finding["wrt"]]
    place = end_of(told["t"])
    for side in (1,) if place.is_infinite else (-1, 1):
        total = S.Zero
        for n in range(order + 1):
            start = Rational(told["point"][told["by"]]) + n * STEP
            moved = {**told, "point": {**told["point"], told["by"]: str(start)}}
            formula = Line(case, moved, others).beside(place, side)
            if formula is None:
                break
            total += (-1) ** (order - n) * math.comb(order, n) * formula
        else:
            if int(told["sign"]) * Side(place, side).derivative(total, 0) == sympy.oo:
                return True
    return False
