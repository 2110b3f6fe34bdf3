"""The regression losses: absolute_error, huber, log_cosh, quantile, rmsle, squared_error.

Written by `symloss build`. Each module defines the loss of its name; `symloss.losses` offers it.
"""
# digest: ab277ef01416cb5b89316065ea45d42f654368a32c69c6ab5afd40c4486eb8fc
