"""What stands beside the record of a carer: certificates, papers, history; masked for who may not see them."""

import json
from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from bangfu.providers.carer_reading import Row, knows_of_checks, may_verify
from bangfu.providers.carer_rules import last_valid_day, level_suffices
from bangfu.providers.rules import expiry
from bangfu.providers.tables import Carer
from bangfu.shared.actor import Actor
from bangfu.shared.clock import SHANGHAI
from bangfu.shared.crypto import decrypt
from bangfu.shared.files import FileRow, files_of
from bangfu.shared.i18n import word
from bangfu.shared.masking import mask_bank, mask_name
from bangfu.shared.masking_filters import shown_time

PAPERS = ("volunteer_insurance", "guardian_consent", "training_record", "clearance_check")


async def certificates_of(actor: Actor, row: Row, today: date, *, full: bool) -> list[Row]:
    """Every certificate, the newest of a code first; `may_judge`: the actor may verify it; numbers only if `full`."""
    found = await Carer.raw(
        "SELECT q.*, coalesce(e.display_name, '') AS entered_name, coalesce(v.display_name, '') AS verified_name"
        " FROM qualification q LEFT JOIN app_user e ON e.id = q.entered_by LEFT JOIN app_user v ON v.id = q.verified_by"
        " WHERE q.carer = {} ORDER BY q.status = 'rejected', q.code, q.expires_on DESC",
        row["id"],
    )
    files = await files_of("qualification", [one["id"] for one in found], "scan")
    judges = may_verify(actor, row)
    return [
        {
            **one, "number": one["number"] if full else mask_bank(one["number"]) if one["number"] else "",
            "last_day": (last := last_valid_day(one["code"], one["issued_on"], one["expires_on"])),
            "state": expiry(last, today), "files": files[one["id"]] if full else [],
            "may_judge": judges and (one["entered_by"] is None or one["entered_by"] != actor.user),
            "trained": level_suffices(one["code"], row["training_level"]),
        }
        for one in found
    ]  # fmt: skip


async def papers_of(actor: Actor, row: Row, *, full: bool) -> dict[str, list[Row]]:
    """Table -> its rows about the carer, the newest first; scans only if `full`, and checks only then."""
    found: dict[str, list[Row]] = {}
    for table in PAPERS:
        rows = await Carer.raw(
            f"SELECT * FROM {table} WHERE carer = {{}} ORDER BY created_at DESC, id",  # noqa: S608 (constants)
            row["id"],
        )
        files: Mapping[UUID, list[FileRow]] = await files_of(table, [one["id"] for one in rows], "scan")
        found[table] = [{**_opened(table, one), "files": files[one["id"]] if full else []} for one in rows]
    if not full:
        found["clearance_check"] = []
    return found


def _opened(table: str, row: Row) -> Row:
    """Sealed values as they are shown: the end of the policy's number, the guardian's masked name."""
    if table == "volunteer_insurance":
        number = decrypt(row["policy_number_enc"], f"{table}:policy_number_enc:{row['id']}")
        return {**row, "policy": mask_bank(number) if number else ""}
    if table == "guardian_consent":
        return {**row, "guardian": mask_name(decrypt(row["guardian_enc"], f"{table}:guardian_enc:{row['id']}"))}
    return row


_HITS = ["carer.clearance_hit", "carer.clearance_lifted"]
"""Events that tell that a check for work with minors found something."""


async def events_of(actor: Actor, row: Row, most: int = 40) -> list[dict[str, Any]]:
    """What happened to the record, the newest first, as components/timeline.html shows it; a hit of a check is told to
    the keeper and the bureau only (DOMAIN.md 9.2)."""
    hidden: list[str] = [] if knows_of_checks(actor, row) else _HITS
    rows = await Carer.raw(
        "SELECT e.at, e.action, e.reason, e.data, coalesce(u.display_name, '') AS who FROM audit_event e"
        " LEFT JOIN app_user u ON u.id = e.actor WHERE e.subject_type = 'carer' AND e.subject = {}"
        " AND NOT e.action = ANY({}::varchar[]) ORDER BY e.id DESC LIMIT {}",
        str(row["id"]), hidden, most,
    )  # fmt: skip
    return [
        {
            "at": shown_time(row["at"]), "at_iso": row["at"].astimezone(SHANGHAI).isoformat(),
            "who": row["who"] or word("role", "system"), "what": _what(row),
            "reason": word("carer_left_reason", row["reason"]),
            "level": "", "href": "",
        }
        for row in rows
    ]  # fmt: skip


def _what(row: Row) -> str:
    code = json.loads(row["data"]).get("qualification") if row["data"] else None
    return _event_word(row["action"]) + (f" · {word('qualification', code)}" if code else "")


def _event_word(action: str) -> str:
    """The event in words; what happened to a carer's times is worded with the roster."""
    shown = word("event", action)
    return word("roster_event", action) if shown == action else shown
