"""Reading every row that is about a person, unsealed, with what names third persons masked."""

import json
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from bangfu.households.sealing import health_of
from bangfu.households.tables import Household, Person
from bangfu.piccolo_app import APP_CONFIG
from bangfu.privacy.holdings import HOLDINGS, TECHNICAL, THIRD
from bangfu.shared.clock import SHANGHAI
from bangfu.shared.crypto import decrypt
from bangfu.shared.masking import mask_name, mask_phone

Row = dict[str, Any]


async def held(household: UUID, person: UUID) -> dict[str, list[Row]]:
    """Table -> its rows about the person, values in plain; tables without such rows are left out.

    Ids of objects and accounts are left out, moments are in Chinese time.
    """
    exist = {table._meta.tablename for table in APP_CONFIG.table_classes}
    found: dict[str, list[Row]] = {}
    for table, where in HOLDINGS.items():
        if table not in exist:
            continue
        condition = where.replace("{household}", f"'{household}'").replace("{person}", f"'{person}'")
        rows = await Household.raw(f'SELECT * FROM "{table}" WHERE {condition}')  # noqa: S608 (constants and UUIDs)
        if rows:
            found[table] = [_plain(table, row) for row in rows]
    await _hide_other_head(found, person)
    return found


async def _hide_other_head(found: dict[str, list[Row]], person: UUID) -> None:
    """A member who is not the head gets the head's name masked."""
    rows = await Person.raw("SELECT is_head FROM person WHERE id = {}", person)
    if rows and not rows[0]["is_head"]:
        for row in found.get("household", []):
            row["head_name"] = mask_name(row["head_name"])


def _plain(table: str, row: Mapping[str, Any]) -> Row:
    shown: Row = {}
    for column, stored in row.items():
        name = column.removesuffix("_enc")
        if isinstance(stored, UUID) or name in TECHNICAL or column.endswith("_index") or stored in (None, "", []):
            continue
        value = decrypt(stored, f"{table}:{column}:{row['id']}") if column.endswith("_enc") else stored
        if _uuid_list(value):
            continue
        shown[name] = _masked(table, name, value, row)
    if table == "person":
        text, tags = health_of(row)
        shown |= {"health": text, "health_tags": list(tags)} if text or tags else {}
    return shown


def _uuid_list(value: object) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(item, UUID) for item in value)


def _masked(table: str, column: str, value: Any, row: Mapping[str, Any]) -> Any:
    kind = THIRD.get((table, column))
    own = {row.get("giver_relation"), row.get("relation"), row.get("applicant_relation")} & {"self"}
    if kind is None or (own and table in {"consent", "consent_withdrawal", "privacy_request"}):
        return _readable(value)
    if kind == "name":
        return mask_name(str(value))
    return mask_phone(str(value)) if kind == "phone" else "***"


def _readable(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(SHANGHAI).isoformat(timespec="seconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, bytes):
        return f"{len(value)} bytes"
    if isinstance(value, str) and value[:1] in "[{":
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value


async def other_members(household: UUID, person: UUID) -> list[Row]:
    """The other members: relation and masked name only."""
    rows = await Person.raw(
        "SELECT name, relation FROM person WHERE household = {} AND id <> {} ORDER BY created_at, id", household, person
    )
    return [{"relation": row["relation"], "name": mask_name(row["name"])} for row in rows]
