"""Naive spellings become forms that keep their digits, before anything is differentiated.

In: a `Program` as its author wrote it. Out: one that means the same. Guarantees: every rewrite is
an identity of real numbers wherever the formula as written is defined; each has a name, and is
tested as an identity. Raises: nothing of its own.
"""

from symloss.stable.chosen import without_chosen
from symloss.stable.complements import complemented
from symloss.stable.cosines import cosines_apart
from symloss.stable.distances import distances_apart
from symloss.stable.divergences import divergences_apart
from symloss.stable.exponentials import place_of
from symloss.stable.own_terms import without_own_terms
from symloss.stable.powers import powers_apart
from symloss.stable.programs import stabilise
from symloss.stable.quotients import quotients_apart
from symloss.stable.rewrites import LAST, REWRITES, Rewrite, rewritten
from symloss.stable.softmaxes import softmaxes_apart

__all__ = [
    "LAST",
    "REWRITES",
    "Rewrite",
    "complemented",
    "cosines_apart",
    "distances_apart",
    "divergences_apart",
    "place_of",
    "powers_apart",
    "quotients_apart",
    "rewritten",
    "softmaxes_apart",
    "stabilise",
    "without_chosen",
    "without_own_terms",
]
