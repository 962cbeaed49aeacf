"""Drafting an agreement: begun, changed (which voids signatures), handed out for signing, renewed, made anew."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from bangfu.agreements import duties, rules
from bangfu.agreements.document import check_code, sealed_json
from bangfu.agreements.grounds import Ground, check_caregiver, check_institution, check_pay, check_term, ground_of
from bangfu.agreements.moves import about, check_role, entered, move
from bangfu.agreements.parties import void_signatures, write_lines, write_parties
from bangfu.agreements.tables import CareAgreement
from bangfu.errors import N_, FormError, NotAllowed, NotYours, Refused
from bangfu.households.kinship import refuse_relative
from bangfu.households.locking import locked
from bangfu.households.sealing import seal
from bangfu.shared import audit
from bangfu.shared.actor import Actor
from bangfu.shared.audit import canonical
from bangfu.shared.civil_time import civil_date
from bangfu.shared.database import transaction
from bangfu.shared.names import normal_name
from bangfu.shared.numbering import fresh_number
from bangfu.shared.permissions import allows


@dataclass(frozen=True, slots=True)
class Line:
    """A service: `times` per day, week, month or quarter, so many minutes, at home or elsewhere."""

    service: str
    times: int
    per: str
    minutes: int
    place: str = "home"


@dataclass(frozen=True, slots=True)
class Named:
    """Somebody by name: a caregiver outside of the register of carers, or whom to call."""

    name: str = ""
    phone: str = ""
    relation: str = "none"


@dataclass(frozen=True, slots=True)
class Content:
    """What is agreed. `pay_month` None: the rate itself. `parties`: role -> (name, duties, evidence) as worded for
    this agreement; what is left out is the usual."""

    starts_on: date
    ends_on: date
    lines: tuple[Line, ...]
    organization: UUID | None = None
    carer: UUID | None = None
    caregiver: Named = Named()
    pay_month: Decimal | None = None
    payer: str = "assistance"
    emergency: Named = Named()
    wish: str = ""
    triggers: tuple[str, ...] = ("level", "hospital")
    needs_guardian: bool = False
    e_signing: bool = False
    parties: Mapping[str, tuple[str, str, str]] = field(default_factory=dict)


async def begin(
    actor: Actor, key: UUID, household: UUID, person: UUID, content: Content, at: datetime, *,
    previous: UUID | None = None, reason: str = "first",
) -> UUID:  # fmt: skip
    """A draft with its seven parties and the rate of the place; the same key is the same draft.

    Raises:
        NotYours: for a household of another area, or somebody of another household.
        NotAllowed: by role, and for a near relative of the household.
        Refused: if something is missing in the register (level, support mode, rate), or one is open already.
        FormError: for what does not fit.
    """
    await refuse_relative(actor, household, "agreement.draft", at)
    async with transaction():
        home = await locked(actor, household)
        if not allows(actor.roles, "agreements.draft"):
            raise NotAllowed
        if (known := await CareAgreement.objects().get(CareAgreement.id == key)) is not None:
            if known.household != household or known.created_by != actor.user:
                raise NotYours
            return key
        ground = await ground_of(home, person, civil_date(at))
        await _check_none_open(person)
        values = await _checked(actor, ground, content, civil_date(at), key)
        await audit.hold(home.division)
        row = CareAgreement(
            id=key, number=await fresh_number(CareAgreement), household=household, person=person,
            division=home.division, check_code=check_code(), previous=previous, reason=reason,
            duties_version=duties.VERSION, created_by=actor.user, created_at=at, updated_at=at,
            **_of_ground(ground), **values,
        )  # fmt: skip
        await row.save()
        await write_lines(key, content.lines)
        await write_parties(row, content.parties)
        await audit.record(
            actor, "agreement.drafted", "care_agreement", key, division=home.division, at=at,
            data={**about(row), "reason": reason, "level": ground.level, "rate": ground.rate.arithmetic()["amount"]},
            after={"status": "draft"},
        )  # fmt: skip
    return key


async def change(actor: Actor, agreement: UUID, revision: int, content: Content, at: datetime) -> int:
    """Word a draft anew. One that is being signed becomes a draft again, and its signatures are void.

    Returns:
        How many signatures fell.

    Raises:
        NotYours: if it is not the actor's to see.
        NotAllowed: by role, and for a near relative of the household.
        Refused: once all have signed, or if somebody changed it after the form was opened.
        FormError: for what does not fit.
    """
    await refuse_relative(actor, await _household(agreement), "agreement.change", at)
    async with transaction():
        row = await entered(actor, agreement)
        check_role(actor, row, "change")
        if row.revision != revision:
            raise Refused(
                N_("Somebody changed or signed this agreement after you opened the form. Look at the page again.")
            )
        home = await locked(actor, row.household)
        ground = await ground_of(home, row.person, civil_date(at))
        values = await _checked(actor, ground, content, civil_date(at), row.id, _kept_rate(row, ground))
        fallen = await void_signatures(actor, row, at) if row.status == "party_signing" else 0
        renewed = _of_ground(ground) if _differs(row, ground) else {}
        await move(
            actor, row, "change", at, data={"signatures_void": fallen}, document_enc="", document_hash="",
            outdated_by=None, **renewed, **values,
        )  # fmt: skip
        await write_lines(row.id, content.lines)
        await write_parties(row, content.parties)
    return fallen


def _differs(row: CareAgreement, ground: Ground) -> bool:
    return (row.selfcare_level, row.support_mode) != (ground.level, ground.mode)


def _kept_rate(row: CareAgreement, ground: Ground) -> Decimal | None:
    """The amount that the agreement took when it was drafted, unless its level changed."""
    kept = json.loads(row.rate_arithmetic).get("amount")
    return None if kept is None or _differs(row, ground) else Decimal(kept)


async def _checked(
    actor: Actor, ground: Ground, content: Content, today: date, key: UUID, kept: Decimal | None = None
) -> dict[str, Any]:
    """The columns of the content, after every rule that needs no signature."""
    check_term(content.starts_on, content.ends_on, today)
    await check_caregiver(actor, ground, content.carer, today)
    await check_institution(actor, content.organization, today)
    if content.carer is None and not content.caregiver.name.strip():
        raise FormError({"carer": (N_("Please choose the caregiver, or enter the name below."), {})})
    if not content.lines:
        raise FormError({"lines": (N_("Please agree on at least one service."), {})})
    named = Named() if content.carer else content.caregiver
    return {
        "organization": content.organization, "carer": content.carer,
        "caregiver_enc": sealed_json(key, "caregiver_enc", {"name": normal_name(named.name), "phone": named.phone}),
        "caregiver_relation": content.caregiver.relation,
        "pay_month": check_pay(content.pay_month, ground.rate.amount if kept is None else kept), "payer": content.payer,
        "emergency_enc": sealed_json(
            key, "emergency_enc",
            {"name": normal_name(content.emergency.name), "phone": content.emergency.phone,
             "relation": content.emergency.relation if content.emergency.name else ""},
        ),
        "wish_enc": seal("care_agreement", "wish_enc", key, content.wish.strip()),
        "starts_on": content.starts_on, "ends_on": content.ends_on, "triggers": list(content.triggers),
        "needs_guardian": content.needs_guardian or ground.minor, "e_signing": content.e_signing,
    }  # fmt: skip


def _of_ground(ground: Ground) -> dict[str, Any]:
    return {
        "assessment": ground.assessment, "selfcare_level": ground.level, "support_mode": ground.mode,
        "rate": ground.rate.rate.id, "rate_arithmetic": canonical(ground.rate.arithmetic()),
    }  # fmt: skip


async def _check_none_open(person: UUID) -> None:
    rows = await CareAgreement.raw(
        "SELECT number FROM care_agreement WHERE person = {} AND status = ANY({}::varchar[])",
        person, sorted(rules.OPEN),
    )  # fmt: skip
    if rows:
        raise Refused(
            N_("{number} is being drafted or signed for this person already: go on with that one."),
            number=rows[0]["number"],
        )


async def _household(agreement: UUID) -> UUID:
    rows = await CareAgreement.raw("SELECT household FROM care_agreement WHERE id = {}", agreement)
    if not rows:
        raise NotYours
    found: UUID = rows[0]["household"]
    return found
