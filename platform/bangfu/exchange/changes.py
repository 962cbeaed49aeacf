"""The monthly list of changes: gathered from the histories, closed once its month is over, the same ever after."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from bangfu.exchange import change_rules
from bangfu.exchange.change_rules import Change, SpanFact
from bangfu.exchange.tables import ChangeList
from bangfu.households.tables import Household, HouseholdCategory, Person
from bangfu.shared.actor import Actor
from bangfu.shared.civil_time import SHANGHAI, civil_date
from bangfu.shared.database import transaction
from bangfu.shared.tables import AuditEvent


@dataclass(frozen=True, slots=True)
class Monthly:
    """The changes of an area in a month. `closed`: the month is over, so it stays; `sha256` of its content."""

    month: date
    changes: list[Change]
    closed: bool
    sha256: str


async def monthly(actor: Actor, month: date, area: str, at: datetime) -> Monthly:
    """The list for an area (a prefix of division codes inside the actor's own; "" for all of it).

    The list of a county is closed as a whole when it is asked for first after the month; an area's is a part of it.
    """
    wanted = area if area.startswith(actor.scope) else actor.scope
    found: list[Change] = []
    for county in await _counties(wanted) if actor.scope else []:
        found += [one for one in await _of_county(actor, county, month, at) if one.division.startswith(wanted)]
    changes = change_rules.ordered(found)
    return Monthly(
        month, changes, change_rules.is_over(month, at), change_rules.print_of(change_rules.as_rows(changes))
    )


async def _counties(area: str) -> list[str]:
    if len(area) >= 6:
        return [area[:6]]
    rows = await Household.raw(
        "SELECT DISTINCT left(division, 6) AS county FROM household WHERE division LIKE {} ORDER BY 1", f"{area}%"
    )
    return [row["county"] for row in rows]


async def _of_county(actor: Actor, county: str, month: date, at: datetime) -> list[Change]:
    if not change_rules.is_over(month, at):
        return await gather(county, month)
    known = await _closed(county, month)
    if known is None:
        rows = change_rules.as_rows(await gather(county, month))
        async with transaction():
            await ChangeList.raw(
                "INSERT INTO change_list (id, county, month, rows, sha256, made_by, made_at)"
                " VALUES ({}, {}, {}, {}::jsonb, {}, {}, {}) ON CONFLICT DO NOTHING",
                uuid4(), county, month, json.dumps(rows), change_rules.print_of(rows), actor.user, at,
            )  # fmt: skip
        known = await _closed(county, month)
    return [Change(**row) for row in known or ()]


async def _closed(county: str, month: date) -> list[dict[str, Any]] | None:
    rows = await ChangeList.raw("SELECT rows FROM change_list WHERE county = {} AND month = {}", county, month)
    return json.loads(rows[0]["rows"]) if rows else None


async def gather(county: str, month: date) -> list[Change]:
    """The changes that were put on record in the month, from the histories."""
    start, end = change_rules.moments_of(month)
    homes = {
        row["id"]: row for row in await Household.raw(
            "SELECT id, number, division, created_at FROM household WHERE division LIKE {}", f"{county}%"
        )
    }  # fmt: skip
    found = [*await _categories(homes, start, end), *await _standings(homes, county, start, end)]
    found += await _joined(homes, start, end)
    return change_rules.ordered(found)


Homes = Mapping[UUID, Mapping[str, Any]]


async def _categories(homes: Homes, start: datetime, end: datetime) -> list[Change]:
    rows = await HouseholdCategory.raw(
        "SELECT * FROM household_category c WHERE decided_at < {} AND EXISTS (SELECT 1 FROM household_category n"
        " WHERE n.household = c.household AND n.decided_at >= {} AND n.decided_at < {})"
        " ORDER BY household, decided_at, starts_on",
        end, start, end,
    )  # fmt: skip
    spans: dict[UUID, list[SpanFact]] = {}
    for row in rows:
        mode = f"{row['admission_mode']}/{row['support_mode']}"
        spans.setdefault(row["household"], []).append(
            SpanFact(
                str(row["household"]), row["category"], mode, row["starts_on"], row["decided_at"], row["replaced_at"]
            )
        )
    changes = []
    for household, own in spans.items():
        for new in own:
            told = change_rules.of_category(own, new) if new.decided_at >= start and household in homes else None
            if told is not None:
                on = new.starts_on.isoformat()
                changes.append(_change(homes, household, new.decided_at, told[0], "", told[1], new.category, on))
    return changes


async def _standings(homes: Homes, county: str, start: datetime, end: datetime) -> list[Change]:
    rows = await AuditEvent.raw(
        "SELECT at, action, subject, data FROM audit_event WHERE stream = {} AND at >= {} AND at < {}"
        " AND subject_type = 'household' AND action = ANY({}::varchar[]) ORDER BY seq",
        county, start, end, [*change_rules.EVENTS, "person.leaving_undone"],
    )  # fmt: skip
    events = [(row, json.loads(row["data"])) for row in rows]
    undone = {data.get("leaving") for row, data in events if row["action"] == "person.leaving_undone"}
    changes = []
    for row, data in events:
        household = UUID(row["subject"])
        taken_back = row["action"] == "person.left" and data.get("leaving") in undone
        if household not in homes or row["action"] not in change_rules.EVENTS or taken_back:
            continue
        kind, on = change_rules.EVENTS[row["action"]], str(data.get("on") or data.get("last_day") or "")
        if kind == "member_left" and data.get("reason") in change_rules.KINDS:
            kind = data["reason"]
        person, after = str(data.get("person", "")), str(data.get("status", ""))
        changes.append(_change(homes, household, row["at"], kind, person, "", after, on))
    return changes


async def _joined(homes: Homes, start: datetime, end: datetime) -> list[Change]:
    """Members who came to a household that was in the register before that day."""
    rows = await Person.raw(
        "SELECT id, household, created_at FROM person WHERE created_at >= {} AND created_at < {}", start, end
    )
    return [
        _change(homes, row["household"], row["created_at"], "joined", str(row["id"]))
        for row in rows
        if row["household"] in homes
        and civil_date(homes[row["household"]]["created_at"]) < civil_date(row["created_at"])
    ]


def _change(
    homes: Homes, household: UUID, at: datetime, kind: str, person: str = "", before: str = "", after: str = "",
    on: str = "",
) -> Change:  # fmt: skip
    home = homes[household]
    moment = at.astimezone(SHANGHAI).isoformat(timespec="seconds")
    day = on or civil_date(at).isoformat()
    return Change(home["division"], home["number"], moment, kind, str(household), person, before, after, day)


async def people_of(changes: Iterable[Change]) -> dict[str, dict[str, Any]]:
    """The rows of the persons that the changes name, and of the heads of their households, by id of either."""
    told = list(changes)
    persons = [UUID(one.person) for one in told if one.person]
    homes = list({UUID(one.household) for one in told})
    rows = await Person.raw(
        "SELECT * FROM person WHERE id = ANY({}) OR (household = ANY({}) AND is_head)"
        " ORDER BY left_on IS NULL, created_at",
        persons, homes,
    )  # fmt: skip
    heads = {str(row["household"]): row for row in rows if row["is_head"]}
    return {**heads, **{str(row["id"]): row for row in rows}}


def months(today: date, number: int = 24) -> Sequence[date]:
    """The first days of the present month and of those before, the newest first."""
    first, found = today.replace(day=1), []
    for _ in range(number):
        found.append(first)
        first = date(first.year - (first.month == 1), (first.month - 2) % 12 + 1, 1)
    return found
