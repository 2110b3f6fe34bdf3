"""Metric learning and ranking: of embeddings, their similarities, and scores."""

from __future__ import annotations

import math
from typing import Any

from symloss.peers.formulas.classification import cross_entropy
from symloss.peers.model import Arrays, Formula

# ----------------------------------------------------------------------------------------- scores


def _margin_ranking(m: Arrays, first: Any, second: Any, target: Any, margin: Any) -> Any:
    return m.relu(margin - target * (first - second))


def _pairwise_logistic(m: Arrays, preferred: Any, other: Any) -> Any:
    return -m.logsigmoid(preferred - other)


def _multiclass_hinge(m: Arrays, scores: Any, label: Any, margin: Any) -> Any:
    least = margin * (1 - m.one_hot(scores, label))
    return m.max(scores + least) - m.pick(scores, label)


def _multi_margin(m: Arrays, scores: Any, label: Any, margin: Any) -> Any:
    gap = m.relu(margin + scores - m.pick(scores, label)[..., None])
    return (gap * (1 - m.one_hot(scores, label))).mean(-1)


def _list_mle(m: Arrays, scores: Any) -> Any:
    return (m.tails(scores) - scores).sum(-1)


def _listnet(m: Arrays, scores: Any, relevance: Any) -> Any:
    wins = m.exp(relevance - m.logsumexp(relevance)[..., None])
    return m.logsumexp(scores) - (wins * scores).sum(-1)


# ------------------------------------------------------------------------------ pairs and triplets


def _contrastive(m: Arrays, first: Any, second: Any, dissimilar: Any, margin: Any) -> Any:
    far = m.norm(first - second)
    return ((1 - dissimilar) * far**2 + dissimilar * m.relu(margin - far) ** 2) / 2


def _cosine_embedding(m: Arrays, first: Any, second: Any, target: Any, margin: Any) -> Any:
    cosine = (first * second).sum(-1) / (m.norm(first) * m.norm(second))
    return m.where(target == 1, 1 - cosine, m.relu(cosine - margin))


def _triplet(m: Arrays, anchor: Any, positive: Any, negative: Any, margin: Any) -> Any:
    return m.relu(m.norm(anchor - positive) - m.norm(anchor - negative) + margin)


def _squared_triplet(m: Arrays, anchor: Any, positive: Any, negative: Any, margin: Any) -> Any:
    near, far = ((anchor - positive) ** 2).sum(-1), ((anchor - negative) ** 2).sum(-1)
    return m.relu(near - far + margin)


# ---------------------------------------------------------------------------------------- batches


def _circle(m: Arrays, within: Any, between: Any, margin: Any, scale: Any) -> Any:
    pull, push = m.held(m.relu(1 + margin - within)), m.held(m.relu(between + margin))
    low = m.logsumexp(-scale * pull * (within - (1 - margin)))
    return m.softplus(low + m.logsumexp(scale * push * (between - margin)))


def _info_nce(m: Arrays, query: Any, positive: Any, negatives: Any, temperature: Any) -> Any:
    near = (query * positive).sum(-1) / temperature
    far = (negatives @ query[..., None])[..., 0] / temperature
    return m.softplus(m.logsumexp(far) - near)


def _n_pairs(m: Arrays, anchor: Any, positive: Any) -> Any:
    score = anchor @ positive.swapaxes(-1, -2)
    return (m.logsumexp(score) - m.diagonal(score)).mean(-1)


def _cosines(m: Arrays, z: Any, temperature: Any) -> Any:
    unit = z / m.norm(z)[..., None]
    return unit @ unit.swapaxes(-1, -2) / temperature


def _without_self(m: Arrays, score: Any, instead: float) -> Any:
    return m.where(m.eye(score), instead, score)


def _nt_xent(m: Arrays, z: Any, partner: Any, temperature: Any) -> Any:
    score = _without_self(m, _cosines(m, z, temperature), -math.inf)
    return cross_entropy(m, score, partner).mean(-1)


def _supervised(m: Arrays, z: Any, same_class: Any, temperature: Any) -> Any:
    score = _cosines(m, z, temperature)
    total = m.logsumexp(_without_self(m, score, -math.inf))
    same = _without_self(m, same_class, 0.0)
    count = same.sum(-1)
    near = (same * score).sum(-1)
    return ((count * total - near) / m.where(count < 1, 1.0, count)).mean(-1)


FORMULAS = (
    Formula("margin_ranking", _margin_ranking, {"margin": 0.75}),
    Formula("pairwise_logistic", _pairwise_logistic),
    Formula("multiclass_hinge", _multiclass_hinge, {"margin": 0.75}),
    Formula("multi_margin", _multi_margin, {"margin": 0.75}),
    Formula("list_mle", _list_mle),
    Formula("listnet", _listnet),
    Formula("contrastive", _contrastive, {"margin": 0.75}),
    Formula("cosine_embedding", _cosine_embedding, {"margin": 0.25}),
    Formula("triplet", _triplet, {"margin": 0.75}),
    Formula("squared_triplet", _squared_triplet, {"margin": 0.75}),
    Formula("circle", _circle, {"margin": 0.375, "scale": 16.0}),
    Formula("info_nce", _info_nce, {"temperature": 0.25}),
    Formula("n_pairs", _n_pairs),
    Formula("nt_xent", _nt_xent, {"temperature": 0.25}),
    Formula("supervised_contrastive", _supervised, {"temperature": 0.25}),
)
