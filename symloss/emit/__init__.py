"""From kernels to Python source.

In: a `Spec` and its `Kernel`. Out: the text of a module that imports numpy, numba and math, and the
run-time unless that is embedded. Guarantees: every constant has the kernel's own float type; names
of a spec never hide names of the module; templates and their data agree. Raises: DerivationError
for an expression that has no spelling in code. `fingerprint_of_module` tells what emitted code
computes, whatever its header and its comments say.
"""

from symloss.emit.fingerprint import fingerprint_of_function, fingerprint_of_module
from symloss.emit.module import render, signature, with_accuracy

__all__ = [
    "fingerprint_of_function",
    "fingerprint_of_module",
    "render",
    "signature",
    "with_accuracy",
]
