"""What people look at in a terminal: tables, mathematics, progress.

In: specs, derivations, verifications, audits, build reports. Out: text, tables and JSON values.
Figures are `symloss.report.figures`: whoever draws shares its style, and its way to save.
Guarantees: nothing is computed here that the other rooms have not decided. Raises: nothing of its
own.
"""

from symloss.report.accuracy import certificates, certificates_json
from symloss.report.auditing import audit_table, audits_json, recheck_table, rechecks_json
from symloss.report.bars import races_plot
from symloss.report.building import build_summary
from symloss.report.elementary import elementary_table
from symloss.report.figures import check_path
from symloss.report.listing import Entry, listing, listing_markdown, listing_table
from symloss.report.mathematics import mathematics
from symloss.report.progress import bar
from symloss.report.races import races_json, races_notes, races_table
from symloss.report.standings import (
    curves_plot,
    standings_json,
    standings_markdown,
    standings_notes,
    standings_table,
)
from symloss.report.sweeps import sweep_table, sweeps_json, sweeps_notes, sweeps_plot
from symloss.report.verdicts import verdicts, verdicts_json

__all__ = [
    "Entry",
    "audit_table",
    "audits_json",
    "bar",
    "build_summary",
    "certificates",
    "certificates_json",
    "check_path",
    "curves_plot",
    "elementary_table",
    "listing",
    "listing_markdown",
    "listing_table",
    "mathematics",
    "races_json",
    "races_notes",
    "races_plot",
    "races_table",
    "recheck_table",
    "rechecks_json",
    "standings_json",
    "standings_markdown",
    "standings_notes",
    "standings_table",
    "sweep_table",
    "sweeps_json",
    "sweeps_notes",
    "sweeps_plot",
    "verdicts",
    "verdicts_json",
]
