"""The checker: replays an audit's certificates and witnesses, and trusts none of the search.

In: a `Spec` and the JSON of its audit. Out: for each finding that is proved or refuted an
`Outcome`: confirmed, rejected, or not replayable with what is missing. Guarantees: what is
confirmed was shown by exact rationals, ball arithmetic, exact algebra or the checker's own few
rules; it shares with the search only the reading of specs, the derivation of gradients from their
stable forms, and SymPy.
Raises: SymlossError for a document of another spec.
"""

from symloss.audit.recheck.documents import CONFIRMED, KINDS, REJECTED, Outcome, replay

__all__ = ["CONFIRMED", "KINDS", "REJECTED", "Outcome", "replay"]
