"""A complaint out of a call, with one click: money was asked for, nobody came, somebody else came (DOMAIN.md 5.3)."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID, uuid5

from bangfu.complaints import intake
from bangfu.complaints.routing import About
from bangfu.errors import N_, Refused
from bangfu.feedback import calling, rules
from bangfu.feedback.serving import visits_of
from bangfu.households.sealing import unseal
from bangfu.shared.actor import Actor

KINDS: Final[Mapping[str, str]] = {"fee_demand": "fee_demand", "no_show": "no_show", "wrong_person": "quality"}
"""Offer of rules.offers -> kind of complaint."""
_SAID: Final = {
    "fee_demand": "回访时反映：服务人员索要钱物或推销。",
    "no_show": "回访时反映：记录上的服务没有人来。",
    "wrong_person": "回访时反映：来的不是记录上的人员。",
}


async def complain(actor: Actor, callback: UUID, offer: str, at: datetime) -> UUID:
    """Enter the complaint that a call gave reason for; the same click again is the same complaint.

    Raises:
        NotYours: as calling.entry_for.
        Refused: where the call gave no reason for it.
    """
    entry = await calling.entry_for(actor, callback)
    if offer not in KINDS or offer not in offered(entry):
        raise Refused(N_("What was said in the call gives no reason for this complaint."))
    visits = await visits_of(entry["kind"], entry["subject"], entry["household"], entry["year"], entry["quarter"])
    about = About(target="visit", visit=visits[0]["id"]) if visits else About(household=entry["household"])
    words = unseal("callback", entry, "words_enc")
    told = intake.Told(
        facts=f"{_SAID[offer]}{words}", division=entry["division"], channel="phone", kind=KINDS[offer], about=about
    )
    return await intake.enter(actor, uuid5(callback, offer), told, at)


def offered(entry: Mapping[str, Any]) -> tuple[str, ...]:
    """What a call that was made offers."""
    return rules.offers(json.loads(entry["answers"]), danger=entry["danger"]) if entry["status"] == "done" else ()
