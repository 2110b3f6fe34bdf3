"""Certificates of accuracy stored beside the code that they were measured for.

A certificate costs minutes, and is made when it is asked for. It names its code by what that code
computes, so that it stays true while headers, comments and the rest of the generator change.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from symloss.emit import fingerprint_of_module, with_accuracy
from symloss.publish.documents import Sort, text_in_lines
from symloss.publish.seal import Status, is_intact, read, seal, unsealed, write
from symloss.verify import Certificate, Record, summary

CERTIFICATES = Sort(".accuracy.json", "code")
UNMEASURED = "not measured"
EARLIER = "measured for earlier code, not for this"


@dataclass(frozen=True)
class Effort:
    """How hard the hunt was: a larger budget goes on from where a smaller one stopped."""

    seed: int
    seconds: float


def keep_certificate(module: Path, certificate: Certificate, effort: Effort) -> None:
    """Keep a certificate beside the module that it was measured for, and tell it in its header.

    Raises:
        PublishError: a file cannot be written.
    """
    file = CERTIFICATES.file(module)
    said = {
        "loss": certificate.loss,
        "holds": certificate.holds,
        "effort": asdict(effort),
        "rows": [row.to_record() for row in certificate.rows],
    }
    code = fingerprint_of_module(read(module))
    write(file, text_in_lines(CERTIFICATES.sealed(code, said)))
    retell(module)


def retell(module: Path) -> None:
    """Have a published module's header tell of the certificate beside it."""
    text = read(module)
    told = telling(text, module)
    if is_intact(text) and told != text:
        write(module, told)


def telling(text: str, module: Path) -> str:
    """A sealed module's text with a header that tells of the certificate beside the module."""
    changed = told_by(unsealed(text), module)
    return text if changed == unsealed(text) else seal(changed)


def told_by(source: str, module: Path) -> str:
    """A module's source with a header that tells of the certificate beside the module."""
    document = CERTIFICATES.stored(CERTIFICATES.file(module))
    return with_accuracy(source, _told(document, source))


def accuracy_standing(module: Path) -> Status:
    """How the certificate beside a module stands: stale if the module does not tell of it."""
    found = CERTIFICATES.status(CERTIFICATES.file(module))
    if found in ("edited", "foreign") or not module.exists():
        return "current" if found == "missing" else found
    text = read(module)
    return "stale" if is_intact(text) and telling(text, module) != text else "current"


def rows_on_record(module: Path | None) -> Record:
    """What is on record of a module's loss, whether for its code or for an earlier one."""
    document = CERTIFICATES.stored(CERTIFICATES.file(module)) if module is not None else None
    return document["rows"] if document is not None else ()


def _told(document: dict[str, Any] | None, source: str) -> str:
    if document is None:
        return UNMEASURED
    if document[CERTIFICATES.key] != fingerprint_of_module(source):
        return EARLIER
    told = summary(document["rows"])
    return told if document["holds"] else f"BROKEN: {told}"
