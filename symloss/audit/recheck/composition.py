"""Rechecks one chord of a small instance."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import flint

from symloss.audit.recheck.evaluate import BITS, Unsettled
from symloss.audit.recheck.witnesses import Case, chord
from symloss.program import read_program
from symloss.spec import Spec


def confirms(spec: Spec, witness: Mapping[str, Any]) -> bool:
    """Whether the chord lies in the domain, moves only `wrt`, and violates the claim."""
    finding = {"property": witness["claim"], "wrt": witness["wrt"], "witness": witness}
    with flint.ctx.workprec(BITS):
        try:
            return chord(Case(spec, read_program(spec), {}), finding)
        except Unsettled:
            return False
