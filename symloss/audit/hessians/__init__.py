"""Losses with core dimensions on small sizes: instances as plain expressions, refutation.

In: a `Program` and a size for each core dimension. Out: the loss as one SymPy expression in plain
symbols, and a chord that shows it not convex. Guarantees: a chord is confirmed in ball arithmetic.
"""

from symloss.audit.hessians.beside import endless_beside
from symloss.audit.hessians.endless import endless
from symloss.audit.hessians.flat import affine_segment, steady, vanishing_curvature
from symloss.audit.hessians.instance import Instance, instantiate
from symloss.audit.hessians.joints import Break, roughest
from symloss.audit.hessians.reached import reached
from symloss.audit.hessians.refute import refuted

__all__ = [
    "Break", "Instance", "affine_segment", "endless", "endless_beside", "instantiate", "reached",
    "refuted", "roughest", "steady", "vanishing_curvature",
]  # fmt: skip
