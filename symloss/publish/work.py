"""One loss from its spec to sealed, audited and judged text."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from symloss import pipeline
from symloss.errors import SymlossError
from symloss.publish.certificates import rows_on_record, told_by
from symloss.publish.dossiers import dossier
from symloss.publish.keys import build_key
from symloss.publish.outcome import Built, Failure, unforeseen
from symloss.publish.plan import Plan, Target
from symloss.publish.seal import seal
from symloss.publish.spread import DIED


@dataclass(frozen=True)
class Workshop:
    """Builds targets of one plan; the drafts that it imports on the way lie in `folder`."""

    plan: Plan
    folder: Path

    def __call__(self, target: Target) -> Built | Failure:
        """Build one target; an error is an outcome, too."""
        try:
            return self._build(target)
        except SymlossError as error:
            return Failure(target.label, str(error))
        except Exception as error:
            return unforeseen(target.label, error)

    def _build(self, target: Target) -> Built:
        spec = pipeline.read_spec(target.spec)
        standalone = self.plan.standalone
        named = replace(spec, path=target.label)
        told = dossier(named, target.dossier)
        key = build_key(spec, self.plan.generator, standalone=standalone, audit=told.seal)
        made = pipeline.make(
            named,
            standalone=standalone,
            build_key=key,
            folder=self.folder,
            audit=told.summary,
            record=rows_on_record(target.file),
        )
        text = seal(told_by(made.source, target.file))
        return Built(target, text, made.verification, told.text)


@contextmanager
def workshop(plan: Plan) -> Iterator[Workshop]:
    """A workshop whose folder is gone afterwards, however the work ends."""
    with TemporaryDirectory(prefix="symloss-", ignore_cleanup_errors=True) as folder:
        yield Workshop(plan, Path(folder))


def lost(target: Target) -> Failure:
    """The outcome of a target whose process died."""
    return Failure(target.label, DIED)
