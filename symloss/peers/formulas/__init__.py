"""Losses written apart from the specs, once for every package that has the elementary functions.

What PyTorch's and JAX's users write where those have no such loss; evaluated in high precision,
they settle who is right where a package and symloss differ.
"""

from symloss.peers.formulas import (
    classification,
    generative,
    metric,
    objectives,
    regression,
    segmentation,
)

FORMULAS = {
    formula.loss: formula
    for family in (regression, classification, segmentation, generative, metric, objectives)
    for formula in family.FORMULAS
}
