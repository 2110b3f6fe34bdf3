"""The words that a spec may use.

In: nothing. Out: `FUNCTIONS` (the table of functions), `CONSTANTS`, `REDUCTIONS` and the expression
nodes, and the domains.
Guarantees: every function has a meaning, a domain, a reference for the judge and an emitted
spelling. Raises: ValueError from `parse_domain`.
"""

from symloss.language.domains import (
    FORMS,
    NAMED,
    Domain,
    Finite,
    Index,
    Interval,
    Simplex,
    parse_domain,
    signs_of_domain,
)
from symloss.language.functions import BY_NODE, CONSTANTS, FUNCTIONS, Function
from symloss.language.nodes import (
    REDUCTIONS,
    Call,
    Limit,
    LogSumExp,
    Maximum,
    Mean,
    Minimum,
    Product,
    Reduction,
    StopGradient,
    Sum,
)
from symloss.language.primitives import quotient
from symloss.language.properties import PROPERTIES, Property, property_of

__all__ = [
    "BY_NODE",
    "CONSTANTS",
    "FORMS",
    "FUNCTIONS",
    "NAMED",
    "PROPERTIES",
    "REDUCTIONS",
    "Call",
    "Domain",
    "Finite",
    "Function",
    "Index",
    "Interval",
    "Limit",
    "LogSumExp",
    "Maximum",
    "Mean",
    "Minimum",
    "Product",
    "Property",
    "Reduction",
    "Simplex",
    "StopGradient",
    "Sum",
    "parse_domain",
    "property_of",
    "quotient",
    "signs_of_domain",
]
