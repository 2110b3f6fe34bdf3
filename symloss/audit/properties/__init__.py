"""The properties of a loss: each takes a `Subject` and gives findings.

In: a `Subject` and seconds for the composition rules. Out: `Finding`s. Guarantees: as the provers
give them. Raises: nothing of its own; each runs in a worker that ends with its budget.
"""

from collections.abc import Callable

from symloss.audit.findings import Finding
from symloss.audit.properties.constants import BOUNDS, SLOPES, bounds, slopes
from symloss.audit.properties.densities import likelihood
from symloss.audit.properties.domains import domain
from symloss.audit.properties.far import RESTS_ON, far_out
from symloss.audit.properties.gradients import gradients
from symloss.audit.properties.invariance import invariances
from symloss.audit.properties.line import SHAPES, line
from symloss.audit.properties.margins import margins
from symloss.audit.properties.match import matches
from symloss.audit.properties.one import NAMES as IN_ONE
from symloss.audit.properties.one import in_one
from symloss.audit.properties.regularity import smoothness
from symloss.audit.properties.scores import scores
from symloss.audit.properties.shape import shape
from symloss.audit.properties.symmetry import symmetries
from symloss.audit.properties.tails import tails
from symloss.audit.subject import Subject

Property = Callable[[Subject, float], list[Finding]]

__all__ = [
    "BOUNDS", "IN_ONE", "RESTS_ON", "SHAPES", "SLOPES", "Property", "bounds", "domain", "far_out",
    "gradients", "in_one", "invariances", "likelihood", "line", "margins", "matches", "scores",
    "shape", "slopes", "smoothness", "symmetries", "tails",
]  # fmt: skip
