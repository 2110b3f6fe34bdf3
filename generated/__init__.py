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
    "feature_reconstruction": "generative.feature_reconstruction",
    "focal": "classification.focal",
    "focal_multiclass": "classification.focal_multiclass",
    "focal_tversky": "segmentation.focal_tversky",
    "gan_discriminator": "generative.gan_discriminator",
    "gan_generator": "generative.gan_generator",
    "gan_generator_minimax": "generative.gan_generator_minimax",
    "gaussian_kl": "generative.gaussian_kl",
    "gaussian_nll": "regression.gaussian_nll",
    "generalised_dice": "segmentation.generalised_dice",
    "gradient_penalty": "generative.gradient_penalty",
    "gradnorm": "multitask.gradnorm",
    "gram_style": "generative.gram_style",
    "hinge": "classification.hinge",
    "hinge_gan_discriminator": "generative.hinge_gan_discriminator",
    "hinge_gan_generator": "generative.hinge_gan_generator",
    "huber": "regression.huber",
    "info_nce": "metric.info_nce",
    "jaccard": "segmentation.jaccard",
    "jensen_shannon": "classification.jensen_shannon",
    "kl_divergence": "classification.kl_divergence",
    "label_smoothing_cross_entropy": "classification.label_smoothing_cross_entropy",
    "list_mle": "metric.list_mle",
    "listnet": "metric.listnet",
    "log_cosh": "regression.log_cosh",
    "log_cosh_dice": "segmentation.log_cosh_dice",
    "lpips": "generative.lpips",
    "lsgan_discriminator": "generative.lsgan_discriminator",
    "lsgan_generator": "generative.lsgan_generator",
    "margin_ranking": "metric.margin_ranking",
    "multi_margin": "metric.multi_margin",
    "multiclass_brier": "classification.multiclass_brier",
    "multiclass_hinge": "metric.multiclass_hinge",
    "n_pairs": "metric.n_pairs",
    "nll": "classification.nll",
    "nt_xent": "metric.nt_xent",
    "one_sided_gradient_penalty": "generative.one_sided_gradient_penalty",
    "pairwise_logistic": "metric.pairwise_logistic",
    "perceptual": "generative.perceptual",
    "positive_weight_binary_cross_entropy": "classification.positive_weight_binary_cross_entropy",
    "quantile": "regression.quantile",
    "r1_penalty": "generative.r1_penalty",
    "ridge_regression": "penalty.ridge_regression",
    "rmsle": "regression.rmsle",
    "soft_cross_entropy": "classification.soft_cross_entropy",
    "spherical_score": "classification.spherical_score",
    "squared_error": "regression.squared_error",
    "squared_triplet": "metric.squared_triplet",
    "supervised_contrastive": "metric.supervised_contrastive",
    "triplet": "metric.triplet",
    "tversky": "segmentation.tversky",
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
# digest: b2179e0548e7e96918efb128a221cfa77bce7737f647d648e0a29abe25456361
