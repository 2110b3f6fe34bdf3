"""What follows from what was found: implications between properties, in one place."""

from __future__ import annotations

from collections.abc import Mapping

from symloss.audit.findings import Finding
from symloss.audit.verdicts import Proved, Refuted, Unknown

# If the first is proved, so is the second; if the second is refuted, so is the first.
_IMPLIES = (
    ("strongly_convex", "strictly_convex"),
    ("strictly_convex", "convex"),
    ("convex", "quasiconvex"),
    ("affine", "convex"),
    ("affine", "concave"),
    ("differentiable", "continuous"),
)


def completed(found: Mapping[str, Finding]) -> dict[str, Finding]:
    """The findings with all that follows from them; nothing that was found is changed."""
    known = dict(found)
    strong = known.get("strong_convexity_constant")
    if strong is not None and strong.formula is not None and strong.formula.is_positive:
        known.setdefault("strongly_convex", Finding("strongly_convex", strong.answer))
    if strong is not None and strong.verdict == "REFUTED":
        known.setdefault("strongly_convex", Finding("strongly_convex", strong.answer))
    for one, other in _IMPLIES:
        if _verdict(known, one) == "PROVED" and _verdict(known, other) == "UNKNOWN":
            known[other] = Finding(other, Proved(f"follows from {one}"))
    for one, other in reversed(_IMPLIES):
        if _verdict(known, other) == "REFUTED" and _verdict(known, one) == "UNKNOWN":
            answer = known[other].answer
            assert isinstance(answer, Refuted)
            known[one] = Finding(one, Refuted(f"not {other}", answer.witness))
    for name in ("strongly_convex", "strictly_convex", "quasiconvex"):
        known.setdefault(name, Finding(name, Unknown(("no rule for it yet",))))
    return known


def _verdict(known: Mapping[str, Finding], name: str) -> str:
    return known[name].verdict if name in known else "UNKNOWN"
