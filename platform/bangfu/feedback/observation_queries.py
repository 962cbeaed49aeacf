"""Reads of the office's pages about process observations."""

import json
from typing import Any
from uuid import UUID

from bangfu.agreements import rules as agreements
from bangfu.errors import NotYours
from bangfu.feedback.tables import ProcessObservation
from bangfu.households.sealing import unseal
from bangfu.shared.actor import Actor
from bangfu.shared.masking import mask_name


async def observed(actor: Actor, year: int, quarter: int) -> list[dict[str, Any]]:
    """Agreements of the actor's area with what was observed in a quarter: those with a duty not kept first."""
    rows = await ProcessObservation.raw(
        "SELECT a.id, a.number, p.name AS person_name, coalesce(d.name, '') AS village, count(*) AS n,"
        " max(o.observed_on) AS latest, array_agg(o.answers::text) AS answers FROM process_observation o"
        " JOIN care_agreement a ON a.id = o.agreement JOIN person p ON p.id = a.person"
        " LEFT JOIN division d ON d.code = a.division WHERE a.division LIKE {} AND o.year = {} AND o.quarter = {}"
        " GROUP BY a.id, p.name, d.name",
        f"{actor.scope}%" if actor.scope else "", year, quarter,
    )  # fmt: skip
    found = [
        {**row, "person_name": mask_name(row["person_name"]),
         **{code: sum(json.loads(text).get(role) == code for text in row["answers"] for role in agreements.ROLES)
            for code in ("kept", "partly", "not_kept")}}
        for row in rows
    ]  # fmt: skip
    return sorted(found, key=lambda row: (-row["not_kept"], -row["partly"], row["number"]))


async def agreement_for(actor: Actor, agreement: UUID) -> dict[str, Any]:
    """The agreement that observations are about, with its parties' duties.

    Raises:
        NotYours: for one of another area.
    """
    rows = await ProcessObservation.raw(
        "SELECT a.id, a.number, a.division, a.duties_version, p.name AS person_name, coalesce(d.name, '') AS village"
        " FROM care_agreement a JOIN person p ON p.id = a.person LEFT JOIN division d ON d.code = a.division"
        " WHERE a.id = {}",
        agreement,
    )
    if not rows or not actor.sees(rows[0]["division"]):
        raise NotYours
    return {**rows[0], "person_name": mask_name(rows[0]["person_name"])}


async def duties_of(agreement: UUID) -> dict[str, str]:
    """Role of a party -> its duties as the agreement words them."""
    rows = await ProcessObservation.raw(
        "SELECT role, duties FROM agreement_party WHERE agreement = {} ORDER BY place_no", agreement
    )
    return {row["role"]: row["duties"] for row in rows}


async def observations_of(actor: Actor, agreement: UUID) -> list[dict[str, Any]]:
    """What was filed, the latest first; the observer by number only, words not for the auditor."""
    rows = await ProcessObservation.raw(
        "SELECT o.*, c.number AS carer_number FROM process_observation o JOIN carer c ON c.id = o.carer"
        " WHERE o.agreement = {} ORDER BY o.observed_on DESC, o.filed_at DESC LIMIT 60",
        agreement,
    )
    return [
        {**row, "answers": json.loads(row["answers"]),
         "words": "" if actor.has("auditor") else unseal("process_observation", row, "words_enc")}
        for row in rows
    ]  # fmt: skip
