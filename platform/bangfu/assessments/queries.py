"""Reads about assessments and forms, always inside what the actor may see."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from bangfu.assessments import rules
from bangfu.assessments.moves import OF_CHILD, may_see
from bangfu.assessments.results import Result
from bangfu.assessments.scoring import Document, level_title
from bangfu.assessments.sealing import answers_of, result_of, text_of
from bangfu.assessments.tables import Assessment, AssessmentDispute, AssessmentForm
from bangfu.errors import NotYours
from bangfu.households.sealing import unseal
from bangfu.shared.actor import Actor
from bangfu.shared.masking import mask_name
from bangfu.shared.permissions import allows


@dataclass(frozen=True, slots=True)
class AssessmentView:
    """An assessment as pages show it; what was answered is read with `contents` only."""

    id: UUID
    number: str
    household: UUID
    household_number: str
    person: UUID
    person_name: str
    division: str
    division_name: str
    category: str
    form: UUID
    form_code: str
    form_version: str
    document: Document
    restricted: str
    status: str
    reason: str
    assessed_on: date
    place: str
    informant_relation: str
    preliminary_level: str
    final_level: str
    first_assessor: UUID
    first_name: str
    second_assessor: UUID | None
    second_name: str
    first_signed_at: datetime | None
    second_signed_at: datetime | None
    completed_at: datetime | None
    valid_until: date | None
    previous: UUID | None
    previous_number: str
    unchanged: bool
    carried_needs: tuple[UUID, ...]
    of_child: bool
    """Of a child under 14: the reading is noted."""
    ended_reason: str
    created_at: datetime
    updated_at: datetime

    @property
    def title(self) -> Mapping[str, str]:
        """The form's title in both languages."""
        found: Mapping[str, str] = self.document["title"]
        return found

    @property
    def level(self) -> Mapping[str, str]:
        """The words of the final level; empty ones while there is none."""
        return level_title(self.document, self.final_level) if self.final_level else {"zh": "", "en": ""}


@dataclass(frozen=True, slots=True)
class Contents:
    """The sealed part: answers, arithmetic (None before the first signature), informant, reason for contradictions."""

    answers: Mapping[str, str]
    result: Result | None
    informant: str
    contradiction: str


@dataclass(frozen=True, slots=True)
class DisputeView:
    """An objection; the words are shown to those who may see the assessment."""

    raised_by_relation: str
    reason: str
    recorded_name: str
    recorded_at: datetime
    due_at: datetime
    status: str
    outcome: str
    decided_name: str
    decided_at: datetime | None


@dataclass(frozen=True, slots=True)
class Latest:
    """The newest assessment of a person that counts, for other features."""

    assessment: UUID
    form_code: str
    form_version: str
    preliminary: str
    level: str
    assessed_on: date
    valid_until: date


@dataclass(frozen=True, slots=True)
class FormView:
    """A version of a form."""

    id: UUID
    code: str
    version: str
    status: str
    document: Document
    valid_from: date | None
    created_by: UUID | None
    created_name: str
    published_name: str
    published_at: datetime | None


_ASSESSMENT = (
    f"SELECT a.*, {OF_CHILD} AS of_child, h.number AS household_number, h.category, p.name AS person_name,"  # noqa: S608
    " coalesce(d.name, '')"
    " AS division_name, f.document, u.display_name AS first_name, coalesce(v.display_name, '') AS second_name,"
    " coalesce(o.number, '') AS previous_number, count(*) OVER () AS total FROM assessment a"
    " JOIN household h ON h.id = a.household JOIN person p ON p.id = a.person"
    " JOIN assessment_form f ON f.id = a.form JOIN app_user u ON u.id = a.first_assessor"
    " LEFT JOIN app_user v ON v.id = a.second_assessor LEFT JOIN division d ON d.code = a.division"
    " LEFT JOIN assessment o ON o.id = a.previous"
)
_SEEN = (
    f"a.division LIKE {{}} AND ((a.restricted = '' AND NOT {OF_CHILD}) OR {{}} OR a.first_assessor = {{}}"
    " OR a.second_assessor = {})"
)
_COUNT = "SELECT count(*) AS n FROM assessment a WHERE "
_NEWER = (
    "EXISTS (SELECT 1 FROM assessment n WHERE n.person = a.person AND n.form_code = a.form_code"
    " AND n.created_at > a.created_at AND n.status <> 'void')"
)
_WAITING: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "mine": (
        "((a.first_assessor = {} AND a.status IN ('draft', 'signed_first'))"
        " OR (a.second_assessor = {} AND a.status = 'signed_first'))",
        ("me", "me"),
    ),
    "due": (
        "((a.status IN ('valid', 'upheld') AND a.valid_until <= {}::date + {}::int) OR a.status = 'expired')"
        f" AND NOT {_NEWER}",
        ("today", "days"),
    ),
    "disputed": ("a.status = 'disputed'", ()),
    "all": ("true", ()),
}
SHOWS = tuple(_WAITING)


def scope_of(actor: Actor) -> str:
    """The LIKE pattern of the divisions that the actor sees; one that matches nothing for an empty scope."""
    return f"{actor.scope}%" if actor.scope else ""


def _seen(actor: Actor) -> list[object]:
    return [scope_of(actor), allows(actor.roles, "children.read"), actor.user, actor.user]


async def assessment_for(actor: Actor, assessment: UUID) -> AssessmentView:
    """One assessment that the actor may see.

    Raises:
        NotYours: if there is none, or it is not the actor's to see.
    """
    rows = await Assessment.raw(_ASSESSMENT + " WHERE a.id = {}", assessment)
    if not rows or not may_see(actor, rows[0]):
        raise NotYours
    return _view(rows[0])


async def assessments(
    actor: Actor, show: str, today: date, limit: int, offset: int
) -> tuple[list[AssessmentView], int]:
    """One page of those that wait for the actor (`mine`), are to be renewed or ended without a newer one
    (`due`), are `disputed`, or `all` of the area; the next due first."""
    condition, extra = _waiting(show, actor, today)
    rows = await Assessment.raw(
        f"{_ASSESSMENT} WHERE {_SEEN} AND {condition}"
        " ORDER BY a.valid_until NULLS FIRST, a.created_at DESC, a.number LIMIT {} OFFSET {}",
        *_seen(actor), *extra, limit, offset,
    )  # fmt: skip
    return [_view(row) for row in rows], rows[0]["total"] if rows else 0


def _waiting(show: str, actor: Actor, today: date) -> tuple[str, list[object]]:
    """The condition of a list with its values in order."""
    values: dict[str, object] = {"me": actor.user, "today": today, "days": rules.DUE_DAYS}
    condition, names = _WAITING[show]
    return condition, [values[name] for name in names]


async def counts(actor: Actor, today: date) -> dict[str, int]:
    """How many each list holds."""
    found = {}
    for show in SHOWS:
        condition, extra = _waiting(show, actor, today)
        where = " AND ".join((_SEEN, condition))
        rows = await Assessment.raw(_COUNT + where, *_seen(actor), *extra)
        found[show] = rows[0]["n"]
    return found


async def of_household(actor: Actor, household: UUID) -> list[AssessmentView]:
    """The assessments of a household's members that the actor may see, the newest first."""
    rows = await Assessment.raw(
        f"{_ASSESSMENT} WHERE {_SEEN} AND a.household = {{}} ORDER BY a.assessed_on DESC, a.number DESC LIMIT 200",
        *_seen(actor), household,
    )  # fmt: skip
    return [_view(row) for row in rows]


async def contents(assessment: UUID) -> Contents:
    """The sealed part; whoever calls has checked that it may be shown, and logs it."""
    rows = await Assessment.raw("SELECT * FROM assessment WHERE id = {}", assessment)
    row = rows[0]
    return Contents(answers_of(row), result_of(row), text_of(row, "informant_enc"), text_of(row, "contradiction_enc"))


async def disputes_of(assessment: UUID) -> list[DisputeView]:
    """The objections against an assessment, the newest first."""
    rows = await AssessmentDispute.raw(
        "SELECT x.*, coalesce(r.display_name, '') AS recorded_name, coalesce(w.display_name, '') AS decided_name"
        " FROM assessment_dispute x LEFT JOIN app_user r ON r.id = x.recorded_by LEFT JOIN app_user w"
        " ON w.id = x.decided_by WHERE x.assessment = {} ORDER BY x.recorded_at DESC",
        assessment,
    )
    return [
        DisputeView(
            **{name: row[name] for name in DisputeView.__slots__ if name not in ("reason", "outcome")},
            reason=unseal("assessment_dispute", row, "reason_enc"),
            outcome=unseal("assessment_dispute", row, "outcome_enc"),
        )
        for row in rows
    ]


async def latest(person: UUID, code: str, today: date) -> Latest | None:
    """The person's assessment by the form `code` that counts today (a disputed one counts until it is decided)."""
    rows = await Assessment.raw(
        "SELECT * FROM assessment WHERE person = {} AND form_code = {} AND status IN ('valid', 'upheld', 'disputed')"
        " AND assessed_on <= {} AND valid_until >= {} ORDER BY completed_at DESC LIMIT 1",
        person, code, today, today,
    )  # fmt: skip
    if not rows:
        return None
    row = rows[0]
    return Latest(
        row["id"], row["form_code"], row["form_version"], row["preliminary_level"], row["final_level"],
        row["assessed_on"], row["valid_until"],
    )  # fmt: skip


async def reassessment_of(assessment: UUID) -> AssessmentView | None:
    """The assessment that follows a disputed or renewed one and is not void, if there is one; for a link."""
    rows = await Assessment.raw(
        _ASSESSMENT + " WHERE a.previous = {} AND a.status <> 'void' ORDER BY a.created_at DESC LIMIT 1", assessment
    )
    return _view(rows[0]) if rows else None


async def people_of(actor: Actor, household: UUID) -> list[tuple[str, str]]:
    """(id, masked name) of the members who may be assessed."""
    rows = await Assessment.raw(
        "SELECT p.id, p.name, p.relation FROM person p JOIN household h ON h.id = p.household WHERE h.id = {}"
        " AND h.division LIKE {} ORDER BY p.is_head DESC, p.created_at, p.id",
        household, scope_of(actor),
    )  # fmt: skip
    return [(str(row["id"]), mask_name(row["name"])) for row in rows]


_FORM = (
    "SELECT f.*, coalesce(c.display_name, '') AS created_name, coalesce(p.display_name, '') AS published_name"
    " FROM assessment_form f LEFT JOIN app_user c ON c.id = f.created_by LEFT JOIN app_user p ON p.id = f.published_by"
)


async def forms() -> list[FormView]:
    """Every version of every form: those in use first."""
    rows = await AssessmentForm.raw(
        _FORM + " ORDER BY array_position(ARRAY['draft', 'published', 'retired']::varchar[], f.status), f.code,"
        " f.created_at DESC LIMIT 500"
    )
    return [_form(row) for row in rows]


async def forms_in_use(today: date) -> list[FormView]:
    """The forms that an assessment may be begun with."""
    rows = await AssessmentForm.raw(
        _FORM + " WHERE f.status = 'published' AND f.valid_from <= {} ORDER BY f.code = 'six_indicators' DESC, f.code",
        today,
    )
    return [_form(row) for row in rows]


async def form_for(form: UUID) -> FormView:
    """One version.

    Raises:
        NotYours: if there is none.
    """
    rows = await AssessmentForm.raw(_FORM + " WHERE f.id = {}", form)
    if not rows:
        raise NotYours
    return _form(rows[0])


def _form(row: Mapping[str, Any]) -> FormView:
    return FormView(
        **{name: row[name] for name in FormView.__slots__ if name != "document"}, document=json.loads(row["document"])
    )


def _view(row: Mapping[str, Any]) -> AssessmentView:
    read = {"document", "person_name", "carried_needs", "ended_reason"}
    return AssessmentView(
        **{name: row[name] for name in AssessmentView.__slots__ if name not in read},
        document=json.loads(row["document"]), person_name=mask_name(row["person_name"]),
        carried_needs=tuple(row["carried_needs"]), ended_reason=text_of(row, "ended_reason_enc"),
    )  # fmt: skip
