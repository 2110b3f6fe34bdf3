"""Items to compare at: random ones, and those that implementations get wrong."""

from __future__ import annotations

from typing import Any

import numpy as np

from symloss.peers.model import Array, Maker, Row

Random = np.random.Generator


def _scales(random: Random, low: int, high: int, count: int) -> Array:
    return 10.0 ** random.integers(low, high, count)


# ------------------------------------------------------------------------------------------ numbers


def pairs(random: Random) -> tuple[Array, ...]:
    """Predictions and targets: matches, kinks at 0.75 and 1, residuals 1e-6 to 1e4, extremes."""
    target = random.normal(size=90)
    prediction = target + random.normal(size=90) * _scales(random, -6, 5, 90)
    prediction[:10] = target[:10]
    ends = [-1.0, 1, -0.75, 0.75, 0, 1e-12, -1e-12, 1e-18, 3e15, -3e15]
    prediction[10:20], target[10:20] = ends, 0.0
    prediction[20:26] = [2.0, 0.25, 40.0, -40.0, 800.0, -800.0]
    target[20:26] = [1.0, 1.0, 0.0, 0.0, 0.0, 0.0]
    return prediction, target


def _moderate_pairs(random: Random) -> tuple[Array, ...]:
    """The same without what makes an exponential underflow in float32."""
    prediction, target = pairs(random)
    return np.clip(prediction, -40, 40), target


def singles(random: Random) -> tuple[Array, ...]:
    """One number an item, of all sizes."""
    return pairs(random)[:1]


def signed(random: Random) -> tuple[Array, ...]:
    """Scores and labels of -1 and 1: margins of exactly 0 and 1, both signs, huge and tiny."""
    ends = [0.0, 1, -1, 0.5, 2, 20, 88, 300, 800, 1e4, 1e-8, 1e-16, 1e-20, 40]
    score = np.concatenate([random.normal(size=40) * 3, ends, np.negative(ends)])
    return np.tile(score, 2), np.repeat([-1.0, 1.0], len(score))


def logits(random: Random) -> tuple[Array, ...]:
    """Logits with hard and soft targets: confident both right and wrong, up to 1e4."""
    ends = [0.0, 1e-9, 5, 20, 40, 88, 104, 300, 710, 800, 1e4]
    logit = np.concatenate([random.normal(size=40) * 3, ends, np.negative(ends)])
    target = np.concatenate([random.uniform(size=40), np.zeros(11), np.ones(11)])
    other = np.concatenate([random.integers(0, 2, 40), np.ones(11), np.zeros(11)])
    return np.tile(logit, 2), np.concatenate([target, other])


def _single_logits(random: Random) -> tuple[Array, ...]:
    return logits(random)[:1]


def _two_logits(random: Random) -> tuple[Array, ...]:
    logit, _ = logits(random)
    return logit, random.permutation(logit)


def probabilities(random: Random) -> tuple[Array, ...]:
    """Probabilities well inside (0, 1) and near its ends, with hard and soft targets."""
    ends = [0.5, 1e-3, 1e-7, 1e-20, 1 - 2.0**-10, 1 - 2.0**-20]
    probability = np.concatenate([random.uniform(0.01, 0.99, 40), ends])
    soft = random.uniform(size=len(probability))
    return np.tile(probability, 2), np.concatenate([soft, random.integers(0, 2, len(soft))])


def counts(random: Random) -> tuple[Array, ...]:
    """Logarithms of rates, and counts: zeros among them."""
    rate = np.concatenate([random.normal(size=60) * 2, [0.0, 20, -20, 80, -80, 0]])
    count = np.concatenate([random.poisson(3, 60), [0, 0, 3, 1e6, 0, 1]]).astype(float)
    return rate, count


def positives(random: Random) -> tuple[Array, ...]:
    """Positive predictions and targets: matches, near matches, magnitudes from 1e-6 to 1e6."""
    target = np.exp(random.normal(size=60)) * _scales(random, -5, 6, 60)
    prediction = target * np.exp(random.normal(size=60) * _scales(random, -6, 1, 60))
    prediction[:6] = target[:6]
    return prediction, target


def _amounts(random: Random) -> tuple[Array, ...]:
    """Positive predictions with targets of 0 among the positive ones."""
    prediction, target = positives(random)
    target[6:14] = 0.0
    return prediction, target


def _locations(random: Random) -> tuple[Array, ...]:
    """Locations, logarithms of scales, targets: far, near and matching."""
    location, log_scale, target = random.normal(size=(3, 60)) * np.array([[3.0], [2.0], [1.0]])
    location[:4] = target[:4]
    log_scale[4:10] = [0.0, 20.0, -20.0, 40.0, -40.0, 1e-6]
    return location, log_scale, target


def _margins(random: Random) -> tuple[Array, ...]:
    first, second = pairs(random)
    return first, second, np.where(random.integers(0, 2, len(first)), 1.0, -1.0)


# ------------------------------------------------------------------------------------------ classes


def classes(random: Random) -> tuple[Array, ...]:
    """Rows of five logits with labels: equal ones, far apart ones, shifted by 1e4, confident."""
    rows = random.normal(size=(60, 5)) * _scales(random, -3, 3, 60)[:, None]
    rows[0], rows[1], rows[2] = 0.0, 1e4, [0, 0, 40, 0, 0]
    rows[3], rows[4] = [0, 0, 40, 0, 0], [-1e4, 0, 0, 0, 1e4]
    rows[5], rows[6] = [800, 0, -800, 1, 2], [800, 800, 0, 0, 0]
    label = random.integers(0, 5, 60)
    label[2:7] = [2, 1, 4, 2, 1]
    return rows, label


def _counted_classes(random: Random) -> tuple[Array, ...]:
    return *classes(random), random.integers(1, 60, (60, 5)).astype(float)


def _weighted_classes(random: Random) -> tuple[Array, ...]:
    return *classes(random), random.uniform(size=(60, 5))


def equally_weighted_classes(random: Random) -> tuple[Array, ...]:
    """Rows of logits with labels, and the same weights of classes for every item."""
    return *classes(random), np.tile(random.uniform(0.25, 2.0, 5), (60, 1))


def moderate_classes(random: Random) -> tuple[Array, ...]:
    """Rows of logits that leave every class a probability, with labels."""
    return random.normal(size=(40, 5)) * 2, random.integers(0, 5, 40)


def scores(random: Random) -> tuple[Array, ...]:
    """Rows of five scores with labels: ties, and margins of exactly 0.75 and 1."""
    rows = random.normal(size=(50, 5)) * _scales(random, -3, 4, 50)[:, None]
    label = random.integers(0, 5, 50)
    rows[0], rows[1], rows[2] = 0.0, [1, 2, 3, 4, 5], [0, 0, 1, 0, 0]
    rows[3] = [0.75, 0, 0.75, 1.5, 0]
    label[:4] = [0, 4, 2, 3]
    return rows, label


def soft_classes(random: Random) -> tuple[Array, ...]:
    """Rows of logits with distributions over the classes, some with classes of probability 0."""
    rows, _ = classes(random)
    share = random.dirichlet(np.ones(5), len(rows))
    share[:20] = np.eye(5)[random.integers(0, 5, 20)]
    share[20:30] = [0.5, 0.5, 0, 0, 0]
    return rows, share


def _log_probabilities(random: Random) -> tuple[Array, ...]:
    return -random.exponential(2.0, (40, 5)), random.integers(0, 5, 40)


def distributions(random: Random) -> tuple[Array, ...]:
    """Pairs of distributions over five classes, the first everywhere positive."""
    first, second = random.dirichlet(np.ones(5), (2, 40))
    second[:10], second[10:20] = np.eye(5)[random.integers(0, 5, 10)], first[10:20]
    return first, second


def _labelled_distributions(random: Random) -> tuple[Array, ...]:
    share = random.dirichlet(np.ones(5), 40)
    share[:8] = np.eye(5)[random.integers(0, 5, 8)]
    return share, random.integers(0, 5, 40)


def _ranks(random: Random) -> tuple[Array, ...]:
    return random.normal(size=(40, 5)) * _scales(random, -3, 3, 40)[:, None], random.normal(
        size=(40, 5)
    )


# ------------------------------------------------------------------------------------ rows, masks


def series(random: Random) -> tuple[Array, ...]:
    """Items of four predictions and targets: magnitudes from 1e-3 to 1e3, one entry matching."""
    scale = _scales(random, -3, 4, 40)[:, None]
    prediction, target = random.normal(size=(2, 40, 4)) * scale
    prediction[:5, 1] = target[:5, 1]
    return prediction, target


def positive_series(random: Random) -> tuple[Array, ...]:
    """The same of positive numbers, some errors small."""
    target = np.exp(random.normal(size=(40, 4))) * _scales(random, -3, 4, 40)[:, None]
    prediction = target * np.exp(random.normal(size=(40, 4)) * _scales(random, -3, 1, 40)[:, None])
    prediction[:5, 1] = target[:5, 1]
    return prediction, target


def growths(random: Random) -> tuple[Array, ...]:
    """Items of four amounts: from 0 to 1e6, one item matching but for one entry."""
    found, true = random.exponential(5.0, size=(2, 40, 4))
    found[0] += 1e6
    found[1, 0], true[2] = 0.0, found[2]
    true[2, 0] += 1.0
    return found, true


def _growth_pairs(random: Random) -> tuple[Array, ...]:
    found, true = growths(random)
    return found.ravel(), true.ravel()


def _logit_rows(random: Random) -> tuple[Array, ...]:
    logit = random.normal(size=(40, 6)) * _scales(random, -2, 2, 40)[:, None]
    return logit, random.integers(0, 2, (40, 6)).astype(float)


def masks(random: Random) -> tuple[Array, ...]:
    """Predicted and true masks of six pixels: empty, full, perfect, and disjoint ones."""
    predicted = random.uniform(size=(40, 6))
    mask = random.integers(0, 2, (40, 6)).astype(float)
    mask[0], mask[1], predicted[2], predicted[3] = 0.0, 1.0, 0.0, 1.0
    predicted[4], predicted[5], mask[6] = mask[4], 1 - mask[5], random.uniform(size=6)
    predicted[7], mask[7] = 0.0, 0.0
    return predicted, mask


def partial_masks(random: Random) -> tuple[Array, ...]:
    """Masks without a perfect prediction, where a root's slope has no bound."""
    predicted = random.uniform(0.05, 0.95, (40, 6))
    return predicted, random.integers(0, 2, (40, 6)).astype(float)


def _class_maps(random: Random) -> tuple[Array, ...]:
    predicted = random.dirichlet(np.ones(3), (40, 6))
    return predicted, np.eye(3)[random.integers(0, 3, (40, 6))]


# ------------------------------------------------------------------------------------- embeddings


def vectors(count: int, size: int = 4) -> Maker:
    """Items of several vectors: magnitudes from 1e-3 to 1e3."""

    def make(random: Random) -> tuple[Array, ...]:
        scale = _scales(random, -3, 4, 40)[:, None]
        return tuple(random.normal(size=(40, size)) * scale for _ in range(count))

    return make


def normals(*shapes: tuple[int, ...], count: int = 30) -> Maker:
    """Items of standard normal arrays."""

    def make(random: Random) -> tuple[Array, ...]:
        return tuple(random.normal(size=(count, *shape)) for shape in shapes)

    return make


def _encodings(random: Random) -> tuple[Array, ...]:
    mean, log_variance = random.normal(size=(2, 40, 4))
    mean[0], log_variance[0], log_variance[1] = 0.0, 0.0, 1e-6
    log_variance[2], mean[3] = [-40.0, 0, 0, 40.0], 1e3
    return mean, log_variance


def _bernoulli_codes(random: Random) -> tuple[Array, ...]:
    return random.normal(size=(40, 3)), random.uniform(size=(40, 3)), *_encodings(random)


def _gaussian_codes(random: Random) -> tuple[Array, ...]:
    return *random.normal(size=(2, 40, 3)), *_encodings(random)


def _compared_vectors(random: Random) -> tuple[Array, ...]:
    first, second = vectors(2)(random)
    return first, second, np.where(np.arange(len(first)) % 2, 1.0, -1.0)


def _similar_vectors(random: Random) -> tuple[Array, ...]:
    first, second = random.normal(size=(2, 40, 4))
    return first, second * 0.25 + first, random.integers(0, 2, 40).astype(float)


def _cosines(random: Random) -> tuple[Array, ...]:
    return random.uniform(-1, 1, (40, 3)), random.uniform(-1, 1, (40, 4))


def _views(random: Random) -> tuple[Array, ...]:
    partner = np.array([random.permutation(6) for _ in range(10)])
    return random.normal(size=(10, 6, 3)), (partner + (partner == np.arange(6))) % 6


def _classed_views(random: Random) -> tuple[Array, ...]:
    label = random.integers(0, 3, (10, 6))
    same = (label[:, :, None] == label[:, None]).astype(float)
    return random.normal(size=(10, 6, 3)), same


def _noisy(random: Random) -> tuple[Array, ...]:
    return *series(random), random.exponential(4.0, 40)


def _noised(random: Random) -> tuple[Array, ...]:
    return *random.normal(size=(3, 40, 4)), random.normal(size=40) * 4


def _weighted_maps(random: Random) -> tuple[Array, ...]:
    return *random.normal(size=(2, 30, 3, 4)), random.uniform(size=(30, 3))


# ------------------------------------------------------------------------------------- objectives


def _designs(random: Random) -> tuple[Array, ...]:
    x, w = random.normal(size=(30, 6, 3)), random.normal(size=(30, 3))
    w[:4, 0] = 0.0
    return x, (x @ w[..., None])[..., 0] + random.normal(size=(30, 6)), w


def _labelled_designs(random: Random) -> tuple[Array, ...]:
    x, y, w = _designs(random)
    return x, np.sign(y), w


def _weights(random: Random) -> tuple[Array, ...]:
    (w,) = vectors(1)(random)
    w[:4, 0], w[4] = 0.0, 0.0
    return (w,)


def _tasks(random: Random) -> tuple[Array, ...]:
    return random.exponential(2.0, (40, 3)), random.uniform(size=(40, 3))


def _uncertain_tasks(random: Random) -> tuple[Array, ...]:
    return random.exponential(2.0, (40, 3)), random.normal(size=(40, 3)) * 3


def _balanced_tasks(random: Random) -> tuple[Array, ...]:
    return tuple(random.uniform(0.1, 2.0, (3, 40, 3)))


_GROUPS: tuple[tuple[Maker, str], ...] = (
    (
        pairs,
        "absolute_error epsilon_insensitive half_squared_error huber log_cosh pseudo_huber quantile"
        " smooth_l1 squared_error lsgan_discriminator hinge_gan_discriminator wasserstein_critic",
    ),
    (_moderate_pairs, "pairwise_logistic"),
    (singles, "hinge_gan_generator wasserstein_generator lsgan_generator"),
    (
        signed,
        "exponential hinge logistic modified_huber perceptron ramp smoothed_hinge squared_hinge"
        " zero_one",
    ),
    (logits, "binary_cross_entropy positive_weight_binary_cross_entropy focal"),
    (_single_logits, "gan_generator gan_generator_minimax"),
    (_two_logits, "gan_discriminator"),
    (probabilities, "binary_cross_entropy_of_probabilities brier"),
    (counts, "poisson_nll"),
    (positives, "gamma_deviance"),
    (_amounts, "tweedie_deviance"),
    (_locations, "gaussian_nll laplace_nll"),
    (_margins, "margin_ranking"),
    (classes, "cross_entropy label_smoothing_cross_entropy focal_multiclass"),
    (_counted_classes, "class_balanced"),
    (_weighted_classes, "weighted_cross_entropy"),
    (scores, "multiclass_hinge multi_margin"),
    (soft_classes, "soft_cross_entropy"),
    (_log_probabilities, "nll"),
    (distributions, "kl_divergence jensen_shannon"),
    (_labelled_distributions, "multiclass_brier spherical_score"),
    (_ranks, "listnet"),
    (lambda random: _ranks(random)[:1], "list_mle"),
    (
        series,
        "normalised_squared_error relative_squared_error root_mean_squared_error diffusion_noise",
    ),
    (
        positive_series,
        "mean_absolute_percentage_error symmetric_mape scale_invariant_log_error",
    ),
    (growths, "rmsle"),
    (_growth_pairs, "squared_log_error"),
    (_logit_rows, "balanced_binary_cross_entropy dice_cross_entropy"),
    (masks, "dice log_cosh_dice jaccard tversky"),
    (partial_masks, "focal_tversky"),
    (_class_maps, "generalised_dice"),
    (vectors(1), "gradient_penalty one_sided_gradient_penalty r1_penalty"),
    (vectors(3), "triplet squared_triplet"),
    (_encodings, "gaussian_kl"),
    (_bernoulli_codes, "vae_bernoulli"),
    (_gaussian_codes, "vae_gaussian"),
    (_compared_vectors, "cosine_embedding"),
    (_similar_vectors, "contrastive"),
    (_cosines, "circle"),
    (normals((4,), (4,), (3, 4)), "info_nce"),
    (normals((4, 3), (4, 3)), "n_pairs"),
    (_views, "nt_xent"),
    (_classed_views, "supervised_contrastive"),
    (_noisy, "diffusion_min_snr"),
    (_noised, "v_prediction"),
    (normals((3, 4), (3, 4)), "feature_reconstruction"),
    (normals((3, 4), (3, 5)), "gram_style"),
    (normals(*[(2, 3), (3, 2), (4, 1)] * 2), "perceptual"),
    (_weighted_maps, "lpips"),
    (_designs, "lasso_regression ridge_regression"),
    (_labelled_designs, "logistic_ridge"),
    (_weights, "l1_penalty l2_penalty elastic_net"),
    (normals((3, 2)), "group_lasso"),
    (_tasks, "weighted_sum"),
    (_uncertain_tasks, "uncertainty_weighting"),
    (_balanced_tasks, "gradnorm"),
)
MAKERS: dict[str, Maker] = {loss: maker for maker, losses in _GROUPS for loss in losses.split()}


def items_of(row: Row, random: Random) -> list[Any]:
    """A row's arrays, a leading axis of items each, in the catalogue's order; floats are float64.

    Raises:
        KeyError: nobody has said what its loss should be compared at.
    """
    return list((row.items or MAKERS[row.loss])(random))
