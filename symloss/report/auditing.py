"""What an audit found, as a table."""

from __future__ import annotations

from rich.markup import escape
from rich.table import Table

from symloss.audit import Audit, Finding


def audit_table(audit: Audit) -> Table:
    """A property a line: the verdict, a constant's value, and how or where."""
    told = "".join(f", {name} = {value}" for name, value in audit.setting.items())
    table = Table(title=escape(audit.loss + told), title_justify="left", box=None, pad_edge=False)
    for name in ("property", "verdict", "value"):
        table.add_column(name, no_wrap=True)
    table.add_column("how")
    for name, finding in audit.findings.items():
        style = {"PROVED": "green", "REFUTED": "red"}.get(finding.verdict, "yellow")
        verdict = f"[{style}]{finding.verdict}[/{style}]"
        table.add_row(escape(name), verdict, escape(finding.value), escape(_how(finding)))
    return table


def _how(finding: Finding) -> str:
    shown = finding.to_json()
    if finding.verdict == "UNKNOWN":
        return "tried: " + ", ".join(shown["tried"])
    return "; ".join(part for part in (shown["method"], finding.detail) if part)
