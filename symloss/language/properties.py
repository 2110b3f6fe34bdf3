"""The properties that a spec may claim and an audit decides: names, kinds, words for sentences."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["whether", "constant", "class"]
"""Whether: true or false. Constant: a formula or an infinity. Class: a word of the property's."""


@dataclass(frozen=True)
class Property:
    """One property.

    Attributes:
        name: as JSON and `[claims]` spell it.
        kind: whether its verdict is of the property itself, or of the value that is found.
        yes: what a loss that has it is or does; for values, what the value is.
        no: what a loss that lacks it is or does.
        meaning: what it is, for a table of properties.
    """

    name: str
    kind: Kind
    yes: str
    no: str
    meaning: str


def _whether(name: str, yes: str, no: str, meaning: str) -> Property:
    return Property(name, "whether", yes, no, meaning)


def _is(name: str, words: str, meaning: str) -> Property:
    return _whether(name, f"is {words}", f"is not {words}", meaning)


def _value(name: str, kind: Kind, words: str, meaning: str) -> Property:
    return Property(name, kind, words, "", meaning)


_ROWS = (
    _value("domain", "class", "the domain", "where the loss is a finite number"),
    _is("continuous", "continuous", "no jumps"),
    _value("smoothness", "class", "the smoothness", "C0, C1, ..., Cinf, or discontinuous"),
    _value("kinks", "class", "the set of kinks", "where one-sided slopes differ, and those slopes"),
    _is("differentiable", "differentiable everywhere", "a derivative at every point"),
    _whether(
        "gradient_informative", "has an informative gradient",
        "has a gradient that is zero almost everywhere",
        "the gradient is not zero almost everywhere; if it is, surrogates are named",
    ),
    _is("convex", "convex", "no chord lies below the graph"),
    _is("strictly_convex", "strictly convex", "every chord lies above the graph"),
    _is("strongly_convex", "strongly convex", "convex still without some m*|x|^2/2, m > 0"),
    _is("concave", "concave", "the negated loss is convex"),
    _is("affine", "affine", "both convex and concave"),
    _is("quasiconvex", "quasiconvex", "every sublevel set is convex"),
    _value("lipschitz", "constant", "the Lipschitz constant",
           "the least L with |f(x) - f(y)| <= L*|x - y|"),
    _value("gradient_lipschitz", "constant", "the Lipschitz constant of the gradient",
           "the same for the gradient"),
    _value("strong_convexity_constant", "constant", "the constant of strong convexity",
           "the largest m >= 0 for which the loss less m*|x|^2/2 is convex"),
    _value("lower_bound", "constant", "the infimum", "the greatest lower bound"),
    _value("upper_bound", "constant", "the supremum", "the least upper bound"),
    _value("minimiser", "class", "the set of minimisers", "where the loss attains its infimum"),
    _whether("zero_at_match", "is zero exactly at the match", "is not zero exactly at the match",
             "zero where prediction and target are equal, positive elsewhere"),
    _value("growth", "class", "the growth in the tails",
           "bounded, logarithmic, linear, quadratic, polynomial or exponential, on either side; in "
           "several variables the fastest on a line"),
    _whether("bounded_influence", "has bounded influence", "has unbounded influence",
             "the gradient is bounded: no outlier pulls with more than a fixed force"),
    _is("redescending", "redescending", "the gradient vanishes far from the target"),
    _is("homogeneous", "positively homogeneous",
        "f(s*x, s*y) = s**d * f(x, y) for s > 0, with d in `value`"),
    _is("scale_invariant", "scale-invariant",
        "homogeneous of degree 0"),
    _is("translation_invariant", "translation-invariant",
        "f(x + s, y + s) = f(x, y)"),
    _is("symmetric", "symmetric", "f(x, y) = f(y, x); with one input, f(-x) = f(x)"),
    _is("permutation_symmetric", "unchanged by permutations",
        "the order of classes, pixels or items does not matter"),
    _is("classification_calibrated", "classification-calibrated",
        "minimisers have the sign of the likelier label (Bartlett, Jordan and McAuliffe 2006)"),
    _is("proper", "proper", "the true probabilities minimise the expected loss"),
    _is("strictly_proper", "strictly proper", "and nothing else does"),
    _whether("upper_bounds_zero_one", "bounds the zero-one loss from above",
             "bounds no multiple of the zero-one loss from above",
             "`value` is the largest c with f >= c * zero-one"),
    _value("likelihood", "class", "the density",
           "the density whose negative logarithm the loss is"),
)  # fmt: skip
PROPERTIES: dict[str, Property] = {row.name: row for row in _ROWS}
"""In the order in which they are shown."""


def property_of(name: str) -> Property:
    """The property that a finding's name belongs to: "convex in mean" is `convex`."""
    return PROPERTIES[name.partition(" in ")[0]]
