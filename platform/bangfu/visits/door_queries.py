"""Reads for the pages at the door: one's own visits of the day and week, one visit with its home and its record."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from bangfu.providers.tables import Carer
from bangfu.shared import i18n
from bangfu.shared.actor import Actor
from bangfu.shared.civil_time import civil_date, civil_datetime, day_span
from bangfu.shared.crypto import decrypt
from bangfu.visits import door_rules, door_sharing
from bangfu.visits.door_sharing import Home
from bangfu.visits.tables import Visit, VisitPhoto, VisitRecord

WEEK: Final = timedelta(days=7)
_OWN = "{}::uuid IN (carer, partner)"


@dataclass(frozen=True, slots=True)
class Card:
    """One visit of a list. `along`: the reader comes along and does not record; `km`: straight from the stop before."""

    row: Visit
    home: Home | None
    along: bool
    other: str = ""
    km: float | None = None
    hour: str = ""

    @property
    def hours(self) -> str:
        """From when to when, by the clock in China: 09:00–09:30."""
        start, end = civil_datetime(self.row.planned_start), civil_datetime(self.row.planned_end)
        return f"{start:%H:%M}–{end:%H:%M}"

    @property
    def weekday(self) -> int:
        """0 for Monday."""
        return civil_datetime(self.row.planned_start).weekday()


@dataclass(frozen=True, slots=True)
class Day:
    """What waits today, in the order of the route: what is under way or next on top, what is done, then the week."""

    first: Card | None
    later: list[Card] = field(default_factory=list)
    done: list[Card] = field(default_factory=list)
    week: list[Card] = field(default_factory=list)


async def day_of(actor: Actor, at: datetime) -> Day:
    """One's own visits (also those on which one comes along) of today and of the next seven days."""
    start, end = day_span(civil_date(at))
    today = await _rows(
        "(status = 'in_progress' OR (planned_start >= {} AND planned_start < {}"
        " AND status NOT IN ('cancelled', 'excused')))",
        actor, start, end,
    )  # fmt: skip
    week = await _rows("status = 'planned' AND planned_start >= {} AND planned_start < {}", actor, end, end + WEEK)
    homes = await door_sharing.homes_of([row.id for row in (*today, *week)], at)
    names = await _others(actor, (*today, *week))
    going = [row for row in today if row.status in {"planned", "in_progress"}]
    going.sort(key=lambda row: (row.status != "in_progress", row.planned_start))
    stops = zip(going, [None, *going], strict=False)
    cards = [_card(actor, row, homes, names, before, at) for row, before in stops]
    done = [_card(actor, row, homes, names, None, at) for row in today if row not in going]
    later = [_card(actor, row, homes, names, None, at) for row in week]
    return Day(cards[0] if cards else None, cards[1:], done, later)


async def _rows(where: str, actor: Actor, *values: object) -> list[Visit]:
    found = await Visit.raw(
        f"SELECT id FROM visit WHERE {_OWN} AND {where} ORDER BY planned_start LIMIT 60",  # noqa: S608 (constants)
        actor.carer, *values,
    )  # fmt: skip
    rows: list[Visit] = await Visit.objects().where(Visit.id.is_in([row["id"] for row in found])) if found else []
    return sorted(rows, key=lambda row: row.planned_start)


def _card(
    actor: Actor, row: Visit, homes: dict[UUID, Home], names: dict[UUID, str], before: Visit | None, at: datetime
) -> Card:
    along = row.carer != actor.carer
    other = row.carer if along else row.partner
    km = door_sharing.kilometres(homes.get(before.id), homes.get(row.id)) if before is not None else None
    hour = door_rules.hint_of_time(at, row.window_start, row.window_end) if row.status == "planned" else ""
    return Card(row, homes.get(row.id), along, names.get(other, "") if other else "", km, hour)


async def _others(actor: Actor, rows: Sequence[Visit]) -> dict[UUID, str]:
    ids = {each for row in rows for each in (row.carer, row.partner) if each is not None and each != actor.carer}
    found = await Carer.raw("SELECT id, name FROM carer WHERE id = ANY({})", list(ids)) if ids else []
    return {row["id"]: row["name"] for row in found}


async def card_of(actor: Actor, row: Visit, at: datetime) -> Card:
    """One visit; the caller has checked that it is the reader's."""
    homes = await door_sharing.homes_of([row.id], at)
    return _card(actor, row, homes, await _others(actor, [row]), None, at)


@dataclass(frozen=True, slots=True)
class Content:
    """What the catalogue says is done: the item's name and content in the reader's language, or nothing."""

    name: str = ""
    text: str = ""


async def content_of(row: Visit) -> Content:
    """The catalogue's item of the visit in the version it was ordered in."""
    rows = await Visit.raw(
        "SELECT zh, en, content_zh, content_en FROM catalogue_item WHERE code = {} AND version = {}",
        row.item, row.item_version,
    ) if row.item else []  # fmt: skip
    if not rows:
        return Content()
    lang = "en" if i18n.current() == "en" else "zh"
    return Content(rows[0][lang], rows[0][f"content_{lang}"])


@dataclass(frozen=True, slots=True)
class SentRecord:
    """A record as it was sent, unsealed for who may read it."""

    row: VisitRecord
    checklist: list[dict[str, Any]]
    findings: dict[str, str]
    findings_text: str
    new_needs: str
    measures: str
    remarks: str
    confirmed_by: str
    photos: list[VisitPhoto]


async def record_of(visit: UUID) -> SentRecord | None:
    """The record of a visit; the caller has checked that the reader may see its words."""
    row: VisitRecord | None = await VisitRecord.objects().get(VisitRecord.visit == visit)
    if row is None:
        return None

    def opened(column: str) -> str:
        return decrypt(getattr(row, column), f"visit_record:{column}:{row.id}")

    photos: list[VisitPhoto] = await VisitPhoto.objects().where(VisitPhoto.visit == visit).order_by(VisitPhoto.added_at)
    return SentRecord(
        row, _json(row.checklist), _json(row.findings), opened("findings_enc"), opened("new_needs_enc"),
        opened("measures_enc"), opened("remarks_enc"), opened("confirmed_by_enc"), photos,
    )  # fmt: skip


def _json(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value
