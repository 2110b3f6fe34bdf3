"""Conditions on parameters: where a property holds that fails for some of their values.

In: a `Subject` and the findings about its shape. Out: findings that replace refuted ones: proved
where a condition holds, with the witness of the failure elsewhere. Guarantees: each was proved
with the parameter's domain narrowed; `exact` says that the property is shown to fail for all other
values. `opened` gives the subject without ends of its parameters' domains, for findings that are
open with them. Raises: nothing of its own; it runs in a worker that ends with its budget.
"""

from symloss.audit.conditions.opened import ends_of, opened, under
from symloss.audit.conditions.run import NAMES, conditions

__all__ = ["NAMES", "conditions", "ends_of", "opened", "under"]
