"""The package that a person gets: everything held, what happened, who read it; as one document (PIPL art. 45)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from bangfu.households.timeline import Happening, events_of_household
from bangfu.privacy.holding_queries import held, other_members
from bangfu.privacy.holdings import EXCLUDED
from bangfu.privacy.readers import Reading, readings
from bangfu.shared import i18n
from bangfu.shared.masking import mask_name
from bangfu.shared.masking_filters import shown_time

FORMAT = "bangfu-person-1"
EVENTS = 1000
REPORTED = frozenset({"report.collected", "report.took_in", "report.merged"})
"""Events whose doer is, or points to, who reported."""


@dataclass(frozen=True, slots=True)
class Package:
    """`records`: table -> rows in plain; `watermark`: who made it and when, on every page."""

    number: str
    watermark: str
    records: dict[str, list[dict[str, Any]]]
    others: list[dict[str, Any]]
    events: list[Happening]
    readings: list[Reading]

    def document(self) -> dict[str, Any]:
        """The same as JSON: codes as stored, with the words of the reader's language beside the tables' names."""
        return {
            "format": FORMAT,
            "request": self.number,
            "watermark": self.watermark,
            "records": {
                table: {"title": i18n.word("held_table", table), "rows": rows} for table, rows in self.records.items()
            },
            "other_members": self.others,
            "events": [
                {"at": event.at.isoformat(timespec="seconds"), "event": event.action,
                 "words": i18n.word("event", event.action), "by": self.did(event)}
                for event in self.events
            ],
            "readings": [
                {"at": one.at.isoformat(timespec="seconds"), "what": one.what, "who": self.who(one), "role": one.role,
                 "until": one.until.isoformat(timespec="seconds") if one.until else None}
                for one in self.readings
            ],
            "not_contained": [
                {"table": table, "why": i18n.gettext_now(why)} for table, why in EXCLUDED.items()
            ],
        }  # fmt: skip

    def did(self, event: Happening) -> str:
        """Who did it, by the masked name; who reported the household stays secret, as in the report itself."""
        return "" if event.action in REPORTED else mask_name(event.who)

    def who(self, one: Reading) -> str:
        """Who read, as the person may know: an organisation openly, people by the masked name."""
        return one.who if one.shared and one.role == "worker" else mask_name(one.who)


async def package_of(number: str, household: UUID, person: UUID, made_by: str, at: datetime) -> Package:
    """Everything held about one member of a household."""
    return Package(
        number=number,
        watermark=f"{made_by} · {shown_time(at)} · {number}",
        records=await held(household, person),
        others=await other_members(household, person),
        events=await events_of_household(household, EVENTS),
        readings=await readings(household, person),
    )
