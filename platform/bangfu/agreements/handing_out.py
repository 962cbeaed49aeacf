"""From a draft to the paper that seven parties sign; and the bureau's guidance to it."""

from datetime import datetime
from uuid import UUID

from bangfu.accounts.queries import managers_of, users_with
from bangfu.agreements.composing import document_of
from bangfu.agreements.document import digest
from bangfu.agreements.moves import about, check_role, entered, move
from bangfu.agreements.tables import CareAgreement
from bangfu.errors import N_, NotAllowed, Refused
from bangfu.households.sealing import seal
from bangfu.messages.actions import send
from bangfu.shared import audit
from bangfu.shared.actor import Actor
from bangfu.shared.audit import canonical
from bangfu.shared.civil_time import civil_date
from bangfu.shared.database import transaction
from bangfu.shared.permissions import allows


async def hand_out(actor: Actor, agreement: UUID, revision: int, at: datetime) -> None:
    """draft -> party_signing: the content is frozen with its hash, and the parties are told. A repeat changes nothing.

    Raises:
        NotYours: if it is not the actor's to see.
        NotAllowed: by role.
        Refused: naming what is missing, or if somebody changed the draft meanwhile.
    """
    async with transaction():
        row = await entered(actor, agreement)
        if row.status == "party_signing" and row.revision == revision + 1:
            return
        check_role(actor, row, "hand_out")
        if row.revision != revision:
            raise Refused(
                N_("Somebody changed or signed this agreement after you opened the form. Look at the page again.")
            )
        document = await document_of(row.id)
        _check_complete(row, document, at)
        sealed = seal("care_agreement", "document_enc", row.id, canonical(document))
        await move(actor, row, "hand_out", at, document_enc=sealed, document_hash=digest(document))
        href = {"number": row.number}
        if row.organization is not None:
            await send(await managers_of(row.organization), "agreement_to_sign", f"/my-agreements/{row.id}", href)
        if row.e_signing:
            officers = await users_with("bureau_officer", row.division)
            await send(officers, "agreement_to_sign", f"/agreements/{row.id}", href)


def _check_complete(row: CareAgreement, document: dict[str, object], at: datetime) -> None:
    if row.outdated_by is not None:
        raise Refused(N_("The level of self-care has changed since: open the draft and save it, then hand it out."))
    if row.ends_on < civil_date(at):
        raise Refused(N_("The term of this draft is over: change its days first."))
    if not document["wish"]:
        raise Refused(N_("The person's own wish is not recorded yet: ask the person and enter it in the draft."))
    emergency = document["emergency"]
    if not isinstance(emergency, dict) or not emergency.get("name") or not emergency.get("phone"):
        raise Refused(N_("Nobody to call in an emergency is entered yet: add a name and a phone to the draft."))


async def guide(actor: Actor, agreement: UUID, text: str, at: datetime) -> None:
    """The bureau says what to mind; the drafter is told. It is no part of what is signed.

    Raises:
        NotYours: if it is not the actor's to see.
        NotAllowed: without the permission.
        Refused: once all have signed.
    """
    async with transaction():
        row = await entered(actor, agreement)
        if not allows(actor.roles, "agreements.guide"):
            raise NotAllowed
        if row.status not in ("draft", "party_signing"):
            raise Refused(N_("Guidance is given before all have signed. Look at the page again."))
        sealed = seal("care_agreement", "guidance_enc", row.id, text)
        await CareAgreement.update(
            guidance_enc=sealed, guided_by=actor.user, guided_at=at, updated_at=at
        ).where(CareAgreement.id == row.id)  # fmt: skip
        await audit.record(
            actor, "agreement.guided", "care_agreement", row.id, division=row.division, at=at, data=about(row)
        )
        drafter = [row.created_by] if row.created_by else []
        await send(drafter, "agreement_guided", f"/agreements/{row.id}", {"number": row.number})
