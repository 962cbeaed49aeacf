"""The page of one assessment, shown by reading it and again when a decision's form has a fault."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid4

from bangfu.assessments import queries, rules
from bangfu.assessments.conflicts import possible_seconds
from bangfu.assessments.labels import summary, translated
from bangfu.assessments.queries import AssessmentView, Contents
from bangfu.assessments.recording import other_answers
from bangfu.assessments.results import Result
from bangfu.assessments.scoring import items_of, score
from bangfu.households.reading import note_read
from bangfu.households.timeline import events_of, shown
from bangfu.needs.tables import Need
from bangfu.shared.actor import Actor
from bangfu.shared.clock import now, today
from bangfu.shared.permissions import allows
from bangfu.shared.web.pages import Page, Request, page


async def assessment_page(
    request: Request, assessment: UUID, *, status: int = 200, form: Mapping[str, str] | None = None,
    errors: dict[str, str] | None = None, tried: str = "", opened: bool = False,
) -> Page:  # fmt: skip
    """One assessment; `tried` names the action whose form comes back with `errors`; `opened`: the sealed part is shown
    because it was asked for with a reason, and logged.

    Raises:
        NotYours: if it is not the actor's to see.
    """
    actor = request.actor
    found = await queries.assessment_for(actor, assessment)
    own = actor.user in (found.first_assessor, found.second_assessor)
    inside = await queries.contents(assessment) if own or opened else None
    if found.of_child:
        await note_read(actor, found.household, found.person, "child", "assessment", now())
    result = await _result(found, inside)
    return await page(
        request, "assessments/show.html", status, a=found, own=own, inside=inside, result=result, opened=opened,
        tried=tried, form=form or {}, errors=errors or {}, faults=summary(errors or {}, translated()),
        **_allowed(actor, found, own), **await _around(actor, found), key=str(uuid4()), at=now(),
        areas=progress(found, inside.answers if inside else {}), due=_due(found),
    )  # fmt: skip


async def _result(found: AssessmentView, inside: Contents | None) -> Result | None:
    """The frozen arithmetic; of a draft, what it would be now."""
    if inside is None or inside.result is not None or found.status != "draft":
        return inside.result if inside else None
    row = {"person": found.person, "assessed_on": found.assessed_on}
    return score(found.document, inside.answers, await other_answers(row, found.document))


def _due(found: AssessmentView) -> bool:
    return (
        found.status in ("valid", "upheld") and found.valid_until is not None
        and rules.is_due(found.valid_until, today())
    )  # fmt: skip


def progress(found: AssessmentView, answers: Mapping[str, str]) -> list[dict[str, Any]]:
    """The areas of the form with how many of their items are answered."""
    rows = []
    for area in found.document["areas"]:
        items = [item for item, _ in items_of(area)]
        needed = [item for item in items if item.get("required", True)]
        rows.append({
            "code": area["code"], "title": area["title"], "items": len(items),
            "answered": sum(item["code"] in answers for item in items),
            "done": all(item["code"] in answers for item in needed),
        })  # fmt: skip
    return rows


def _allowed(actor: Actor, found: AssessmentView, own: bool) -> dict[str, Any]:
    """What the table allows this person here."""
    offered = set(rules.MACHINE.actions_for(found.status, actor.roles))
    first, second = actor.user == found.first_assessor, actor.user == found.second_assessor
    for action, allowed in (
        ("sign_first", first and not found.document.get("import_only")),
        ("record_import", first and bool(found.document.get("import_only"))),
        ("take_back", first), ("void", first), ("sign_second", second), ("send_back", second),
        ("dispute", allows(actor.roles, "assessments.dispute")), ("uphold", not own),
    ):  # fmt: skip
        if not allowed:
            offered.discard(action)
    may_assess = allows(actor.roles, "assessments.assess")
    return {
        "offered": offered,
        "may_carry": may_assess and found.status in ("valid", "upheld") and not found.document.get("import_only"),
        "may_reassess": may_assess and not own and found.status == "disputed",
        "proposals": found.status in ("valid", "upheld") and allows(actor.roles, "norms.propose"),
        "may_open": not own and allows(actor.roles, "assessments.answers"),
    }


async def _around(actor: Actor, found: AssessmentView) -> dict[str, Any]:
    """Who may sign second, objections, what came before and after, the needs that go on, the timeline."""
    seconds: list[tuple[str, str]] = []
    if actor.user and allows(actor.roles, "assessments.assess") and found.status in ("draft", "valid", "upheld"):
        disputed = found.previous if found.reason == "dispute" else None
        seconds = await possible_seconds(actor.user, found.household, found.division, disputed, today())
    return {
        "seconds": seconds,
        "other": next(
            (
                str(user)
                for user in (found.first_assessor, found.second_assessor)
                if user is not None and user != actor.user
            ),
            "",
        ),
        "disputes": await queries.disputes_of(found.id),
        "following": await queries.reassessment_of(found.id),
        "needs": await _needs(actor, found),
        "events": shown(await events_of(found.id), own=str(found.id)),
    }


async def _needs(actor: Actor, found: AssessmentView) -> list[dict[str, Any]]:
    """The needs that go on unchanged, for those who may read needs."""
    if not found.carried_needs or not allows(actor.roles, "needs.read"):
        return []
    rows: list[dict[str, Any]] = await Need.raw(
        "SELECT id, number, service FROM need WHERE id = ANY({}) ORDER BY number", list(found.carried_needs)
    )
    return rows
