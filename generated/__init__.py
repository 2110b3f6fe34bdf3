"""The losses of symloss, by name: `from symloss.losses import absolute_error`.

Written by `symloss build`. A loss's module is imported when the loss is first asked for.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

_MODULES = {
    "absolute_error": "regression.absolute_error",
    "binary_cross_entropy": "classification.binary_cross_entropy",
    "circle": "metric.circle",
    "contrastive": "metric.contrastive",
    "cosine_embedding": "metric.cosine_embedding",
    "cross_entropy": "classification.cross_entropy",
    "dice": "segmentation.dice",
    "diffusion_min_snr": "generative.diffusion_min_snr",
    "diffusion_noise": "generative.diffusion_noise",
    "feature_reconstruction": "generative.feature_reconstruction",
    "focal": "classification.focal",
    "gan_discriminator": "generative.gan_discriminator",
    "gan_generator": "generative.gan_generator",
    "gan_generator_minimax": "generative.gan_generator_minimax",
    "gaussian_kl": "generative.gaussian_kl",
    "gaussian_nll": "regression.gaussian_nll",
    "gradient_penalty": "generative.gradient_penalty",
    "gram_style": "generative.gram_style",
    "hinge": "classification.hinge",
    "hinge_gan_discriminator": "generative.hinge_gan_discriminator",
    "hinge_gan_generator": "generative.hinge_gan_generator",
    "huber": "regression.huber",
    "info_nce": "metric.info_nce",
    "list_mle": "metric.list_mle",
    "listnet": "metric.listnet",
    "log_cosh": "regression.log_cosh",
    "lpips": "generative.lpips",
    "lsgan_discriminator": "generative.lsgan_discriminator",
    "lsgan_generator": "generative.lsgan_generator",
    "margin_ranking": "metric.margin_ranking",
    "multi_margin": "metric.multi_margin",
    "multiclass_hinge": "metric.multiclass_hinge",
    "n_pairs": "metric.n_pairs",
    "nt_xent": "metric.nt_xent",
    "one_sided_gradient_penalty": "generative.one_sided_gradient_penalty",
    "pairwise_logistic": "metric.pairwise_logistic",
    "perceptual": "generative.perceptual",
    "quantile": "regression.quantile",
    "r1_penalty": "generative.r1_penalty",
    "ridge_regression": "penalty.ridge_regression",
    "rmsle": "regression.rmsle",
    "squared_error": "regression.squared_error",
    "squared_triplet": "metric.squared_triplet",
    "supervised_contrastive": "metric.supervised_contrastive",
    "triplet": "metric.triplet",
    "tversky": "segmentation.tversky",
    "v_prediction": "generative.v_prediction",
    "vae_bernoulli": "generative.vae_bernoulli",
    "vae_gaussian": "generative.vae_gaussian",
    "wasserstein_critic": "generative.wasserstein_critic",
    "wasserstein_generator": "generative.wasserstein_generator",
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
# digest: fd8e420397ff54a8193f9e72c4d0b6dc5866e527c49e2ef6f59fde86707dcbf4
