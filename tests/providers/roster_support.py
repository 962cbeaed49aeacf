"""An accepted assignment with weekly times, and what somebody tells who signs up."""

import json
from typing import Any
from uuid import UUID, uuid4

from bangfu.dispatch.tables import Assignment
from bangfu.households.tables import Consent, Household
from bangfu.needs.tables import Need
from bangfu.shared.clock import now, today
from bangfu.shared.identifiers import id_check_digit
from tests.support import TOWN, VILLAGE

HEAD = "秘密户主"
"""The head of the household that no roster and no calendar may name."""


async def accepted(carer: UUID, windows: list[list[int]], visits: int = 8, number: str = "A-000009") -> UUID:
    """An assignment that the carer has accepted; the id."""
    household = Household(
        id=uuid4(), number=f"H-{number}", division=VILLAGE, category="dibao", head_name=HEAD, lat=31.78, lon=119.95,
    )  # fmt: skip
    await household.save()
    ground = Consent(id=uuid4(), household=household.id, ground="consent", purposes=["service"], given_on=today())
    await ground.save()
    need = Need(
        id=uuid4(), number=f"N-{number}", household=household.id, division=VILLAGE, service="daily_care",
        status="assigned", priority="key", visits=visits, minutes=60, qualifications="[]", kinds=["worker"],
        windows=json.dumps(windows), consent=ground.id,
    )  # fmt: skip
    await need.save()
    task = Assignment(
        id=uuid4(), number=number, need=need.id, household=household.id, division=VILLAGE, service="daily_care",
        carer_kind="worker", matched_carer=carer, carer=carer, visits=visits, minutes=60, status="accepted",
        answered_at=now(), deadline=now(),
    )  # fmt: skip
    await task.save()
    return task.id


def id_number(born: str, *, female: bool = True) -> str:
    """A made-up resident ID number of somebody born on that day (YYYYMMDD)."""
    first = f"990101{born}00{2 if female else 1}"
    return first + id_check_digit(first)


def sign_up_form(born: str = "1990-05-06", **more: str) -> dict[str, Any]:
    """The posted form of a complete sign-up."""
    return {
        "key": str(uuid4()), "town": TOWN.ljust(12, "0"), "name": "甄志愿", "sex": "f", "birth_date": born,
        "id_number": id_number(born.replace("-", "")), "phone": "13900001234", "division": VILLAGE,
        "languages": ["cmn", "wuu"], "services": ["visit_check"], "skills": "会理发", "travel_mode": "ebike",
        "d5_0_from": "09:00", "d5_0_to": "11:30", "informed": "yes", "truthful": "yes", "consent": "yes", **more,
    }  # fmt: skip
