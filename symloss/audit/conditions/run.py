"""Each refuted property of the shape, for each parameter alone."""

from __future__ import annotations

import time
from collections.abc import Mapping

from symloss.audit.conditions.narrow import alone
from symloss.audit.conditions.needs import needs
from symloss.audit.conditions.search import Search, conditioned, side_of
from symloss.audit.conditions.thresholds import parameters, parted
from symloss.audit.findings import Finding
from symloss.audit.subject import Subject

NAMES = ("convex", "concave", "affine", "strictly_convex")
NEEDS_SECONDS = 2.0


def conditions(subject: Subject, found: Mapping[str, Finding], seconds: float) -> list[Finding]:
    """The refuted findings that hold for some values of a parameter, as such."""
    until = time.process_time() + seconds * 0.9
    told: list[Finding] = []
    for name in dict.fromkeys(one.name.partition(" in ")[2] for one in found.values()):
        asked = [one for one in found.values() if one.name.partition(" in ")[2] == name]
        about = alone(subject, name) if name else subject
        told += _of_subject(about, asked, until)
    return told


def _of_subject(subject: Subject, asked: list[Finding], until: float) -> list[Finding]:
    box = {s: d for s, d in parameters(subject).items() if not d.integer and d.low < d.high}
    if not box or not asked:
        return []
    needed = {
        claim: needs(subject, way, min(NEEDS_SECONDS, until - time.process_time()))
        for claim, way in (("convex", 1), ("concave", -1))
    }
    needed["affine"] = [*needed["convex"], *needed["concave"]]
    told: dict[str, Finding] = {}
    for symbol, domain in box.items():
        search = Search(subject, symbol.name, domain, until)
        for one in asked:
            needed_here = needed.get(side_of(one.name.partition(" in ")[0]), [])
            if time.process_time() < until and one.name not in told:
                parts = parted(subject, symbol.name, domain, needed_here)
                found = conditioned(search, one, parts) if parts.open else None
                if found is not None:
                    told[one.name] = found
    return list(told.values())
