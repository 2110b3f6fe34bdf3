"""What is true of a loss, proved or refuted.

In: a `Spec`, and numbers for some of its parameters. Out: an `Audit`: findings with verdicts, and
the claims that they contradict. Guarantees: a refutation of convexity has a witness that was
confirmed in exact rationals and balls; no property takes more CPU time than its budget, and other
load changes no verdict; `replay` replays what an audit says, or says that it cannot. Raises:
SymlossError for settings that do not fit the spec, and for a document of another spec.
"""

from symloss.audit.findings import Audit, Finding
from symloss.audit.recheck import CONFIRMED, REJECTED, Outcome, replay
from symloss.audit.run import BUDGET, audit
from symloss.audit.subject import setting

__all__ = [
    "BUDGET", "CONFIRMED", "REJECTED", "Audit", "Finding", "Outcome", "audit", "replay", "setting",
]  # fmt: skip
