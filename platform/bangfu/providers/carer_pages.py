"""What the pages of carers show: masked values, certificates and papers, what may be done."""

from datetime import date
from typing import Any
from uuid import UUID

from bangfu.providers.carer_details import certificates_of, events_of, papers_of
from bangfu.providers.carer_hooks import running_of
from bangfu.providers.carer_reading import (
    Row,
    carer_for,
    is_own_manager,
    knows_of_checks,
    may_check,
    may_keep,
    may_verify,
    shown_reason,
)
from bangfu.providers.standing import barred_carers
from bangfu.shared.actor import Actor
from bangfu.shared.civil_time import age_on
from bangfu.shared.crypto import decrypt
from bangfu.shared.masking import mask_id, mask_name, mask_phone
from bangfu.shared.permissions import allows
from bangfu.shared.phones import national_phone
from bangfu.shared.web.pages import Page, Request, page


def identity(actor: Actor, row: Row, today: date, *, reveal: bool) -> dict[str, str]:
    """Name, phone and ID number as the actor may see them; `reveal` after a logged reason."""
    number = decrypt(row["id_number_enc"], f"carer:id_number_enc:{row['id']}")
    phone = decrypt(row["phone_enc"], f"carer:phone_enc:{row['id']}")
    minor = row["birth_date"] is not None and age_on(today, row["birth_date"]) < 18
    own = reveal or is_own_manager(actor, row)
    return {
        "name": row["name"] if own else mask_name(row["name"]),
        "phone": national_phone(phone) if own else mask_phone(phone),
        "id_number": number if reveal else mask_id(number, minor=minor) if number else "",
    }


async def detail_page(
    request: Request, carer: UUID, today: date, *, reveal: bool = False, status: int = 200, **more: Any
) -> Page:
    """One carer with everything that stands beside the record."""
    actor = request.actor
    row = await carer_for(actor, carer)
    barred = (await barred_carers(today, [carer])).get(carer, "")
    keeps, verifies = may_keep(actor, row), may_verify(actor, row)
    doing = await running_of(carer) if barred and (keeps or actor.has("bureau_officer", "bureau_lead")) else []
    return await page(
        request, "providers/carer_show.html", status, carer=row, who=identity(actor, row, today, reveal=reveal),
        age=age_on(today, row["birth_date"]) if row["birth_date"] else None, reveal=reveal, today=today,
        barred=shown_reason(actor, row, barred), keeps=keeps, verifies=verifies, checks_minors=may_check(actor, row),
        may_lift=allows(actor.roles, "providers.bar") and barred == "clearance_hit", running=doing,
        certificates=await certificates_of(actor, row, today, full=keeps or verifies),
        papers=await papers_of(actor, row, full=knows_of_checks(actor, row)), events=await events_of(actor, row),
        **more,
    )  # fmt: skip
