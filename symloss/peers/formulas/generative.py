"""Generative models: adversarial, variational, diffusion, perceptual."""

from __future__ import annotations

from typing import Any

from symloss.peers.formulas.classification import _binary
from symloss.peers.model import Arrays, Formula

# ------------------------------------------------------------------------------------ adversarial


def _discriminator(m: Arrays, real: Any, fake: Any) -> Any:
    return -m.logsigmoid(real) - m.logsigmoid(-fake)


def _generator(m: Arrays, fake: Any) -> Any:
    return -m.logsigmoid(fake)


def _minimax(m: Arrays, fake: Any) -> Any:
    return m.logsigmoid(-fake)


def _hinge_discriminator(m: Arrays, real: Any, fake: Any) -> Any:
    return m.relu(1 - real) + m.relu(1 + fake)


def _minus(m: Arrays, fake: Any) -> Any:
    return -fake


def _critic(m: Arrays, real: Any, fake: Any) -> Any:
    return fake - real


def _lsgan_discriminator(m: Arrays, real: Any, fake: Any, real_label: Any, fake_label: Any) -> Any:
    return ((real - real_label) ** 2 + (fake - fake_label) ** 2) / 2


def _lsgan_generator(m: Arrays, fake: Any, wanted_label: Any) -> Any:
    return (fake - wanted_label) ** 2 / 2


def _penalty(m: Arrays, slope: Any, strength: Any) -> Any:
    return strength * (m.norm(slope) - 1) ** 2


def _one_sided(m: Arrays, slope: Any, strength: Any) -> Any:
    return strength * m.relu(m.norm(slope) - 1) ** 2


def _r1(m: Arrays, slope: Any, strength: Any) -> Any:
    return strength / 2 * (slope**2).sum(-1)


# ------------------------------------------------------------------------------------ variational


def _gaussian_kl(m: Arrays, mean: Any, log_variance: Any) -> Any:
    return (mean**2 + m.exp(log_variance) - 1 - log_variance).sum(-1) / 2


def _vae_bernoulli(
    m: Arrays, logits: Any, target: Any, mean: Any, log_variance: Any, beta: Any
) -> Any:
    error = _binary(m, logits, target).sum(-1)
    return error + beta * _gaussian_kl(m, mean, log_variance)


def _vae_gaussian(
    m: Arrays, reconstruction: Any, target: Any, mean: Any, log_variance: Any, beta: Any
) -> Any:
    error = ((reconstruction - target) ** 2).sum(-1) / 2
    return error + beta * _gaussian_kl(m, mean, log_variance)


# -------------------------------------------------------------------------------------- diffusion


def _noise(m: Arrays, prediction: Any, noise: Any) -> Any:
    return ((prediction - noise) ** 2).mean(-1)


def _min_snr(m: Arrays, prediction: Any, noise: Any, snr: Any, gamma: Any) -> Any:
    bounded = m.where(snr < gamma, snr, gamma + 0 * snr)
    return bounded / snr * ((prediction - noise) ** 2).mean(-1)


def _velocity(m: Arrays, prediction: Any, clean: Any, noise: Any, log_snr: Any) -> Any:
    alpha = m.sqrt(m.sigmoid(log_snr))[..., None]
    sigma = m.sqrt(m.sigmoid(-log_snr))[..., None]
    return ((prediction - (alpha * noise - sigma * clean)) ** 2).mean(-1)


# ------------------------------------------------------------------------------------- perceptual


def _features(m: Arrays, features: Any, target: Any) -> Any:
    return ((features - target) ** 2).mean((-2, -1))


def _perceptual(
    m: Arrays,
    *maps: Any,
    shallow_weight: Any,
    middle_weight: Any,
    deep_weight: Any,
) -> Any:
    layers = zip((shallow_weight, middle_weight, deep_weight), maps[:3], maps[3:], strict=True)
    return sum(weight * _features(m, found, wanted) for weight, found, wanted in layers)


def _gram(features: Any) -> Any:
    return features @ features.swapaxes(-1, -2) / features.shape[-1]


def _gram_style(m: Arrays, features: Any, style: Any) -> Any:
    return ((_gram(features) - _gram(style)) ** 2).mean((-2, -1)) / 4


def _lpips(m: Arrays, features: Any, target: Any, channel_weight: Any, epsilon: Any) -> Any:
    size = m.sqrt((features**2).sum(-2) + epsilon)[..., None, :]
    reference = m.sqrt((target**2).sum(-2) + epsilon)[..., None, :]
    gap = features / size - target / reference
    return (channel_weight[..., None] * gap**2).sum(-2).mean(-1)


FORMULAS = (
    Formula("gan_discriminator", _discriminator),
    Formula("gan_generator", _generator),
    Formula("gan_generator_minimax", _minimax),
    Formula("hinge_gan_discriminator", _hinge_discriminator),
    Formula("hinge_gan_generator", _minus),
    Formula("wasserstein_critic", _critic),
    Formula("wasserstein_generator", _minus),
    Formula("lsgan_discriminator", _lsgan_discriminator, {"real_label": 0.75, "fake_label": -0.5}),
    Formula("lsgan_generator", _lsgan_generator, {"wanted_label": 0.75}),
    Formula("gradient_penalty", _penalty, {"strength": 3.0}),
    Formula("one_sided_gradient_penalty", _one_sided, {"strength": 3.0}),
    Formula("r1_penalty", _r1, {"strength": 3.0}),
    Formula("gaussian_kl", _gaussian_kl),
    Formula("vae_bernoulli", _vae_bernoulli, {"beta": 0.75}),
    Formula("vae_gaussian", _vae_gaussian, {"beta": 0.75}),
    Formula("diffusion_noise", _noise),
    Formula("diffusion_min_snr", _min_snr, {"gamma": 3.0}),
    Formula("v_prediction", _velocity),
    Formula("feature_reconstruction", _features),
    Formula(
        "perceptual",
        _perceptual,
        {"shallow_weight": 0.75, "middle_weight": 0.5, "deep_weight": 2.0},
    ),
    Formula("gram_style", _gram_style),
    Formula("lpips", _lpips, {"epsilon": 2.0**-20}),
)
