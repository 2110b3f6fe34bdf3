"""Audits stored beside the code they are about, keyed by the spec and the auditor's source.

An audit costs seconds: what is stored is used again until its spec or the auditor changes. It is
sealed, as modules are, so that an edited one is noticed.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from symloss import pipeline
from symloss.errors import PublishError
from symloss.publish.documents import SEAL, Sort, text_of
from symloss.publish.keys import auditor_digest, digest
from symloss.spec import Spec

AUDITS = Sort(".audit.json", "audit_key")
_LONG = ("domain", "kinks", "minimiser")


@dataclass(frozen=True)
class Dossier:
    """A loss's audit: the file's text, and the document in it."""

    text: str
    document: dict[str, Any]

    @property
    def seal(self) -> str:
        """A digest of the document: what a module that tells of it is built from."""
        return str(self.document[SEAL])

    @property
    def summary(self) -> dict[str, str]:
        """What was proved or refuted of all that varies together, in a word each."""
        findings = {one["property"]: one for one in self.document["findings"]}
        return {
            name: _word(one) for name, one in findings.items()
            if one["verdict"] != "unknown" and " in " not in name and name not in _LONG
        }  # fmt: skip


def _word(finding: dict[str, Any]) -> str:
    proved = finding["verdict"] == "proved"
    word = finding["value"] if proved and finding["value"] else "yes" if proved else "no"
    word = word if finding["tight"] else f"{word}, perhaps not the best"
    return f"{word} where {finding['condition']}" if finding["condition"] else word


def audit_key(spec: Spec) -> str:
    """The key of a spec's audit: equal keys, nothing to audit anew."""
    return digest([spec.hash, _auditor()])


@cache
def _auditor() -> str:
    return auditor_digest()


def stored(file: Path) -> Dossier | None:
    """What lies in a file, if it is an audit as it was published."""
    document = AUDITS.stored(file)
    return Dossier(text_of(document), document) if document is not None else None


def dossier(spec: Spec, file: Path) -> Dossier:
    """The audit that is stored, if it is current; else a new one.

    Raises:
        PublishError: a claim of the spec is refuted.
    """
    key = audit_key(spec)
    if AUDITS.status(file, key) == "current":
        found = stored(file)
        assert found is not None
        return found
    audit = pipeline.audit(spec)
    if audit.problems:
        told = "\n".join(f"  {line}" for line in audit.problems)
        raise PublishError(
            f"{spec.path}: the audit contradicts the spec; nothing is published\n{told}"
        )
    document = AUDITS.sealed(key, json.loads(json.dumps(audit.to_json(timed=False))))
    return Dossier(text_of(document), document)
