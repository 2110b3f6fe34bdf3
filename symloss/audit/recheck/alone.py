"""Losses of any size that are at heart functions of one number, replayed as losses of that number.

Of a function of |x - y|, even as one of the signed distance r on a line through y, all of the
constants are those of the function of r: its Hessian has the eigenvalues f'' and f'/r, and f'/r is
a mean of values of f''.
"""

from __future__ import annotations

from dataclasses import replace

import sympy
from sympy import S

from symloss.audit.recheck import extremes
from symloss.audit.recheck.places import places_of_sum
from symloss.audit.recheck.rules import Rules
from symloss.audit.recheck.stretches import lines_of
from symloss.audit.recheck.witnesses import Case, Finding, NotReplayable
from symloss.language import Interval
from symloss.program import Step
from symloss.spec import Input, Parameter, scalar_symbol

_RATES = ("bounded", "logarithmic", "linear", "quadratic", "exponential")
_REALS = Interval(-sympy.oo, sympy.oo, True, True)
_AT_LEAST_ONE = Interval(S.One, sympy.oo, False, True)


def terms(case: Case, finding: Finding) -> bool:
    """A sum over places: its growth is that of one place, its constants so many times those."""
    if finding["property"] != "growth":
        return extremes.terms(case, finding)
    places = places_of_sum(case)
    weight = sympy.diff(places.outer, places.total)
    if weight.has(places.total) or not Rules(case.program).of(weight).low >= 0:
        raise NotReplayable("a sum with a weight that may be negative")
    return _grows(places.one, finding)


def length(case: Case, finding: Finding) -> bool:
    """A function of a distance, as one of the distance along a line."""
    alone = _on_line(case)
    told = {**finding, "wrt": list(alone.program.wrt)}
    if finding["property"] == "growth":
        return _grows(alone, told)
    if finding["property"] == "redescending":
        return extremes.slopes_vanish(alone, told)
    if finding["property"] not in extremes.BOUNDED:
        raise NotReplayable(f"no checker for {finding['property']} of a function of a length")
    return extremes.constant(alone, told)


def _grows(case: Case, finding: Finding) -> bool:
    """Whether the fastest of the rates on all sides is the one told."""
    rates = {rate for line in lines_of(case, finding) for rate in extremes.rates(line)}
    return bool(max(rates, key=_RATES.index) == finding["value"])


def _on_line(case: Case) -> Case:
    """The loss as one of the distance.

    Raises:
        NotReplayable: it is no function of a distance from some point.
    """
    places = places_of_sum(case)
    (name,) = case.program.wrt if len(case.program.wrt) == 1 else ("",)
    domains = {entry.name: entry.domain for entry in case.program.inputs}
    base, power = places.one.program.step("loss").expression.as_base_exp()
    slope = sympy.diff(base, scalar_symbol(name))
    sizes = {s: scalar_symbol(s.name) for length in case.program.ranges.values()
             for s in S(length).free_symbols}  # fmt: skip
    free = {entry.symbol for entry in case.program.parameters} | {places.total, *sizes}
    is_length = power == 2 and slope != 0 and domains.get(name) == _REALS
    if not is_length or (slope.free_symbols | places.outer.free_symbols) - free:
        raise NotReplayable("no function of a length")
    distance = scalar_symbol("distance")
    loss = places.outer.xreplace({places.total: slope**2 * distance**2}).xreplace(sizes)
    more = tuple(Parameter(new.name, _AT_LEAST_ONE) for new in sizes.values())
    program = replace(
        places.one.program, inputs=(Input("distance", _REALS),), wrt=("distance",),
        parameters=(*case.program.parameters, *more), steps=(Step("loss", (), loss),),
    )  # fmt: skip
    return replace(places.one, program=program)
