"""The judge of emitted code.

In: a `Spec` and the loss that was emitted for it. Out: a `Verification`: per function and type,
what was tried, the worst error and the bound it was held to; from `certify`, a `Certificate`: the
worst errors that a hunt over the whole range of the format has found, in ulps. Guarantees: shares
nothing with what it judges but the spec and its language; the same seed, the same verdict; zero
comparisons never pass. Raises: nothing on account of the code under test, whose exceptions are
failures; `certify` lets them through.
"""

from symloss.verify.accuracy import (
    RANGE,
    Certificate,
    Curve,
    Extreme,
    Field,
    Line,
    Record,
    Row,
    certify,
    contest,
    curves,
    held,
    summary,
)
from symloss.verify.judge import verify
from symloss.verify.verification import Check, Failure, Verification

__all__ = [
    "RANGE",
    "Certificate",
    "Check",
    "Curve",
    "Extreme",
    "Failure",
    "Field",
    "Line",
    "Record",
    "Row",
    "Verification",
    "certify",
    "contest",
    "curves",
    "held",
    "summary",
    "verify",
]
