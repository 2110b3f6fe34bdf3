"""The generative losses: gaussian_kl.

Written by `symloss build`. Each module defines the loss of its name; `symloss.losses` offers it.
"""
# digest: 0d0d9b8643bfe029d7bd7a458ae8d150bc7873b1c2dfa508c8612bf4b4fca828
