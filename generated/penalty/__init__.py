"""The penalty losses: ridge_regression.

Written by `symloss build`. Each module defines the loss of its name; `symloss.losses` offers it.
"""
# digest: b4b3ffb1b6df749f9f8a239a447640bba42a87b3033b8d977f88e8c7db4392ce
