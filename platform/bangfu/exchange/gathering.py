"""Rows of an export as the actor may see them, in batches: memory does not grow with their number."""

import asyncio
import json
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any
from uuid import UUID

from bangfu.exchange import gathering_providers
from bangfu.exchange.export_rules import PROVIDERS, Asked
from bangfu.households import rules
from bangfu.households.people import MemberView, shown_person
from bangfu.households.sealing import unseal
from bangfu.households.status_rules import STATES
from bangfu.households.tables import Household
from bangfu.shared import i18n
from bangfu.shared.actor import Actor
from bangfu.shared.masking import mask_address, mask_coordinates, mask_name

BATCH = 500
Values = dict[str, Any]
_FROM = {
    "households": "FROM household h LEFT JOIN person p ON p.household = h.id AND p.is_head AND p.left_on IS NULL",
    "members": "FROM person p JOIN household h ON h.id = p.household",
    "needs": "FROM need n JOIN household h ON h.id = n.household LEFT JOIN person p ON p.id = n.person",
}
_KEY = {"households": "h.number, h.id", "members": "h.number, p.id", "needs": "h.number, n.id"}
_MORE = {
    "households": ", (SELECT count(*) FROM person m WHERE m.household = h.id AND m.left_on IS NULL) AS members,"
    " (SELECT to_jsonb(c) FROM consent c WHERE c.household = h.id AND c.withdrawn_at IS NULL AND c.person IS NULL"
    " AND (c.valid_until IS NULL OR c.valid_until >= {}) ORDER BY c.recorded_at DESC, c.id LIMIT 1) AS ground",
    "members": "",
    "needs": ", to_jsonb(n) AS need, w.number AS carer, (SELECT coalesce(array_agg(x.number ORDER BY x.number),"
    " ARRAY[]::varchar[]) FROM carer x WHERE x.id = ANY(n.excluded)) AS refused",
}
_NEED = ("service", "visits", "minutes", "priority", "gender_required", "gender_wish", "language_wish")


@dataclass(slots=True)
class Batch:
    """Rows by field code, and what of whom was shown: households, and children under 14."""

    rows: list[Values] = field(default_factory=list)
    households: dict[UUID, str] = field(default_factory=dict)
    """Household -> its division."""
    children: list[tuple[UUID, UUID]] = field(default_factory=list)


async def count(actor: Actor, asked: Asked) -> int:
    """How many rows there are."""
    if asked.subject in PROVIDERS:
        return await gathering_providers.count(actor, asked)
    where, values = conditions(actor, asked)
    rows = await Household.raw(f"SELECT count(*) AS n {_FROM[asked.subject]} WHERE {where}", *values)
    return int(rows[0]["n"])


async def batches(actor: Actor, asked: Asked, today: date) -> AsyncIterator[Batch]:
    """All rows in the order of their numbers."""
    if asked.subject in PROVIDERS:
        async for batch in _of_providers(actor, asked):
            yield batch
        return
    where, values = conditions(actor, asked)
    row_id = _KEY[asked.subject].rpartition(" ")[2]
    last = ("", UUID(int=0))
    early = [today] if asked.subject == "households" else []
    join = " LEFT JOIN carer w ON w.id = n.current_carer" if asked.subject == "needs" else ""
    query = (
        f"SELECT {row_id} AS key, to_jsonb(h) AS household, to_jsonb(p) AS person, coalesce(d.name, '') AS village,"
        f" coalesce(t.name, '') AS township{_MORE[asked.subject]} {_FROM[asked.subject]}{join}"
        " LEFT JOIN division d ON d.code = h.division LEFT JOIN division t ON t.code = left(h.division, 9) || '000'"
        f" WHERE {where} AND (h.number, {row_id}) > ({{}}, {{}}) ORDER BY {_KEY[asked.subject]} LIMIT {{}}"
    )
    while True:
        rows = await Household.raw(query, *early, *values, *last, BATCH)
        if not rows:
            return
        batch = Batch()
        await asyncio.to_thread(_fill, batch, rows, actor, asked, today)
        yield batch
        last = (json.loads(rows[-1]["household"])["number"], rows[-1]["key"])


async def _of_providers(actor: Actor, asked: Asked) -> AsyncIterator[Batch]:
    rows, last = await gathering_providers.page(actor, asked, "", BATCH)
    while rows:
        yield Batch(await asyncio.to_thread(gathering_providers.values, rows, actor, asked))
        rows, last = await gathering_providers.page(actor, asked, last, BATCH)


def conditions(actor: Actor, asked: Asked) -> tuple[str, list[Any]]:
    """What restricts the rows: the actor's area first of all."""
    parts, values = ["h.division LIKE {}"], [f"{actor.scope}%" if actor.scope else ""]
    if asked.status in STATES:
        parts, values = [*parts, "h.status = {}"], [*values, asked.status]
    elif asked.status != "all":
        parts.append("h.status IN ('active', 'grace')")
    else:
        parts.append("h.status <> 'merged'")
    if asked.category:
        parts, values = [*parts, "h.category = {}"], [*values, asked.category]
    if asked.layer:
        parts.append("h.category = ANY({}::varchar[])")
        values.append(rules.categories_of(asked.layer))  # type: ignore[arg-type]
    if asked.division:
        parts, values = [*parts, "h.division LIKE {}"], [*values, f"{asked.division}%"]
    if asked.subject == "members":
        parts.append("p.left_on IS NULL")
    if asked.subject == "needs" and asked.need_status:
        parts, values = [*parts, "n.status = {}"], [*values, asked.need_status]
    return " AND ".join(parts), values


def _fill(batch: Batch, rows: Sequence[Mapping[str, Any]], actor: Actor, asked: Asked, today: date) -> None:
    groups = rules.unmaskable(actor.roles) if asked.unmasked else []
    for row in rows:
        home = json.loads(row["household"])
        home["id"] = UUID(home["id"])
        batch.households[home["id"]] = home["division"]
        person = _person(row["person"])
        view = shown(person, today, actor.roles, groups) if person else None
        if view is not None and view.child:
            batch.children.append((home["id"], view.id))
        values: Values = {"household_number": home["number"], "village": row["village"], "township": row["township"]}
        if view is not None:
            values |= _member(view)
        if asked.subject == "households":
            values |= _household(home, row, view, "contact" in groups)
        elif asked.subject == "needs":
            values |= _need(row)
        batch.rows.append(values)


def _person(text: str | None) -> Values | None:
    """A person's row out of JSON, with the types that the table gives."""
    found: Values | None = json.loads(text) if text else None
    if found is None:
        return None
    days = {name: date.fromisoformat(found[name]) if found[name] else None for name in ("birth_date", "left_on")}
    return {**found, **days, "id": UUID(found["id"])}


def shown(row: Mapping[str, Any], today: date, roles: Collection[str], groups: Collection[str]) -> MemberView:
    """A member as `people.shown_person` shows them, with every group that is revealed."""
    view = shown_person(row, today, roles)
    if view.hidden:
        return view
    if "contact" in groups:
        other = shown_person(row, today, roles, "contact")
        view = replace(view, name=other.name, phone=other.phone)
    if "identity" in groups:
        other = shown_person(row, today, roles, "identity")
        view = replace(view, id_number=other.id_number, bank=other.bank)
    if "health" in groups:
        other = shown_person(row, today, roles, "health")
        view = replace(view, health=other.health, tags=other.tags)
    return view


def _member(view: MemberView) -> Values:
    plain = ("relation", "sex", "birth_date", "id_type", "id_number", "phone", "bank", "health")
    return {"member_name": view.name, "tags": list(view.tags), **{name: getattr(view, name) for name in plain}}


def _household(home: Values, row: Mapping[str, Any], head: MemberView | None, whole: bool) -> Values:
    address = unseal("household", home, "address_enc")
    known = home["lat"] is not None and home["location_source"] not in ("none", "division")
    lat, lon = (home["lat"], home["lon"]) if known else (None, None)
    if lat is not None and lon is not None and not whole:
        lat, lon = mask_coordinates(lat, lon)
    plain = (
        "division", "category", "category_since", "admission_mode", "support_mode", "selfcare_level", "risk_color",
        "two_person_visits", "trained_only", "next_review_on",
    )  # fmt: skip
    return {
        **{name: home[name] for name in plain}, "household_language": home["language"],
        "address": address if whole else mask_address(address), "lat": lat, "lon": lon,
        "datum": "wgs84" if known else "", "layer": i18n.word("layer", rules.layer_of(home["category"])),
        "standing": i18n.word("household_status", home["status"]), "members": row["members"],
        **_ground(row["ground"], whole and not (head is not None and head.hidden)),
    }  # fmt: skip


def _ground(text: str | None, whole: bool) -> Values:
    if not text:
        return {}
    ground = json.loads(text)
    giver = ground["giver"] if whole else mask_name(ground["giver"])
    said = {"consent_ground": ground["ground"], "consent_on": ground["given_on"], "statute": ground["statute"]}
    if ground["ground"] == "statutory":
        return said
    return said | {
        "consent_giver": giver, "consent_relation": ground["giver_relation"], "consent_method": ground["method"],
    }  # fmt: skip


def _need(row: Mapping[str, Any]) -> Values:
    need = json.loads(row["need"])
    windows = need["windows"] if isinstance(need["windows"], list) else json.loads(need["windows"])
    return {
        **{name: need[name] for name in _NEED}, "need_number": need["number"], "need_status": need["status"],
        "need_reason": need["reason"], "windows": windows, "current_carer": row["carer"] or "",
        "excluded_carers": list(row["refused"]),
    }  # fmt: skip
