"""What an ID number tells must agree with what else is written about the person."""

from __future__ import annotations

from datetime import date

from bangfu.imports.plan import Sheet
from bangfu.shared.faults import N_
from bangfu.shared.identifiers import ResidentId
from bangfu.shared.tabular import CheckedRow

_LETTER = {"male": "m", "female": "f"}


def sex_of(sex: object, id_number: object = None) -> str | None:
    """f or m, from the cell or else from the ID number."""
    if isinstance(id_number, ResidentId):
        return _LETTER[id_number.sex]
    return str(sex) if sex else None


def check_against_id(sheet: Sheet, row: CheckedRow, id_number: object, sex: object, born: object) -> None:
    """Note a fault where sex or birth date differ from the resident ID number; count unknown area codes."""
    if not isinstance(id_number, ResidentId):
        return
    if sex and sex != _LETTER[id_number.sex]:
        message = N_("The ID number says another sex.")
        sheet.fault(row, "sex", "sex_differs", message, N_("Compare with the ID card and correct one of the two."))
    if isinstance(born, date) and born != id_number.birth_date:
        message = N_("The ID number says another birth date: {day}.")
        fix = N_("Compare with the ID card and correct one of the two.")
        sheet.fault(row, "birth_date", "birth_date_differs", message, fix, day=id_number.birth_date.isoformat())
    if not id_number.is_known_division and not id_number.number.startswith("99"):
        sheet.note("id_area_unknown")
