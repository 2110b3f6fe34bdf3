"""The classification losses: cross_entropy, hinge, zero_one.

Written by `symloss build`. Each module defines the loss of its name; `symloss.losses` offers it.
"""
# digest: 6242f7b292ab22f16ea98780e29579b95068e8a62c9e9e3218e69a655c57e054
