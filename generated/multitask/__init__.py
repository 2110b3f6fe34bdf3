"""The multitask losses: gradnorm, uncertainty_weighting, weighted_sum.

Written by `symloss build`. Each module defines the loss of its name; `symloss.losses` offers it.
"""
# digest: be3a82ebe9748b6ec56afcb450c310bf9a795a9aab61ae2bff1cdd4553449f8a
