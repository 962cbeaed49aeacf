"""What a household's form takes over from the report where a field was left empty, so that no page shows it whole."""

from collections.abc import Mapping
from uuid import UUID

from bangfu.discovery.tables import Report
from bangfu.households.sealing import unseal
from bangfu.shared.phones import national_phone
from bangfu.shared.web.forms import Form

_FIELDS = ("name", "phone", "id_number", "address")


async def told_of(report: UUID) -> dict[str, str]:
    """Field -> the report's value. The caller has checked that the report is to be seen."""
    row = (await Report.raw("SELECT * FROM report WHERE id = {}", report))[0]
    found = {name: unseal("report", row, f"{name}_enc") for name in _FIELDS}
    return {**found, "phone": national_phone(found["phone"])}


def completed(form: Form, told: Mapping[str, str]) -> Form:
    """The form as typed, its empty fields filled; the ID number only where a resident ID is the document."""
    values = {name: form.many(name) or [form[name]] for name in form}
    for name, value in told.items():
        resident = form.get("id_type", "resident_id") == "resident_id"
        if value and not form.get(name, "").strip() and (name != "id_number" or resident):
            values[name] = [value]
    return Form(values)
