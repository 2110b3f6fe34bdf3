"""The classification losses: balanced_binary_cross_entropy, binary_cross_entropy, binary_cross_entropy_of_probabilities, brier, class_balanced, cross_entropy, focal, focal_multiclass, hinge, jensen_shannon, kl_divergence, label_smoothing_cross_entropy, multiclass_brier, nll, positive_weight_binary_cross_entropy, soft_cross_entropy, spherical_score, weighted_cross_entropy, zero_one.

Written by `symloss build`. Each module defines the loss of its name; `symloss.losses` offers it.
"""
# digest: 89da8aef510b561e3577fb0f377eb5c5d1932acc130517345bd387a7c80d4e2e
