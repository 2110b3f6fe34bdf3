"""The segmentation losses: dice, dice_cross_entropy, focal_tversky, generalised_dice, jaccard, log_cosh_dice, tversky.

Written by `symloss build`. Each module defines the loss of its name; `symloss.losses` offers it.
"""
# digest: ef828d3a4bca0067df8ab0365a6357a3f4adc0f0ff0b658814dda0c5432ea062
