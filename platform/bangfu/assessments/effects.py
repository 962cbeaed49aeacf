"""What an assessment does when it takes effect: the former one ends, levels are written, what follows is watched."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from bangfu.assessments.actions import Completed, is_taken_over, react
from bangfu.assessments.moves import about, move
from bangfu.assessments.scoring import Document
from bangfu.assessments.tables import Assessment, AssessmentDispute
from bangfu.errors import N_, Refused
from bangfu.households.tables import Household, Person
from bangfu.shared import audit
from bangfu.shared.actor import SYSTEM, Actor
from bangfu.supervision.actions import Timed, settle, watch

DUE, DISPUTE = "assessment.due", "assessment.dispute"


async def end_former(row: Assessment, at: datetime) -> str:
    """End the person's former assessment by the same form; a disputed one is thereby reassessed.

    Returns:
        The level that it had, or "".

    Raises:
        Refused: if it was disputed after this one was begun, by others than new assessors.
    """
    former: Assessment | None = (
        await Assessment.objects()
        .where(
            (Assessment.person == row.person)
            & (Assessment.form_code == row.form_code)
            & (Assessment.status.is_in(["valid", "upheld", "disputed"]))
        )
        .first()
        .lock_rows("UPDATE")
    )
    if former is None:
        return ""
    if former.status == "disputed":
        await _close_dispute(former, row, at)
    await move(SYSTEM, former, "replace", at, data={"by": row.number})
    await settle(SYSTEM, DUE, former.id, at, evidence="assessment.completed")
    return str(former.final_level)


async def _close_dispute(former: Assessment, row: Assessment, at: datetime) -> None:
    if row.previous != former.id or row.reason != "dispute":
        raise Refused(
            N_("{number} has been disputed since; it is decided, or assessed anew by others, first."),
            number=former.number,
        )
    await AssessmentDispute.update(
        status="reassessed", decided_at=at, decided_by=row.second_assessor, reassessment=row.id
    ).where((AssessmentDispute.assessment == former.id) & (AssessmentDispute.status == "open"))
    await settle(SYSTEM, DISPUTE, former.id, at, evidence="assessment.reassessed")


async def write_level(actor: Actor, row: Assessment, home: Household, document: Document, at: datetime) -> None:
    """Write the level to the person, and to the household the worst that its members have."""
    sets = document["sets"]
    before = {"selfcare": home.selfcare_level, "risk": home.risk_color}
    if sets == "selfcare_level":
        await Person.update({Person.selfcare_level: row.final_level}).where(Person.id == row.person)
    elif sets == "ability_level":
        await Person.update({Person.ability_level: int(row.final_level)}).where(Person.id == row.person)
    if sets in ("selfcare_level", "risk_color"):
        worst = await _worst(row, document)
        values: dict[str, Any] = {sets: worst, "version": home.version + 1, "updated_at": at}
        await Household.update(**values).where(Household.id == home.id)
        home.version += 1
    if sets != "none":
        await audit.record(
            actor, "assessment.level_written", "assessment", row.id, division=row.division, at=at,
            data={**about(row), "sets": sets}, before=before, after={"sets": sets, "level": row.final_level},
        )  # fmt: skip


async def _worst(row: Assessment, document: Document) -> str:
    """The worst level among the members' assessments in force that set the same thing, this one included."""
    rows = await Assessment.raw(
        "SELECT DISTINCT ON (a.person) a.final_level FROM assessment a JOIN assessment_form f ON f.id = a.form"
        " WHERE a.household = {} AND a.status IN ('valid', 'upheld', 'disputed') AND f.document->>'sets' = {}"
        " AND a.person <> {} ORDER BY a.person, a.completed_at DESC",
        row.household, document["sets"], row.person,
    )  # fmt: skip
    order = [level["code"] for level in document["levels"]]
    found: list[str] = [one["final_level"] for one in rows if one["final_level"] in order]
    return max([*found, str(row.final_level)], key=order.index)


async def follow_up(actor: Actor, completed: Completed, document: Document, at: datetime) -> None:
    """Put under supervision what the form asks for at this level (a red child is contacted within 24 hours)."""
    for rule in document.get("follow_up", ()):
        if completed.level in rule["levels"] and not await is_taken_over(actor, rule["kind"], completed, at):
            await watch(SYSTEM, _timed(rule, completed, at), at)


def _timed(rule: Mapping[str, Any], completed: Completed, at: datetime) -> Timed:
    return Timed(
        kind=rule["kind"], subject_type="person", subject=completed.person,
        href=f"/assessments/{completed.assessment}", division=completed.division,
        due_at=at + timedelta(hours=rule["hours"]), number=completed.number, unit="village", role="child_director",
        by_hours=True,
    )  # fmt: skip


async def take_effect(
    actor: Actor, row: Assessment, home: Household, document: Document, at: datetime, *, action: str = "take_effect",
    **changes: Any,
) -> None:  # fmt: skip
    """completed -> valid (or `record_import`), with everything that follows, inside the caller's transaction."""
    before = await end_former(row, at)
    await move(SYSTEM if action == "take_effect" else actor, row, action, at, **changes)
    await write_level(actor, row, home, document, at)
    completed = completed_of(row.to_dict(), document, before)
    await react(actor, completed, at)
    await follow_up(actor, completed, document, at)


def completed_of(row: Mapping[str, Any], document: Document, before: str) -> Completed:
    """What the later features are told."""
    return Completed(
        assessment=row["id"], number=row["number"], household=row["household"], person=row["person"],
        division=row["division"], form_code=row["form_code"], form_version=row["form_version"], sets=document["sets"],
        level=row["final_level"], before=before, assessed_on=row["assessed_on"], valid_until=row["valid_until"],
        unchanged=row["unchanged"],
    )  # fmt: skip
