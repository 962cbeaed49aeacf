"""A made-up household as people type it, for the tests of households and needs."""

from datetime import date
from typing import Any
from uuid import UUID, uuid4

from bangfu.shared.identifiers import generate_resident_id
from tests.support import VILLAGE, Visitor

ID_NUMBER = generate_resident_id(date(1945, 3, 15), 35)
PHONE, BANK = "13812345678", "6222021234567890123"


def typed(**changes: Any) -> dict[str, Any]:
    """The form of /households/new, filled in without a fault."""
    form: dict[str, Any] = {
        "key": str(uuid4()), "name": "欧阳小明", "id_type": "resident_id", "id_number": ID_NUMBER, "phone": PHONE,
        "bank": BANK, "health": "高血压", "tags": ["lives_alone"], "division": VILLAGE, "address": "3组12号",
        "category": "tekun", "support_mode": "dispersed", "datum": "wgs84", "ground": "consent",
        "giver": "欧阳小明", "giver_relation": "self", "method": "paper", "given_on": "2026-11-01",
        "purposes": ["service", "share_provider"], "text_version": "2026-1",
    }  # fmt: skip
    return {name: value for name, value in {**form, **changes}.items() if value is not None}


def withdrawal(**changes: Any) -> dict[str, Any]:
    """The form that takes a consent back as a whole."""
    form = {
        "withdrawn_by": "欧阳小明", "relation": "self", "method": "spoken", "said_on": "2026-11-20", "extent": "all",
    }  # fmt: skip
    return {**form, **changes}


async def record(browser: Visitor, **changes: Any) -> UUID:
    """Record a household through the page; its id."""
    form = typed(**changes)
    answer = await browser.post("/households/new", form)
    assert answer.status_code == 303, answer.text
    return UUID(answer.headers["location"].rpartition("/")[2])
