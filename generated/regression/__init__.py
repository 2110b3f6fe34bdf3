"""The regression losses: absolute_error, epsilon_insensitive, gamma_deviance, gaussian_nll, half_squared_error, huber, laplace_nll, log_cosh, mean_absolute_percentage_error, normalised_squared_error, poisson_nll, pseudo_huber, quantile, relative_squared_error, rmsle, root_mean_squared_error, scale_invariant_log_error, smooth_l1, squared_error, squared_log_error, symmetric_mape, tweedie_deviance.

Written by `symloss build`. Each module defines the loss of its name; `symloss.losses` offers it.
"""
# digest: bb145d61dd57809a6f0ce459d207466abecf93cddc1bcb44d1d3cec24cd22f41
