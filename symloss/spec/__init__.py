"""A TOML file becomes a `Spec`: the mathematics of a loss, checked.

In: the path of a spec file, or of a folder of them. Out: `Spec`, a frozen dataclass of SymPy
expressions; what stands for what in them is told by `scalar_symbol`, `index_symbol`,
`dimension_symbol` and `array_base`.

Guarantees: every name has a meaning, every index one range, every array its rank; definitions use
only those above them; constants are exact, finite and real; nothing in a file is executed, and the
size of what is built is bounded.

Raises: SpecError, and nothing else, whatever the file holds; it says file, line and column, what is
wrong, and what to write instead.
"""

from symloss.spec.find import find_specs
from symloss.spec.model import (
    Allowance,
    Definition,
    Dimension,
    Example,
    Input,
    Likelihood,
    Parameter,
    Relation,
    Spec,
    array_base,
    dimension_symbol,
    index_symbol,
    scalar_symbol,
)
from symloss.spec.read import read_spec

__all__ = [
    "Allowance",
    "Definition",
    "Dimension",
    "Example",
    "Input",
    "Likelihood",
    "Parameter",
    "Relation",
    "Spec",
    "array_base",
    "dimension_symbol",
    "find_specs",
    "index_symbol",
    "read_spec",
    "scalar_symbol",
]
