"""The accuracy of emitted code, in ulps.

In: a `Spec` and the loss emitted for it. Out: a `Certificate`: for every function and format the
worst error that a hunt over the whole range of the format has found, where, and what is allowed.
Guarantees: truths come from the spec's own mathematics in ball arithmetic; the same seed tries the
same points. Raises: whatever the code under test raises.
"""

from symloss.verify.accuracy.certificate import Certificate, Extreme, Row
from symloss.verify.accuracy.certify import certify

__all__ = ["Certificate", "Extreme", "Row", "certify"]
