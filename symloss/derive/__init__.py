"""Derivatives as transformations from program to program.

In: a `Program`. Out: a `Derivation`: gradient, second derivative or Hessian-vector product, kinks.
Guarantees: exact for every reduction and gather; derivatives hold almost everywhere and are an
element of the subdifferential elsewhere; no delta function occurs. Raises: DerivationError where a
function has no derivative.
"""

from symloss.derive.derivation import Derivation, derive
from symloss.derive.gradient import gradient_name
from symloss.derive.kinks import Kink
from symloss.derive.norms import with_norms
from symloss.derive.partial import selects_zero
from symloss.derive.softmaxes import with_softmaxes
from symloss.derive.units import with_units

__all__ = [
    "Derivation",
    "Kink",
    "derive",
    "gradient_name",
    "selects_zero",
    "with_norms",
    "with_softmaxes",
    "with_units",
]
