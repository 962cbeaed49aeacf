"""The list of an organisation's manager: people of the own organisation and nobody else."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from bangfu.errors import NotYours
from bangfu.imports.kinds.base import is_manager
from bangfu.imports.plan import Record, Sheet
from bangfu.providers.tables import Organization
from bangfu.shared.actor import Actor
from bangfu.shared.faults import N_
from bangfu.shared.permissions import allows
from bangfu.shared.tabular import CheckedRow


async def team_scope(actor: Actor) -> Actor:
    """The manager with the city of the organisation as area: there its people have their homes.

    Raises:
        NotYours: for a manager without an organisation.
    """
    rows = await Organization.raw("SELECT division FROM organization WHERE id = {}", actor.organization)
    if not rows:
        raise NotYours
    return replace(actor, scope=str(rows[0]["division"])[:4])


def own_employer(
    actor: Actor, sheet: Sheet, row: CheckedRow, organisations: dict[str, dict[str, Any]]
) -> UUID | Literal[False]:
    """The manager's organisation, also where the cell is empty; False, with a fault, for another one."""
    uscc = row.values["organisation"]
    found = organisations.get(str(uscc)) if uscc is not None else None
    if actor.organization is None or (uscc is not None and (found is None or found["id"] != actor.organization)):
        message = N_("This is the credit code of another organisation.")
        fix = N_("Leave the cell empty, or write the code of your own organisation. Others bring in their own people.")
        sheet.fault(row, "organisation", "other_organisation", message, fix)
        return False
    return actor.organization


def own_person(actor: Actor, sheet: Sheet, row: CheckedRow, known: Record) -> bool:
    """Whether a recognised carer works for the manager's organisation, else a fault that tells nothing of them."""
    if known["organization"] == actor.organization:
        return True
    message = N_("This number belongs to somebody who does not work for your organisation.")
    sheet.fault(row, "number", "other_organisation", message, N_("Use another number."))
    return False


def verification(actor: Actor, at: datetime) -> Record:
    """What comes from an office that verifies counts as verified; what an organisation or a station, which keep the
    records, bring in waits for that (8.11)."""
    if verifies(actor):
        return {"status": "verified", "entered_by": None, "entered_at": None}
    return {"status": "handed_in", "entered_by": actor.user, "entered_at": at}


def verifies(actor: Actor) -> bool:
    """Whether the actor may verify certificates: the township's and the bureau's officers, and the portal itself."""
    return actor.has("system") or (not is_manager(actor) and allows(actor.roles, "qualifications.verify"))
