"""Each refuted property of the shape, for each parameter alone."""

from __future__ import annotations

import time
from collections.abc import Mapping

from symloss.audit.conditions.narrow import alone
from symloss.audit.conditions.needs import Need, needs
from symloss.audit.conditions.search import Search, conditioned, sides_of
from symloss.audit.conditions.thresholds import parameters, parted
from symloss.audit.findings import Finding
from symloss.audit.subject import Subject

NAMES = ("convex", "concave", "affine", "strictly_convex")
NEEDS_SECONDS = 1.5
SHARE = 0.4
_WAYS = {"convex": 1, "concave": -1}


def conditions(subject: Subject, found: Mapping[str, Finding], seconds: float) -> list[Finding]:
    """The refuted findings that hold for some values of a parameter, as such."""
    until = time.process_time() + seconds * SHARE
    told: list[Finding] = []
    for name in dict.fromkeys(one.name.partition(" in ")[2] for one in found.values()):
        asked = [one for one in found.values() if one.name.partition(" in ")[2] == name]
        about = alone(subject, name) if name else subject
        told += _of_subject(about, asked, until)
    return told


def _of_subject(subject: Subject, asked: list[Finding], until: float) -> list[Finding]:
    box = {s: d for s, d in parameters(subject).items() if not d.integer and d.low < d.high}
    needed: dict[str, list[Need]] = {}
    told: dict[str, Finding] = {}
    for symbol, domain in box.items():
        search = Search(subject, symbol.name, domain, until)
        for one in asked:
            claim = one.name.partition(" in ")[0]
            left = until - time.process_time()
            if left <= 0 or one.name in told or not search.is_worthwhile(claim):
                continue
            sides = sides_of(claim)
            for side in sides:
                if side not in needed:
                    needed[side] = needs(subject, _WAYS[side], min(NEEDS_SECONDS, left))
            all_needed = [need for side in sides for need in needed[side]]
            parts = parted(subject, symbol.name, domain, all_needed)
            found = conditioned(search, one, parts) if parts.open else None
            if found is not None:
                told[one.name] = found
    return list(told.values())
