"""A new draft out of an agreement in one click: renewed unchanged, or made anew after a change of level."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from uuid import UUID

from bangfu.agreements import duties, rules
from bangfu.agreements.composing import lines_of, parties_of, row_of
from bangfu.agreements.document import opened_json, opened_text
from bangfu.agreements.drafting import Content, Line, Named, begin
from bangfu.agreements.grounds import ground_of
from bangfu.agreements.handing_out import hand_out
from bangfu.agreements.moves import entered
from bangfu.agreements.tables import CareAgreement
from bangfu.errors import N_, NotAllowed, Refused
from bangfu.households.locking import locked
from bangfu.households.sealing import unseal
from bangfu.shared.actor import Actor
from bangfu.shared.civil_time import civil_date
from bangfu.shared.database import transaction
from bangfu.shared.permissions import allows


async def content_of(agreement: UUID) -> Content:
    """What an agreement says, as the draft of a new one begins with; the pay as it was agreed.

    Raises:
        NotYours: if there is none.
    """
    row = await row_of(agreement)
    caregiver, emergency = opened_json(row, "caregiver_enc"), opened_json(row, "emergency_enc")
    return Content(
        row["starts_on"], row["ends_on"], tuple(Line(**line) for line in await lines_of(agreement)),
        organization=row["organization"], carer=row["carer"],
        caregiver=Named(caregiver.get("name", ""), caregiver.get("phone", ""), row["caregiver_relation"]),
        pay_month=row["pay_month"], payer=row["payer"],
        emergency=Named(emergency.get("name", ""), emergency.get("phone", ""), emergency.get("relation", "none")),
        wish=opened_text(row, "wish_enc"), triggers=tuple(row["triggers"]), needs_guardian=row["needs_guardian"],
        e_signing=row["e_signing"],
        parties={
            one["role"]: (unseal("agreement_party", one, "name_enc"), one["duties"], one["evidence"])
            for one in await parties_of(agreement)
        },
    )  # fmt: skip


async def renew(actor: Actor, key: UUID, agreement: UUID, at: datetime) -> UUID:
    """Nothing has changed (无明显变化不调整): the same content for twelve more months, handed out to be signed anew.

    The pay is as it was, or the rate of today where that is more. The same key is the same agreement.

    Raises:
        NotYours: if it is not the actor's to see.
        NotAllowed: by role, and for a near relative of the household.
        Refused: if it is not in force, the level or the support mode changed, or a new one is open already.
    """
    async with transaction():
        row = await entered(actor, agreement)
        if not allows(actor.roles, "agreements.draft"):
            raise NotAllowed
        if (known := await _known(key, actor)) is not None:
            return known
        if row.status not in rules.IN_FORCE and row.status != "expired":
            raise Refused(N_("Only an agreement in force, or one that has just ended, is renewed."))
        ground = await ground_of(await locked(actor, row.household), row.person, civil_date(at))
        if row.outdated_by is not None or (ground.level, ground.mode) != (row.selfcare_level, row.support_mode):
            raise Refused(N_("The level or the support mode has changed: make the agreement anew instead."))
        start = max(row.ends_on + timedelta(days=1), civil_date(at))
        content = _for_term(await content_of(agreement), start)
        pay = max(content.pay_month or ground.rate.amount, ground.rate.amount)
        made = await begin(
            actor, key, row.household, row.person, replace(content, pay_month=pay), at, previous=row.id,
            reason="renewal",
        )  # fmt: skip
        fresh = await CareAgreement.select(CareAgreement.revision).where(CareAgreement.id == made)
        await hand_out(actor, made, fresh[0]["revision"], at)
    return made


async def make_anew(actor: Actor, key: UUID, agreement: UUID, reason: str, at: datetime) -> UUID:
    """A draft with the same content from today on, at the level and the rate of today; the old one counts until the
    new one is signed. The same key is the same draft.

    Args:
        reason: level, caregiver or other.

    Raises:
        NotYours, NotAllowed: as `renew`.
        Refused: if something is missing in the register, or a new one is open already.
    """
    async with transaction():
        row = await entered(actor, agreement)
        if not allows(actor.roles, "agreements.draft"):
            raise NotAllowed
        if (known := await _known(key, actor)) is not None:
            return known
        if row.status in rules.OPEN:
            raise Refused(N_("It is still being drafted or signed: change its content instead."))
        ground = await ground_of(await locked(actor, row.household), row.person, civil_date(at))
        content = _for_term(await content_of(agreement), civil_date(at))
        same = (ground.level, ground.mode) == (row.selfcare_level, row.support_mode)
        pay = max(content.pay_month or ground.rate.amount, ground.rate.amount) if same else ground.rate.amount
        return await begin(
            actor, key, row.household, row.person, replace(content, pay_month=pay), at, previous=row.id, reason=reason
        )


def _for_term(content: Content, start: date) -> Content:
    """The content for twelve months from a day on, with the usual duties of today where they were the usual ones."""
    return replace(content, starts_on=start, ends_on=rules.last_possible(start), parties={
        role: worded for role, worded in content.parties.items() if worded[1:] != duties.usual(role)
    })  # fmt: skip


async def _known(key: UUID, actor: Actor) -> UUID | None:
    found = await CareAgreement.objects().get(CareAgreement.id == key)
    return key if found is not None and found.created_by == actor.user else None
