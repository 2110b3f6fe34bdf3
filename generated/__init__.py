"""The losses of symloss, by name: `from symloss.losses import absolute_error`.

Written by `symloss build`. A loss's module is imported when the loss is first asked for.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

_MODULES = {
    "absolute_error": "regression.absolute_error",
    "balanced_binary_cross_entropy": "classification.balanced_binary_cross_entropy",
    "binary_cross_entropy": "classification.binary_cross_entropy",
    "binary_cross_entropy_of_probabilities": "classification.binary_cross_entropy_of_probabilities",
    "brier": "classification.brier",
    "circle": "metric.circle",
    "class_balanced": "classification.class_balanced",
    "contrastive": "metric.contrastive",
    "cosine_embedding": "metric.cosine_embedding",
    "cross_entropy": "classification.cross_entropy",
    "dice": "segmentation.dice",
    "dice_cross_entropy": "segmentation.dice_cross_entropy",
    "diffusion_min_snr": "generative.diffusion_min_snr",
    "diffusion_noise": "generative.diffusion_noise",
    "elastic_net": "penalty.elastic_net",
    "epsilon_insensitive": "regression.epsilon_insensitive",
    "exponential": "classification.exponential",
    "feature_reconstruction": "generative.feature_reconstruction",
    "focal": "classification.focal",
    "focal_multiclass": "classification.focal_multiclass",
    "focal_tversky": "segmentation.focal_tversky",
    "gamma_deviance": "regression.gamma_deviance",
    "gan_discriminator": "generative.gan_discriminator",
    "gan_generator": "generative.gan_generator",
    "gan_generator_minimax": "generative.gan_generator_minimax",
    "gaussian_kl": "generative.gaussian_kl",
    "gaussian_nll": "regression.gaussian_nll",
    "generalised_dice": "segmentation.generalised_dice",
    "gradient_penalty": "generative.gradient_penalty",
    "gradnorm": "multitask.gradnorm",
    "gram_style": "generative.gram_style",
    "group_lasso": "penalty.group_lasso",
    "half_squared_error": "regression.half_squared_error",
    "hinge": "classification.hinge",
    "hinge_gan_discriminator": "generative.hinge_gan_discriminator",
    "hinge_gan_generator": "generative.hinge_gan_generator",
    "huber": "regression.huber",
    "info_nce": "metric.info_nce",
    "jaccard": "segmentation.jaccard",
    "jensen_shannon": "classification.jensen_shannon",
    "kl_divergence": "classification.kl_divergence",
    "l1_penalty": "penalty.l1_penalty",
    "l2_penalty": "penalty.l2_penalty",
    "label_smoothing_cross_entropy": "classification.label_smoothing_cross_entropy",
    "laplace_nll": "regression.laplace_nll",
    "lasso_regression": "penalty.lasso_regression",
    "list_mle": "metric.list_mle",
    "listnet": "metric.listnet",
    "log_cosh": "regression.log_cosh",
    "log_cosh_dice": "segmentation.log_cosh_dice",
    "logistic": "classification.logistic",
    "logistic_ridge": "penalty.logistic_ridge",
    "lpips": "generative.lpips",
    "lsgan_discriminator": "generative.lsgan_discriminator",
    "lsgan_generator": "generative.lsgan_generator",
    "margin_ranking": "metric.margin_ranking",
    "mean_absolute_percentage_error": "regression.mean_absolute_percentage_error",
    "modified_huber": "classification.modified_huber",
    "multi_margin": "metric.multi_margin",
    "multiclass_brier": "classification.multiclass_brier",
    "multiclass_hinge": "metric.multiclass_hinge",
    "n_pairs": "metric.n_pairs",
    "nll": "classification.nll",
    "normalised_squared_error": "regression.normalised_squared_error",
    "nt_xent": "metric.nt_xent",
    "one_sided_gradient_penalty": "generative.one_sided_gradient_penalty",
    "pairwise_logistic": "metric.pairwise_logistic",
    "perceptron": "classification.perceptron",
    "perceptual": "generative.perceptual",
    "poisson_nll": "regression.poisson_nll",
    "positive_weight_binary_cross_entropy": "classification.positive_weight_binary_cross_entropy",
    "pseudo_huber": "regression.pseudo_huber",
    "quantile": "regression.quantile",
    "r1_penalty": "generative.r1_penalty",
    "ramp": "classification.ramp",
    "relative_squared_error": "regression.relative_squared_error",
    "ridge_regression": "penalty.ridge_regression",
    "rmsle": "regression.rmsle",
    "root_mean_squared_error": "regression.root_mean_squared_error",
    "scale_invariant_log_error": "regression.scale_invariant_log_error",
    "smooth_l1": "regression.smooth_l1",
    "smoothed_hinge": "classification.smoothed_hinge",
    "soft_cross_entropy": "classification.soft_cross_entropy",
    "spherical_score": "classification.spherical_score",
    "squared_error": "regression.squared_error",
    "squared_hinge": "classification.squared_hinge",
    "squared_log_error": "regression.squared_log_error",
    "squared_triplet": "metric.squared_triplet",
    "supervised_contrastive": "metric.supervised_contrastive",
    "symmetric_mape": "regression.symmetric_mape",
    "triplet": "metric.triplet",
    "tversky": "segmentation.tversky",
    "tweedie_deviance": "regression.tweedie_deviance",
    "uncertainty_weighting": "multitask.uncertainty_weighting",
    "v_prediction": "generative.v_prediction",
    "vae_bernoulli": "generative.vae_bernoulli",
    "vae_gaussian": "generative.vae_gaussian",
    "wasserstein_critic": "generative.wasserstein_critic",
    "wasserstein_generator": "generative.wasserstein_generator",
    "weighted_cross_entropy": "classification.weighted_cross_entropy",
    "weighted_sum": "multitask.weighted_sum",
    "zero_one": "classification.zero_one",
}

__all__ = list(_MODULES)


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    loss = getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
    globals()[name] = loss
    return loss


def __dir__() -> list[str]:
    return sorted({*globals(), *_MODULES})
# digest: 8bf2888d1bee85b16d23a78b82945415589e11ede6ba253a5fba314ca610b9e1
