"""Where the elementary functions' coefficients come from, and how far off the functions are.

In: the table of polynomials; nothing of the other rooms. Out: the run-time's coefficients, as text
and as a file. Guarantees: coefficients are best in the relative error of the function that they
serve, up to their rounding, and the same on every machine. Raises: ArithmeticError where no best
polynomial is found.
"""

from symloss.approximation.coefficients import coefficients_text, write_coefficients

__all__ = ["coefficients_text", "write_coefficients"]
