"""Audits of many losses: spread over processes, a failure stops no other."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sympy import Rational

from symloss import pipeline
from symloss.audit import BUDGET, REJECTED, Audit, Outcome, audit, replay
from symloss.errors import SymlossError
from symloss.publish.find import specs_of
from symloss.publish.outcome import Failure, Track, unforeseen, untracked
from symloss.publish.spread import DIED, spread


@dataclass(frozen=True)
class Examiner:
    """Audits specs, with some parameters set, within a budget for each group of properties."""

    setting: Mapping[str, Rational]
    budget: float = BUDGET

    def __call__(self, path: Path) -> tuple[Path, Audit | Failure]:
        """Audit one spec; an error is an outcome, too."""
        try:
            return path, audit(pipeline.read_spec(path), self.setting, self.budget)
        except SymlossError as error:
            return path, Failure(str(path), str(error))
        except Exception as error:
            return path, unforeseen(str(path), error)


@dataclass(frozen=True)
class Rechecked:
    """What the checker says of a loss's audit, finding by finding."""

    document: Mapping[str, Any]
    outcomes: tuple[Outcome, ...]

    @property
    def loss(self) -> str:
        """The loss's name."""
        return str(self.document["loss"])

    @property
    def problems(self) -> tuple[str, ...]:
        """What a command reports as an error."""
        rejected = (one for one in self.outcomes if one.status == REJECTED)
        return tuple(f"the checker rejects {one.name}: {one.why}" for one in rejected)


@dataclass(frozen=True)
class Replayer:
    """Audits specs, and replays what was found from its JSON alone."""

    examiner: Examiner

    def __call__(self, path: Path) -> tuple[Path, Rechecked | Failure]:
        """Audit one spec and replay what was found; an error is an outcome, too."""
        try:
            spec = pipeline.read_spec(path)
            found = audit(spec, self.examiner.setting, self.examiner.budget)
            document = json.loads(json.dumps(found.to_json()))
            return path, Rechecked(document, tuple(replay(spec, document)))
        except SymlossError as error:
            return path, Failure(str(path), str(error))
        except Exception as error:
            return path, unforeseen(str(path), error)


def examine(
    words: Sequence[str], work: Any, *, jobs: int = 1, track: Track = untracked
) -> list[Any]:
    """What an `Examiner` or a `Replayer` finds of all that a command's words mean, in that order.

    A word that means no spec is a failure like any other.
    """
    chosen: list[Path | Failure] = []
    for word in words:
        try:
            chosen += specs_of(word)
        except SymlossError as error:
            chosen.append(Failure(word, str(error)))
    paths = list(dict.fromkeys(one for one in chosen if isinstance(one, Path)))
    found = dict(_found(paths, work, jobs, track))
    return [
        found[one] if isinstance(one, Path) else one for one in dict.fromkeys(chosen)
    ]  # fmt: skip


def _found(paths: Sequence[Path], work: Any, jobs: int, track: Track) -> Iterator[tuple[Path, Any]]:
    with closing(spread(work, paths, jobs, lost=_lost)) as outcomes:
        yield from track(outcomes, len(paths))


def _lost(path: Path) -> tuple[Path, Failure]:
    return path, Failure(str(path), DIED)
