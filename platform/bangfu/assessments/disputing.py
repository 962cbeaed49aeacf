"""Objections against an assessment: recorded, decided in time by an officer, or settled by new assessors."""

from datetime import datetime
from uuid import UUID

from bangfu.accounts.queries import users_with
from bangfu.assessments import rules
from bangfu.assessments.effects import DISPUTE
from bangfu.assessments.moves import already, check_role, entered, household_of, move
from bangfu.assessments.tables import AssessmentDispute
from bangfu.errors import N_, Refused
from bangfu.households.kinship import refuse_relative
from bangfu.households.sealing import seal
from bangfu.messages.actions import send
from bangfu.shared.actor import Actor
from bangfu.shared.database import transaction
from bangfu.supervision.actions import Timed, settle, watch
from bangfu.supervision.calendar import current_calendar, end_of_working_day


async def dispute(actor: Actor, key: UUID, assessment: UUID, relation: str, reason: str, at: datetime) -> None:
    """valid -> disputed, until when it is decided: 10 working days [D]. The level counts until then.

    Raises:
        NotYours: if it is not the actor's to see.
        Refused: if it is not in force, or was upheld before.
    """
    async with transaction():
        row, _ = await entered(actor, assessment)
        if await already(actor, row, "dispute"):
            return
        check_role(actor, row, "dispute")
        due = end_of_working_day(at, rules.DISPUTE_WORKING_DAYS, await current_calendar())
        await AssessmentDispute(
            id=key, assessment=row.id, raised_by_relation=relation, recorded_by=actor.user, recorded_at=at, due_at=due,
            reason_enc=seal("assessment_dispute", "reason_enc", key, reason),
        ).save()  # fmt: skip
        await move(actor, row, "dispute", at, data={"relation": relation})
        href = f"/assessments/{row.id}"
        timed = Timed(
            kind=DISPUTE, subject_type="assessment", subject=row.id, href=href, division=row.division, due_at=due,
            number=row.number, unit="township", role="township_officer",
            household=None if row.restricted else row.household,
        )  # fmt: skip
        await watch(actor, timed, at)
        officers = await users_with("township_officer", row.division)
        await send(officers, "assessment_disputed", href, {"number": row.number})


async def uphold(actor: Actor, assessment: UUID, outcome: str, at: datetime) -> None:
    """disputed -> upheld: the officer finds the assessment right, and says why.

    Raises:
        NotYours: if it is not the actor's to see.
        NotAllowed: for a near relative of the household.
        Refused: if it is not disputed, the actor assessed it or recorded the objection, or new assessors have begun.
    """
    await refuse_relative(actor, await household_of(assessment), "assessment.uphold", at)
    async with transaction():
        row, _ = await entered(actor, assessment)
        if await already(actor, row, "uphold"):
            return
        check_role(actor, row, "uphold")
        if actor.user in (row.first_assessor, row.second_assessor):
            raise Refused(N_("Whoever assessed does not decide on the objection."))
        found = await AssessmentDispute.objects().where(
            (AssessmentDispute.assessment == row.id) & (AssessmentDispute.status == "open")
        ).first()  # fmt: skip
        assert found is not None  # noqa: S101 (a disputed assessment has one)
        if found.recorded_by == actor.user:
            raise Refused(N_("Whoever recorded the objection does not decide on it."))
        await AssessmentDispute.update(
            status="upheld", decided_by=actor.user, decided_at=at,
            outcome_enc=seal("assessment_dispute", "outcome_enc", found.id, outcome),
        ).where(AssessmentDispute.id == found.id)  # fmt: skip
        await move(actor, row, "uphold", at)
        await settle(actor, DISPUTE, row.id, at, evidence="assessment.upheld")
        assessors = [user for user in (row.first_assessor, row.second_assessor, found.recorded_by) if user]
        await send(assessors, "assessment_upheld", f"/assessments/{row.id}", {"number": row.number})
