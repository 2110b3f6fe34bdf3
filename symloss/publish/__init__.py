"""Publishing: specs become files that are current, judged, sealed and whole.

In: spec files, and the folder their modules go to (a `Plan`). Out: the files, and a `Report`; from
`check`, what a build would change; from `judge`, what the judge says of emitted code today.
Guarantees: a file is published only when the judge has passed it; it is written whole or not at
all; what has not changed is not rebuilt; one loss's failure stops no other. Raises: PublishError
for a folder that cannot be written, and for a plan in which two specs would claim one file.
"""

from symloss.publish.build import build
from symloss.publish.certificates import Effort, rows_on_record
from symloss.publish.check import check
from symloss.publish.examine import Examiner, Rechecked, Replayer, examine
from symloss.publish.exhaustive import Exhausted, record_function, recorded_functions
from symloss.publish.find import catalogue_specs, is_path, specs_of
from symloss.publish.judge import (
    Case,
    Judged,
    Measured,
    cases,
    judge,
    keep,
    measure,
    precompile,
    require_keeping,
)
from symloss.publish.outcome import Built, Failure, Report, Track, unforeseen, untracked
from symloss.publish.places import Places, checkout_places, installed_places
from symloss.publish.plan import Plan, Target, catalogue_plan, own_plan
from symloss.publish.seal import is_intact, seal
from symloss.publish.spread import DIED, available_jobs, spread

__all__ = [
    "DIED",
    "Built",
    "Case",
    "Effort",
    "Examiner",
    "Exhausted",
    "Failure",
    "Judged",
    "Measured",
    "Places",
    "Plan",
    "Rechecked",
    "Replayer",
    "Report",
    "Target",
    "Track",
    "available_jobs",
    "build",
    "cases",
    "catalogue_plan",
    "catalogue_specs",
    "check",
    "checkout_places",
    "examine",
    "installed_places",
    "is_intact",
    "is_path",
    "judge",
    "keep",
    "measure",
    "own_plan",
    "precompile",
    "record_function",
    "recorded_functions",
    "require_keeping",
    "rows_on_record",
    "seal",
    "specs_of",
    "spread",
    "unforeseen",
    "untracked",
]
