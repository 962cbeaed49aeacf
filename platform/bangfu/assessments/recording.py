"""Beginning an assessment and answering its form, area by area (DOMAIN.md 3). One transaction each."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from asyncpg import UniqueViolationError

from bangfu.assessments.conflicts import check_apart
from bangfu.assessments.moves import about, check_first, entered, home_of
from bangfu.assessments.rules import COMPARE_DAYS
from bangfu.assessments.scoring import Answers, Document, items_of
from bangfu.assessments.sealing import answers_of, sealed_answers, sealed_text
from bangfu.assessments.tables import Assessment, AssessmentForm
from bangfu.errors import N_, FormError, NotYours, Refused
from bangfu.households.rules import is_minor, needs_guardian
from bangfu.households.tables import Household, Person
from bangfu.shared import audit
from bangfu.shared.actor import Actor
from bangfu.shared.civil_time import civil_date
from bangfu.shared.database import transaction
from bangfu.shared.numbering import fresh_number


@dataclass(frozen=True, slots=True)
class Circumstances:
    """Why, when and where it was assessed, and who told (DOMAIN.md 3: assessment record)."""

    reason: str
    assessed_on: date
    place: str = "home"
    informant: str = ""
    informant_relation: str = "self"


async def begin(actor: Actor, key: UUID, person: UUID, form: UUID, facts: Circumstances, at: datetime) -> UUID:
    """A draft by the actor as first assessor. The same key again is the same draft.

    While an assessment by the form is disputed, the new one is its reassessment, by people who did not make the first.

    Raises:
        NotYours: for a person of another area.
        FormError: for a form that is not in use, or one that is open for the person already.
        Refused: if the actor has a tie to the household.
    """
    try:
        async with transaction():
            if await _is_own_repeat(actor, key):
                return key
            home = await _home_of_person(actor, person)
            document = await _form_in_use(form, civil_date(at))
            await _check_age(person, document, civil_date(at))
            await _check_none_open(person, document["code"])
            disputed = await _disputed(person, document["code"])
            if facts.reason == "dispute" and disputed is None:
                raise FormError({"reason": (N_("No assessment of this person by this form is disputed."), {})})
            await check_apart(actor.me, home.id, disputed, civil_date(at))
            reason = "dispute" if disputed else facts.reason
            await store(actor, key, home, person, form, document, {**_columns(key, facts), "reason": reason,
                                                                   "previous": disputed}, at)  # fmt: skip
    except UniqueViolationError:
        if not await _is_own_repeat(actor, key):
            await _check_none_open_by_form(person, form)
            raise
    return key


async def store(
    actor: Actor, key: UUID, home: Household, person: UUID, form: UUID, document: Document, values: Mapping[str, Any],
    at: datetime,
) -> Assessment:  # fmt: skip
    """Write the draft and its event, inside the caller's transaction."""
    row = Assessment(
        id=key, number=await fresh_number(Assessment), household=home.id, person=person, division=home.division,
        form=form, form_code=document["code"], form_version=document["version"],
        restricted=document.get("restricted", "") or await _of_child(person, civil_date(at)), first_assessor=actor.me,
        created_at=at, updated_at=at, **values,
    )  # fmt: skip
    await row.save()
    await audit.record(
        actor, "assessment.begun", "assessment", key, division=home.division, at=at,
        data={**about(row), "reason": row.reason, "version": row.form_version},
    )  # fmt: skip
    return row


async def _of_child(person: UUID, today: date) -> str:
    """`child` for somebody under 14: whatever the form, fewer people know of it (DOMAIN.md 9.1)."""
    member = await Person.objects().get(Person.id == person)
    return "child" if member is not None and needs_guardian(member.birth_date, today) else ""


async def save_answers(actor: Actor, assessment: UUID, area: str, answers: Answers, at: datetime) -> None:
    """Keep what was answered in one area of a draft; what the area had before is replaced.

    Raises:
        NotYours: if it is not the actor's to see.
        Refused: if it is no draft, or somebody else's.
    """
    async with transaction():
        row, _ = await entered(actor, assessment)
        check_first(actor, row.first_assessor)
        check_draft(row.status)
        document = await document_of(row.form)
        codes = {item["code"] for one in document["areas"] if one["code"] == area for item, _ in items_of(one)}
        kept = {code: text for code, text in answers_of(row.to_dict()).items() if code not in codes}
        given = {code: text for code, text in answers.items() if code in codes and text}
        await Assessment.update(
            answers_enc=sealed_answers(row.id, {**kept, **given}), updated_at=at, revision=row.revision + 1
        ).where(Assessment.id == row.id)
        await audit.record(
            actor, "assessment.answered", "assessment", row.id, division=row.division, at=at,
            data={"number": row.number, "form": row.form_code, "area": area, "answers": len(given)},
        )  # fmt: skip


async def change_circumstances(actor: Actor, assessment: UUID, facts: Circumstances, at: datetime) -> None:
    """Change the day, place, reason or informant of a draft.

    Raises:
        NotYours: if it is not the actor's to see.
        Refused: if it is no draft, or somebody else's.
    """
    async with transaction():
        row, _ = await entered(actor, assessment)
        check_first(actor, row.first_assessor)
        check_draft(row.status)
        reason = "dispute" if row.reason == "dispute" else facts.reason
        if facts.reason == "dispute" and row.reason != "dispute":
            raise FormError({"reason": (N_("No assessment of this person by this form is disputed."), {})})
        values = {**_columns(row.id, facts), "reason": reason}
        await Assessment.update(**values, updated_at=at, revision=row.revision + 1).where(Assessment.id == row.id)
        await audit.record(
            actor, "assessment.changed", "assessment", row.id, division=row.division, at=at,
            data={"number": row.number, "form": row.form_code, "reason": reason},
        )  # fmt: skip


def check_draft(status: str) -> None:
    """Raises:
    Refused: if answers can no longer be changed.
    """
    if status != "draft":
        raise Refused(N_("It is signed; its answers do not change any more. Take it back first, while you can."))


async def document_of(form: UUID) -> Document:
    """The document of a stored form.

    Raises:
        NotYours: if there is none.
    """
    rows = await AssessmentForm.raw("SELECT document FROM assessment_form WHERE id = {}", form)
    if not rows:
        raise NotYours
    found: Document = json.loads(rows[0]["document"])
    return found


async def other_answers(row: Mapping[str, Any], document: Document) -> dict[str, tuple[Document, Answers]]:
    """The person's newest signed assessments by the forms that this form compares itself with."""
    found: dict[str, tuple[Document, Answers]] = {}
    for rule in document.get("compare", ()):
        rows = await Assessment.raw(
            "SELECT a.*, f.document FROM assessment a JOIN assessment_form f ON f.id = a.form WHERE a.person = {}"
            " AND a.form_code = {} AND a.status IN ('signed_first', 'completed', 'valid', 'upheld', 'disputed')"
            " AND a.assessed_on >= {}::date - {}::int ORDER BY a.assessed_on DESC, a.number DESC LIMIT 1",
            row["person"], rule["form"], row["assessed_on"], COMPARE_DAYS,
        )  # fmt: skip
        if rows:
            found[rule["form"]] = (json.loads(rows[0]["document"]), answers_of(rows[0]))
    return found


def _columns(key: UUID, facts: Circumstances) -> dict[str, Any]:
    return {
        "reason": facts.reason, "assessed_on": facts.assessed_on, "place": facts.place,
        "informant_enc": sealed_text(key, "informant_enc", facts.informant),
        "informant_relation": facts.informant_relation,
    }  # fmt: skip


async def _home_of_person(actor: Actor, person: UUID) -> Household:
    rows = await Household.raw("SELECT household FROM person WHERE id = {}", person)
    if not rows:
        raise NotYours
    home = await home_of(rows[0]["household"])
    if not actor.sees(home.division):
        raise NotYours
    return home


async def _form_in_use(form: UUID, today: date) -> Document:
    rows = await AssessmentForm.raw(
        "SELECT document FROM assessment_form WHERE id = {} AND status = 'published' AND valid_from <= {}", form, today
    )
    if not rows:
        raise FormError({"form": (N_("This form is not in use. Choose one of the list."), {})})
    found: Document = json.loads(rows[0]["document"])
    return found


async def _check_age(person: UUID, document: Document, today: date) -> None:
    member = await Person.objects().get(Person.id == person)
    if document.get("restricted") == "child" and not is_minor(member.birth_date if member else None, today):
        raise FormError({"form": (N_("This form is for children with a known birth date."), {})})


async def _check_none_open(person: UUID, code: str) -> None:
    rows = await Assessment.raw(
        "SELECT number FROM assessment WHERE person = {} AND form_code = {}"
        " AND status IN ('draft', 'signed_first', 'completed')",
        person, code,
    )  # fmt: skip
    if rows:
        raise FormError(
            {"form": (N_("{number} by this form is still open for this person."), {"number": rows[0]["number"]})}
        )


async def _check_none_open_by_form(person: UUID, form: UUID) -> None:
    await _check_none_open(person, (await document_of(form))["code"])


async def _disputed(person: UUID, code: str) -> UUID | None:
    rows = await Assessment.raw(
        "SELECT id FROM assessment WHERE person = {} AND form_code = {} AND status = 'disputed'", person, code
    )
    return rows[0]["id"] if rows else None


async def _is_own_repeat(actor: Actor, key: UUID) -> bool:
    row = await Assessment.objects().get(Assessment.id == key)
    if row is not None and row.first_assessor != actor.user:
        raise NotYours
    return row is not None
