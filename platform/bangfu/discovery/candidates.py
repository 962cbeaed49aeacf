"""Whom a report may be about: households and other open reports with the same ID, phone, or name and village."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from bangfu.accounts.tables import User
from bangfu.discovery import rules
from bangfu.discovery.queries import visible
from bangfu.discovery.tables import Report
from bangfu.households.sealing import unseal
from bangfu.shared.actor import Actor
from bangfu.shared.masking import mask_name
from bangfu.shared.names import grams, normal_name
from bangfu.shared.permissions import LIAISON, STATION

MOST = 20


@dataclass(frozen=True, slots=True)
class HouseholdCandidate:
    """A household whose member fits; names are masked. `same`: what is the same (id_number, phone, name)."""

    id: UUID
    number: str
    head: str
    member: str
    category: str
    division_name: str
    same: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReportCandidate:
    """Another report that fits."""

    id: UUID
    number: str
    status: str
    source: str
    person: str
    division_name: str
    created_at: datetime
    same: tuple[str, ...]


async def households_like(actor: Actor, report: UUID) -> tuple[list[HouseholdCandidate], bool]:
    """Households of the actor's area with a member who fits, the surest first; and whether the ID number is recorded
    in another area."""
    row = (await Report.raw("SELECT * FROM report WHERE id = {}", report))[0]
    name = normal_name(unseal("report", row, "name_enc"))
    if not (name or row["phone_index"] or row["id_number_index"]):
        return [], False
    found = await Report.raw(
        "SELECT DISTINCT ON (h.id) h.id, h.number, h.head_name, h.category, h.division, p.name, p.id_number_index AS i,"
        " p.phone_index AS f, p.name AS n, coalesce(d.name, '') AS place FROM person p"
        " JOIN household h ON h.id = p.household LEFT JOIN division d ON d.code = h.division"
        " WHERE ({} <> '' AND p.id_number_index = {}) OR (h.division LIKE {} AND (({} <> '' AND p.phone_index = {})"
        " OR ({} <> '' AND p.name_grams @> {}::varchar[] AND p.name = {} AND h.division = {})))"
        " ORDER BY h.id, (p.id_number_index = {}) DESC LIMIT {}",
        row["id_number_index"], row["id_number_index"], f"{actor.scope}%", row["phone_index"], row["phone_index"],
        name, grams(name), name, row["division"], row["id_number_index"], MOST,
    )  # fmt: skip
    own = [_household(hit, row, name) for hit in found if actor.sees(hit["division"])]
    elsewhere = any(not actor.sees(hit["division"]) for hit in found)
    return sorted(own, key=lambda hit: ("id_number" not in hit.same, -len(hit.same), hit.number)), elsewhere


def _household(hit: Mapping[str, Any], row: Mapping[str, Any], name: str) -> HouseholdCandidate:
    same = _same(row, hit["i"], hit["f"], bool(name) and hit["n"] == name and hit["division"] == row["division"])
    return HouseholdCandidate(
        hit["id"], hit["number"], mask_name(hit["head_name"]), mask_name(hit["name"]), hit["category"], hit["place"],
        same,
    )  # fmt: skip


def _same(row: Mapping[str, Any], id_number: str, phone: str, by_name: bool) -> tuple[str, ...]:
    fits = {
        "id_number": bool(id_number) and id_number == row["id_number_index"],
        "phone": bool(phone) and phone == row["phone_index"],
        "name": by_name,
    }
    return tuple(code for code, true in fits.items() if true)


async def reports_like(actor: Actor, report: UUID) -> list[ReportCandidate]:
    """Other reports, not rejected and no duplicates, that share the ID, the phone, or name and village."""
    row = (await Report.raw("SELECT * FROM report WHERE id = {}", report))[0]
    sql, values = visible(actor)
    found = await Report.raw(
        "SELECT r.*, coalesce(d.name, '') AS place FROM report r LEFT JOIN division d ON d.code = r.division"  # noqa: S608
        " WHERE r.id <> {} AND r.status = ANY({}::varchar[]) AND (({} <> '' AND r.id_number_index = {})"
        " OR ({} <> '' AND r.phone_index = {}) OR ({} <> '' AND r.name_index = {})) AND " + sql
        + " ORDER BY r.created_at LIMIT {}",
        report, list(rules.STEPS), row["id_number_index"], row["id_number_index"], row["phone_index"],
        row["phone_index"], row["name_index"], row["name_index"], *values, MOST,
    )  # fmt: skip
    return [
        ReportCandidate(
            hit["id"], hit["number"], hit["status"], hit["source"], mask_name(unseal("report", hit, "name_enc")),
            hit["place"], hit["created_at"],
            _same(row, hit["id_number_index"], hit["phone_index"], hit["name_index"] == row["name_index"] != ""),
        )
        for hit in found
    ]  # fmt: skip


async def staff_of(division: str, roles: frozenset[str]) -> list[tuple[UUID, str, tuple[str, ...], str]]:
    """(user, name, roles, organisation) of the active people with one of the roles whose area holds the division."""
    rows = await User.raw(
        "SELECT u.id, u.display_name, u.roles, coalesce(o.name, '') AS body FROM app_user u"
        " LEFT JOIN organization o ON o.id = u.organization WHERE u.active AND u.scope <> '' AND {} LIKE u.scope || '%'"
        " AND u.roles && {}::varchar[] ORDER BY o.name NULLS FIRST, u.roles, u.display_name LIMIT 400",
        division, sorted(roles),
    )  # fmt: skip
    return [(row["id"], row["display_name"], tuple(row["roles"]), row["body"]) for row in rows]


RESPONSIBLE = LIAISON | STATION | frozenset({"township_officer", "station_dispatcher"})


async def departments_of(division: str) -> list[tuple[str, str]]:
    """(id, name) of the bodies with a liaison in the area: who can take part in a joint review."""
    rows = await User.raw(
        "SELECT DISTINCT o.id, o.name FROM organization o JOIN app_user u ON u.organization = o.id AND u.active"
        " AND 'department_liaison' = ANY(u.roles) AND u.scope <> '' AND {} LIKE u.scope || '%'"
        " WHERE o.active ORDER BY o.name",
        division,
    )
    return [(str(row["id"]), row["name"]) for row in rows]
