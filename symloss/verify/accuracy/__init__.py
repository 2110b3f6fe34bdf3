"""The accuracy of emitted code, in ulps.

In: a `Spec` and the loss emitted for it. Out: a `Certificate`: for every function and format the
worst error that a hunt over the whole range of the format has found, where, and what is allowed.
Guarantees: truths come from the spec's own mathematics in ball arithmetic; the same seed tries the
same points. `check_accuracy` is the judge's look at points on record, and at a few more. Raises:
whatever the code under test raises.
"""

from symloss.verify.accuracy.again import REMEDY, check_accuracy
from symloss.verify.accuracy.certificate import (
    Certificate,
    Extreme,
    Record,
    Row,
    summary,
)
from symloss.verify.accuracy.certify import certify

__all__ = [
    "REMEDY",
    "Certificate",
    "Extreme",
    "Record",
    "Row",
    "certify",
    "check_accuracy",
    "summary",
]
