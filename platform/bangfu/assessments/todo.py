"""What waits for a person about assessments, for the start page."""

from datetime import datetime

from bangfu.assessments import queries
from bangfu.assessments.labels import said
from bangfu.assessments.queries import AssessmentView
from bangfu.assessments.rules import end_of
from bangfu.shared.actor import Actor
from bangfu.shared.civil_time import civil_date
from bangfu.shared.i18n import _
from bangfu.shared.permissions import allows
from bangfu.shared.web.frame import Todo, TodoCount, TodoRow

ROWS = 6


async def todo(actor: Actor, at: datetime) -> Todo:
    """Assessors: drafts and signatures; officers: objections; assessors and social workers: what is to be renewed."""
    result, today = Todo(), civil_date(at)
    assesses, decides = allows(actor.roles, "assessments.assess"), allows(actor.roles, "assessments.decide")
    if not (assesses or decides):
        return result
    counts = await queries.counts(actor, today)
    if assesses:
        result.counts.append(TodoCount(_("My open assessments"), counts["mine"], "/assessments?show=mine"))
        result.counts.append(TodoCount(_("Assessments to renew"), counts["due"], "/assessments?show=due"))
        mine, _total = await queries.assessments(actor, "mine", today, ROWS, 0)
        result.rows += [_row(found, actor) for found in mine]
    if decides and counts["disputed"]:
        result.counts.append(
            TodoCount(_("Objections to decide"), counts["disputed"], "/assessments?show=disputed", "warn")
        )
        disputed, _total = await queries.assessments(actor, "disputed", today, ROWS, 0)
        result.rows += [_row(found, actor) for found in disputed]
    return result


def _row(found: AssessmentView, actor: Actor) -> TodoRow:
    second = found.status == "signed_first" and found.second_assessor == actor.user
    button = _("Sign as the second assessor") if second else _("Open the assessment")
    return TodoRow(
        what=f"{said(found.title)} {found.number}", who=f"{found.person_name} · {found.division_name}",
        href=f"/assessments/{found.id}", button=button, since=found.first_signed_at or found.created_at,
        until=end_of(found.valid_until) if found.valid_until and found.status in ("valid", "upheld") else None,
    )  # fmt: skip
