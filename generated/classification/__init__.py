"""The classification losses: binary_cross_entropy, cross_entropy, focal, hinge, zero_one.

Written by `symloss build`. Each module defines the loss of its name; `symloss.losses` offers it.
"""
# digest: 14ea170e72032b3c4dd79b61bdc2e8e6aa375023f4dba442d8003001bd52c02f
