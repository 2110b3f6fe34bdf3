"""The regression losses: absolute_error, gaussian_nll, huber, log_cosh, quantile, rmsle, squared_error.

Written by `symloss build`. Each module defines the loss of its name; `symloss.losses` offers it.
"""
# digest: 774ba3af8a8da503e17ee344f26db35c2c214d127a0706ee40bd20236fd24294
