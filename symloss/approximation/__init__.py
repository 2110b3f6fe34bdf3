"""Where the elementary functions' coefficients come from, and how far off the functions are.

In: the table of polynomials, the table of truths, the run-time's functions. Out: the run-time's
coefficients, as text and as a file; the worst errors found. Guarantees: coefficients are best in
the relative error of the function that they serve, up to their rounding, and the same on every
machine; errors are held against ball arithmetic. Raises: ArithmeticError where no best polynomial
is found.
"""

from symloss.approximation.coefficients import coefficients_text, write_coefficients
from symloss.approximation.measuring import Measurement, measure
from symloss.approximation.references import REFERENCES

NAMES = tuple(reference.name for reference in REFERENCES)
"""The functions that are measured."""

__all__ = ["NAMES", "Measurement", "coefficients_text", "measure", "write_coefficients"]
