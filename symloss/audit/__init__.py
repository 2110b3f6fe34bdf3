"""What is true of a loss, proved or refuted: the provers, which no command reaches yet.

In: specs, and expressions on boxes. Out: `Proved`, `Refuted` with a witness, or `Unknown`
(`verdicts.py`). Guarantees: a refutation's witness is confirmed in exact rationals and balls. Not
guaranteed yet: that a proof can be replayed; `recheck` confirms witnesses, and opposes proofs at
random points only. Raises: nothing of its own.
"""
