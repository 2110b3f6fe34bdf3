"""From kernels to Python source.

In: a `Spec` and its `Kernel`. Out: the text of a module that imports numpy, numba and math, and the
run-time unless that is embedded. Guarantees: every constant has the kernel's own float type; names
of a spec never hide names of the module; templates and their data agree. Raises: DerivationError
for an expression that has no spelling in code.
"""

from symloss.emit.module import render, signature

__all__ = ["render", "signature"]
