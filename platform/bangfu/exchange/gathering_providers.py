"""Rows of an export of organisations, and of those who serve: what their lists may say comes back the same."""

import json
import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from bangfu.exchange.export_rules import Asked
from bangfu.households import rules
from bangfu.households.sealing import unseal
from bangfu.providers.tables import Carer, Organization
from bangfu.shared.actor import Actor
from bangfu.shared.masking import mask_coordinates, mask_id, mask_name, mask_phone

Values = dict[str, Any]
_PARTED: Final = re.compile(r"[;；、,，:：\n]")
_JSON: Final = ("spans", "held", "policy", "consent")
_ORGANISATIONS = (
    "SELECT o.* FROM organization o WHERE o.active AND o.division LIKE {} AND o.division LIKE {} AND o.uscc > {}"
    " ORDER BY o.uscc LIMIT {}"
)
_CARERS = (
    "SELECT c.*, coalesce(o.uscc, '') AS uscc, coalesce(d.name, '') AS village, coalesce(t.name, '') AS township,"
    " (SELECT coalesce(jsonb_agg(jsonb_build_array(a.weekday, a.start_minute, a.end_minute)"
    " ORDER BY a.weekday, a.start_minute), '[]') FROM availability a WHERE a.carer = c.id) AS spans,"
    " (SELECT coalesce(jsonb_agg(to_jsonb(q) ORDER BY q.code), '[]') FROM (SELECT DISTINCT ON (q.code) q.code,"
    " q.number, q.issuer, q.issued_on, q.expires_on FROM qualification q WHERE q.carer = c.id"
    " AND q.status = 'verified' ORDER BY q.code, q.expires_on DESC, q.id) q) AS held,"
    " (SELECT to_jsonb(i) FROM volunteer_insurance i WHERE i.carer = c.id ORDER BY i.ends_on DESC, i.id LIMIT 1)"
    " AS policy,"
    " (SELECT to_jsonb(g) FROM guardian_consent g WHERE g.carer = c.id AND g.withdrawn_on IS NULL"
    " ORDER BY g.given_on DESC, g.id LIMIT 1) AS consent"
    " FROM carer c LEFT JOIN organization o ON o.id = c.organization LEFT JOIN division d ON d.code = c.division"
    " LEFT JOIN division t ON t.code = left(c.division, 9) || '000' WHERE c.active AND c.left_on IS NULL"
    " AND c.division LIKE {} AND c.division LIKE {} AND c.number > {} ORDER BY c.number LIMIT {}"
)
_COUNT = {
    "organisations": "SELECT count(*) AS n FROM organization o WHERE o.active AND o.division LIKE {}"
    " AND o.division LIKE {}",
    "carers": "SELECT count(*) AS n FROM carer c WHERE c.active AND c.left_on IS NULL AND c.division LIKE {}"
    " AND c.division LIKE {}",
}


async def count(actor: Actor, asked: Asked) -> int:
    """How many rows there are in the actor's area."""
    rows = await Organization.raw(_COUNT[asked.subject], *_area(actor, asked))
    return int(rows[0]["n"])


async def page(actor: Actor, asked: Asked, last: str, limit: int) -> tuple[list[Mapping[str, Any]], str]:
    """The rows after a credit code or a person's number, and where the next ones begin; none: there are no more."""
    key, query = ("uscc", _ORGANISATIONS) if asked.subject == "organisations" else ("number", _CARERS)
    rows = await Carer.raw(query, *_area(actor, asked), last, limit)
    return rows, rows[-1][key] if rows else last


def _area(actor: Actor, asked: Asked) -> tuple[str, str]:
    return (f"{actor.scope}%" if actor.scope else "", f"{asked.division}%")


def values(rows: Sequence[Mapping[str, Any]], actor: Actor, asked: Asked) -> list[Values]:
    """The rows by the codes of their columns, masked unless the export is whole."""
    groups = rules.unmaskable(actor.roles) if asked.unmasked else []
    if asked.subject == "organisations":
        return [_organisation(row, "contact" in groups) for row in rows]
    return [_carer({**row, **{name: json.loads(row[name] or "null") for name in _JSON}}, groups) for row in rows]


def _organisation(row: Mapping[str, Any], whole: bool) -> Values:
    plain = ("uscc", "name", "org_type", "division", "charity", "address", "blacklist_until")
    minutes = row["minutes_per_4_weeks"]
    return {
        **{name: row[name] for name in plain}, "service_area": ";".join(row["service_area"]),
        "hours_per_4_weeks": _hours(minutes) if minutes else None,
        "legal_representative": row["legal_representative"] if whole else mask_name(row["legal_representative"]),
        "phone": row["phone"] if whole or not row["phone"] else mask_phone(row["phone"]),
        **_at(row["lat"], row["lon"]),
    }  # fmt: skip


def _carer(row: Mapping[str, Any], groups: Sequence[str]) -> Values:
    whole = "contact" in groups
    plain = (
        "number", "kind", "division", "sex", "birth_date", "languages", "travel_mode", "speed_kmh", "max_km",
        "max_households", "blacklist_until", "village", "township",
    )  # fmt: skip
    phone, own_id = unseal("carer", row, "phone_enc"), unseal("carer", row, "id_number_enc")
    lat, lon = (row["lat"], row["lon"]) if row["location_source"] not in {"none", "division"} else (None, None)
    if lat is not None and lon is not None and not whole:
        lat, lon = mask_coordinates(lat, lon)
    found = {
        **{name: row[name] for name in plain}, "organisation": row["uscc"],
        "name": row["name"] if whole else mask_name(row["name"]),
        "id_number": own_id if "identity" in groups else mask_id(own_id) if own_id else "",
        "phone": phone if whole else mask_phone(phone) if phone else "",
        "hours_per_week": _hours(row["minutes_per_week"]), "training_level": str(row["training_level"]),
        "availability": [tuple(span) for span in row["spans"]], "qualifications": _certificates(row["held"]),
        **_at(lat, lon),
    }  # fmt: skip
    return found | (_papers(row) if whole and row["kind"] == "volunteer" else {})


def _at(lat: float | None, lon: float | None) -> Values:
    if lat is None or lon is None:
        return {}
    return {"lat": round(lat, 6), "lon": round(lon, 6), "datum": "wgs84"}


def _papers(row: Mapping[str, Any]) -> Values:
    """A volunteer's newest policy and the guardian's newest consent that stands."""
    found: Values = {}
    if policy := row["policy"]:
        found |= {
            "insurer": policy["insurer"], "policy_number": unseal("volunteer_insurance", policy, "policy_number_enc"),
            "insured_from": date.fromisoformat(policy["starts_on"]),
            "insured_until": date.fromisoformat(policy["ends_on"]),
        }  # fmt: skip
    if consent := row["consent"]:
        found |= {
            "guardian": unseal("guardian_consent", consent, "guardian_enc"),
            "consent_on": date.fromisoformat(consent["given_on"]),
        }  # fmt: skip
    return found


def _certificates(held: Sequence[Mapping[str, Any]]) -> str:
    """As their cell is written. What holds one of its signs is left out: the last day is what counts."""
    cells = []
    for one in held:
        parts = [
            one["code"], one["expires_on"], *("" if _PARTED.search(one[name]) else one[name].strip()
            for name in ("number", "issuer")), one["issued_on"] or "",
        ]  # fmt: skip
        cells.append(":".join(parts).rstrip(":"))
    return ";".join(cells)


def _hours(minutes: int) -> float | int:
    return minutes // 60 if minutes % 60 == 0 else round(minutes / 60, 2)
