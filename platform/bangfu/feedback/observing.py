"""Process observations: what volunteers see of the duties of an agreement's parties while they eat or talk with the
person (陪餐、心理疏导 as process supervision; DOMAIN.md 5.3). Only who is independent of who serves may observe."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from bangfu.accounts.queries import users_with
from bangfu.agreements import rules as agreements
from bangfu.errors import N_, FormError, NotAllowed, NotYours, Refused
from bangfu.feedback.tables import ProcessObservation
from bangfu.households.sealing import seal
from bangfu.messages.actions import send
from bangfu.shared import audit
from bangfu.shared.actor import Actor
from bangfu.shared.civil_time import civil_date, quarter_of
from bangfu.shared.database import transaction

OCCASIONS: Final = ("meal", "talk", "visit")
SEEN: Final = ("kept", "partly", "not_kept", "not_seen")
LATEST: Final = timedelta(days=14)
"""How long ago what is filed may have been seen [D]."""
KNOWS: Final = timedelta(days=60)
"""How long after the last visit a volunteer still knows the home [D]."""


@dataclass(frozen=True, slots=True)
class Seen:
    """One observation; `answers`: role of a party -> kept, partly, not_kept or not_seen. `key` is the form's."""

    key: UUID
    occasion: str
    on: date
    answers: Mapping[str, str]
    words: str = ""


async def homes_of(actor: Actor, at: datetime) -> list[dict[str, Any]]:
    """The agreements in force in homes that this volunteer visits: id, number, household, division, name, village,
    services of the agreement, whether the volunteer is independent (`free`), the latest own observation."""
    return await _homes(actor, at, None)


async def home_for(actor: Actor, agreement: UUID, at: datetime) -> dict[str, Any]:
    """One of them.

    Raises:
        NotYours: for an agreement of a home that this volunteer does not visit.
    """
    rows = await _homes(actor, at, agreement)
    if not rows:
        raise NotYours
    return rows[0]


async def _homes(actor: Actor, at: datetime, agreement: UUID | None) -> list[dict[str, Any]]:
    if actor.carer is None or not actor.has("volunteer"):
        return []
    rows: list[dict[str, Any]] = await ProcessObservation.raw(
        "SELECT a.id, a.number, a.household, a.division, a.duties_version, p.name AS person_name, d.name AS village,"
        " observes_freely({}, {}, a.id) AS free, (SELECT max(o.observed_on) FROM process_observation o"
        " WHERE o.agreement = a.id AND o.carer = {}) AS latest FROM care_agreement a"
        " JOIN person p ON p.id = a.person LEFT JOIN division d ON d.code = a.division"
        " WHERE a.status = ANY({}::varchar[]) AND ({}::uuid IS NULL OR a.id = {}::uuid) AND (EXISTS"
        " (SELECT 1 FROM assignment t WHERE t.household = a.household AND t.carer = {}"
        " AND t.status IN ('accepted', 'scheduled', 'active')) OR EXISTS (SELECT 1 FROM visit v"
        " WHERE v.household = a.household AND {} IN (v.carer, v.partner) AND v.status NOT IN ('cancelled', 'missed')"
        " AND v.planned_start > {} AND v.planned_start < {})) ORDER BY a.number",
        actor.user, actor.carer, actor.carer, list(agreements.IN_FORCE_ORDER), agreement, agreement, actor.carer,
        actor.carer, at - KNOWS, at + LATEST,
    )  # fmt: skip
    return rows


async def observe(actor: Actor, agreement: UUID, seen: Seen, at: datetime) -> None:
    """File what was seen. The same key again is the same observation; one a day and agreement.

    Raises:
        NotYours: for a home that this volunteer does not visit, or a key of another observation.
        NotAllowed: for who is not independent of who serves.
        FormError: for a day out of reach, an unanswered duty, or nothing seen at all.
        Refused: where something is filed for that day already.
    """
    home = await home_for(actor, agreement, at)
    if not home["free"]:
        raise NotAllowed(N_("Only who is independent of who serves here may observe: you belong to it or are kin."))
    _check(seen, at)
    async with transaction():
        await audit.hold(home["division"])
        known = await ProcessObservation.objects().get(ProcessObservation.id == seen.key)
        if known is not None:
            if known.agreement != agreement or known.observed_by != actor.user:
                raise NotYours
            return
        same = (ProcessObservation.agreement == agreement) & (ProcessObservation.carer == actor.carer)
        if await ProcessObservation.exists().where(same & (ProcessObservation.observed_on == seen.on)):
            raise Refused(N_("You have filed what you saw on that day already."))
        year, quarter = quarter_of(seen.on)
        await ProcessObservation(
            id=seen.key, agreement=agreement, household=home["household"], division=home["division"],
            carer=actor.carer, observed_by=actor.me, occasion=seen.occasion, observed_on=seen.on, year=year,
            quarter=quarter, duties_version=home["duties_version"], answers=json.dumps(dict(seen.answers)),
            words_enc=seal("process_observation", "words_enc", seen.key, seen.words), has_words=bool(seen.words),
            filed_at=at,
        ).save()  # fmt: skip
        await audit.record(
            actor, "process_observation.filed", "process_observation", seen.key, division=home["division"], at=at,
            data={"agreement": str(agreement), "number": home["number"], "occasion": seen.occasion,
                  "answers": dict(seen.answers)},
        )  # fmt: skip
        if "not_kept" in seen.answers.values():
            who = await users_with("township_officer", home["division"])
            await send(who, "duty_not_kept", f"/observations/{agreement}", {"number": home["number"]})


def _check(seen: Seen, at: datetime) -> None:
    faults: dict[str, tuple[str, dict[str, object]]] = {}
    today = civil_date(at)
    if seen.occasion not in OCCASIONS:
        faults["occasion"] = (N_("Please choose one of the list."), {})
    if not today - LATEST <= seen.on <= today:
        faults["on"] = (N_("Between two weeks ago and today."), {})
    for role in agreements.ROLES:
        if seen.answers.get(role) not in SEEN:
            faults[f"duty_{role}"] = (N_("Please choose one of the list."), {})
    if not faults and set(seen.answers.values()) == {"not_seen"} and not seen.words:
        faults["words"] = (N_("You saw nothing of any duty: please say in words what you noticed."), {})
    if faults:
        raise FormError(faults)
