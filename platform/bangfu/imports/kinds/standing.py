"""What a list may not touch: households that are no longer in the register, and values that an export masked."""

from __future__ import annotations

from collections.abc import Sequence

from bangfu.households.status_rules import SERVED
from bangfu.imports.plan import Record, Sheet
from bangfu.shared.faults import N_
from bangfu.shared.tabular import CheckedRow

NAMES = ("member_name", "consent_giver", "name", "legal_representative", "guardian")


def in_register(sheet: Sheet, row: CheckedRow, known: Record) -> bool:
    """Whether a known household may be changed by a list; else a fault at its first row (DOMAIN.md 1.1)."""
    if known["status"] in SERVED:
        return True
    if known["status"] == "merged":
        message = N_("This household was put together with another one.")
        fix = N_("Use the number of the household that was kept.")
    else:
        message = N_("This household has left the register; a list does not bring it back.")
        fix = N_("Take it in again on its page first, or delete its rows.")
    sheet.fault(row, "household_number", "not_in_register", message, fix)
    return False


def unmasked(sheet: Sheet, rows: Sequence[CheckedRow]) -> bool:
    """Whether no cell holds a masked value, such as a masked export has them; else a fault at each."""
    found = False
    for row in rows:
        for name, value in row.values.items():
            if isinstance(value, str) and ("***" in value or (name in NAMES and "*" in value)):
                message, fix = N_("This value is masked."), N_("Write the whole value, or leave the cell empty.")
                sheet.fault(row, name, "masked", message, fix)
                found = True
    return not found
