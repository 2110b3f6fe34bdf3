"""The accuracy of emitted code, in ulps.

In: a `Spec` and the loss emitted for it. Out: a `Certificate`: for every function and format the
worst error that a hunt over the whole range of the format has found, where, and what is allowed.
Guarantees: truths come from the spec's own mathematics in ball arithmetic; the same seed tries the
same points. `check_accuracy` is the judge's look at points on record, and at a few more; `contest`
and `curves` measure several implementations at the same points. Raises: whatever the code under
test raises.
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
from symloss.verify.accuracy.contest import RANGE, Curve, Field, contest, curves, held
from symloss.verify.accuracy.line import Line

__all__ = [
    "RANGE",
    "REMEDY",
    "Certificate",
    "Curve",
    "Extreme",
    "Field",
    "Line",
    "Record",
    "Row",
    "certify",
    "check_accuracy",
    "contest",
    "curves",
    "held",
    "summary",
]
