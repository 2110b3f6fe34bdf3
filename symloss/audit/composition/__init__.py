"""Convexity of a whole loss, of any size, by composition rules; refutation on small sizes.

In: a `Spec` and the names the curvature is asked for. Out: an `Answer` for "convex", "concave" and
"affine". Guarantees: Proved and Refuted are true. Raises: what SymPy raises, uncaught.
"""

from symloss.audit.composition.convexity import convexity_of_program, on_convex_set, shapes
from symloss.audit.composition.curves import Curves
from symloss.audit.composition.degrees import Degree, degrees, has_simplex
from symloss.audit.composition.orders import Orders, named
from symloss.audit.composition.reduced import Reduced, reduced
from symloss.audit.composition.separable import Separable, separable
from symloss.audit.composition.simple import simple
from symloss.audit.composition.slopes import Slopes
from symloss.audit.composition.walk import Walk

__all__ = [
    "Curves", "Degree", "Orders", "Reduced", "Separable", "Slopes", "Walk", "convexity_of_program",
    "degrees", "has_simplex", "named", "on_convex_set", "reduced", "separable", "shapes", "simple",
]  # fmt: skip
