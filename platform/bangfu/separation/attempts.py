"""Tries at a second duty on one matter: refused where they were made, written down here (DOMAIN.md 8.11)."""

import json
import logging
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import asyncpg
from litestar.types import Scope

from bangfu.errors import Told
from bangfu.providers.tables import Organization
from bangfu.shared.actor import Actor
from bangfu.shared.audit import record
from bangfu.shared.database import transaction
from bangfu.shared.tables import AuditEvent
from bangfu.shared.web.failures import SEPARATION

ACTION: Final = "duty.refused"
_DATABASE: Final = re.compile(r"may not both (\w+) and (\w+) on one (\w+)")
log = logging.getLogger("bangfu")


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try that was refused."""

    at: datetime
    name: str
    role: str
    duty: str
    subject: str


def duty_of(error: Exception) -> str:
    """The second duty that an error refused, or "" where it is about something else."""
    if isinstance(error, Told):
        return error.second_duty
    if isinstance(error, asyncpg.CheckViolationError) and getattr(error, "constraint_name", "") == SEPARATION:
        said = _DATABASE.search(str(error))
        return said[2] if said else ""
    return ""


async def log_refused(error: Exception, scope: Scope) -> None:
    """Before the refusal is answered, write down who tried which second duty on what. It never raises: the person is
    refused in any case."""
    actor = scope.get("user")
    duty = duty_of(error)
    if not duty or not isinstance(actor, Actor):
        return
    try:
        async with transaction():
            division = actor.scope or await _seat_of(actor)
            data = {"duty": duty, "route": str(scope.get("path_template", ""))}
            await record(actor, ACTION, "duty", _subject(scope), division=division, data=data)
    except Exception as failed:
        log.exception("a refused second duty could not be written down: %s", type(failed).__name__)


def _subject(scope: Scope) -> str:
    """What the last id of the address names."""
    ids = [str(value) for value in scope.get("path_params", {}).values()]
    return ids[-1] if ids else ""


async def _seat_of(actor: Actor) -> str:
    if actor.organization is None:
        return ""
    row = await Organization.objects().get(Organization.id == actor.organization)
    return str(row.division) if row else ""


async def refused_in(actor: Actor, limit: int) -> list[Attempt]:
    """The last tries of the reader's area, the latest first."""
    if not actor.scope:
        return []
    rows: list[dict[str, Any]] = await AuditEvent.raw(
        "SELECT e.at, coalesce(u.display_name, e.actor_name) AS name, e.role, e.data, e.subject FROM audit_event e"
        " LEFT JOIN app_user u ON u.id = e.actor WHERE e.action = {} AND (e.stream LIKE {} OR {} LIKE e.stream || '%')"
        " ORDER BY e.at DESC, e.id DESC LIMIT {}",
        ACTION, f"{actor.scope[:6]}%", actor.scope, limit,
    )  # fmt: skip
    return [Attempt(row["at"], row["name"], row["role"], _duty(row["data"]), row["subject"]) for row in rows]


def _duty(data: Any) -> str:
    said = json.loads(data) if isinstance(data, str) else data
    return str(said.get("duty", ""))
