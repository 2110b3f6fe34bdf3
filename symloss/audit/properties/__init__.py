"""The properties of a loss: each takes a `Subject` and gives findings.

In: a `Subject` and seconds for the composition rules. Out: `Finding`s. Guarantees: as the provers
give them. Raises: nothing of its own; each runs in a worker that ends with its budget.
"""

from collections.abc import Callable

from symloss.audit.findings import Finding
from symloss.audit.properties.constants import bounds, slopes
from symloss.audit.properties.regularity import smoothness
from symloss.audit.properties.shape import shape
from symloss.audit.subject import Subject

Property = Callable[[Subject, float], list[Finding]]

__all__ = ["Property", "bounds", "shape", "slopes", "smoothness"]
