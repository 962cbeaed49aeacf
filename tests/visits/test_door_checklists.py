"""Checklists as versioned data: drafted by one, published by another; a record keeps the version it was made by."""

import json
from datetime import timedelta

import pytest

from bangfu.shared.clock import today
from bangfu.visits import door_checklists
from bangfu.visits.door_tables import VisitForm
from bangfu.visits.tables import VisitRecord
from tests.support import World
from tests.visits import door_steps as door
from tests.visits import visit_steps as steps

pytestmark = pytest.mark.usefixtures("database")


async def current(code: str = "VC-8") -> VisitForm:
    rows = await VisitForm.objects().where(VisitForm.code == code).order_by(VisitForm.version, ascending=False)
    found: VisitForm = rows[0]
    return found


async def next_version(visit, lines: int) -> VisitForm:
    """A draft of VC-8 with its first lines only, submitted."""
    editor, row = await visit("bureau"), await current()
    form = {"key": str(door.fresh()), "zh": "探访", "en": "Check", "note": "改短", "services": "visit_check",
            "areas": ["safety", "mood"]}  # fmt: skip
    for n, line in enumerate(door_checklists.lines_of(row)[:lines]):
        form |= {f"code-{n}": line["code"], f"zh-{n}": line["zh"], f"en-{n}": line["en"], f"must-{n}": "always"}
    answer = await editor.post(f"/checklists/{row.id}/edit", form)
    assert answer.status_code == 303, answer.text
    made = await current()
    assert (made.version, made.status) == (2, "draft")
    await editor.post(f"/checklists/{made.id}/submit")
    assert (await editor.post(f"/checklists/{made.id}/publish", {"valid_from": str(today())})).status_code == 403
    return made


async def test_a_lead_publishes_and_the_next_record_is_asked_by_the_new_version(world: World, visit) -> None:
    made = await next_version(visit, 2)
    lead = await visit("lead")
    answer = await lead.post(f"/checklists/{made.id}/publish", {"valid_from": str(today())})
    assert answer.status_code == 303, answer.text
    begun, page = await steps.started(world), await visit("caregiver")
    shown = (await page.get(f"/my-visits/{begun.id}")).text
    assert "line-health" in shown
    assert "line-mood" not in shown
    answer = await page.post(f"/my-visits/{begun.id}/finish", door.finishing(form_version="2"))
    assert answer.status_code == 303, answer.text
    record = await VisitRecord.objects().get(VisitRecord.visit == begun.id)
    assert (record.form_version, len(json.loads(record.checklist))) == (2, 2)


async def test_a_draft_that_waited_keeps_its_version_and_no_shorter_form_is_slipped_in(world: World, visit) -> None:
    begun, page = await steps.started(world), await visit("caregiver")
    made = await next_version(visit, 2)
    await (await visit("lead")).post(f"/checklists/{made.id}/publish", {"valid_from": str(today())})
    other = await page.post(f"/my-visits/{begun.id}/finish", {**door.finishing(form="GS-5"), "line-met": ""})
    assert "f-line-met" in other.text
    answer = await page.post(f"/my-visits/{begun.id}/finish", door.finishing(form_version="1"))
    assert answer.status_code == 303, answer.text
    assert (await VisitRecord.objects().get(VisitRecord.visit == begun.id)).form_version == 1


async def test_what_was_published_never_changes_and_what_lies_ahead_does_not_count_yet(world: World, visit) -> None:
    made = await next_version(visit, 3)
    lead = await visit("lead")
    await lead.post(f"/checklists/{made.id}/publish", {"valid_from": str(today() + timedelta(days=9))})
    assert (await door_checklists.for_service("visit_check", today())).version == 1
    assert (await door_checklists.for_service("visit_check", today() + timedelta(days=9))).version == 2
    assert (await door_checklists.for_service("tutoring", today())).code == "GS-5"
    with pytest.raises(Exception, match="never changes"):
        await VisitForm.update(zh="别的").where(VisitForm.id == made.id)


async def test_faults_of_a_draft_are_named_and_its_lines_stay(world: World, visit) -> None:
    editor, row = await visit("bureau"), await current("CS-12")
    form = {"zh": "", "en": "x", "note": "y", "zh-0": "只有中文", "must-0": "always", "code-0": "Groß"}
    answer = await editor.post(f"/checklists/{row.id}/edit", form)
    assert answer.status_code == 422
    assert all(f'href="#f-{name}"' in answer.text for name in ("zh", "en-0", "code-0"))
    assert "只有中文" in answer.text
