"""The classification losses: balanced_binary_cross_entropy, binary_cross_entropy, binary_cross_entropy_of_probabilities, brier, class_balanced, cross_entropy, exponential, focal, focal_multiclass, hinge, jensen_shannon, kl_divergence, label_smoothing_cross_entropy, logistic, modified_huber, multiclass_brier, nll, perceptron, positive_weight_binary_cross_entropy, ramp, smoothed_hinge, soft_cross_entropy, spherical_score, squared_hinge, weighted_cross_entropy, zero_one.

Written by `symloss build`. Each module defines the loss of its name; `symloss.losses` offers it.
"""
# digest: 24f27f905297b63f612c4dcd9cd78f20ee4bd35c479e8d387afaf762ba3f672c
