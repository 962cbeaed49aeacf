"""Lists about households that are known already: their rows by household, and what the database holds of them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from bangfu.imports.kinds.base import covers
from bangfu.imports.kinds.household_fields import household_fields
from bangfu.imports.kinds.household_records import Records, read_records
from bangfu.imports.kinds.standing import in_register, unmasked
from bangfu.imports.plan import Record, Sheet
from bangfu.shared.actor import Actor
from bangfu.shared.faults import N_
from bangfu.shared.tabular import CheckedRow

Group = tuple[Record, list[CheckedRow]]


async def read_known(actor: Actor, rows: list[CheckedRow], today: date) -> Records:
    """Everything that the rows refer to; fields of the households' list that this one does not have are empty."""
    absent = {field.code: None for field in household_fields(today)}
    for row in rows:
        row.values.update({code: None for code in absent if code not in row.values})
    return await read_records(actor, rows)


def by_household(actor: Actor, sheet: Sheet, records: Records, rows: list[CheckedRow]) -> Iterator[Group]:
    """Known households of the actor's area with their rows; the others are at fault, all in the same words."""
    groups: dict[str, list[CheckedRow]] = {}
    for row in rows:
        groups.setdefault(str(row.values["household_number"]), []).append(row)
    for number, group in groups.items():
        known = records.households.get(number)
        if known is None or not covers(actor, known["division"]):
            message = N_("No household of your area has this number.")
            fix = N_("Import the household first, or correct the number.")
            sheet.fault(group[0], "household_number", "household_unknown", message, fix)
        elif in_register(sheet, group[0], known) and unmasked(sheet, group):
            yield known, group
