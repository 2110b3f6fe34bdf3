"""The segmentation losses: dice, tversky.

Written by `symloss build`. Each module defines the loss of its name; `symloss.losses` offers it.
"""
# digest: b3d1dd2454cc890679d67a491e694a2b80eb54f2476828f3cae936cb55022835
