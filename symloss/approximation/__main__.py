"""Write the coefficients of the elementary functions."""

from symloss.approximation import write_coefficients

write_coefficients()
