"""“Unchanged”: one click of each assessor renews an assessment; the plan goes on (PRODUCT.md: 无明显变化不调整)."""

from datetime import datetime
from uuid import UUID

from asyncpg import UniqueViolationError

from bangfu.assessments.conflicts import check_apart
from bangfu.assessments.moves import entered, move
from bangfu.assessments.recording import document_of, other_answers, store
from bangfu.assessments.scoring import score
from bangfu.assessments.sealing import answers_of, sealed_answers, sealed_result, sealed_text, text_of
from bangfu.assessments.signing import check_second
from bangfu.assessments.tables import Assessment, AssessmentForm
from bangfu.errors import N_, NotAllowed, NotYours, Refused
from bangfu.messages.actions import send
from bangfu.needs.rules import OPEN as OPEN_NEEDS
from bangfu.needs.tables import Need
from bangfu.shared import audit
from bangfu.shared.actor import Actor
from bangfu.shared.civil_time import civil_date
from bangfu.shared.database import transaction
from bangfu.shared.permissions import allows


async def carry_over(actor: Actor, key: UUID, assessment: UUID, second: UUID | None, at: datetime) -> UUID:
    """A routine reassessment with every answer as before: a record of its own, signed by the actor, to be confirmed by
    the second assessor. The person's open needs go on as they are, and the record names them.

    Raises:
        NotYours: if it is not the actor's to see.
        FormError: without a second assessor.
        Refused: if it is not in force, its form has a newer version, another one is open, or there is a tie.
    """
    try:
        async with transaction():
            known = await Assessment.objects().get(Assessment.id == key)
            if known is not None and known.first_assessor == actor.user:
                return key
            await _carry(actor, key, assessment, second, at)
    except UniqueViolationError:
        known = await Assessment.objects().get(Assessment.id == key)
        if known is None or known.first_assessor != actor.user:
            raise Refused(N_("Another assessment by this form is still open for this person.")) from None
    return key


async def _carry(actor: Actor, key: UUID, assessment: UUID, second: UUID | None, at: datetime) -> None:
    former, home = await entered(actor, assessment)
    if not allows(actor.roles, "assessments.assess"):
        raise NotAllowed
    if former.status not in ("valid", "upheld") or not await _still_published(former.form):
        raise Refused(N_("Only an assessment in force by the form in use is carried over; assess anew instead."))
    document = await document_of(former.form)
    if document.get("import_only"):
        raise Refused(N_("Only an assessment in force by the form in use is carried over; assess anew instead."))
    await check_apart(actor.me, home.id, None, civil_date(at))
    values, answers = former.to_dict(), answers_of(former.to_dict())
    result = score(document, answers, await other_answers({**values, "assessed_on": civil_date(at)}, document))
    if result.warnings:
        raise Refused(N_("Another assessment of this person has changed since; assess anew instead."))
    row = await store(actor, key, home, former.person, former.form, document, {
        "reason": "routine", "assessed_on": civil_date(at), "place": former.place, "previous": former.id,
        "informant_enc": sealed_text(key, "informant_enc", text_of(values, "informant_enc")),
        "informant_relation": former.informant_relation, "unchanged": True,
        "answers_enc": sealed_answers(key, answers), "carried_needs": await _open_needs(former),
    }, at)  # fmt: skip
    await check_second(row, second, at)
    await move(
        actor, row, "sign_first", at, second_assessor=second, first_signed_at=at,
        arithmetic_enc=sealed_result(key, result), data={"unchanged": True, "needs": len(row.carried_needs)},
    )  # fmt: skip
    for need in row.carried_needs:
        await audit.record(
            actor, "need.carried_over", "need", need, division=row.division, at=at,
            data={"number": row.number, "assessment": str(row.id)},
        )  # fmt: skip
    await send([second] if second else [], "assessment_to_sign", f"/assessments/{key}", {"number": row.number})


async def _still_published(form: UUID) -> bool:
    rows = await AssessmentForm.raw("SELECT status FROM assessment_form WHERE id = {}", form)
    if not rows:
        raise NotYours
    return bool(rows[0]["status"] == "published")


async def _open_needs(former: Assessment) -> list[UUID]:
    """The plan: what was agreed for the person, or for the whole household, and has not ended."""
    states = sorted(OPEN_NEEDS - {"draft"})
    rows = await Need.raw(
        "SELECT id FROM need WHERE household = {} AND (person IS NULL OR person = {}) AND status = ANY({}::varchar[])"
        " ORDER BY number",
        former.household, former.person, states,
    )  # fmt: skip
    return [row["id"] for row in rows]
