"""Judging once more: the emitted code as its users import it, against the spec as it is now."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from symloss import pipeline
from symloss.errors import PublishError, SymlossError
from symloss.publish.find import catalogue_specs, is_path, specs_of
from symloss.publish.outcome import Failure, Track, unforeseen, untracked
from symloss.publish.spread import DIED, spread
from symloss.spec import Spec
from symloss.verify import Certificate, Verification


@dataclass(frozen=True)
class Case:
    """A spec and the emitted code to hold against it.

    `code` is the name of an installed module, the path of an emitted file, or None: to be emitted
    now.
    """

    spec: Path
    code: str | Path | None

    @property
    def name(self) -> str:
        """The loss's name."""
        return self.spec.stem


@dataclass(frozen=True)
class Judged:
    """A loss and what the judge found."""

    case: Case
    verification: Verification


@dataclass(frozen=True)
class Measured:
    """A loss and its accuracy."""

    case: Case
    certificate: Certificate


def cases(words: Sequence[str], out: Path | None) -> tuple[Case, ...]:
    """The cases that the words of a command mean; no words mean the catalogue.

    Raises:
        SpecError: a word means no spec.
    """
    if not words:
        return tuple(_installed(spec) for spec in catalogue_specs().values())
    found = [_case(word, spec, out) for word in words for spec in specs_of(word)]
    return tuple(dict.fromkeys(found))


def judge(
    chosen: Sequence[Case], *, jobs: int = 1, points: int | None = None, track: Track = untracked
) -> Iterator[Judged | Failure]:
    """Outcomes as they come."""
    with TemporaryDirectory(prefix="symloss-", ignore_cleanup_errors=True) as folder:
        work = Courtroom(Path(folder), points)
        with closing(spread(work, chosen, jobs, lost=_lost)) as outcomes:
            yield from track(outcomes, len(chosen))


def measure(
    chosen: Sequence[Case], *, jobs: int = 1, seconds: float, track: Track = untracked
) -> Iterator[Measured | Failure]:
    """Certificates of accuracy as they come; `seconds` is what each function may take."""
    with TemporaryDirectory(prefix="symloss-", ignore_cleanup_errors=True) as folder:
        work = Workshop(Path(folder), seconds)
        with closing(spread(work, chosen, jobs, lost=_lost)) as outcomes:
            yield from track(outcomes, len(chosen))


def precompile(
    chosen: Sequence[Case], *, jobs: int = 1, track: Track = untracked
) -> Iterator[Case | Failure]:
    """Fill the disk cache of compiled functions; the cases whose functions are there, as they come.

    Functions are compiled for float32 and float64 arrays, with parameters that are numbers.
    """
    with TemporaryDirectory(prefix="symloss-", ignore_cleanup_errors=True) as folder:
        work = Foundry(Path(folder))
        with closing(spread(work, chosen, jobs, lost=_lost)) as outcomes:
            yield from track(outcomes, len(chosen))


@dataclass(frozen=True)
class _Room(ABC):
    """Takes cases, one by one; an error is an outcome, too."""

    folder: Path

    def __call__(self, case: Case) -> Any:
        """What comes of one case."""
        try:
            spec = pipeline.read_spec(case.spec)
            return self._outcome(case, spec, self._loss(case, spec))
        except SymlossError as error:
            return Failure(case.name, str(error))
        except Exception as error:
            return unforeseen(case.name, error)

    @abstractmethod
    def _outcome(self, case: Case, spec: Spec, loss: Any) -> Any:
        """What comes of a spec and its loss."""

    def _loss(self, case: Case, spec: Spec) -> Any:
        """The emitted loss, imported."""
        if case.code is None:
            return pipeline.draft(spec, self.folder)
        if isinstance(case.code, Path):
            loss = pipeline.load(case.code)
        else:
            loss = _import(case.code)
        if loss.spec_hash != spec.hash:
            raise PublishError("was emitted from another version of its spec; run `symloss build`")
        return loss


@dataclass(frozen=True)
class Courtroom(_Room):
    """Judges cases; `points` is how many each function is tried at, by default the judge's own."""

    points: int | None

    def _outcome(self, case: Case, spec: Spec, loss: Any) -> Judged:
        if self.points is None:
            return Judged(case, pipeline.verify(spec, loss))
        return Judged(case, pipeline.verify(spec, loss, points=self.points))


@dataclass(frozen=True)
class Workshop(_Room):
    """Measures cases; `seconds` is how long each function may take, after its first round."""

    seconds: float

    def _outcome(self, case: Case, spec: Spec, loss: Any) -> Measured:
        return Measured(case, pipeline.certify(spec, loss, seconds=self.seconds))


@dataclass(frozen=True)
class Foundry(_Room):
    """Compiles cases for later processes."""

    def _outcome(self, case: Case, spec: Spec, loss: Any) -> Case:  # noqa: ARG002 - as other rooms
        loss.compile()
        return case


def _import(module: str) -> Any:
    try:
        return getattr(import_module(module), module.rpartition(".")[2])
    except ModuleNotFoundError as error:
        if error.name and module.startswith(error.name):
            raise PublishError(
                f"{module} is not built or not installed; run `symloss build`"
            ) from None
        raise


def _case(word: str, spec: Path, out: Path | None) -> Case:
    if not is_path(word):
        return _installed(spec)
    if out is None:
        return Case(spec, None)
    file = out / f"{spec.stem}.py"
    if not file.is_file():
        raise PublishError(f"{file} does not exist\n  emit it: symloss build {word} --out {out}")
    return Case(spec, file)


def _installed(spec: Path) -> Case:
    return Case(spec, f"symloss.losses.{spec.parent.name}.{spec.stem}")


def _lost(case: Case) -> Failure:
    return Failure(case.name, DIED)
