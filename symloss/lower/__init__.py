"""From derivatives to what a machine does: loops, storage, shared subexpressions, domain checks.

In: a `Derivation`. Out: a `Kernel` of `Procedure`s. Guarantees: every intermediate is written
before it is read; loops over the same dimension are fused where dependence allows; matrix products
are separate phases for BLAS; `abreast` and `in_rows` give the same for several items at once; items
with a NaN or a value outside its domain give NaN. Raises: DerivationError for a selection that
cannot become a scatter.
"""

from symloss.lower.lanes import abreast
from symloss.lower.lowering import lower
from symloss.lower.model import (
    NAN,
    Accumulate,
    Array,
    Assign,
    Block,
    Contraction,
    Kernel,
    Lanes,
    Loop,
    Output,
    Phase,
    Procedure,
    Row,
    Rows,
    Run,
    Statement,
    Store,
    Zero,
    exp_to_one,
    finite,
    grouped,
)
from symloss.lower.rows import in_rows

__all__ = [
    "NAN",
    "Accumulate",
    "Array",
    "Assign",
    "Block",
    "Contraction",
    "Kernel",
    "Lanes",
    "Loop",
    "Output",
    "Phase",
    "Procedure",
    "Row",
    "Rows",
    "Run",
    "Statement",
    "Store",
    "Zero",
    "abreast",
    "exp_to_one",
    "finite",
    "grouped",
    "in_rows",
    "lower",
]
