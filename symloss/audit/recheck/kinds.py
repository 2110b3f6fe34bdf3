"""What can be replayed: the checker of each kind of certificate, and of each kind of witness."""

from __future__ import annotations

from collections.abc import Callable

from symloss.audit.recheck import (
    alone,
    beside,
    curvatures,
    curved,
    densities,
    extremes,
    kinks,
    lines,
    lowest,
    margins,
    motions,
    orders,
    proofs,
    scores,
    witnesses,
)
from symloss.audit.recheck.witnesses import Case, Finding, NotReplayable

Checker = Callable[[Case, Finding], bool]


def _weak(case: Case, finding: Finding) -> bool:
    """A constant of strong convexity that is 0, by the witness that the loss is not so."""
    witness = finding["certificate"]["witness"]
    if witness.get("kind") not in WITNESSES:
        raise NotReplayable("no checker for the witness")
    if finding["property"] != "strong_convexity_constant" or finding["value"] != "0":
        return False
    told = {**finding, "property": "strongly_convex", "verdict": "refuted", "witness": witness}
    return not case.program.parameters and WITNESSES[witness["kind"]](case, told)


PROOFS: dict[str, Checker] = {
    **proofs.PROOFS,
    "bends": curved.strictly_convex,
    "discontinuous": orders.proof,
    "endless line": lines.endless,
    "endless slope": beside.endless_slope,
    "motion": motions.proof,
    "growth": extremes.growth,
    "identity": densities.likelihood,
    "infimum": extremes.constant,
    "kinks": kinks.proof,
    "length": alone.length,
    "limit": extremes.constant,
    "calibrated margin": margins.calibrated,
    "margin above zero-one": margins.above_zero_one,
    "limits of the slope": extremes.slopes_vanish,
    "not convex": extremes.not_convex,
    "not strongly convex": _weak,
    "orders": orders.proof,
    "peak": extremes.constant,
    "minimiser": lowest.minimiser,
    "sides of a match": lowest.match,
    "match at places": lowest.match_of_places,
    "terms": alone.terms,
    "eigenvalues": curved.eigenvalues,
    "composition": curved.convex,
    "pieces": curved.convex,
    "moves": curved.quasiconvex,
    "quasiconvex": curved.quasiconvex,
    "score": scores.proper,
    "sign": scores.proper,
    "slopes": curvatures.proof,
    "range": proofs.within_range,
}
WITNESSES: dict[str, Checker] = {
    **witnesses.WITNESSES,
    "limit of the slope": extremes.a_slope_stays,
    "joint on a line": lines.joint,
    "even": margins.even,
    "infimum": margins.not_above_zero_one,
    "slopes at 0": margins.not_calibrated,
    "slope on a line": lines.not_redescending,
    "vanishing curvature": lines.flat,
    "homogeneous gradient": motions.unbounded_gradient,
}
