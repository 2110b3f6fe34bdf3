"""What an audit found, as a table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rich.markup import escape
from rich.table import Table

from symloss.audit import Audit, Finding
from symloss.publish import Failure, Rechecked

_STYLES = {"PROVED": "green", "REFUTED": "red", "UNKNOWN": "yellow"}


def audit_table(audit: Audit, *, in_full: bool = True) -> Table:
    """A property a line: the verdict, a value, how it was found or where it fails.

    Without `in_full`, what is unknown is left out but for a last line of names.
    """
    told = "".join(f", {name} = {value}" for name, value in audit.setting.items())
    title = f"{audit.loss}({', '.join(audit.wrt)}){told}"
    table = Table(title=escape(title), title_justify="left", box=None, pad_edge=False)
    table.add_column("property", no_wrap=True)
    table.add_column("verdict", no_wrap=True)
    for name in ("value", "condition", "how"):
        table.add_column(name, overflow="fold")
    unknown = []
    for name, finding in audit.findings.items():
        if finding.verdict == "UNKNOWN" and not in_full:
            unknown.append(name)
            continue
        style = _STYLES[finding.verdict]
        verdict = f"[{style}]{finding.verdict.lower()}[/{style}]"
        cells = (name, finding.value, finding.condition, _how(finding))
        shown = [escape(cell) for cell in cells]
        table.add_row(shown[0], verdict, *shown[1:])
    if unknown:
        table.add_row("not decided", "[yellow]unknown[/yellow]", "", "", escape(", ".join(unknown)))
    return table


def _how(finding: Finding) -> str:
    shown = finding.to_json()
    if finding.verdict == "UNKNOWN":
        return "tried: " + ", ".join(shown["tried"])
    loose = "" if finding.tight else "a bound, not shown to be the best"
    return "; ".join(p for p in (shown["method"], finding.detail, loose, _elsewhere(finding)) if p)


def _elsewhere(finding: Finding) -> str:
    """What is known of the parameters that a condition leaves out."""
    if not finding.condition:
        return ""
    return "for no other values" if finding.exact else "perhaps for other values, too"


def recheck_table(checked: Rechecked) -> Table:
    """A finding a line: confirmed, rejected, or not replayable and what is missing."""
    table = Table(title=escape(checked.loss), title_justify="left", box=None, pad_edge=False)
    for name in ("property", "recheck"):
        table.add_column(name, no_wrap=True)
    table.add_column("why", overflow="fold")
    styles = {"confirmed": "green", "rejected": "red"}
    for one in checked.outcomes:
        style = styles.get(one.status, "yellow")
        table.add_row(escape(one.name), f"[{style}]{one.status}[/{style}]", escape(one.why))
    return table


def rechecks_json(found: Sequence[Rechecked | Failure]) -> Any:
    """The audits with what the checker says in each finding's `recheck`."""
    documents = [
        _rechecked(one)
        if isinstance(one, Rechecked)
        else {"loss": one.subject, "error": one.message}
        for one in found
    ]
    return documents[0] if len(documents) == 1 else documents


def _rechecked(one: Rechecked) -> dict[str, Any]:
    told = {outcome.name: outcome for outcome in one.outcomes}
    findings = [
        {**finding, "recheck": told[finding["property"]].status}
        if finding["property"] in told
        else finding
        for finding in one.document["findings"]
    ]
    return {**one.document, "findings": findings}


def audits_json(found: Sequence[Audit | Failure]) -> Any:
    """A document for one loss, a list for several; where there is no audit, the error."""
    documents = [
        one.to_json() if isinstance(one, Audit) else {"loss": one.subject, "error": one.message}
        for one in found
    ]
    return documents[0] if len(documents) == 1 else documents
