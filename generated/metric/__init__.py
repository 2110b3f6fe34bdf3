"""The metric losses: nt_xent, triplet.

Written by `symloss build`. Each module defines the loss of its name; `symloss.losses` offers it.
"""
# digest: 2a87b8162621d0de48215adac78b59e35c7fb4d48ecc6b8b0b8fbe6144adec08
