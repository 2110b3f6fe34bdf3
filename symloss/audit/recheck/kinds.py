"""What can be replayed: the checker of each kind of certificate, and of each kind of witness."""

from __future__ import annotations

from collections.abc import Callable

from symloss.audit.recheck import motions, proofs, witnesses
from symloss.audit.recheck.witnesses import Case, Finding

Checker = Callable[[Case, Finding], bool]

PROOFS: dict[str, Checker] = {**proofs.PROOFS, "motion": motions.proof}
WITNESSES: dict[str, Checker] = {
    **witnesses.WITNESSES,
    "homogeneous gradient": motions.unbounded_gradient,
}
